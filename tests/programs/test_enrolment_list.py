"""The people of a program, for those who run it."""

from __future__ import annotations

import csv
import io
from typing import Any

import pytest
from django.urls import reverse

from common import clock
from common.models import AuditEntry
from notifications.models import OutboxMessage
from programs.domain import avoidances
from programs.enums import EnrolmentState, PairRole
from programs.models import Enrolment, Program
from tests.factories import EnrolmentFactory, ProgramStaffFactory, UserFactory
from tests.programs import factories as make
from tests.support.pages import text_of, words_of
from tests.support.types import AsUser

pytestmark = pytest.mark.django_db
QUERIES = 9
DETAIL_QUERIES = 7


def url_of(program: Program, query: str = "") -> str:
    """The address of the list."""
    return reverse("programs:enrolment_list", args=[program.public_id]) + query


@pytest.mark.parametrize("rows", [1, 3])
def test_enrolment_list_takes_a_constant_number_of_queries(
    rows: int, as_user: AsUser, django_assert_num_queries: Any
) -> None:
    program = make.enrolling()
    for _ in range(rows):
        make.applied(program)
    client = as_user(make.hr())
    with django_assert_num_queries(QUERIES):
        response = client.get(url_of(program))
    assert len(response.context["page"].object_list) == rows


@pytest.mark.broad
def test_enrolment_list_searches_filters_and_sorts(as_user: AsUser) -> None:
    program, client = make.enrolling(), as_user(make.hr())
    people = {
        "Ada": {"role": "mentor", "state": "applied", "department": "Z"},
        "Bea": {"role": "mentee", "state": "approved", "department": "A"},
        "Cid": {"role": "mentor", "state": "invited", "department": "B"},
    }
    for name, fields in people.items():
        person = UserFactory(name=name, department=fields.pop("department"))
        EnrolmentFactory(program=program, person=person, applied_at=clock.now(), **fields)

    def names(query: str) -> list[str]:
        return [row.person.name for row in client.get(url_of(program, query)).context["page"]]

    assert names("") == ["Ada", "Bea", "Cid"]
    assert names("?role=mentor") == ["Ada", "Cid"]
    assert names("?state=approved") == ["Bea"]
    assert names("?q=cid") == ["Cid"]
    assert names("?sort=department") == ["Bea", "Cid", "Ada"]
    assert names("?sort=state&role=nonsense") == ["Ada", "Bea", "Cid"]


def test_enrolment_list_answers_htmx_with_its_rows(as_user: AsUser) -> None:
    program = make.enrolling()
    make.applied(program, name="Ada")
    part = as_user(make.hr()).get(url_of(program), headers={"HX-Request": "true"})
    assert "<html" not in part.text and "Ada" in part.text


def test_approving_several_tells_each_what_comes_next(as_user: AsUser) -> None:
    program = make.enrolling()
    rows = [make.applied(program), make.applied(program, PairRole.MENTEE)]
    waiting = make.invited(program)
    data = {"action": "approve", "people": [str(row.public_id) for row in (*rows, waiting)]}
    response = as_user(make.hr()).post(url_of(program), data, follow=True)
    assert "2 people approved" in response.text and "1 stays as it is" in response.text
    assert OutboxMessage.objects.filter(kind="programs.approved").count() == 2


def test_everyone_means_all_that_the_filter_shows(as_user: AsUser) -> None:
    program = make.enrolling()
    mentor, mentee = make.applied(program), make.applied(program, PairRole.MENTEE)
    response = as_user(make.hr()).post(
        url_of(program, "?role=mentee"), {"action": "approve", "everyone": "1"}
    )
    assert response.headers["Location"] == url_of(program, "?role=mentee")  # back to the same list
    states = {row.pk: row.state for row in Enrolment.objects.all()}
    assert states == {mentor.pk: EnrolmentState.APPLIED, mentee.pk: EnrolmentState.APPROVED}


def test_declining_is_asked_about_first(as_user: AsUser) -> None:
    program = make.enrolling()
    row, client = make.applied(program, name="Ada"), as_user(make.hr())
    data = {"action": "decline", "people": [str(row.public_id)]}
    page = client.post(url_of(program), data)
    assert page.status_code == 200 and "Decline 1 person?" in page.text and "Ada" in page.text
    assert Enrolment.objects.get(pk=row.pk).state == EnrolmentState.APPLIED
    assert client.post(url_of(program), {**data, "sure": "1"}).status_code == 303
    assert Enrolment.objects.get(pk=row.pk).state == EnrolmentState.DECLINED


@pytest.mark.parametrize(
    "data", [{"action": "approve"}, {"action": "delete", "everyone": "1"}, {"everyone": "1"}, {}]
)
def test_a_post_that_makes_no_sense_changes_nothing(data: dict[str, str], as_user: AsUser) -> None:
    program = make.enrolling()
    row = make.applied(program)
    response = as_user(make.hr()).post(url_of(program), data)
    assert response.status_code == 422 and "There is a problem" in response.text
    assert Enrolment.objects.get(pk=row.pk).state == EnrolmentState.APPLIED


def test_people_of_another_program_cannot_be_decided_on_through_this_one(as_user: AsUser) -> None:
    other = make.applied(make.enrolling())
    mine = ProgramStaffFactory(program=make.enrolling())
    response = as_user(mine.person).post(
        url_of(mine.program), {"action": "approve", "people": [str(other.public_id)]}
    )
    assert response.status_code == 422
    assert Enrolment.objects.get(pk=other.pk).state == EnrolmentState.APPLIED


