"""Who listens to whom: nobody above or below the author or a partner, and only who has accepted."""

from __future__ import annotations

from typing import Any

import pytest
from django.urls import reverse

from accounts.models import User
from common.errors import DomainError
from common.models import AuditEntry
from concerns.domain.routing import contacts_for, routes_for, routes_for_anybody
from notifications import kinds
from notifications.models import OutboxMessage
from pairings.models import Pairing
from programs.domain.staff import answer_role, assign_staff
from programs.enums import RoleAnswer, StaffRole
from programs.models import ProgramStaff
from tests.concerns.concern_data import company_contact
from tests.factories import PairingFactory, ProgramStaffFactory, UserFactory
from tests.support.pages import text_of
from tests.support.types import AsUser

pytestmark = pytest.mark.django_db


@pytest.fixture
def pair() -> Pairing:
    """A junior below a lead, and a senior below a director."""
    found: Pairing = PairingFactory(state="active")
    found.mentor.manager = UserFactory(name="Lead", manager=UserFactory(name="Top of the junior"))
    found.mentee.manager = UserFactory(name="Director")
    for person in found.people:
        person.save()
    UserFactory(name="Report of the senior", manager=found.mentee)
    UserFactory(name="Colleague", manager=found.mentor.manager)
    UserFactory(name="Outside")
    return found


def listening(pair: Pairing, person: User, **more: Any) -> ProgramStaff:
    more = {"role": StaffRole.SAFE_CONTACT, "answer": RoleAnswer.ACCEPTED, **more}
    return ProgramStaffFactory(program=pair.program, person=person, **more)


def shown_to(person: User, pair: Pairing) -> list[str]:
    found = contacts_for(author=person, programs=[pair.program])
    return [row.person.name for row in found[pair.program_id]]


@pytest.mark.parametrize(
    ("contact", "is_shown"),
    [
        ("Outside", True),
        ("Colleague", True),
        ("Lead", False),
        ("Top of the junior", False),
        ("Director", False),
        ("Report of the senior", False),
    ],
)
def test_nobody_in_the_line_of_either_one_is_shown_to_either(
    pair: Pairing, contact: str, is_shown: bool
) -> None:
    listening(pair, User.objects.get(name=contact))
    for person in pair.people:
        assert shown_to(person, pair) == [contact] * is_shown


def test_the_two_themselves_are_not_shown(pair: Pairing) -> None:
    for person in pair.people:
        listening(pair, person)
    assert shown_to(pair.mentor, pair) == shown_to(pair.mentee, pair) == []


def test_a_partner_of_a_pair_that_is_over_counts(pair: Pairing) -> None:
    listening(pair, User.objects.get(name="Director"))
    Pairing.objects.update(state="ended")
    assert shown_to(pair.mentor, pair) == []


@pytest.mark.parametrize("answer", [RoleAnswer.OPEN, RoleAnswer.DECLINED])
def test_nobody_is_shown_before_they_accept(pair: Pairing, answer: RoleAnswer) -> None:
    listening(pair, User.objects.get(name="Outside"), answer=answer)
    assert shown_to(pair.mentor, pair) == []


def test_leavers_and_coordinators_are_not_shown(pair: Pairing) -> None:
    listening(pair, UserFactory(is_active=False))
    listening(pair, UserFactory(), role=StaffRole.COORDINATOR)
    assert shown_to(pair.mentor, pair) == []


def test_the_contact_comes_before_the_deputy_and_queries_stay_few(
    pair: Pairing, django_assert_num_queries: Any
) -> None:
    listening(pair, UserFactory(name="Aa Deputy"), role=StaffRole.SAFE_DEPUTY)
    listening(pair, User.objects.get(name="Outside"))
    other = PairingFactory(mentor=pair.mentor, state="active")
    listening(other, UserFactory(name="Elsewhere"))
    with django_assert_num_queries(3):
        found = contacts_for(author=pair.mentor, programs=[pair.program, other.program])
    names = {key: [row.person.name for row in rows] for key, rows in found.items()}
    assert names == {pair.program_id: ["Outside", "Aa Deputy"], other.program_id: ["Elsewhere"]}


