"""A change of manager that puts a pair into one reporting line: offers end, pairs pause, proposals
are not published.
"""

from __future__ import annotations

import pytest
from django.urls import reverse

from accounts.models import User
from common.models import AuditEntry
from matching.domain import publishing
from matching.enums import RuleKind
from matching.models import PairRule
from meetings.domain import pausing
from mentoring.people_import.import_now import import_now
from mentoring.workflows import reporting_lines
from notifications.enums import MessageState
from notifications.models import OutboxMessage
from pairings.domain import locks, offers
from pairings.enums import PairingState
from pairings.models import Pairing
from tests.matching.matching_data import Pool, kinds, pool
from tests.mentoring.directory import table
from tests.support.types import AsUser

pytestmark = pytest.mark.django_db


def now_below(junior: User, senior: User, *, between: User | None = None) -> None:
    """The directory is imported once more, and the junior's manager is the senior, or somebody
    below them.
    """
    rows = [(junior, between or senior), *([(between, senior)] if between else []), (senior, None)]
    numbers = {person.pk: person.employee_id or "" for person, _ in rows}
    lines = [
        [
            numbers[person.pk],
            person.name,
            person.email,
            person.department,
            numbers[manager.pk] if manager else "",
        ]
        for person, manager in rows
    ]
    head = ["Id", "Name", "Email", "Department", "Manager ID"]
    result = import_now(content=table(lines, head), partial=True)
    assert result.applied, result.plan.problems


def offered(stage: str) -> tuple[Pool, Pairing]:
    some = pool(1, 1)
    [pairing] = some.published()
    if stage in ("mentee asked", "active", "paused"):
        pairing = offers.accept(actor=pairing.mentor, pairing=pairing)
    if stage in ("active", "paused"):
        pairing = offers.accept(actor=pairing.mentee, pairing=pairing)
    if stage == "paused":
        pairing = pausing.pause(actor=pairing.mentee, pairing=pairing)
    return some, pairing


@pytest.mark.broad
@pytest.mark.parametrize("skips_a_level", [False, True])
@pytest.mark.parametrize("mentee_is_above", [True, False])
@pytest.mark.parametrize("stage", ["mentor asked", "mentee asked"])
def test_an_open_offer_is_withdrawn_with_the_neutral_line(
    stage: str, mentee_is_above: bool, skips_a_level: bool, as_user: AsUser
) -> None:
    some, pairing = offered(stage)
    below, above = (
        (pairing.mentor, pairing.mentee) if mentee_is_above else (pairing.mentee, pairing.mentor)
    )
    now_below(below, above, between=some.hr if skips_a_level else None)
    pairing.refresh_from_db()
    assert pairing.state == PairingState.VOID
    assert not OutboxMessage.objects.filter(
        kind__contains="offer_", state=MessageState.QUEUED
    ).exists()
    told = [kinds(person) for person in (pairing.mentor, pairing.mentee)]
    assert told == [
        ["pairings.match_void"],
        ["pairings.match_void"] if stage == "mentee asked" else [],
    ]
    page = (
        as_user(pairing.mentor)
        .get(reverse("pairings:offer_detail", args=[pairing.public_id]))
        .content.decode()
    )
    assert "This match did not come about." in page
    assert "reporting" not in page.lower()
    entry = AuditEntry.objects.get(verb="pairing.void")
    assert (entry.actor_id, entry.detail) == (None, {})


@pytest.mark.broad
def test_an_active_pair_pauses_and_a_paused_one_cannot_go_on() -> None:
    _, pairing = offered("active")
    now_below(pairing.mentor, pairing.mentee)
    pairing.refresh_from_db()
    assert (pairing.state, pairing.paused_by_directory) == (PairingState.PAUSED, True)
    assert reporting_lines.recheck_pairs() == 0


def test_who_paused_first_stays_unknown_and_the_pair_stays_paused() -> None:
    _, pairing = offered("paused")
    now_below(pairing.mentor, pairing.mentee)
    pairing.refresh_from_db()
    assert (pairing.state, pairing.paused_by_directory) == (PairingState.PAUSED, False)
    assert not locks.may_meet(pairing)


def test_a_proposal_of_an_unpublished_run_is_refused_with_the_public_reason(
    as_user: AsUser,
) -> None:
    some = pool(2, 2)
    for mentor, mentee in zip(some.mentors, some.mentees, strict=True):
        PairRule.objects.create(
            program=some.program, mentor=mentor, mentee=mentee, kind=RuleKind.PIN
        )
    run = some.run()
    now_below(some.mentors[0].person, some.mentees[0].person)
    url = reverse("matching:match_run_publish", args=[run.public_id])
    before = as_user(some.coordinator).get(url).content.decode()
    assert "Junior A → Senior A: In one reporting line" in before
    [pair] = publishing.publish_run(actor=some.hr, run=run)
    assert pair.mentor == some.mentors[1].person
    assert run.proposals.get(mentor=some.mentors[0]).refusal == "reporting_line"
    assert kinds(some.mentors[0].person) == []


@pytest.mark.parametrize("stage", ["mentor asked", "mentee asked"])
def test_a_line_that_came_past_the_import_is_found_when_somebody_says_yes(stage: str) -> None:
    """An offer that was published in the very moment of an import was seen by neither of the
    two.
    """
    _, pairing = offered(stage)
    User.objects.filter(pk=pairing.mentor_id).update(manager=pairing.mentee_id)
    actor = pairing.mentor if stage == "mentor asked" else pairing.mentee
    assert offers.accept(actor=actor, pairing=pairing).state == PairingState.VOID
    assert kinds(pairing.mentor) == ["pairings.match_void"]
