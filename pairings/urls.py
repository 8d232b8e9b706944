"""Addresses of pairings."""

from django.urls import path

from pairings import session_urls
from pairings.views import (
    agreements,
    by_hand,
    exports,
    match_compare,
    match_fairness,
    match_map,
    match_publish,
    match_runs,
    offers,
    pairs,
    proposals,
    rematching,
)

app_name = "pairings"
urlpatterns = [
    # matching, for those who manage the program
    path("programs/<uuid:public_id>/matching/", match_runs.match_run_list, name="match_run_list"),
    path(
        "programs/<uuid:public_id>/matching/weights/",
        match_runs.match_weights,
        name="match_weights",
    ),
    path(
        "programs/<uuid:public_id>/matching/start/",
        match_runs.match_run_start,
        name="match_run_start",
    ),
    path(
        "programs/<uuid:public_id>/matching/rules/", proposals.pair_rule_list, name="pair_rule_list"
    ),
    path(
        "programs/<uuid:public_id>/matching/rules/set/",
        proposals.pair_rule_set,
        name="pair_rule_set",
    ),
    path(
        "matching/rules/<uuid:public_id>/remove/",
        proposals.pair_rule_remove,
        name="pair_rule_remove",
    ),
    path("matching/<uuid:public_id>/", match_runs.match_run_detail, name="match_run_detail"),
    path(
        "matching/<uuid:public_id>/unmatched/",
        match_runs.match_run_unmatched,
        name="match_run_unmatched",
    ),
    path("matching/<uuid:public_id>/export/", exports.match_run_export, name="match_run_export"),
    path(
        "matching/<uuid:public_id>/unmatched/export/",
        exports.match_run_unmatched_export,
        name="match_run_unmatched_export",
    ),
    path("matching/<uuid:public_id>/cancel/", match_runs.match_run_cancel, name="match_run_cancel"),
    path(
        "matching/<uuid:public_id>/publish/",
        match_publish.match_run_publish,
        name="match_run_publish",
    ),
    path(
        "matching/<uuid:public_id>/fairness/", match_fairness.match_fairness, name="match_fairness"
    ),
    path(
        "matching/<uuid:public_id>/fairness/export/",
        match_fairness.match_fairness_export,
        name="match_fairness_export",
    ),
    path(
        "matching/<uuid:public_id>/map/export/", match_map.match_map_export, name="match_map_export"
    ),
    path("matching/<uuid:public_id>/map/", match_map.match_map, name="match_map"),
    path("matching/<uuid:public_id>/compare/", match_compare.match_compare, name="match_compare"),
    path(
        "matching/<uuid:public_id>/compare/export/",
        match_compare.match_compare_export,
        name="match_compare_export",
    ),
    path("matching/<uuid:public_id>/undo/", by_hand.match_run_undo, name="match_run_undo"),
    path("matching/pairs/<uuid:public_id>/", proposals.proposal_detail, name="proposal_detail"),
    path(
        "matching/pairs/<uuid:public_id>/change/", by_hand.proposal_change, name="proposal_change"
    ),
    path("programs/<uuid:public_id>/pairs/", pairs.pairing_list, name="pairing_list"),
    path(
        "programs/<uuid:public_id>/pairs/map/export/",
        match_map.pairing_map_export,
        name="pairing_map_export",
    ),
    path("programs/<uuid:public_id>/pairs/map/", match_map.pairing_map, name="pairing_map"),
    path("programs/<uuid:public_id>/free/", rematching.free_again, name="free_again"),
    path("programs/<uuid:public_id>/free/offer/", rematching.free_offer, name="free_offer"),
    path("programs/<uuid:public_id>/pairs/export/", exports.pairing_export, name="pairing_export"),
    # for the two of a pair
    path("pairs/<uuid:public_id>/offer/", offers.offer_detail, name="offer_detail"),
    path("pairs/<uuid:public_id>/agreement/", agreements.agreement, name="agreement"),
    path(
        "pairs/<uuid:public_id>/agreement/edit/", agreements.agreement_edit, name="agreement_edit"
    ),
    path(
        "pairs/<uuid:public_id>/agreement/sign/", agreements.agreement_sign, name="agreement_sign"
    ),
    path("pairs/<uuid:public_id>/pause/", pairs.pairing_pause, name="pairing_pause"),
    *session_urls.urlpatterns,
]