def test_the_page_names_who_listens_and_leads_to_pause_and_leave(
    pair: Pairing, as_user: AsUser
) -> None:
    client, url = as_user(pair.mentor), reverse("concerns:talk")
    assert "Nobody here can listen in confidence" in text_of(client.get(url))
    contact = listening(pair, User.objects.get(name="Outside"))
    page = text_of(client.get(url))
    assert f"mailto:{contact.person.email}" in page
    assert reverse("meetings:pairing_pause", args=[pair.public_id]) in page
    assert not AuditEntry.objects.filter(actor_id=pair.mentor.pk).exists()


def test_safe_contact_is_asked_by_mail_and_accepts_on_a_page_of_their_own(
    pair: Pairing, as_user: AsUser
) -> None:
    contact, hr = UserFactory(), UserFactory(is_hr_admin=True)
    role = StaffRole.SAFE_CONTACT
    staff = assign_staff(actor=hr, program=pair.program, person=contact, role=role)
    url = reverse("programs:safe_contact", args=[staff.public_id])
    message = OutboxMessage.objects.get(recipient=contact)
    assert kinds.get(message.kind).link(message).endswith(url)

    client = as_user(contact)
    assert "Not answered yet" in text_of(client.get(url))
    assert shown_to(pair.mentor, pair) == []
    for answer, names in (("accept", [contact.name]), ("decline", []), ("accept", [contact.name])):
        assert client.post(url, {"answer": answer}).status_code == 303
        assert shown_to(pair.mentor, pair) == names
    client.post(url, {"answer": "nonsense"})
    assert shown_to(pair.mentor, pair) == [contact.name]
    assert as_user(hr).get(url).status_code == 404
    listed = as_user(hr).get(reverse("programs:program_staff", args=[pair.program.public_id]))
    assert "Accepted" in text_of(listed)


def test_whoever_names_themselves_has_accepted(pair: Pairing) -> None:
    hr = UserFactory(is_hr_admin=True)
    role = StaffRole.SAFE_CONTACT
    staff = assign_staff(actor=hr, program=pair.program, person=hr, role=role)
    assert staff.answer == RoleAnswer.ACCEPTED
    assert shown_to(pair.mentor, pair) == [hr.name]


def test_nobody_answers_for_another_and_coordinators_are_not_asked(pair: Pairing) -> None:
    contact = ProgramStaffFactory(program=pair.program, role=StaffRole.SAFE_CONTACT)
    coordinator = ProgramStaffFactory(program=pair.program)
    for actor, staff in ((UserFactory(), contact), (coordinator.person, coordinator)):
        with pytest.raises(DomainError):
            answer_role(actor=actor, staff=staff, accepts=True)
    assert not ProgramStaff.objects.who_listen().exists()


def test_company_contacts_stand_in_for_a_program_s_and_as_deputies(pair: Pairing) -> None:
    """Also where somebody of the program is in a line."""
    listening(pair, User.objects.get(name="Outside"))
    listening(pair, User.objects.get(name="Lead"), role=StaffRole.SAFE_DEPUTY)
    company = company_contact(name="Company")
    company_contact(name="Boss of the senior")
    boss = User.objects.get(name="Boss of the senior")
    User.objects.filter(pk=pair.mentee_id).update(manager=boss)
    routes = routes_for(author=pair.mentor, programs=[pair.program])
    names = [(route.contact.name, route.deputy and route.deputy.name) for route in routes]
    assert names == [("Outside", "Company"), ("Company", None)]
    pair.program.staff.all().delete()
    assert shown_to(pair.mentee, pair) == [company.name]


def test_whoever_coordinates_a_program_hears_nobody_of_it(pair: Pairing) -> None:
    company = company_contact(name="Company")
    assert shown_to(pair.mentor, pair) == ["Company"]
    ProgramStaffFactory(program=pair.program, person=company)
    assert shown_to(pair.mentor, pair) == []
    assert [route.contact for route in routes_for_anybody()] == [company]


def test_lines_to_partners_of_another_program_count(pair: Pairing) -> None:
    other = PairingFactory(mentor=pair.mentor, state="ended")
    boss = User.objects.get(name="Outside")
    User.objects.filter(pk=other.mentee_id).update(manager=boss)
    listening(pair, boss)
    assert shown_to(pair.mentor, pair) == []
