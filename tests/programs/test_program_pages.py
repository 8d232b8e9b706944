"""The list of programs, a program's page, its states and staff."""

from __future__ import annotations

from typing import Any

import pytest
from django.urls import reverse

from mentoring.content import loading
from programs.domain.closing import plan_closing, undo_closing
from programs.enums import ProgramState, StaffRole
from programs.models import Program
from tests.factories import EnrolmentFactory, ProgramFactory, ProgramStaffFactory, UserFactory
from tests.programs import factories as make
from tests.support.types import AsUser

pytestmark = pytest.mark.django_db
LIST_QUERIES = 6  # session, reader, navigation's two, count, page


@pytest.mark.parametrize("rows", [1, 3])
def test_program_list_takes_a_constant_number_of_queries(
    rows: int, as_user: AsUser, django_assert_num_queries: Any
) -> None:
    for _ in range(rows):
        EnrolmentFactory(program=ProgramFactory())
    client = as_user(make.hr())
    with django_assert_num_queries(LIST_QUERIES):
        response = client.get(reverse("programs:program_list"))
    assert len(response.context["page"].object_list) == rows


def test_program_list_searches_filters_and_sorts(as_user: AsUser) -> None:
    ProgramFactory(name="Beta", state="running")
    ProgramFactory(name="Alpha", state="running")
    ProgramFactory(name="Gamma", state="draft")
    client, url = as_user(make.hr()), reverse("programs:program_list")

    def names(query: str) -> list[str]:
        return [program.name for program in client.get(url + query).context["page"]]

    assert names("?sort=name") == ["Alpha", "Beta", "Gamma"]
    assert names("?state=draft") == ["Gamma"]
    assert names("?q=alp") == ["Alpha"]
    assert names("?q=nothing") == []
    assert names("?state=nonsense&page=99&sort=drop") != []
    Program.objects.filter(name="Alpha").update(archived_at="2026-01-01T00:00Z", state="closed")
    assert names("?sort=name") == ["Beta", "Gamma"] and names("?state=archived") == ["Alpha"]


def test_program_list_answers_htmx_with_its_rows(as_user: AsUser) -> None:
    ProgramFactory(name="Alpha")
    client, url = as_user(make.hr()), reverse("programs:program_list")
    whole, part = client.get(url), client.get(url, headers={"HX-Request": "true"})
    assert "<html" in whole.text and "<html" not in part.text
    assert 'id="rows"' in part.text and "Alpha" in part.text


def test_program_list_of_a_coordinator_has_only_theirs(as_user: AsUser) -> None:
    staff = ProgramStaffFactory(program__name="Mine")
    ProgramFactory(name="Another")
    ProgramStaffFactory(
        person=staff.person, role=StaffRole.SAFE_CONTACT, program__name="Only safe contact"
    )
    response = as_user(staff.person).get(reverse("programs:program_list"))
    assert [program.name for program in response.context["page"]] == ["Mine"]
    assert "New program" not in response.text


def state_url(program: Program, verb: str) -> str:
    """The page that asks before a program moves on."""
    return reverse("programs:program_state", args=[program.public_id, verb])


def test_state_is_asked_about_first_and_then_changed(as_user: AsUser) -> None:
    program = make.draft()
    client, url = as_user(make.hr()), state_url(program, "open-enrolment")
    assert client.get(url).status_code == 200
    assert Program.objects.get().state == ProgramState.DRAFT  # looking changes nothing
    response = client.post(url)
    assert (response.status_code, response.headers["Location"]) == (
        303,
        reverse("programs:invite", args=[program.public_id]),
    )
    assert Program.objects.get().state == ProgramState.ENROLLING


def test_state_that_cannot_be_reached_says_why(as_user: AsUser) -> None:
    program = make.draft(agreement_text="")
    response = as_user(make.hr()).post(state_url(program, "open-enrolment"))
    assert response.status_code == 422 and "The text of the agreement" in response.text


@pytest.mark.parametrize("verb", ["cancel", "delete", "start-running"])
def test_unknown_state_is_not_found(verb: str, as_user: AsUser) -> None:
    assert as_user(make.hr()).post(state_url(make.draft(), verb)).status_code == 404


