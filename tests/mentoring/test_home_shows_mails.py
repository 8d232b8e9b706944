"""What a mail asks its reader to do is on their home page for as long as it holds.

Every kind of message is in one of the two tables below.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.urls import reverse

from accounts.models import User
from common import clock
from concerns.due.telling import tell_deputies
from goals.domain import goals
from goals.domain.progress import SILENT_DAYS
from meetings.domain import pausing, sessions
from meetings.models import Commitment
from notifications import kinds
from pairings.domain import agreements
from pairings.models import Pairing
from programs.enums import RoleAnswer, StaffRole
from programs.models import PrepStep, ProgramStaff
from tests.concerns.concern_data import company_contact, write_to
from tests.factories import (
    EnrolmentFactory,
    PairingFactory,
    ProgramFactory,
    ProgramStaffFactory,
)
from tests.feedback.factories import ParticipationFactory
from tests.goals.factories import make_goal
from tests.meetings.session_data import MONDAY, TUESDAY, book, make_pair, sign
from tests.support.types import AsUser, At

pytestmark = pytest.mark.django_db
Case = Callable[[At], tuple[User, str]]
"""Makes what the mail asks for: its reader, and the address that Home must lead to."""


def _pair(name: str, target: Any) -> str:
    return reverse(name, args=[target.public_id])


def survey(_at: At) -> tuple[User, str]:
    asked = ParticipationFactory()
    return asked.person, _pair("feedback:survey_open", asked.round)


def invitation(_at: At) -> tuple[User, str]:
    today = clock.today("Europe/Berlin")
    dates = {"starts_on": today + timedelta(days=9), "enrolment_deadline": today}
    enrolment = EnrolmentFactory(
        state="invited", program=ProgramFactory(state="enrolling", **dates)
    )
    return enrolment.person, _pair("programs:enrolment", enrolment)


def get_ready(_at: At) -> tuple[User, str]:
    enrolment = EnrolmentFactory(state="applied", program__state="matching")
    fields = {"role": "mentor", "position": 1, "title": "Silence", "body": "Wait."}
    PrepStep.objects.create(program=enrolment.program, **fields)
    return enrolment.person, _pair("programs:prep", enrolment)


def offer(side: str) -> Case:
    def case(_at: At) -> tuple[User, str]:
        accepted = clock.now() if side == "mentee" else None
        made = PairingFactory(
            state="offered",
            mentor_accepted_at=accepted,
            mentee_accepted_at=None,
            activated_at=None,
        )
        return getattr(made, side), _pair("pairings:offer_detail", made)

    return case


def agreement(_at: At) -> tuple[User, str]:
    pairing = PairingFactory()
    agreements.write_first_version(pairing)
    return pairing.mentor, _pair("pairings:agreement", pairing)


def booking(_at: At) -> tuple[User, str]:
    pairing = PairingFactory()
    return pairing.mentee, _pair("meetings:session_series", pairing)


def meeting(at: At) -> tuple[Pairing, Any]:
    at(MONDAY)
    pairing = make_pair()
    sign(pairing)
    return pairing, book(pairing, TUESDAY + timedelta(days=1))


def reminder(at: At) -> tuple[User, str]:
    pairing, session = meeting(at)
    return pairing.mentor, _pair("meetings:session_detail", session)


def log(at: At) -> tuple[User, str]:
    pairing, session = meeting(at)
    at(session.ends_at)
    return pairing.mentor, _pair("meetings:session_log", session)


def question(at: At) -> tuple[User, str]:
    pairing, session = meeting(at)
    return pairing.mentee, _pair("meetings:session_question", session)


def question_asked(at: At) -> tuple[User, str]:
    pairing, session = meeting(at)
    sessions.ask_question(actor=pairing.mentee, session=session, question="Why?")
    return pairing.mentor, _pair("meetings:session_detail", session)


def goal_set(at: At) -> tuple[User, str]:
    pairing, _session = meeting(at)
    return pairing.mentor, _pair("goals:goal_detail", make_goal(pairing))


def goal_silent(at: At) -> tuple[User, str]:
    at(MONDAY)
    pairing = make_pair()
    sign(pairing)
    goal = make_goal(pairing)
    book(pairing, TUESDAY + timedelta(days=42))
    at(MONDAY + timedelta(days=SILENT_DAYS + 1))
    return pairing.mentee, _pair("goals:check_in_new", goal)


def commitment(at: At) -> tuple[User, str]:
    pairing, session = meeting(at)
    due = Commitment.objects.create(
        pairing=pairing, session=session, text="Ask first", due_on=clock.today("UTC")
    )
    return pairing.mentee, _pair("meetings:commitment_done", due)


def goal_to_end(at: At) -> tuple[User, str]:
    pairing, _session = meeting(at)
    goal = make_goal(pairing)
    Pairing.objects.update(state="completed")
    return pairing.mentee, _pair("goals:goal_close", goal)


def go_on(at: At) -> tuple[User, str]:
    pairing, _session = meeting(at)
    pausing.pause(actor=pairing.mentor, pairing=pairing)
    pausing.resume(actor=pairing.mentor, pairing=pairing)
    return pairing.mentee, _pair("meetings:pairing_pause", pairing)


def needs_you(at: At) -> tuple[User, str]:
    at(MONDAY)
    pairing = make_pair(state="paused", paused_at=MONDAY - timedelta(days=60))
    staff: ProgramStaff = ProgramStaffFactory(program=pairing.program)
    return staff.person, _pair("mentoring:needs_you", pairing.program)


def runs(_at: At) -> tuple[User, str]:
    staff: ProgramStaff = ProgramStaffFactory()
    return staff.person, _pair("mentoring:program_overview", staff.program)


def thread(_at: At) -> tuple[User, str]:
    contact = company_contact()
    write_to(contact)
    return contact, reverse("concerns:thread_list")


def thread_of_deputy(at: At) -> tuple[User, str]:
    at(MONDAY)
    contact, deputy = company_contact(), company_contact(StaffRole.SAFE_DEPUTY)
    write_to(contact, deputy=deputy)
    at(MONDAY + timedelta(days=9))
    tell_deputies()
    return deputy, reverse("concerns:thread_list")


def safe_contact(_at: At) -> tuple[User, str]:
    role: ProgramStaff = ProgramStaffFactory(role=StaffRole.SAFE_CONTACT, answer=RoleAnswer.OPEN)
    return role.person, reverse("programs:safe_contact", args=[role.public_id])


ON_HOME: dict[str, Case] = {
    "concerns.overdue": thread_of_deputy,
    "concerns.waiting": thread,
    "feedback.invitation": survey,
    "feedback.reminder": survey,
    "goals.goal_set": goal_set,
    "goals.goal_silent": goal_silent,
    "meetings.book_session": booking,
    "meetings.called_off": needs_you,
    "meetings.commitment_due": commitment,
    "meetings.question_asked": question_asked,
    "meetings.session_log": log,
    "meetings.session_question": question,
    "meetings.session_reminder": reminder,
    "mentoring.needs_you": needs_you,
    "pairings.agreement_changed": agreement,
    "pairings.agreement_nudge": agreement,
    "pairings.match_active": agreement,
    "pairings.offer_mentee": offer("mentee"),
    "pairings.offer_mentee_reminder": offer("mentee"),
    "pairings.offer_mentor": offer("mentor"),
    "pairings.offer_mentor_reminder": offer("mentor"),
    "pairings.pairing_completed": goal_to_end,
    "pairings.pairing_ready": go_on,
    "pairings.pairing_resumed": booking,
    "pairings.paused_by_directory": needs_you,
    "programs.applied": get_ready,
    "programs.approved": get_ready,
    "programs.coordinator_named": runs,
    "programs.invitation": invitation,
    "programs.let_in": invitation,
    "programs.nudge": invitation,
    "programs.safe_contact_named": safe_contact,
}

TELLS = "it tells something, and asks for nothing"
NOT_ON_HOME: dict[str, str] = {
    "accounts.address_confirmed": TELLS,
    "accounts.address_hr_confirmed": TELLS,
    "accounts.address_hr_stopped": "HR talks to people, outside of the application",
    "accounts.address_proposed": "only who reads the mailbox may answer, not who is signed in",
    "accounts.address_rejected": TELLS,
    "accounts.delegate_named": TELLS,
    "accounts.delegate_removed": TELLS,
    "accounts.factor_reset": TELLS,
    "accounts.factor_reset_requested": "HR talks to the person first; it stands beside the person",
    "accounts.hr_rights_changed": TELLS,
    "feedback.told_us": TELLS,
    "feedback.trial": TELLS,
    "goals.goal_answered": TELLS,
    "meetings.session_cancelled": TELLS,
    "meetings.session_details": TELLS,
    "meetings.session_invitation": TELLS,
    "meetings.session_late": TELLS,
    "meetings.session_moved": TELLS,
    "meetings.session_scheduled": TELLS,
    "meetings.session_series": TELLS,
    "meetings.session_withdrawn": TELLS,
    "mentoring.channel_test": TELLS,
    "mentoring.delivery_late": "it asks to call those who run the servers",
    "mentoring.delivery_well": TELLS,
    "mentoring.personal_mail": "a person's own words; what they are about has its entry",
    "notifications.digest": "it stands for other messages, each with its entry",
    "pairings.match_void": TELLS,
    "pairings.pairing_ended": TELLS,
    "pairings.pairing_paused": TELLS,
    "programs.cancelled": TELLS,
    "programs.declined": TELLS,
    "programs.waitlisted": TELLS,
}


def test_every_kind_of_message_is_in_one_of_the_tables() -> None:
    known = {kind.key for kind in kinds.all_kinds() if not kind.key.startswith("tests.")}
    assert set(ON_HOME) | set(NOT_ON_HOME) == known
    assert not set(ON_HOME) & set(NOT_ON_HOME)


@pytest.mark.parametrize("case", dict.fromkeys(ON_HOME.values()))
def test_home_leads_to_what_the_mail_asked_for(case: Case, as_user: AsUser, at: At) -> None:
    reader, url = case(at)
    page = as_user(reader).get(reverse("mentoring:home")).text
    assert f'href="{url}"' in page
    assert "Nothing waits for you" not in page


def test_home_forgets_a_question_that_was_asked_and_a_goal_that_ended(
    as_user: AsUser, at: At
) -> None:
    pairing, session = meeting(at)
    goal = make_goal(pairing)
    Pairing.objects.update(state="completed")
    goals.close_goal(actor=pairing.mentee, goal=goal, outcome="met")
    page = as_user(pairing.mentee).get(reverse("mentoring:home")).text
    assert _pair("goals:goal_close", goal) not in page
    assert _pair("meetings:session_question", session) not in page


@pytest.mark.parametrize("who", ["mentor", "mentee"])
def test_paused_pair_waits_on_home_for_the_one_who_is_not_ready(
    as_user: AsUser, at: At, who: str
) -> None:
    pairing, _session = meeting(at)
    pausing.pause(actor=pairing.mentor, pairing=pairing)
    reader = getattr(pairing, who)
    assert "Your pair can go on" not in as_user(reader).get("/").text
    pausing.resume(actor=pairing.partner_of(reader), pairing=pairing)
    assert "Your pair can go on" in as_user(reader).get("/").text
    assert "Your pair can go on" not in as_user(pairing.partner_of(reader)).get("/").text
