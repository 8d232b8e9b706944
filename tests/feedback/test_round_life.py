"""What a round asks, who is asked, what its close leaves, and what is told afterwards."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.test import Client

from accounts.models import User
from common import clock
from common.errors import DomainError
from common.models import AuditEntry
from feedback.domain import answers, freezing, plan, reminders, rounds
from feedback.domain.audiences import audience_of, roles_in
from feedback.domain.response import answered_in_words, refresh_bands
from feedback.enums import Audience, Label, RoundState
from feedback.models import AnonymousAnswer, FrozenTable, SurveyPlanItem, SurveyRound
from notifications.models import OutboxMessage
from programs.models import Program
from tests.factories import PairingFactory, ProgramFactory, ProgramStaffFactory, UserFactory
from tests.feedback.factories import ParticipationFactory, PlanItemFactory, RoundFactory
from tests.support.pages import url_of
from tests.support.types import AsUser, At

pytestmark = pytest.mark.django_db


@pytest.fixture
def program() -> Program:
    return ProgramFactory()


@pytest.fixture
def coordinator(program: Program) -> User:
    return ProgramStaffFactory(program=program).person


@pytest.fixture
def client(coordinator: User, as_user: AsUser) -> Client:
    return as_user(coordinator)


def answered_by(survey_round: SurveyRound, number: int, **given: Any) -> None:
    """So many people answer, alternating between 2 and 4."""
    for count in range(number):
        asked = ParticipationFactory(round=survey_round, person__department="D")
        answers.submit(participation=asked, answers={"q-scale": 2 + count % 2 * 2, **given})


# who is asked


@pytest.mark.parametrize(
    ("audience", "sides"),
    [
        (Audience.ALL, {"mentor", "mentee"}),
        (Audience.MENTORS, {"mentor"}),
        (Audience.MENTEES, {"mentee"}),
        (Audience.STAFF, {"mentor", "mentee", "colleague", "other"}),
    ],
)
def test_audience_is_the_side_that_was_chosen(
    program: Program, audience: Audience, sides: set[str]
) -> None:
    pair = PairingFactory(program=program)
    other = PairingFactory()  # of another program
    people = {
        "mentor": {pair.mentor},
        "mentee": {pair.mentee},
        "colleague": {UserFactory()},
        "other": {other.mentor, other.mentee},
    }
    wanted = set().union(*(people[side] for side in sides))
    assert set(audience_of(SurveyPlanItem(program=program, audience=audience))) == wanted


@pytest.mark.parametrize(
    ("state", "asked"),
    [("active", 2), ("paused", 2), ("offered", 0), ("void", 0), ("ended", 0), ("completed", 0)],
)
def test_only_people_of_live_pairs_are_asked(program: Program, state: str, asked: int) -> None:
    PairingFactory(program=program, state=state)
    assert len(audience_of(SurveyPlanItem(program=program))) == asked


def test_somebody_with_two_pairs_is_asked_once_and_a_leaver_never(program: Program) -> None:
    pair = PairingFactory(program=program)
    PairingFactory(program=program, mentee_enrolment=pair.mentee_enrolment)
    User.objects.filter(pk=pair.mentor_id).update(is_active=False)
    people = audience_of(SurveyPlanItem(program=program))
    assert len(people) == len(set(people)) == 2
    assert pair.mentor not in people


@pytest.mark.parametrize(
    ("label", "asks_readers", "asked"),
    [(Label.ANONYMOUS, False, 2), (Label.ANONYMOUS, True, 4), (Label.ATTRIBUTED, False, 4)],
)
def test_those_who_read_anonymous_results_are_asked_only_where_the_plan_says_so(
    program: Program, label: str, asks_readers: bool, asked: int
) -> None:
    pair, other = PairingFactory(program=program), PairingFactory(program=program)
    User.objects.filter(pk=pair.mentee_id).update(is_hr_admin=True)
    ProgramStaffFactory(program=program, person=other.mentor)
    PlanItemFactory(program=program, label=label, asks_readers=asks_readers)
    assert rounds.open_due_rounds() == 1
    assert SurveyRound.objects.get().asked == asked


def test_groups_of_those_asked_are_those_of_the_day_it_opens(program: Program) -> None:
    pair = PairingFactory(program=program)
    User.objects.filter(pk=pair.mentor_id).update(department="Before")
    PlanItemFactory(program=program)
    rounds.open_due_rounds()
    User.objects.filter(pk=pair.mentor_id).update(department="After")
    asked = pair.mentor.participations.get()
    answers.submit(participation=asked, answers={"q-scale": 3})
    answer = AnonymousAnswer.objects.get()
    assert answer.groups == asked.groups
    assert (answer.role, answer.department) == ("mentor", "Before")


def test_somebody_on_both_sides_counts_as_mentor(program: Program) -> None:
    first, second = PairingFactory(program=program), PairingFactory(program=program)
    type(second).objects.filter(pk=second.pk).update(mentee=first.mentor)
    roles = roles_in(program)
    assert roles[first.mentor_id] == "mentor"
    assert roles[first.mentee_id] == "mentee"


# when reminders go out


@pytest.mark.parametrize(("days", "numbers"), [(1, [2]), (2, [2]), (3, [1, 2]), (10, [1, 2])])
def test_short_round_has_no_reminder_half_way(days: int, numbers: list[int]) -> None:
    now = clock.now()
    survey_round = SurveyRound(opens_at=now, closes_at=now + timedelta(days=days))
    found = reminders.nudges_of(survey_round)
    assert [nth for nth, _due, _until in found] == numbers
    assert found[-1][1:] == (survey_round.closes_at - timedelta(days=1), survey_round.closes_at)


# the close


def test_round_is_closed_once() -> None:
    survey_round = RoundFactory()
    assert rounds.close_round(pk=survey_round.pk)
    assert not rounds.close_round(pk=survey_round.pk)
    assert AuditEntry.objects.filter(verb="survey_round.closed").count() == 1


def test_round_that_cannot_be_closed_does_not_hold_up_the_others(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    ended = {"closes_at": clock.now() - timedelta(minutes=1)}
    broken, sound = RoundFactory(**ended), RoundFactory(**ended)
    make_tables = freezing.make_tables

    def fail_once(**options: Any) -> Any:
        if options["sheets"]:
            raise RuntimeError("broken")
        return make_tables(**options)

    answered_by(broken, 1)
    monkeypatch.setattr(freezing, "make_tables", fail_once)
    assert rounds.close_due_rounds() == 1
    states = dict(SurveyRound.objects.values_list("pk", "state"))
    assert states == {broken.pk: RoundState.OPEN, sound.pk: RoundState.CLOSED}
    monkeypatch.undo()
    assert rounds.close_due_rounds() == 1, "the next minute tries again"


@pytest.mark.parametrize(
    ("label", "shown"),
    [(Label.ANONYMOUS, False), (Label.CONFIDENTIAL, False), (Label.ATTRIBUTED, True)],
)
def test_three_answers_are_shown_only_where_names_are_shown_too(label: str, shown: bool) -> None:
    survey_round = RoundFactory(label=label)
    answered_by(survey_round, 3)
    rounds.close_round(pk=survey_round.pk)
    total = FrozenTable.objects.get(round=survey_round, cut="total")
    assert (total.figures["q-scale"] is not None) == shown


@pytest.mark.parametrize(("label", "published"), [(Label.ANONYMOUS, 9), (Label.CONFIDENTIAL, 0)])
def test_what_was_written_in_confidence_is_not_published(label: str, published: int) -> None:
    survey_round = RoundFactory(label=label)
    answered_by(survey_round, 9, **{"q-words": "Something."})
    rounds.close_round(pk=survey_round.pk)
    survey_round.refresh_from_db()
    assert len(survey_round.comments.get("q-words", [])) == published


# how many have answered


@pytest.mark.parametrize(
    ("label", "state", "answered", "shown"),
    [
        (Label.ANONYMOUS, RoundState.OPEN, None, "half to three quarters"),
        (Label.CONFIDENTIAL, RoundState.OPEN, None, "half to three quarters"),
        (Label.ATTRIBUTED, RoundState.OPEN, None, "33"),
        (Label.ANONYMOUS, RoundState.CLOSED, 40, "40 to 44"),
        (Label.ANONYMOUS, RoundState.CLOSED, 45, "45 or more"),
        (Label.ANONYMOUS, RoundState.CLOSED, 0, "fewer than 5"),
        (Label.ATTRIBUTED, RoundState.CLOSED, 47, "47"),
    ],
)
def test_count_is_exact_where_answers_have_names(
    label: str, state: str, answered: int | None, shown: str
) -> None:
    made = SurveyRound(label=label, state=state, answered=answered, asked=47, k=5, band=2)
    assert answered_in_words(made, 33) == shown


@pytest.mark.parametrize(("asked", "answered"), [(5, 5), (6, 6), (47, 47), (48, 47)])
def test_count_never_tells_that_everybody_answered(asked: int, answered: int) -> None:
    """The words of a round that all have answered are those of one that one has not answered."""
    said = set()
    for number in (answered, asked - 1):
        closed = SurveyRound(label=Label.ANONYMOUS, state=RoundState.CLOSED, asked=asked, k=5)
        closed.answered = freezing.coarse_number(number, asked)
        said.add(answered_in_words(closed, 0))
    assert len(said) == 1


def test_band_of_an_open_round_changes_once_per_day(at: At) -> None:
    survey_round = RoundFactory(asked=8)
    answered_by(survey_round, 4)
    ParticipationFactory.create_batch(4, round=survey_round)
    assert (refresh_bands(), refresh_bands()) == (1, 0)
    answered_by(survey_round, 3)

    def shown() -> str:
        survey_round.refresh_from_db()
        return answered_in_words(survey_round, 0)

    assert shown() == "half to three quarters"
    at(clock.now() + timedelta(hours=25))
    survey_round.participations.update(responded=True)
    assert refresh_bands() == 1
    assert shown() == "three quarters or more"


@pytest.mark.parametrize(
    ("state", "listed"),
    [("", {"Open one", "Closed one"}), ("open", {"Open one"}), ("closed", {"Closed one"})],
)
def test_rounds_are_listed_by_state(
    client: Client, program: Program, state: str, listed: set[str]
) -> None:
    RoundFactory(program=program, title="Open one")
    RoundFactory(program=program, title="Closed one", number=2)
    closed = SurveyRound.objects.get(title="Closed one")
    rounds.close_round(pk=closed.pk)
    page = client.get(url_of("feedback:round_list", program), {"state": state})
    assert {one.title for one in page.context["page"]} == listed


# what is told afterwards


def test_what_was_heard_is_published_after_the_close(client: Client, program: Program) -> None:
    survey_round = RoundFactory(program=program)
    asked = ParticipationFactory(round=survey_round)
    edit, heard = (url_of(f"feedback:{name}", survey_round) for name in TOLD)
    early = client.post(edit, {"text": "More time."})
    assert early.status_code == 422
    assert "The round is still open" in early.text

    rounds.close_round(pk=survey_round.pk)
    OutboxMessage.objects.all().delete()
    assert client.get(heard).status_code == 404, "nothing has been published"
    assert client.post(edit, {"text": " \n "}).status_code == 422
    assert not OutboxMessage.objects.exists()

    assert client.post(edit, {"text": "  More time.\n"}).status_code == 302
    survey_round.refresh_from_db()
    assert survey_round.told_us == "More time."
    assert [message.recipient for message in OutboxMessage.objects.all()] == [asked.person]
    assert "More time." in client.get(heard).text


TOLD = ("told_us_edit", "round_heard")


# the plan


def test_open_round_keeps_the_questions_that_it_was_opened_with(
    program: Program, coordinator: User
) -> None:
    PairingFactory(program=program)
    item = PlanItemFactory(program=program)
    assert rounds.open_due_rounds() == 1
    new = {"text": "Another?", "kind": "text", "options": [], "required": False}
    plan.save_item(actor=coordinator, item=item, questions=[new])
    assert [question.text for question in item.questions.all()] == ["Another?"]
    assert [question["text"] for question in SurveyRound.objects.get().questions] == ["How useful?"]


def test_question_keeps_its_identity_when_the_survey_is_planned_anew(
    client: Client, program: Program
) -> None:
    item = PlanItemFactory(program=program)
    key = item.questions.get().key
    address = url_of("feedback:plan_item_edit", item)
    sent = {
        "title": "Pulse",
        "kind": "pulse",
        "label": "anonymous",
        "audience": "all",
        "first_day": 30,
        "open_days": 10,
        "questions-TOTAL_FORMS": 3,
        "questions-INITIAL_FORMS": 0,
    }
    for number, words in enumerate(("New first?", "How useful is it?", "A copy?")):
        sent |= {f"questions-{number}-text": words, f"questions-{number}-kind": "scale5"}
    sent |= {"questions-1-key": str(key), "questions-2-key": str(key)}
    assert f'value="{key}"' in client.get(address).text
    assert client.post(address, sent).status_code == 303
    kept = dict(item.questions.values_list("text", "key"))
    assert kept["How useful is it?"] == key
    assert len(set(kept.values())) == 3, "no other question takes it"


def test_new_surveys_come_last_in_the_plan(program: Program, coordinator: User) -> None:
    question = {"text": "How?", "kind": "scale5", "options": [], "required": True}
    for title in ("First", "Second", "Third"):
        item = SurveyPlanItem(program=program, title=title)
        plan.save_item(actor=coordinator, item=item, questions=[question])
    found = SurveyPlanItem.objects.order_by("position").values_list("position", "title")
    assert list(found) == [(1, "First"), (2, "Second"), (3, "Third")]


def test_survey_without_questions_is_refused(program: Program, coordinator: User) -> None:
    with pytest.raises(DomainError, match="Add at least one question"):
        plan.save_item(actor=coordinator, item=SurveyPlanItem(program=program), questions=[])
    assert not SurveyPlanItem.objects.exists()


def test_readers_of_a_planned_survey_are_found_by_their_addresses(
    client: Client, program: Program
) -> None:
    readers = [UserFactory(email="ada@example.com"), UserFactory(email="bo@example.com")]
    item = PlanItemFactory(program=program, label=Label.CONFIDENTIAL)
    item.readers.set(readers)
    address = url_of("feedback:plan_item_edit", item)
    form = client.get(address).context["form"]
    assert set(form["reader_addresses"].value().split()) == {"ada@example.com", "bo@example.com"}


@pytest.mark.parametrize("known", [True, False])
def test_program_without_dates_asks_nothing(known: bool) -> None:
    item = SurveyPlanItem(program=ProgramFactory.build(), first_day=0, open_days=3)
    if not known:
        item.program.starts_on = None
    assert len(plan.occurrences(item)) == int(known)