def test_staff_page_names_and_removes(as_user: AsUser) -> None:
    program, person = make.draft(), UserFactory(email="dana@example.com")
    client, url = as_user(make.hr()), reverse("programs:program_staff", args=[program.public_id])
    assert (
        client.post(url, {"person": "DANA@example.com", "role": "coordinator"}).status_code == 303
    )
    staff = program.staff.get()
    assert staff.person == person
    assert (
        client.post(url, {"person": "nobody@example.com", "role": "coordinator"}).status_code == 422
    )
    response = client.post(url, {"person": "dana@example.com", "role": "safe_contact"})
    assert response.status_code == 422 and "cannot be both" in response.text
    remove = reverse("programs:program_staff_remove", args=[program.public_id, staff.public_id])
    assert "Nobody else is a coordinator here" in client.get(remove).text
    assert program.staff.exists()
    assert client.post(remove).status_code == 303 and not program.staff.exists()


def test_staff_of_another_program_is_not_removed_through_this_one(as_user: AsUser) -> None:
    staff = ProgramStaffFactory()
    url = reverse("programs:program_staff_remove", args=[make.draft().public_id, staff.public_id])
    assert as_user(make.hr()).post(url).status_code == 404


def test_program_new_installs_the_template(as_user: AsUser) -> None:
    client = as_user(make.hr())
    page = client.get(reverse("mentoring:program_new"))
    assert [card["template"].key for card in page.context["cards"]] == loading.template_keys()
    response = client.post(
        reverse("mentoring:program_new"),
        {"template": "digital_fluency", "language": "de", "name": "DF 2027"},
    )
    program = Program.objects.get(name="DF 2027")
    assert response.headers["Location"] == reverse(
        "programs:program_wizard", args=[program.public_id, "purpose"]
    )
    assert program.language == "de"
    assert program.topics.count() == len(loading.load("digital_fluency", "de").topics)


@pytest.mark.parametrize(
    "data",
    [
        {},
        {"template": "blank", "language": "en"},
        {"template": "none", "language": "en", "name": "x"},
        {"template": "blank", "language": "xx", "name": "x"},
        {"template": "blank", "language": "en", "name": " "},
    ],
)
def test_program_new_with_something_missing(data: dict[str, str], as_user: AsUser) -> None:
    response = as_user(make.hr()).post(reverse("mentoring:program_new"), data)
    assert response.status_code == 422 and "There is a problem" in response.text
    assert not Program.objects.exists()


def test_mail_preview_shows_both_sides(as_user: AsUser) -> None:
    program = make.draft(mentor_label="guide", mentee_label="learner")
    response = as_user(make.hr()).get(
        reverse("programs:mail_preview", args=[program.public_id, "invitation"])
    )
    assert (
        "as guide?" in response.text
        and "as learner?" in response.text
        and program.purpose in response.text
    )
    other = as_user(make.hr()).get(
        reverse("programs:mail_preview", args=[program.public_id, "secret"])
    )
    assert other.status_code == 404


def test_early_closing_asks_for_a_tick(as_user: AsUser) -> None:
    program = make.draft(state=ProgramState.RUNNING)  # its last day is months ahead
    client, url = as_user(make.hr()), state_url(program, "start-closing")
    assert "The program runs until" in client.get(url).text
    refused = client.post(url)
    assert refused.status_code == 422 and "Tick the box to confirm." in refused.text
    assert Program.objects.get().state == ProgramState.RUNNING
    assert client.post(url, {"sure": "on"}).status_code == 303
    assert Program.objects.get().state == ProgramState.CLOSING


def test_closing_program_goes_back_to_running_unless_it_is_about_to_close(as_user: AsUser) -> None:
    program, hr = make.draft(state=ProgramState.CLOSING), make.hr()
    client, url = as_user(hr), state_url(program, "resume-running")
    overview = reverse("mentoring:program_overview", args=[program.public_id])
    assert url in client.get(overview).text

    plan_closing(actor=hr, program=program, keep_sessions=True)
    assert url not in client.get(overview).text
    refused = client.post(url)
    assert refused.status_code == 422 and "Undo closing the program first." in refused.text

    undo_closing(actor=hr, program=program)
    assert client.post(url).status_code == 303
    assert Program.objects.get().state == ProgramState.RUNNING


@pytest.mark.parametrize("role", StaffRole)
def test_taking_a_role_says_what_it_means_first(role: StaffRole, as_user: AsUser) -> None:
    staff, client = ProgramStaffFactory(role=role), as_user(make.hr())
    url = reverse("programs:program_staff_remove", args=[staff.program.public_id, staff.public_id])
    assert "Nobody else" in client.get(url).text
    ProgramStaffFactory(program=staff.program, role=role)
    assert "Nobody else" not in client.get(url).text
    done = client.post(url, follow=True)
    assert f"{staff.person.name} is no longer: {role.label}." in done.text
