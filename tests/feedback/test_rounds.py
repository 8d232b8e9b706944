"""Rounds open by themselves, once, ask the right people, and close with frozen results."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from django.db import IntegrityError, connection, transaction
from django.urls import reverse

from accounts.models import User
from common import clock
from common.errors import DomainError
from feedback.domain import answers as answering
from feedback.domain import reminders, rounds
from feedback.domain.plan import occurrences
from feedback.enums import Label, RoundState
from feedback.models import AnonymousAnswer, FrozenTable, Participation, Response, SurveyRound
from notifications.models import OutboxMessage
from tests.factories import PairingFactory, ProgramFactory, UserFactory
from tests.feedback.factories import ParticipationFactory, PlanItemFactory, RoundFactory
from tests.support.types import AsUser, At

pytestmark = pytest.mark.django_db


def answer(survey_round: SurveyRound, number: int, **more: Any) -> list[Participation]:
    """So many people answer, alternating between 2 and 4."""
    asked = [
        ParticipationFactory(round=survey_round, person__department="D") for _ in range(number)
    ]
    for at, participation in enumerate(asked):
        answering.submit(participation=participation, answers={"q-scale": 2 + at % 2 * 2, **more})
    return asked


def test_due_round_opens_once_and_asks_each_person_once() -> None:
    item = PlanItemFactory()
    pair = PairingFactory(program=item.program)
    PairingFactory(
        program=item.program, mentor_enrolment=pair.mentor_enrolment
    )  # the same mentor again
    PairingFactory(program=item.program, state="ended")
    assert rounds.open_due_rounds() == 1
    assert rounds.open_due_rounds() == 0
    survey_round = SurveyRound.objects.get()
    assert survey_round.asked == Participation.objects.count() == 3
    assert OutboxMessage.objects.filter(kind="feedback.invitation").count() == 3
    assert survey_round.questions[0]["text"] == "How useful?"


@pytest.mark.parametrize(
    ("state", "first_day", "opens"),
    [
        ("running", 29, True),
        ("draft", 29, False),
        ("closed", 29, False),
        ("running", 31, False),
        ("running", 5, False),
    ],
    ids=["due", "draft", "closed", "not yet", "missed in whole"],
)
def test_only_due_rounds_of_running_programs_open(state: str, first_day: int, opens: bool) -> None:
    item = PlanItemFactory(program__state=state, first_day=first_day)
    PairingFactory(program=item.program)
    assert (rounds.open_due_rounds() == 1) is opens


def test_round_without_anybody_to_ask_waits() -> None:
    item = PlanItemFactory()
    assert rounds.open_due_rounds() == 0
    PairingFactory(program=item.program)
    assert rounds.open_due_rounds() == 1


def test_occurrences_keep_nine_o_clock_over_summer_time() -> None:
    program = ProgramFactory(
        time_zone="Europe/Berlin", starts_on=date(2027, 3, 1), ends_on=date(2027, 5, 1)
    )
    found = occurrences(PlanItemFactory(program=program, first_day=7, every_weeks=4, open_days=5))
    assert [o.opens_at for o in found] == [
        datetime(2027, 3, 8, 8, tzinfo=UTC),
        datetime(2027, 4, 5, 7, tzinfo=UTC),
    ]
    assert [o.number for o in found] == [1, 2]


@pytest.mark.parametrize(
    ("days", "opens"),
    [(14, date(2027, 4, 17)), (400, date(2027, 3, 1))],
    ids=["counted back", "not before it"],
)
def test_occurrences_before_the_end_follow_its_length(days: int, opens: date) -> None:
    program = ProgramFactory(time_zone="UTC", starts_on=date(2027, 3, 1), ends_on=date(2027, 5, 1))
    (only,) = occurrences(PlanItemFactory(program=program, days_before_end=days))
    assert only.opens_at.date() == opens


def test_k_is_locked_with_the_first_round() -> None:
    item = PlanItemFactory(program__anonymity_k=7)
    PairingFactory(program=item.program)
    rounds.open_due_rounds()
    item.program.refresh_from_db()
    assert item.program.anonymity_k_locked
    assert SurveyRound.objects.get().k == 7
    with pytest.raises(IntegrityError), transaction.atomic():
        type(item.program).objects.filter(pk=item.program.pk).update(anonymity_k=5)


def test_nudges_go_to_the_silent_alone_and_twice_at_most(at: At) -> None:
    survey_round = RoundFactory()
    silent, answered = (
        ParticipationFactory(round=survey_round),
        ParticipationFactory(round=survey_round, responded=True),
    )
    assert reminders.nudge_due() == 0
    at(survey_round.opens_at + timedelta(days=5, minutes=1))
    assert (reminders.nudge_due(), reminders.nudge_due()) == (1, 0)
    at(survey_round.closes_at - timedelta(hours=23))
    assert (reminders.nudge_due(), reminders.nudge_due()) == (1, 0)
    assert set(OutboxMessage.objects.values_list("recipient_id", flat=True)) == {silent.person_id}
    assert answered.person_id != silent.person_id


def test_close_freezes_results_once(at: At) -> None:
    survey_round = RoundFactory()
    answer(survey_round, 6)
    at(survey_round.closes_at)
    assert (rounds.close_due_rounds(), rounds.close_due_rounds()) == (1, 0)
    survey_round.refresh_from_db()
    assert (survey_round.state, survey_round.answered) == (RoundState.CLOSED, 5)
    total = FrozenTable.objects.get(round=survey_round, cut="total").figures["q-scale"]
    assert total == {
        "answers": 5,
        "is_open": True,
        "steps": 2,
        "shares": {"1": 0, "2": 1, "3": 0, "4": 1, "5": 0},
        "favourable": 1,
        "mean": None,
    }


@pytest.mark.parametrize("number", [1, 4])
def test_too_few_answers_leave_nothing_behind(number: int, at: At) -> None:
    survey_round = RoundFactory()
    answer(survey_round, number)
    at(survey_round.closes_at)
    rounds.close_due_rounds()
    assert all(
        shown is None for table in FrozenTable.objects.all() for shown in table.figures.values()
    )


@pytest.mark.parametrize(("number", "shown"), [(7, 0), (8, 8)])
def test_comments_need_eight_people(number: int, shown: int, at: At) -> None:
    survey_round = RoundFactory()
    answer(survey_round, number, **{"q-words": "More time."})
    at(survey_round.closes_at)
    rounds.close_due_rounds()
    survey_round.refresh_from_db()
    assert len(survey_round.comments.get("q-words", [])) == shown


def test_after_close_nothing_joins_people_to_answers(at: At) -> None:
    """Every column of every feedback table, as somebody with the database would dump it."""
    survey_round = RoundFactory()
    asked = answer(survey_round, 8, **{"q-words": "A remark."})
    before = {participation.pk for participation in asked}
    at(survey_round.closes_at)
    rounds.close_due_rounds()
    assert not AnonymousAnswer.objects.exists()
    after = Participation.objects.filter(round=survey_round)
    assert not before & set(after.values_list("pk", flat=True))
    assert set(after.values_list("person", flat=True)) == {p.person_id for p in asked}
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT DISTINCT xmin::text FROM feedback_participation WHERE round_id = %s",
            [survey_round.pk],
        )
        assert len(cursor.fetchall()) == 1, (
            "written anew in one transaction, so that nothing tells them apart"
        )
        cursor.execute(
            "SELECT column_name FROM information_schema.columns WHERE table_name = "
            "'feedback_participation'"
        )
        assert {name for (name,) in cursor.fetchall()} == {
            "id",
            "round_id",
            "person_id",
            "responded",
            "opted_out",
            "draft",  # never of an anonymous round: the database refuses it
            "role",
            "department",
            "grade",
            "location",
        }


def test_anonymous_answer_row_knows_no_person_and_no_time() -> None:
    kinds = {field.get_internal_type() for field in AnonymousAnswer._meta.get_fields()}
    targets = {
        field.related_model for field in AnonymousAnswer._meta.get_fields() if field.is_relation
    }
    assert targets == {SurveyRound}
    assert not kinds & {"DateTimeField", "DateField", "BigAutoField", "AutoField"}


def test_database_refuses_answers_to_a_closed_round() -> None:
    survey_round = RoundFactory(state=RoundState.CLOSED, closed_at=clock.now())
    with pytest.raises(IntegrityError, match="not open"), transaction.atomic():
        AnonymousAnswer.objects.create(round=survey_round, answers={}, role="mentor")
    with pytest.raises(IntegrityError, match="not open"), transaction.atomic():
        Response.objects.create(round=survey_round, person=UserFactory(), answers={})


def test_anonymous_answer_is_given_once() -> None:
    participation = ParticipationFactory()
    answering.submit(participation=participation, answers={"q-scale": 3})
    with pytest.raises(DomainError):
        answering.submit(participation=participation, answers={"q-scale": 4})
    assert AnonymousAnswer.objects.count() == 1


def test_attributed_answer_may_change_until_the_close() -> None:
    participation = ParticipationFactory(round__label=Label.ATTRIBUTED)
    for value in (3, 4):
        answering.submit(participation=participation, answers={"q-scale": value})
    assert Response.objects.get().answers == {"q-scale": 4}


def test_answering_cancels_the_reminder_that_waits(at: At) -> None:
    survey_round = RoundFactory()
    participation = ParticipationFactory(round=survey_round)
    at(survey_round.closes_at - timedelta(hours=23))
    reminders.nudge_due()
    answering.submit(participation=participation, answers={"q-scale": 3})
    states = list(OutboxMessage.objects.order_by("due_at", "pk").values_list("state", flat=True))
    assert sorted(states) == ["cancelled", "missed"], (
        "the first one has been overtaken by the second"
    )


def test_told_us_reaches_everybody_asked() -> None:
    hr: User = UserFactory(is_hr_admin=True)
    survey_round = RoundFactory()
    ParticipationFactory.create_batch(2, round=survey_round)
    with pytest.raises(DomainError):
        rounds.publish_told_us(actor=hr, survey_round=survey_round, text="We heard you.")
    rounds.close_round(pk=survey_round.pk)
    rounds.publish_told_us(actor=hr, survey_round=survey_round, text="We heard you.")
    rounds.publish_told_us(actor=hr, survey_round=survey_round, text="We heard you, again.")
    assert OutboxMessage.objects.filter(kind="feedback.told_us").count() == 2


@pytest.mark.parametrize("part", [0.6, 0.97])
def test_round_that_opens_late_asks_once_and_not_twice_in_a_minute(at: At, part: float) -> None:
    item = PlanItemFactory()
    PairingFactory(program=item.program)
    due = next(one for one in occurrences(item) if one.closes_at > clock.now())
    at(due.opens_at + (due.closes_at - due.opens_at) * part)
    reminders.nudge_due()
    assert rounds.open_due_rounds() == 1
    assert reminders.nudge_due() == 0
    at(due.closes_at - timedelta(hours=1))
    assert reminders.nudge_due() == (2 if part < 0.9 else 0)
    assert not OutboxMessage.objects.filter(state="missed").exists()


def test_round_that_nobody_could_open_is_not_opened_late_and_shows(at: At, as_user: AsUser) -> None:
    item = PlanItemFactory(first_day=31, open_days=10, every_weeks=None)
    PairingFactory(program=item.program)
    [due] = occurrences(item)
    assert rounds.skipped(item) == []
    at(due.closes_at + timedelta(hours=1))
    assert rounds.open_due_rounds() == 0
    item.refresh_from_db()
    assert [one.number for one in rounds.skipped(item)][:1] == [due.number]
    hr = as_user(UserFactory(is_hr_admin=True))
    page = reverse("feedback:round_list", args=[item.program.public_id])
    assert "Did not take place" in hr.get(page).text
    at(due.closes_at + timedelta(days=61))
    assert due.number not in [one.number for one in rounds.skipped(item)]


def test_round_that_took_place_is_not_missed(at: At) -> None:
    item = PlanItemFactory(first_day=31, open_days=10, every_weeks=None)
    PairingFactory(program=item.program)
    [due] = occurrences(item)
    at(due.opens_at + timedelta(hours=1))
    assert rounds.open_due_rounds() == 1
    at(due.closes_at + timedelta(hours=1))
    rounds.close_due_rounds()
    assert rounds.skipped(item) == []
