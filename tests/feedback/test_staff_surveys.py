"""Staff surveys: whom they ask, how small a group they show, and that they are HR's alone."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest
from django.core import mail as outgoing
from django.db import DatabaseError, IntegrityError, transaction
from django.test import Client
from django.urls import reverse

from accounts.domain import company
from accounts.models import Company, User
from common import clock
from common.errors import DomainError
from feedback import mail
from feedback.domain import answers, plan, reminders, rounds
from feedback.domain.audiences import people_to_ask
from feedback.enums import Audience, Label, RoundState
from feedback.models import AnonymousAnswer, Question, SurveyPlanItem, SurveyRound
from notifications.models import OutboxMessage
from tests.factories import GradeFactory, ProgramFactory, ProgramStaffFactory, UserFactory
from tests.feedback.factories import ParticipationFactory, RoundFactory
from tests.support.pages import url_of, words_of
from tests.support.types import AsUser, At

pytestmark = pytest.mark.django_db


def survey(**more: Any) -> SurveyPlanItem:
    """A staff survey with one question, which is opened by hand."""
    item = SurveyPlanItem.objects.create(
        title="Mentoring here", audience=Audience.STAFF, position=1, **more
    )
    Question.objects.create(plan_item=item, position=1, text="How useful?", kind="scale5")
    return item


def staff_round(**more: Any) -> SurveyRound:
    fields = {"program": None, "audience": Audience.STAFF, "title": "Mentoring here"}
    return RoundFactory(**{**fields, **more})


@pytest.fixture
def hr() -> User:
    return UserFactory(is_hr_admin=True, department="People", location="Bern")


@pytest.fixture
def hr_client(hr: User, as_user: AsUser) -> Client:
    return as_user(hr)


# who is asked


@pytest.mark.parametrize(
    ("chosen", "asked"),
    [
        ({}, {"ann", "ben", "cleo"}),
        ({"asks_readers": True}, {"ann", "ben", "cleo", "hr"}),
        ({"departments": ["Sales"]}, {"ann", "ben"}),
        ({"departments": ["Sales", "Research"]}, {"ann", "ben", "cleo"}),
        ({"locations": ["Bern"]}, {"ann"}),
        ({"departments": ["Sales"], "locations": ["Berlin"]}, {"ben"}),
        ({"grades": ["Grade 6"]}, {"cleo"}),
        ({"departments": ["Gone"]}, set()),
    ],
)
def test_staff_are_asked_by_the_directory_without_leavers_and_hr(
    chosen: dict[str, Any], asked: set[str]
) -> None:
    people = {
        "ann": UserFactory(department="Sales", location="Bern"),
        "ben": UserFactory(department="Sales", location="Berlin"),
        "cleo": UserFactory(department="Research", location="Berlin", grade=GradeFactory(rank=6)),
        "hr": UserFactory(department="People", location="Basel", is_hr_admin=True),
    }
    UserFactory(department="Sales", location="Bern", is_active=False)
    item = SurveyPlanItem(audience=Audience.STAFF, **chosen)
    assert set(people_to_ask(item)) == {people[name] for name in asked}


def test_all_staff_can_be_asked_by_a_program_without_its_coordinators() -> None:
    program = ProgramFactory()
    colleague = UserFactory()
    ProgramStaffFactory(program=program)
    item = SurveyPlanItem(program=program, audience=Audience.STAFF)
    assert list(people_to_ask(item)) == [colleague]


def test_groups_of_staff_are_those_of_the_directory(hr: User) -> None:
    people = UserFactory.create_batch(6, department="Sales", location="Bern")
    rounds.open_now(actor=hr, item=survey())
    asked = people[0].participations.get()
    answers.submit(participation=asked, answers={})
    answer = AnonymousAnswer.objects.get()
    assert answer.groups == asked.groups
    assert (answer.role, answer.department, answer.location) == ("", "Sales", "Bern")


# how small a group


def test_survey_of_too_few_is_refused_with_both_numbers(hr: User) -> None:
    UserFactory.create_batch(5)  # of five, all would be seen to have answered
    item = survey()
    with pytest.raises(DomainError, match=r"asks 5 people.*more than 5 are asked"):
        rounds.open_now(actor=hr, item=item)
    with pytest.raises(DomainError, match="asks 5 people"):
        plan.save_item(actor=hr, item=item, questions=[{"text": "?", "kind": "scale5"}])
    assert not SurveyRound.objects.exists()


def test_k_is_that_of_the_company_and_fixed_by_the_first_survey(hr: User) -> None:
    Company.objects.update_or_create(id=1, defaults={"anonymity_k": 7})
    UserFactory.create_batch(8)
    opened = rounds.open_now(actor=hr, item=survey())
    assert (opened.k, opened.asked) == (7, 8)
    words = {"name": "Halden", "product_name": "Upstream", "time_zone": "UTC", "locale": "en"}
    company.set_up(actor=hr, anonymity_k=7, **words)
    with pytest.raises(DomainError, match="can no longer change"):
        company.set_up(actor=hr, anonymity_k=6, **words)
    with pytest.raises(DatabaseError, match="has promised"), transaction.atomic():
        Company.objects.update(anonymity_k=6)


# what the database refuses


@pytest.mark.parametrize(
    "wrong",
    [
        {"audience": Audience.MENTORS},
        {"label": Label.ATTRIBUTED},
        {"label": Label.CONFIDENTIAL},
    ],
)
def test_round_without_program_asks_staff_anonymously(wrong: dict[str, Any]) -> None:
    with pytest.raises(IntegrityError), transaction.atomic():
        RoundFactory(**{"program": None, "audience": Audience.STAFF, **wrong})
    with pytest.raises(IntegrityError), transaction.atomic():
        SurveyPlanItem.objects.create(
            **{"title": "?", "position": 1, "audience": Audience.STAFF, **wrong}
        )


# when it opens


@pytest.mark.parametrize(
    ("day", "months", "later"),
    [
        (date(2026, 1, 31), 1, date(2026, 2, 28)),
        (date(2026, 11, 15), 3, date(2027, 2, 15)),
        (date(2024, 2, 29), 12, date(2025, 2, 28)),
        (date(2026, 12, 1), 24, date(2028, 12, 1)),
    ],
)
def test_months_later_is_the_same_day_or_the_last(day: date, months: int, later: date) -> None:
    assert plan.months_later(day, months) == later


def test_survey_is_repeated_every_few_months_until_it_is_stopped(hr: User, at: At) -> None:
    UserFactory.create_batch(6)
    first = clock.today("UTC")
    item = survey(opens_on=first, every_months=6, open_days=10)
    for number in (1, 2):
        item.refresh_from_db()
        at(plan.occurrences(item)[0].opens_at + timedelta(minutes=1))
        assert [rounds.open_due_rounds(), rounds.open_due_rounds()] == [1, 0]
        assert item.rounds.filter(number=number).exists()
        rounds.close_round(pk=item.rounds.get(number=number).pk)
    item.refresh_from_db()
    assert item.opens_on == plan.months_later(first, 12)

    plan.remove_item(actor=hr, item=item)
    at(clock.now() + timedelta(days=400))
    assert rounds.open_due_rounds() == 0
    assert SurveyPlanItem.objects.get().rounds.count() == 2


def test_survey_that_could_not_open_in_time_waits_for_its_next_day(at: At) -> None:
    today = clock.today("UTC")
    item = survey(opens_on=today, every_months=3, open_days=10)
    at(clock.now() + timedelta(days=2))
    assert rounds.open_due_rounds() == 0, "nobody can be asked"
    at(clock.now() + timedelta(days=10))
    rounds.open_due_rounds()
    item.refresh_from_db()
    assert item.opens_on == plan.months_later(today, 3)


def test_survey_that_nobody_has_been_asked_is_removed_altogether(hr: User) -> None:
    plan.remove_item(actor=hr, item=survey())
    assert not SurveyPlanItem.objects.exists()


# who sees it


def test_results_of_staff_surveys_are_for_hr_alone(as_user: AsUser, hr: User) -> None:
    """Those who were asked read what was published, and nobody else sees anything."""
    closed = staff_round(
        state=RoundState.CLOSED, closed_at=clock.now(), told_us="Heard.", told_us_at=clock.now()
    )
    asked = ParticipationFactory(round=closed).person
    coordinator = ProgramStaffFactory().person
    found = {}
    for name, person in {"hr": hr, "asked": asked, "coordinator": coordinator}.items():
        client = as_user(person)
        pages = ("round_detail", "round_export", "round_heard", "told_us_edit")
        found[name] = [client.get(url_of(f"feedback:{page}", closed)).status_code for page in pages]
    assert found == {
        "hr": [200, 200, 200, 200],
        "asked": [404, 404, 200, 404],
        "coordinator": [404, 404, 404, 404],
    }


@pytest.mark.parametrize(("same", "compared"), [(True, True), (False, False)])
def test_staff_survey_is_compared_with_its_own_rounds_alone(
    hr_client: Client, same: bool, compared: bool
) -> None:
    """Another survey may have asked other people the same question."""
    item = survey()
    earlier = {"plan_item": item} if same else {"program": ProgramFactory(), "audience": "all"}
    for number, more in enumerate((earlier, {"plan_item": item}), start=1):
        opens_at = clock.now() - timedelta(days=9 - number)
        held = staff_round(**{"number": number, "opens_at": opens_at, **more})
        for asked in ParticipationFactory.create_batch(6, round=held):
            answers.submit(participation=asked, answers={"q-scale": 4})
        rounds.close_round(pk=held.pk)
    page = hr_client.get(url_of("feedback:round_detail", held))
    assert ("Over time" in page.text) == compared


# mails to many


def test_many_are_written_to_by_the_minutes_search(
    hr: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    """So that no page waits for them; each of them once."""
    monkeypatch.setattr(mail, "AT_ONCE", 4)
    people = UserFactory.create_batch(6)
    opened = rounds.open_now(actor=hr, item=survey())
    assert not OutboxMessage.objects.exists()
    answers.submit(participation=people[0].participations.get(), answers={})
    assert [reminders.nudge_due(), reminders.nudge_due()] == [5, 0], "who has answered is not asked"
    asked = OutboxMessage.objects.filter(kind=mail.INVITATION)
    assert set(asked.values_list("recipient", flat=True)) == {person.pk for person in people[1:]}

    rounds.close_round(pk=opened.pk)
    rounds.publish_told_us(actor=hr, survey_round=opened, text="Heard.")
    assert [reminders.tell_many(), reminders.tell_many()] == [6, 0]


# pages


@pytest.mark.parametrize("surveys", [1, 3])
def test_list_takes_as_many_queries_for_three_as_for_one(
    hr_client: Client, surveys: int, django_assert_num_queries: Any
) -> None:
    for number in range(surveys):
        staff_round(plan_item=survey(), number=number + 1)
    hr_client.get(reverse("feedback:staff_survey_list"))
    with django_assert_num_queries(7):
        hr_client.get(reverse("feedback:staff_survey_list"))


def test_survey_is_planned_with_a_count_of_whom_it_asks(hr_client: Client) -> None:
    UserFactory.create_batch(6, department="Sales", location="Bern")
    UserFactory.create_batch(2, department="Research", location="Bern")
    url = reverse("feedback:staff_survey_new")
    assert "It asks 8 people." in words_of(hr_client.get(url))

    data = {
        "title": "Mentoring here",
        "departments": ["Research"],
        "open_days": 10,
        "questions-TOTAL_FORMS": 1,
        "questions-INITIAL_FORMS": 0,
        "questions-0-text": "How useful?",
        "questions-0-kind": "scale5",
    }
    counted = hr_client.post(url, {**data, "arrange": "count"})
    assert "It asks 2 people." in words_of(counted)
    assert "Results are shown where more than 5 are asked: ask more people." in words_of(counted)
    refused = hr_client.post(url, data)
    assert (refused.status_code, SurveyPlanItem.objects.count()) == (422, 0)
    assert "This asks 2 people." in words_of(refused)

    answer = hr_client.post(url, {**data, "departments": ["Sales"], "opens_on": ""}, follow=True)
    assert "It opens when you open it." in words_of(answer)
    assert "Staff of Sales" in words_of(answer)
    item = SurveyPlanItem.objects.get()
    opened = hr_client.post(url_of("feedback:plan_item_open", item), follow=True)
    assert "Staff of Sales" in words_of(opened)
    assert item.rounds.get().asked == 6


def test_day_that_has_passed_is_refused(hr_client: Client) -> None:
    data = {"title": "?", "opens_on": "2020-01-01", "every_months": 6, "open_days": 10}
    assert "This day has passed." in words_of(
        hr_client.post(reverse("feedback:staff_survey_new"), data)
    )


def test_only_hr_may_let_a_program_ask_all_staff(as_user: AsUser, hr: User) -> None:
    program = ProgramFactory()
    coordinator = ProgramStaffFactory(program=program).person
    url = url_of("feedback:plan_item_new", program)
    choice = 'value="staff"'
    assert choice not in as_user(coordinator).get(url).text
    assert choice in as_user(hr).get(url).text
    named = {"title": "?", "audience": "staff", "label": "attributed", "open_days": 10}
    answer = as_user(hr).post(url, {**named, "kind": "pulse", "first_day": 30})
    assert "All staff are asked anonymously." in words_of(answer)


def test_person_outside_any_program_answers_and_reads_what_was_heard(
    hr: User, as_user: AsUser
) -> None:
    people = UserFactory.create_batch(6)
    opened = rounds.open_now(actor=hr, item=survey())
    message = OutboxMessage.objects.get(recipient=people[0])
    assert message.scope is None
    assert "All staff are asked. HR sees the results." in " ".join(message.text.split())

    client = as_user(people[0])
    assert "Mentoring here" in client.get(reverse("mentoring:home")).text
    asked = people[0].participations.get()
    url = reverse("feedback:survey_answer", args=[mail.make_token(asked)])
    page = words_of(client.get(url))
    assert "All staff are asked." in page
    assert f"write to {hr.name}" in page
    name = f"q-{opened.questions[0]['id']}"
    assert "Your answers are in." in client.post(url, {name: "4"}, follow=True).text

    rounds.close_round(pk=opened.pk)
    opened.refresh_from_db()
    rounds.publish_told_us(actor=hr, survey_round=opened, text="Heard.")
    assert "Heard." in client.get(url_of("feedback:round_heard", opened)).text
    assert not outgoing.outbox
