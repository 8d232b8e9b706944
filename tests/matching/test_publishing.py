"""Publishing a run: once, checked again against how things are, and the program runs."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.urls import reverse

from accounts.models import PairBlock, User
from common import clock
from common.errors import DomainError
from matching.domain import publishing
from matching.enums import RuleKind, RunState
from matching.models import MatchRun, PairRule
from notifications.models import OutboxMessage
from pairings.enums import PairingState
from pairings.models import Pairing
from programs.enums import EnrolmentState, ProgramState
from programs.models import Avoidance
from tests import factories as make
from tests.matching.matching_data import Pool, kinds, pool
from tests.support.types import AsUser


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
        assert pair.offer_expires_at == pytest.approx(
            clock.now() + timedelta(days=7), abs=timedelta(minutes=1)
        )


@pytest.mark.django_db
def test_publishing_twice_creates_once() -> None:
    some = pool(2, 2)
    run = some.run()
    first = publishing.publish_run(actor=some.hr, run=run)
    messages = OutboxMessage.objects.count()
    second = publishing.publish_run(actor=some.hr, run=run)
    assert [pair.pk for pair in first] == [pair.pk for pair in second]
    assert Pairing.objects.count() == 2
    assert OutboxMessage.objects.count() == messages


@pytest.mark.django_db
@pytest.mark.parametrize(
    "state", [RunState.QUEUED, RunState.RUNNING, RunState.FAILED, RunState.CANCELLED]
)
def test_only_a_finished_run_is_published(state: str) -> None:
    some = pool()
    run = some.run()
    type(run).objects.filter(pk=run.pk).update(
        state=state, claim=run.public_id, lease_until=clock.now()
    )
    with pytest.raises(DomainError, match="done"):
        publishing.publish_run(actor=some.hr, run=run)


@pytest.mark.django_db
def test_only_the_newest_run_is_published() -> None:
    some = pool()
    old = some.run()
    some.run()
    with pytest.raises(DomainError, match="newer run"):
        publishing.publish_run(actor=some.hr, run=old)


@pytest.mark.django_db
def test_publishing_from_enrolment_closes_it() -> None:
    some = pool(1, 1, state=ProgramState.ENROLLING)
    some.published()
    some.program.refresh_from_db()
    assert some.program.state == ProgramState.RUNNING


def change(some: Pool, what: str) -> None:
    """Something that happens between the run and its publication, to mentor 0 and whoever they were
    to meet.
    """
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
def test_what_has_changed_since_the_run_is_refused_and_shown(
    what: str, reason: str, as_user: AsUser
) -> None:
    some = pool(2, 2)
    for mentor, mentee in zip(some.mentors, some.mentees, strict=True):
        PairRule.objects.create(
            program=some.program, mentor=mentor, mentee=mentee, kind=RuleKind.PIN
        )
    run = some.run()
    change(some, what)
    pairs = publishing.publish_run(actor=some.hr, run=run)
    assert [pair.mentor for pair in pairs] == [some.mentors[1].person]
    assert run.proposals.get(mentor=some.mentors[0]).refusal == reason
    url = reverse("matching:match_run_detail", args=[run.public_id])
    page = as_user(some.coordinator).get(url + "?show=refused").content.decode()
    assert "Junior A" in page
    assert "Junior B" not in page


@pytest.mark.django_db
def test_nothing_is_published_when_no_pair_holds_any_more() -> None:
    some = pool(1, 1)
    run = some.run()
    change(some, "no_capacity")
    with pytest.raises(DomainError, match="None of these pairs"):
        publishing.publish_run(actor=some.hr, run=run)
    run.refresh_from_db()
    some.program.refresh_from_db()
    assert (run.state, some.program.state) == (RunState.DONE, ProgramState.MATCHING)


@pytest.mark.broad
@pytest.mark.django_db
def test_publish_page(as_user: AsUser) -> None:
    some = pool(1, 1)
    run = some.run()
    client = as_user(some.coordinator)
    response = client.post(reverse("matching:match_run_publish", args=[run.public_id]), follow=True)
    assert "1 mentor is being asked" in response.content.decode()
    assert (
        as_user(some.mentors[0].person)
        .post(reverse("matching:match_run_publish", args=[run.public_id]))
        .status_code
        == 404
    )


# what publishing would do, before it does


def confirm(run: MatchRun) -> str:
    return reverse("matching:match_run_publish", args=[run.public_id])


@pytest.mark.django_db
def test_the_page_before_says_what_will_happen_and_does_nothing(as_user: AsUser) -> None:
    some = pool(3, 2)
    run = some.run()
    page = as_user(some.coordinator).get(confirm(run)).content.decode()
    assert "Publish 2 pairs" in page
    assert "2 mentors are asked now, by mail." in page
    assert "see nothing until their mentor has said yes" in page
    assert "7 days" in page
    assert "We have a match for you in Upwards" in page
    assert "The program starts running" in page
    assert Pairing.objects.count() == OutboxMessage.objects.count() == 0
    run.refresh_from_db()
    some.program.refresh_from_db()
    assert (run.state, some.program.state) == (RunState.DONE, ProgramState.MATCHING)


@pytest.mark.django_db
def test_the_sample_is_what_a_mentor_gets(as_user: AsUser) -> None:
    some = pool(1, 1)
    run = some.run()
    page = as_user(some.coordinator).get(confirm(run)).content.decode()
    publishing.publish_run(actor=some.hr, run=run)
    message = OutboxMessage.objects.get(kind="pairings.offer_mentor")
    assert message.subject in page
    assert "You are asked first: nobody else knows of it yet." in page
    assert "You are asked first: nobody else knows of it yet." in message.text


@pytest.mark.broad
@pytest.mark.django_db
def test_pairs_that_no_longer_hold_are_named_with_a_public_reason_before_and_after(
    as_user: AsUser,
) -> None:
    some = pool(2, 2)
    for mentor, mentee in zip(some.mentors, some.mentees, strict=True):
        PairRule.objects.create(
            program=some.program, mentor=mentor, mentee=mentee, kind=RuleKind.PIN
        )
    run = some.run()
    change(some, "reporting_line")
    client = as_user(some.coordinator)
    page = client.get(confirm(run)).content.decode()
    assert "1 pair is no longer possible" in page
    assert "Junior A → Senior A: In one reporting line" in page
    assert not run.proposals.exclude(refusal="").exists()
    after = client.post(confirm(run), follow=True).content.decode()
    assert "1 mentor is being asked" in after
    assert "1 pair was no longer possible and was left out" in after
    assert "Junior A" in after
    assert "Junior B" not in after[after.index('id="rows"') :]


@pytest.mark.django_db
@pytest.mark.parametrize("why", ["newer", "nothing holds", "published"])
def test_what_cannot_be_published_leads_back_with_the_reason(why: str, as_user: AsUser) -> None:
    some = pool(1, 1)
    run = some.run()
    if why == "newer":
        some.run()
    elif why == "published":
        publishing.publish_run(actor=some.hr, run=run)
    else:
        change(some, "no_capacity")
    response = as_user(some.coordinator).get(confirm(run), follow=True)
    assert response.redirect_chain == [
        (reverse("matching:match_run_detail", args=[run.public_id]), 303)
    ]
    words = {
        "newer": "newer run",
        "nothing holds": "None of these pairs",
        "published": "Only a run that is done",
    }
    assert words[why] in response.content.decode()


@pytest.mark.broad
@pytest.mark.django_db
@pytest.mark.parametrize("pairs", [1, 4])
def test_looking_and_publishing_take_the_same_queries_for_any_number(
    pairs: int, as_user: AsUser, django_assert_max_num_queries: Any
) -> None:
    some = pool(pairs, pairs)
    run = some.run()
    client = as_user(some.coordinator)
    with django_assert_max_num_queries(25):
        assert client.get(confirm(run)).status_code == 200
    with django_assert_max_num_queries(41):
        assert client.post(confirm(run)).status_code == 303


@pytest.mark.django_db
def test_a_pair_marked_never_after_the_run_is_not_asked() -> None:
    some = pool(2, 1)
    run = some.run()
    kept = run.proposals.get()
    PairRule.objects.create(
        program=some.program, mentor=kept.mentor, mentee=kept.mentee, kind=RuleKind.FORBID
    )
    with pytest.raises(DomainError, match="None of these pairs"):
        publishing.publish_run(actor=some.hr, run=run)
    assert publishing.preview(run=some.run()).mentors == 1


@pytest.mark.broad
@pytest.mark.django_db
@pytest.mark.usefixtures("still_clock")
def test_no_private_reason_is_told_from_a_change_of_free_times(as_user: AsUser) -> None:
    """Were free times not looked at again, "not available" at publishing would mean an avoid or a
    block, and nothing else.
    """
    seen = set()
    for what in ("avoided", "blocked", "busy"):
        some = pool(2, 2)
        for mentor, mentee in zip(some.mentors, some.mentees, strict=True):
            PairRule.objects.create(
                program=some.program, mentor=mentor, mentee=mentee, kind=RuleKind.PIN
            )
        run = some.run()
        if what == "busy":
            type(some.mentors[0]).objects.filter(pk=some.mentors[0].pk).update(
                availability=[[6, 0, 60]]
            )
        else:
            change(some, what)
        page = as_user(some.coordinator).get(confirm(run)).content.decode()
        seen.add(page[page.index('id="refused-heading"') : page.index('id="mail-heading"')])
        publishing.publish_run(actor=some.hr, run=run)
        assert run.proposals.get(mentor=some.mentors[0]).refusal == "not_available"
    assert len(seen) == 1


@pytest.mark.broad
@pytest.mark.django_db
@pytest.mark.parametrize(
    ("state", "words"),
    [
        (EnrolmentState.INVITED, "1 person was invited and has not answered."),
        (EnrolmentState.VOLUNTEERING, "1 person has volunteered and not finished."),
        (EnrolmentState.APPLIED, "1 person has applied and waits for a decision."),
        (EnrolmentState.WAITLISTED, "1 person is on the waiting list."),
    ],
)
def test_publishing_warns_of_those_who_have_not_answered_or_wait(
    state: str, words: str, as_user: AsUser
) -> None:
    some = pool(2, 2)
    run = some.run()
    client = as_user(some.coordinator)
    assert "not in a pair yet" not in client.get(confirm(run)).text
    make.EnrolmentFactory(program=some.program, state=state)
    page = client.get(confirm(run)).text
    assert words in page
    assert f"?state={state}" in page
    assert client.post(confirm(run)).status_code == 422
    assert not Pairing.objects.exists()
    assert client.post(confirm(run), {"sure": "1"}).status_code == 303
    assert Pairing.objects.count() == 2
