"""Private reasons of matching cannot be told apart: not in what is stored, not on a page, not by a
pin.
"""

from __future__ import annotations

from typing import Any

import pytest
from django.urls import reverse

from accounts.models import PairBlock
from matching.enums import RuleKind
from matching.models import MatchRun, PairRule
from pairings.enums import PairingState
from programs.models import Avoidance
from tests import factories as make
from tests.matching.matching_data import pool, stored
from tests.support.types import AsUser


def private_world(kind: str) -> tuple[MatchRun, Any]:
    """One mentor and one mentee kept apart by a private rule, beside another possible mentor."""
    some = pool(2, 1)
    mentor, mentee = some.mentors[1].person, some.mentees[0].person
    if kind == "avoided by mentor":
        Avoidance.objects.create(person=mentor, people=[str(mentee.public_id)])
    elif kind == "avoided by mentee":
        Avoidance.objects.create(person=mentee, people=[str(mentor.public_id)])
    elif kind == "blocked by HR":
        first, second = sorted([mentor, mentee], key=lambda person: person.pk)
        PairBlock.objects.create(first=first, second=second)
    elif kind == "a pair before":
        other = make.ProgramFactory()
        make.PairingFactory(
            program=other,
            mentor_enrolment=make.EnrolmentFactory(program=other, person=mentor),
            mentee_enrolment=make.EnrolmentFactory(program=other, person=mentee, role="mentee"),
            state=PairingState.COMPLETED,
        )
    elif kind == "an offer that did not come about":
        make.PairingFactory(
            program=some.program,
            mentor_enrolment=some.mentors[1],
            mentee_enrolment=some.mentees[0],
            state=PairingState.VOID,
        )
    return some.run(), some


PRIVATE = [
    "avoided by mentor",
    "avoided by mentee",
    "blocked by HR",
    "a pair before",
    "an offer that did not come about",
]


def without_ids(some: Any, value: Any) -> Any:
    """`value` with the ids of this world's rows replaced by their roles, so that two worlds can be
    compared.
    """
    text = repr(value)
    named = {"mentor0": some.mentors[0], "mentor1": some.mentors[1], "mentee0": some.mentees[0]}
    for name, enrolment in named.items():
        text = text.replace(str(enrolment.public_id), name).replace(
            f"({enrolment.pk},", f"({name},"
        )
        text = text.replace(f", {enrolment.pk},", f", {name},")
    return text


@pytest.mark.django_db
@pytest.mark.usefixtures("still_clock")
@pytest.mark.parametrize("kind", PRIVATE)
def test_private_reasons_look_alike_in_what_is_stored(kind: str) -> None:
    run, some = private_world(kind)
    assert list(run.proposals.values_list("mentor", flat=True)) == [some.mentors[0].pk]
    reference, reference_world = private_world("blocked by HR")
    mine, theirs = stored(run)[:3], stored(reference)[:3]
    assert without_ids(some, mine) == without_ids(reference_world, theirs)
    everything = repr(mine).lower()
    for word in ("avoid", "block", "former", "private", "void"):
        assert word not in everything


@pytest.mark.broad
@pytest.mark.django_db
@pytest.mark.parametrize("kind", PRIVATE)
def test_private_reasons_look_alike_on_the_pages(kind: str, as_user: AsUser) -> None:
    run, some = private_world(kind)
    client = as_user(some.coordinator)
    addresses = [
        reverse("matching:match_run_detail", args=[run.public_id]),
        reverse("matching:match_run_unmatched", args=[run.public_id]),
        reverse("matching:proposal_detail", args=[run.proposals.get().public_id]),
    ]
    pages = [client.get(address).content.decode().lower() for address in addresses]
    assert "not available" in pages[1]
    for page in pages:
        for word in ("avoid", "blocked", "former"):
            assert word not in page


@pytest.mark.django_db
def test_pin_against_a_private_rule_is_refused_with_the_public_reason() -> None:
    run, some = private_world("avoided by mentor")
    PairRule.objects.create(
        program=some.program, mentor=some.mentors[1], mentee=some.mentees[0], kind=RuleKind.PIN
    )
    again = some.run()
    assert again.statistics["refused_pins"][0]["reasons"] == ["not_available"]
    assert again.statistics["pairs"] == 1
    assert run.pk != again.pk
