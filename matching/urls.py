"""Addresses of matching."""

from django.urls import path

from matching.views import (
    by_hand,
    company_map,
    compare,
    exports,
    fairness,
    pair_rules,
    proposals,
    publish,
    rematching,
    run_detail,
    runs,
    unmatched,
)

app_name = "matching"
urlpatterns = [
    path("programs/<uuid:public_id>/matching/", runs.match_run_list, name="match_run_list"),
    path(
        "programs/<uuid:public_id>/matching/weights/",
        runs.match_weights,
        name="match_weights",
    ),
    path(
        "programs/<uuid:public_id>/matching/start/",
        runs.match_run_start,
        name="match_run_start",
    ),
    path(
        "programs/<uuid:public_id>/matching/rules/",
        pair_rules.pair_rule_list,
        name="pair_rule_list",
    ),
    path(
        "programs/<uuid:public_id>/matching/rules/set/",
        pair_rules.pair_rule_set,
        name="pair_rule_set",
    ),
    path(
        "matching/rules/<uuid:public_id>/remove/",
        pair_rules.pair_rule_remove,
        name="pair_rule_remove",
    ),
    path("matching/<uuid:public_id>/", run_detail.match_run_detail, name="match_run_detail"),
    path(
        "matching/<uuid:public_id>/unmatched/",
        unmatched.match_run_unmatched,
        name="match_run_unmatched",
    ),
    path("matching/<uuid:public_id>/export/", exports.match_run_export, name="match_run_export"),
    path(
        "matching/<uuid:public_id>/unmatched/export/",
        exports.match_run_unmatched_export,
        name="match_run_unmatched_export",
    ),
    path("matching/<uuid:public_id>/cancel/", runs.match_run_cancel, name="match_run_cancel"),
    path(
        "matching/<uuid:public_id>/publish/",
        publish.match_run_publish,
        name="match_run_publish",
    ),
    path("matching/<uuid:public_id>/fairness/", fairness.match_fairness, name="match_fairness"),
    path(
        "matching/<uuid:public_id>/fairness/export/",
        fairness.match_fairness_export,
        name="match_fairness_export",
    ),
    path(
        "matching/<uuid:public_id>/map/export/",
        company_map.match_map_export,
        name="match_map_export",
    ),
    path("matching/<uuid:public_id>/map/", company_map.match_map, name="match_map"),
    path("matching/<uuid:public_id>/compare/", compare.match_compare, name="match_compare"),
    path(
        "matching/<uuid:public_id>/compare/export/",
        compare.match_compare_export,
        name="match_compare_export",
    ),
    path("matching/<uuid:public_id>/undo/", by_hand.match_run_undo, name="match_run_undo"),
    path("matching/pairs/<uuid:public_id>/", proposals.proposal_detail, name="proposal_detail"),
    path(
        "matching/pairs/<uuid:public_id>/change/", by_hand.proposal_change, name="proposal_change"
    ),
    path(
        "programs/<uuid:public_id>/pairs/map/export/",
        company_map.pairing_map_export,
        name="pairing_map_export",
    ),
    path("programs/<uuid:public_id>/pairs/map/", company_map.pairing_map, name="pairing_map"),
    path("programs/<uuid:public_id>/free/", rematching.free_again, name="free_again"),
    path("programs/<uuid:public_id>/free/offer/", rematching.free_offer, name="free_offer"),
]
