"""The frame of every page: who is offered what, and at what cost."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client, RequestFactory

from accounts.models import Company, Delegation, User
from mentoring.navigation import Navigation
from tests.factories import (
    EnrolmentFactory,
    PairingFactory,
    ProgramFactory,
    ProgramStaffFactory,
    UserFactory,
)
from tests.support.types import AsUser

pytestmark = pytest.mark.django_db


def frame(person: User | None, path: str = "/") -> Navigation:
    request = RequestFactory().get(path)
    if person is not None:
        request.user = person
    return Navigation(request)


def labels(person: User) -> list[str]:
    return [item.label for item in frame(person).items]


def test_everybody_has_home_and_messages() -> None:
    assert labels(UserFactory()) == ["Home", "Messages"]


def test_hr_admin_has_programs_people_and_company() -> None:
    admin = UserFactory(is_hr_admin=True)
    assert labels(admin) == ["Home", "Programs", "People", "Staff surveys", "Messages"]
    assert "Company" in [item.label for item in frame(admin).own_items]


def test_coordinator_has_programs_and_not_people() -> None:
    assert labels(ProgramStaffFactory().person) == ["Home", "Programs", "Messages"]


def test_safe_contact_is_no_manager() -> None:
    assert labels(ProgramStaffFactory(role="safe_contact").person) == ["Home", "Messages"]


def test_delegate_has_the_calendar() -> None:
    delegate = UserFactory()
    Delegation.objects.create(mentee=UserFactory(), delegate=delegate)
    assert "Calendar for others" in labels(delegate)


def test_mentee_may_name_delegates_and_mentor_not() -> None:
    mentee, mentor = EnrolmentFactory(role="mentee").person, EnrolmentFactory(role="mentor").person
    assert "Delegates" in [item.label for item in frame(mentee).own_items]
    assert "Delegates" not in [item.label for item in frame(mentor).own_items]


def test_one_pair_is_a_link_and_several_are_a_menu_with_names() -> None:
    pairing = PairingFactory()
    assert frame(pairing.mentor).items[1].label == "My pair"
    assert str(pairing.public_id) in frame(pairing.mentor).items[1].url
    other = ProgramFactory(name="Second program")
    PairingFactory(
        program=other, mentor_enrolment=EnrolmentFactory(program=other, person=pairing.mentor)
    )
    menu = frame(pairing.mentor).items[1]
    assert menu.label == "My pairs"
    assert {child.label for child in menu.children} >= {pairing.mentee.name}
    assert "mentee in Second program" in {child.hint for child in menu.children}


def test_menu_says_who_is_what_for_somebody_with_two_roles() -> None:
    person = PairingFactory(program=ProgramFactory(name="Digital")).mentor
    climate = ProgramFactory(name="Climate", mentor_label="guide")
    enrolment = EnrolmentFactory(program=climate, person=person, role="mentee")
    PairingFactory(program=climate, mentee_enrolment=enrolment)
    hints = {child.hint for child in frame(person).items[1].children}
    assert hints == {"mentee in Digital", "guide in Climate"}


def test_offered_pair_is_not_in_the_menu() -> None:
    pairing = PairingFactory(
        state="offered", mentor_accepted_at=None, mentee_accepted_at=None, activated_at=None
    )
    assert labels(pairing.mentee) == ["Home", "Messages"]


def test_link_of_the_open_page_says_so(as_user: AsUser) -> None:
    page = as_user(UserFactory(is_hr_admin=True)).get("/programs/").content.decode()
    assert '<a href="/programs/" aria-current="page">Programs</a>' in page
    assert page.count('aria-current="page"') == 1
    inside = as_user(UserFactory(is_hr_admin=True)).get("/people/imports/").content.decode()
    assert '<a href="/people/" aria-current="true">People</a>' in inside


def test_company_may_name_the_application(client: Client) -> None:
    Company.objects.create(id=1, name="Nordwind AG", product_name="Rückenwind")
    page = client.get("/sign-in/login/").content.decode()
    assert "<title>Sign in · Rückenwind</title>" in page
    assert "Nordwind AG · Rückenwind" in page


@pytest.mark.parametrize(
    ("name", "expected"),
    [("Mia Okafor", "MO"), ("Cher", "C"), ("Ana María de la Cruz", "AC"), ("李 明", "李明")],
)
def test_initials(name: str, expected: str) -> None:
    assert UserFactory(name=name).initials == expected


@pytest.mark.parametrize("pairs", [1, 3])
def test_frame_makes_two_queries_however_many_pairs(
    pairs: int, django_assert_num_queries: Any
) -> None:
    person = PairingFactory().mentor
    for _number in range(pairs - 1):
        program = ProgramFactory()
        PairingFactory(
            program=program, mentor_enrolment=EnrolmentFactory(program=program, person=person)
        )
    navigation = frame(person)
    with django_assert_num_queries(2):
        assert navigation.items
        assert navigation.own_items
        assert navigation.product_name


def test_frame_of_a_stranger_makes_one_query(django_assert_num_queries: Any) -> None:
    navigation = frame(None)
    with django_assert_num_queries(1):
        assert navigation.product_name == "Upstream"
        assert navigation.company_name == ""


def test_fragment_makes_no_query_for_the_frame(
    as_user: AsUser, django_assert_num_queries: Any
) -> None:
    client = as_user(UserFactory())
    with django_assert_num_queries(4):  # session, person, count, list
        client.get("/me/messages/", headers={"HX-Request": "true"})
