"""One person who does the same thing again and again does not flood the mailboxes of others."""

from __future__ import annotations

import base64
from collections.abc import Callable
from datetime import date, time, timedelta
from typing import Any

import pytest

from accounts.domain import addresses, hr_admins, profile
from accounts.models import Delegation, User
from common.errors import DomainError
from common.models import AuditEntry
from meetings.domain import sessions
from notifications import kinds
from notifications.delivery import sender
from notifications.enums import MessageState
from notifications.models import OutboxMessage
from pairings.domain import agreements
from pairings.domain.agreements import Additions
from programs.domain import enrolment, invitations, staff
from programs.enums import EnrolmentState, PairRole, ProgramState, StaffRole
from tests import factories as make
from tests.meetings.session_data import MONDAY, TUESDAY, book, make_pair, move, send_all
from tests.support.types import At

pytestmark = [pytest.mark.broad, pytest.mark.django_db]

TIMES = 65
MOST = 60  # mails to one person that the most generous of these limits lets through

Do = Callable[[int], object]


@pytest.fixture(autouse=True)
def monday(at: At) -> None:
    at(MONDAY)


def attack(do: Do) -> str:
    """Do it TIMES times, with all mail sent in between; the words of the first refusal, or ""."""
    for number in range(TIMES):
        try:
            do(number)
        except DomainError as refusal:
            return str(refusal.messages[0])
        send_all()
    return ""


def mails_to(person: User) -> int:
    return OutboxMessage.objects.filter(recipient=person, state=MessageState.SENT).count()


def name_and_remove(mentee: User, delegate: User) -> None:
    delegation = profile.name_delegate(actor=mentee, email=delegate.email)
    send_all()
    profile.remove_delegate(actor=mentee, delegation=delegation)


def test_a_delegate_is_not_named_and_removed_again_and_again() -> None:
    mentee, kim = make.UserFactory(), make.UserFactory()
    refusal = attack(lambda _number: name_and_remove(mentee, kim))
    assert "Nothing was changed" in refusal
    assert mails_to(kim) <= 20
    assert not Delegation.objects.exists()


def test_not_everybody_is_named_as_a_delegate_in_turn() -> None:
    mentee = make.UserFactory()
    people = make.UserFactory.create_batch(TIMES)
    assert attack(lambda number: name_and_remove(mentee, people[number]))
    assert OutboxMessage.objects.filter(recipient__in=people).count() <= MOST


def test_a_delegate_who_was_named_before_can_always_be_removed() -> None:
    mentee, kim, lea = make.UserFactory(), make.UserFactory(), make.UserFactory()
    delegation = profile.name_delegate(actor=mentee, email=lea.email)
    assert attack(lambda _number: name_and_remove(mentee, kim))
    profile.remove_delegate(actor=mentee, delegation=delegation)
    assert not Delegation.objects.exists()


def test_a_session_is_not_moved_back_and_forth() -> None:
    pairing = make_pair()
    session = book(pairing)
    there_and_back = [date(2027, 2, 3), TUESDAY]

    def do(number: int) -> None:
        move(session, there_and_back[number % 2])

    before = session.sequence
    refusal = attack(do)
    session.refresh_from_db()
    sent = session.sequence - before
    assert "Session moved" in refusal
    assert pairing.mentee.name in refusal
    assert 5 <= sent <= 30
    assert mails_to(pairing.mentee) <= sent + 1
    assert AuditEntry.objects.filter(verb="session.moved").count() == sent


def test_the_limit_is_of_one_person_and_ends_after_a_day(at: At) -> None:
    pairing = make_pair()
    session = book(pairing)

    def do(number: int) -> None:
        move(session, [date(2027, 2, 17), date(2027, 2, 18)][number % 2])

    assert attack(do)
    move(session, date(2027, 2, 24), actor=pairing.mentee)
    with pytest.raises(DomainError):
        move(session, date(2027, 2, 25))
    at(MONDAY + timedelta(days=1, minutes=1))
    move(session, date(2027, 2, 25))


