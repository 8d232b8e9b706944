"""Who may open the addresses of matching, offers, agreements and pauses."""

from __future__ import annotations

from typing import Any

from django.urls import reverse

from pairings.enums import RuleKind
from pairings.models import PairRule
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
    of_program("pairings:match_run_list"),
    of_program("pairings:match_weights", method="post"),
    of_program("pairings:match_run_start", method="post"),
    of_program("pairings:pair_rule_list"),
    row(
        "pairings:pair_rule_set",
        url=lambda w: reverse("pairings:pair_rule_set", args=[w.program.public_id]),
        allowed=frozenset(),
        others=404,
        refused=dict.fromkeys(MANAGERS, 400),  # an empty form
        method="post",
    ),
    row(
        "pairings:pair_rule_remove",
        url=lambda w: reverse("pairings:pair_rule_remove", args=[rule(w).public_id]),
        allowed=MANAGERS,
        method="post",
    ),
    of_run("pairings:match_run_detail"),
    of_run("pairings:match_run_unmatched"),
    of_run("pairings:match_fairness"),
    of_run("pairings:match_map"),
    of_run("pairings:match_compare"),
    of_run("pairings:match_compare_export"),
    of_run("pairings:match_fairness_export"),
    of_run("pairings:match_map_export"),
    of_program("pairings:pairing_map"),
    of_program("pairings:pairing_map_export"),
    of_run("pairings:match_run_export"),
    of_run("pairings:match_run_unmatched_export"),
    of_program("pairings:pairing_export"),
    of_run("pairings:match_run_cancel", method="post"),
    of_run("pairings:match_run_publish"),
    of_run("pairings:match_run_publish", method="post"),
    of_program("pairings:free_again"),
    row(
        "pairings:free_offer",
        url=lambda w: reverse("pairings:free_offer", args=[w.program.public_id]),
        allowed=frozenset(),
        others=404,
        refused=dict.fromkeys(MANAGERS, 400),  # an empty form
        method="post",
    ),
    row(
        "pairings:proposal_detail",
        url=lambda w: reverse("pairings:proposal_detail", args=[w.proposal.public_id]),
        allowed=MANAGERS,
    ),
    row(
        "pairings:proposal_change",
        url=lambda w: reverse("pairings:proposal_change", args=[w.proposal.public_id]),
        allowed=frozenset(),
        others=404,
        refused=dict.fromkeys(MANAGERS, 400),  # an empty form
        method="post",
    ),
    row(
        "pairings:match_run_undo",
        url=lambda w: reverse("pairings:match_run_undo", args=[w.run.public_id]),
        allowed=frozenset(),
        others=404,
        refused=dict.fromkeys(MANAGERS, 400),  # an empty form
        method="post",
    ),
    of_program("pairings:pairing_list"),
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
    of_pair("pairings:pairing_pause"),
    row(
        "pairings:pairing_pause",
        url=lambda w: reverse("pairings:pairing_pause", args=[w.pairing.public_id]),
        allowed=PAIR,
        method="post",
        data={"action": "pause"},
    ),
]
