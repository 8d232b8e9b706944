"""Who may open the addresses of matching, offers, agreements and pauses."""

from __future__ import annotations

from typing import Any

from django.urls import reverse

from matching.enums import RuleKind
from matching.models import PairRule
from tests.url_matrix.core import MANAGERS, PAIR, row


def rule(world: Any) -> PairRule:
    """What is laid down for the pair."""
    return PairRule.objects.get_or_create(
        program=world.program,
        mentor=world.enrolment,
        mentee=world.mentee_enrolment,
        defaults={"kind": RuleKind.PIN},
    )[0]


def of_program(name: str, **options: Any) -> Any:
    """A route below the program, for those who manage it."""
    return row(
        name, url=lambda w: reverse(name, args=[w.program.public_id]), allowed=MANAGERS, **options
    )


def of_run(name: str, **options: Any) -> Any:
    """A route below a run, for those who manage the program."""
    return row(
        name, url=lambda w: reverse(name, args=[w.run.public_id]), allowed=MANAGERS, **options
    )


def of_pair(name: str, **options: Any) -> Any:
    """A route below a pair, for its two people."""
    return row(
        name, url=lambda w: reverse(name, args=[w.pairing.public_id]), allowed=PAIR, **options
    )


ROWS = [
    of_program("matching:match_run_list"),
    of_program("matching:match_weights", method="post"),
    of_program("matching:match_run_start", method="post"),
    of_program("matching:pair_rule_list"),
    row(
        "matching:pair_rule_set",
        url=lambda w: reverse("matching:pair_rule_set", args=[w.program.public_id]),
        allowed=frozenset(),
        others=404,
        refused=dict.fromkeys(MANAGERS, 400),  # an empty form
        method="post",
    ),
    row(
        "matching:pair_rule_remove",
        url=lambda w: reverse("matching:pair_rule_remove", args=[rule(w).public_id]),
        allowed=MANAGERS,
        method="post",
    ),
    of_run("matching:match_run_detail"),
    of_run("matching:match_run_unmatched"),
    of_run("matching:match_fairness"),
    of_run("matching:match_map"),
    of_run("matching:match_compare"),
    of_run("matching:match_compare_export"),
    of_run("matching:match_fairness_export"),
    of_run("matching:match_map_export"),
    of_program("matching:pairing_map"),
    of_program("matching:pairing_map_export"),
    of_run("matching:match_run_export"),
    of_run("matching:match_run_unmatched_export"),
    of_program("meetings:pairing_export"),
    of_run("matching:match_run_cancel", method="post"),
    of_run("matching:match_run_publish"),
    of_run("matching:match_run_publish", method="post"),
    of_program("matching:free_again"),
    row(
        "matching:free_offer",
        url=lambda w: reverse("matching:free_offer", args=[w.program.public_id]),
        allowed=frozenset(),
        others=404,
        refused=dict.fromkeys(MANAGERS, 400),  # an empty form
        method="post",
    ),
    row(
        "matching:proposal_detail",
        url=lambda w: reverse("matching:proposal_detail", args=[w.proposal.public_id]),
        allowed=MANAGERS,
    ),
    row(
        "matching:proposal_change",
        url=lambda w: reverse("matching:proposal_change", args=[w.proposal.public_id]),
        allowed=frozenset(),
        others=404,
        refused=dict.fromkeys(MANAGERS, 400),  # an empty form
        method="post",
    ),
    row(
        "matching:match_run_undo",
        url=lambda w: reverse("matching:match_run_undo", args=[w.run.public_id]),
        allowed=frozenset(),
        others=404,
        refused=dict.fromkeys(MANAGERS, 400),  # an empty form
        method="post",
    ),
    of_program("meetings:pairing_list"),
    # an offer is its mentor's alone until they have accepted
    row(
        "pairings:offer_detail",
        url=lambda w: reverse("pairings:offer_detail", args=[w.offer.public_id]),
        allowed={"mentor"},
    ),
    row(
        "pairings:offer_detail",
        url=lambda w: reverse("pairings:offer_detail", args=[w.offer.public_id]),
        allowed={"mentor"},
        method="post",
        data={"answer": "accept"},
    ),
    of_pair("pairings:agreement"),
    of_pair("pairings:agreement_edit"),
    of_pair("pairings:agreement_sign", method="post", data={"number": 1}),
    of_pair("meetings:pairing_pause"),
    row(
        "meetings:pairing_pause",
        url=lambda w: reverse("meetings:pairing_pause", args=[w.pairing.public_id]),
        allowed=PAIR,
        method="post",
        data={"action": "pause"},
    ),
]