def test_what_was_refused_says_from_when_it_works_again() -> None:
    pairing = make_pair()
    session = book(pairing)
    refusal = attack(lambda number: move(session, [date(2027, 2, 3), TUESDAY][number % 2]))
    assert "Tue 2 Feb 2027, 10:01 (Berlin time)" in refusal


def test_a_place_is_not_changed_again_and_again() -> None:
    pairing = make_pair()
    session = book(pairing)
    assert attack(lambda number: move(session, TUESDAY, place=f"Room {number}"))
    assert mails_to(pairing.mentee) <= MOST


def test_sessions_are_not_booked_and_cancelled_again_and_again() -> None:
    pairing = make_pair()

    def do(_number: int) -> None:
        session = book(pairing, actor=pairing.mentor)
        send_all()
        sessions.cancel(actor=pairing.mentor, session=session)

    assert "Session booked" in attack(do)
    assert mails_to(pairing.mentee) <= MOST
    assert not pairing.sessions.filter(state="scheduled").exists()


def test_series_are_not_booked_and_cancelled_again_and_again() -> None:
    pairing = make_pair()

    def do(_number: int) -> None:
        booked = sessions.schedule_series(
            actor=pairing.mentor,
            pairing=pairing,
            wall_date=TUESDAY,
            wall_time=time(10),
            time_zone="Europe/Berlin",
            count=10,
            interval_weeks=1,
        )
        send_all()
        for session in booked:
            sessions.cancel(actor=pairing.mentor, session=session)

    assert attack(do)
    assert mails_to(pairing.mentee) <= 3 * MOST


def test_agreements_are_not_rewritten_again_and_again() -> None:
    pairing = make_pair()
    agreements.write_first_version(pairing)

    def do(number: int) -> None:
        additions = Additions(cadence=f"Every {number + 1} weeks")
        agreements.propose_version(
            actor=pairing.mentor, pairing=pairing, base_number=number + 1, additions=additions
        )

    assert "agreement" in attack(do)
    assert mails_to(pairing.mentee) <= MOST


def test_a_coordinator_is_not_named_again_and_again() -> None:
    hr, cora, program = make.UserFactory(is_hr_admin=True), make.UserFactory(), make_pair().program

    def do(_number: int) -> None:
        named = staff.assign_staff(
            actor=hr, program=program, person=cora, role=StaffRole.COORDINATOR
        )
        send_all()
        staff.remove_staff(actor=hr, staff=named)

    assert attack(do)
    assert mails_to(cora) <= MOST


def test_a_decision_is_not_changed_again_and_again(at: At) -> None:
    program = make.ProgramFactory(state=ProgramState.ENROLLING)
    asked = make.EnrolmentFactory(program=program, state=EnrolmentState.APPLIED)
    hr = make.UserFactory(is_hr_admin=True)
    decisions = [EnrolmentState.APPROVED, EnrolmentState.WAITLISTED]

    def do(number: int) -> None:
        at(MONDAY + timedelta(minutes=number))
        enrolment.decide(actor=hr, enrolments=[asked], decision=decisions[number % 2])

    assert asked.person.name in attack(do)
    assert mails_to(asked.person) <= MOST


def test_addresses_are_not_proposed_again_and_again() -> None:
    hr, mara = make.UserFactory(is_hr_admin=True), make.UserFactory()

    def do(number: int) -> None:
        changes = [(mara.pk, mara.email, f"stranger-{number}@elsewhere.example")]
        addresses.propose(actor=hr, changes=changes)

    assert attack(do)
    assert mails_to(mara) <= MOST


def test_rights_are_not_given_and_taken_again_and_again() -> None:
    hr, other, mara = (
        make.UserFactory(is_hr_admin=True),
        make.UserFactory(is_hr_admin=True),
        make.UserFactory(),
    )

    def do(_number: int) -> None:
        hr_admins.set_hr_admin(actor=hr, person=mara, value=True)
        send_all()
        hr_admins.set_hr_admin(actor=hr, person=mara, value=False)

    assert attack(do)
    assert mails_to(other) <= MOST