def test_reminding_says_who_was_left_out(as_user: AsUser) -> None:
    program = make.enrolling()
    make.invited(program)
    make.applied(program)
    response = as_user(make.hr()).post(
        url_of(program), {"action": "nudge", "everyone": "1"}, follow=True
    )
    assert "1 person reminded" in response.text and "1 was left out" in response.text


def private_enrolment(program: Program, role: str) -> Enrolment:
    """Somebody with limits, people to avoid and a self-assessment that nobody who runs the program
    may see.
    """
    row = make.answer(make.invited(program, role, name="Ada"))
    other = UserFactory(name="Unwanted Uwe")
    from programs.domain.answers import save_step

    data = {"off_limits": "SECRET-limit", "avoid": [other]}
    save_step(actor=row.person, enrolment=row, step="boundaries", answers=data)
    from programs.domain import enrolment as domain

    assert avoidances.avoided_by(row.person) == [other]
    return domain.apply(actor=row.person, enrolment=Enrolment.objects.get(pk=row.pk))


@pytest.mark.broad
@pytest.mark.parametrize("role", list(PairRole))
@pytest.mark.parametrize("runner", ["hr", "coordinator"])
def test_what_is_private_stands_on_no_page_of_those_who_run_the_program(
    role: str, runner: str, as_user: AsUser
) -> None:
    program = make.enrolling()
    row = private_enrolment(program, role)
    person = make.hr() if runner == "hr" else ProgramStaffFactory(program=program).person
    client = as_user(person)
    pages = [
        url_of(program),
        reverse("programs:enrolment_detail", args=[row.public_id]),
        reverse("mentoring:program_overview", args=[program.public_id]),
        reverse("programs:enrolment_export", args=[program.public_id]),
    ]
    for page in pages:
        response = client.get(page)
        assert response.status_code == 200
        text = (
            b"".join(response.streaming_content).decode() if response.streaming else response.text
        )
        assert "SECRET" not in text and "Unwanted" not in text, page
        assert "new to me" not in text and "2: " not in text, page  # the self-assessment's words
    for name in ("programs:enrolment", "programs:prep"):
        assert client.get(reverse(name, args=[row.public_id])).status_code == 403
    assert (
        client.get(reverse("programs:enrol", args=[row.public_id, "boundaries"])).status_code == 403
    )


def test_detail_shows_what_was_answered(as_user: AsUser, django_assert_num_queries: Any) -> None:
    program = make.enrolling()
    row = make.applied(program)
    client = as_user(make.hr())
    with django_assert_num_queries(DETAIL_QUERIES):
        response = client.get(reverse("programs:enrolment_detail", args=[row.public_id]))
    for text in (
        "AI assistants (4: others come to me",
        "How decisions are made",
        "Monday 09:00–12:00",
        "English",
        "chess",
    ):
        assert text in response.text


@pytest.mark.parametrize("state", ["invited", "volunteering", "withdrawn"])
def test_what_is_not_handed_in_is_shown_to_nobody_else(state: str, as_user: AsUser) -> None:
    program = make.enrolling()
    row = make.answer(make.invited(program))
    Enrolment.objects.update(state=state, what_for="Half a thought")
    client = as_user(make.hr())
    for page in (
        reverse("programs:enrolment_detail", args=[row.public_id]),
        url_of(program),
        reverse("programs:enrolment_export", args=[program.public_id]),
    ):
        response = client.get(page)
        text = (
            b"".join(response.streaming_content).decode() if response.streaming else response.text
        )
        for private in ("AI assistants", "How decisions are made", "Half a thought"):
            assert private not in text, page


def test_export_is_a_csv_of_the_filtered_list_and_leaves_a_trace(as_user: AsUser) -> None:
    program = make.enrolling()
    make.applied(program, name='=HYPERLINK("x")')
    make.applied(program, PairRole.MENTEE, name="Bea")
    client = as_user(make.hr())
    response = client.get(
        reverse("programs:enrolment_export", args=[program.public_id]) + "?role=mentor"
    )
    table = list(csv.reader(io.StringIO(b"".join(response.streaming_content).decode("utf-8-sig"))))
    assert len(table) == 2 and table[1][0] == """'=HYPERLINK("x")"""
    assert (
        AuditEntry.objects.filter(verb="program.people_exported", actor_id__isnull=False).count()
        == 1
    )


@pytest.mark.broad
def test_who_was_decided_meanwhile_is_named_and_the_others_are_approved(as_user: AsUser) -> None:
    program = make.enrolling()
    ada, bea = make.applied(program, name="Ada Berg"), make.applied(program, name="Bea Lund")
    Enrolment.objects.filter(pk=bea.pk).update(state=EnrolmentState.DECLINED)
    data = {"action": "approve", "people": [str(row.public_id) for row in (ada, bea)]}
    client, address = as_user(make.hr()), url_of(program, "?state=applied")
    page = client.post(address, data, follow=True)
    said = "1 of these is no longer in this list and stays as it is: Bea Lund (Not this time)."
    assert said in words_of(page)
    assert "1 person approved" in words_of(page)
    again = client.post(address, data)
    assert again.status_code == 422
    assert "2 of these are no longer in this list" in words_of(again)
    assert str(bea.public_id) not in text_of(again)
    ada.refresh_from_db()
    assert ada.state == EnrolmentState.APPROVED


@pytest.mark.parametrize("people", [["nonsense"], ["6f9619ff-8b86-d011-b42d-00c04fc964ff"], []])
def test_nobody_of_this_program_is_ticked(as_user: AsUser, people: list[str]) -> None:
    program = make.enrolling()
    answer = as_user(make.hr()).post(url_of(program), {"action": "approve", "people": people})
    assert answer.status_code == 422
    assert "Tick at least one person first." in words_of(answer)
