"""Publishing a run: once, checked again against how things are, and the program runs."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pytest
from django.test import Client
from django.urls import reverse

from accounts.models import PairBlock, User
from common import clock
from common.errors import DomainError
from notifications.models import OutboxMessage
from pairings.domain import offers
from pairings.enums import PairingState, RuleKind, RunState
from pairings.models import Pairing, PairRule
from programs.enums import EnrolmentState, ProgramState
from programs.models import Avoidance
from tests import factories as make
from tests.pairings.matching_data import Pool, kinds, pool

AsUser = Callable[[User], Client]


@pytest.mark.django_db
def test_publishing_asks_mentors_and_nobody_else() -> None:
    some = pool(2, 2)
    pairs = some.published()
    some.program.refresh_from_db()
    assert some.program.state == ProgramState.RUNNING
    assert {pair.state for pair in pairs} == {PairingState.OFFERED}
    for pair in pairs:
        assert kinds(pair.mentor) == [
            "pairings.offer_mentor",
            "pairings.offer_mentor_reminder",
            "pairings.offer_mentor_reminder",
        ]
        assert kinds(pair.mentee) == []
        assert pair.mentee.name not in "".join(OutboxMessage.objects.values_list("text", flat=True))
        assert pair.offer_expires_at == pytest.approx(clock.now() + timedelta(days=7), abs=timedelta(minutes=1))


@pytest.mark.django_db
def test_publishing_twice_creates_once() -> None:
    some = pool(2, 2)
    run = some.run()
    first = offers.publish_run(actor=some.hr, run=run)
    messages = OutboxMessage.objects.count()
    second = offers.publish_run(actor=some.hr, run=run)
    assert [pair.pk for pair in first] == [pair.pk for pair in second]
    assert Pairing.objects.count() == 2
    assert OutboxMessage.objects.count() == messages


@pytest.mark.django_db
@pytest.mark.parametrize("state", [RunState.QUEUED, RunState.RUNNING, RunState.FAILED, RunState.CANCELLED])
def test_only_a_finished_run_is_published(state: str) -> None:
    some = pool()
    run = some.run()
    type(run).objects.filter(pk=run.pk).update(state=state, claim=run.public_id, lease_until=clock.now())
    with pytest.raises(DomainError, match="done"):
        offers.publish_run(actor=some.hr, run=run)


@pytest.mark.django_db
def test_only_the_newest_run_is_published() -> None:
    some = pool()
    old = some.run()
    some.run()
    with pytest.raises(DomainError, match="newer run"):
        offers.publish_run(actor=some.hr, run=old)


@pytest.mark.django_db
def test_publishing_from_enrolment_closes_it() -> None:
    some = pool(1, 1, state=ProgramState.ENROLLING)
    some.published()
    some.program.refresh_from_db()
    assert some.program.state == ProgramState.RUNNING


def change(some: Pool, what: str) -> None:
    """Something that happens between the run and its publication, to mentor 0 and whoever they were to meet."""
    mentor, mentee = some.mentors[0], some.mentees[0]
    if what == "not_taking_part":
        mentor.state = EnrolmentState.WITHDRAWN
        mentor.save()
    elif what == "left":
        User.objects.filter(pk=mentor.person.pk).update(is_active=False)
    elif what == "no_capacity":
        mentor.capacity = 0
        mentor.save()
    elif what == "reporting_line":
        User.objects.filter(pk=mentor.person.pk).update(manager=mentee.person)
    elif what == "grade_gap":
        User.objects.filter(pk=mentor.person.pk).update(grade=make.GradeFactory(rank=6))
    elif what == "avoided":
        Avoidance.objects.create(person=mentor.person, people=[str(mentee.person.public_id)])
    elif what == "blocked":
        first, second = sorted([mentor.person, mentee.person], key=lambda person: person.pk)
        PairBlock.objects.create(first=first, second=second)


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("what", "reason"),
    [
        ("not_taking_part", "not_taking_part"),
        ("left", "not_taking_part"),
        ("no_capacity", "no_capacity"),
        ("reporting_line", "reporting_line"),
        ("grade_gap", "grade_gap"),
        ("avoided", "not_available"),
        ("blocked", "not_available"),
    ],
)
def test_what_has_changed_since_the_run_is_refused_and_shown(what: str, reason: str, as_user: AsUser) -> None:
    some = pool(2, 2)
    for mentor, mentee in zip(some.mentors, some.mentees, strict=True):
        PairRule.objects.create(program=some.program, mentor=mentor, mentee=mentee, kind=RuleKind.PIN)
    run = some.run()
    change(some, what)
    pairs = offers.publish_run(actor=some.hr, run=run)
    assert [pair.mentor for pair in pairs] == [some.mentors[1].person]
    assert run.proposals.get(mentor=some.mentors[0]).refusal == reason
    url = reverse("pairings:match_run_detail", args=[run.public_id])
    page = as_user(some.coordinator).get(url + "?show=refused").content.decode()
    assert "Junior A" in page
    assert "Junior B" not in page


@pytest.mark.django_db
def test_nothing_is_published_when_no_pair_holds_any_more() -> None:
    some = pool(1, 1)
    run = some.run()
    change(some, "no_capacity")
    with pytest.raises(DomainError, match="None of these pairs"):
        offers.publish_run(actor=some.hr, run=run)
    run.refresh_from_db()
    some.program.refresh_from_db()
    assert (run.state, some.program.state) == (RunState.DONE, ProgramState.MATCHING)


@pytest.mark.django_db
def test_publish_page(as_user: AsUser) -> None:
    some = pool(1, 1)
    run = some.run()
    client = as_user(some.coordinator)
    response = client.post(reverse("pairings:match_run_publish", args=[run.public_id]), follow=True)
    assert "1 mentor is being asked" in response.content.decode()
    assert as_user(some.mentors[0].person).post(reverse("pairings:match_run_publish", args=[run.public_id])).status_code == 404