def queued() -> list[OutboxMessage]:
    return list(OutboxMessage.objects.filter(state=MessageState.QUEUED).order_by("pk"))


def kinds_to(person: User) -> list[str]:
    return [one.kind.removeprefix("meetings.") for one in queued() if one.recipient == person]


def test_moved_twice_before_the_mail_was_sent_is_one_mail_with_the_last_sequence() -> None:
    pairing = make_pair()
    session = book(pairing)
    send_all()
    move(session, date(2027, 2, 3))
    move(session, date(2027, 2, 4))
    assert kinds_to(pairing.mentee) == ["session_moved"]
    (message,) = [one for one in queued() if one.recipient == pairing.mentee]
    calendar = base64.b64decode(message.attachments[0]["content"]).decode()
    assert "SEQUENCE:2" in calendar
    assert "20270204T" in calendar


def test_moved_and_moved_back_before_the_mail_was_sent_is_no_mail() -> None:
    pairing = make_pair()
    session = book(pairing)
    send_all()
    move(session, date(2027, 2, 3))
    move(session, TUESDAY)
    assert queued() == []
    move(session, date(2027, 2, 3))
    assert kinds_to(pairing.mentee) == ["session_moved"]


def test_booked_and_cancelled_before_the_mail_was_sent_is_no_mail() -> None:
    pairing = make_pair()
    sessions.cancel(actor=pairing.mentor, session=book(pairing))
    assert queued() == []


def test_a_move_that_was_not_sent_is_not_hidden_by_a_change_of_the_place() -> None:
    pairing = make_pair()
    session = book(pairing)
    send_all()
    move(session, date(2027, 2, 3))
    move(session, date(2027, 2, 3), place="Room 2")
    assert kinds_to(pairing.mentee) == ["session_moved"]


def test_what_was_perhaps_sent_is_told_again() -> None:
    pairing = make_pair()
    session = book(pairing)
    OutboxMessage.objects.update(state=MessageState.UNKNOWN)
    sessions.cancel(actor=pairing.mentor, session=session)
    assert kinds_to(pairing.mentee) == ["session_cancelled"]


def test_every_kind_has_a_limit_or_says_that_it_needs_none() -> None:
    for kind in kinds.all_kinds():
        assert kind.most_to_one is None or 0 < kind.most_to_one <= MOST, kind.key
        assert kind.most_in_all is None or 0 < kind.most_in_all <= 3 * MOST, kind.key


def test_an_own_address_does_not_lead_to_strangers_again_and_again() -> None:
    hr = make.UserFactory(is_hr_admin=True)

    def do(number: int) -> None:
        changes = [(hr.pk, hr.email, f"stranger-{number}@elsewhere.example")]
        addresses.propose(actor=hr, changes=changes)

    assert attack(do)
    assert mails_to(hr) <= MOST


def test_a_proposed_address_that_another_replaced_is_told_to_nobody(mailoutbox: list[Any]) -> None:
    hr, mara = make.UserFactory(is_hr_admin=True), make.UserFactory(email="mara@example.com")
    addresses.propose(actor=hr, changes=[(mara.pk, mara.email, "one@example.com")])
    addresses.propose(actor=hr, changes=[(mara.pk, mara.email, "two@example.com")])
    sender.send_due()
    assert sorted(mail.to[0] for mail in mailoutbox) == ["mara@example.com", "two@example.com"]


def test_people_are_not_invited_to_one_program_after_the_other() -> None:
    hr, mara = make.UserFactory(is_hr_admin=True), make.UserFactory()

    def do(_number: int) -> None:
        program = make.ProgramFactory(
            state=ProgramState.ENROLLING, enrolment_deadline=None, starts_on=None, ends_on=None
        )
        invitations.invite(actor=hr, program=program, people=[mara], role=PairRole.MENTOR)

    assert mara.name in attack(do)
    assert mails_to(mara) <= MOST
