"""The demo's company-wide safe contacts, and two threads that somebody wrote to them."""

from __future__ import annotations

from datetime import datetime, timedelta

from accounts.models import User
from common import clock
from concerns.domain import codes, listening, writing
from concerns.domain.routing import Route
from concerns.domain.settings import save_settings
from mentoring.demo.people import Staff
from programs.domain.staff import answer_role, assign_staff
from programs.enums import StaffRole

OUTSIDE_LINE = "Ombudsperson Dr. Ines Albrecht, +49 30 555 0142, Monday to Friday"
FIRST = """My mentee asks me in front of others what my team thinks of their boss.
I want to go on meeting, but not like this."""
REPLY = """Thank you for writing. You may refuse such a question at any time.
Shall we think of a sentence that you can say then?"""
SECOND = "Yes, please. I would like to be able to say: “That is for the team to say.”"
LAST = "Then say exactly that. If it happens again, write here, and we look at the next step."
WAITING = "Our sessions are called off an hour before each time. Am I doing something wrong?"


def name_contacts(staff: Staff) -> Route:
    """A safe contact, a deputy, and somebody outside."""
    contact, deputy = staff.by_rank[4][-1], staff.by_rank[4][-2]
    _name(staff.hr_admin, contact, StaffRole.SAFE_CONTACT)
    _name(staff.hr_admin, deputy, StaffRole.SAFE_DEPUTY)
    save_settings(actor=staff.hr_admin, outside_line=OUTSIDE_LINE, is_statutory=False)
    return Route(contact, deputy)


def _name(hr: User, person: User, role: StaffRole) -> None:
    role_given = assign_staff(actor=hr, program=None, person=person, role=role)
    answer_role(actor=person, staff=role_given, accepts=True)


def write_threads(route: Route, present: datetime) -> None:
    """One that was answered and closed, and one of the day before yesterday that waits."""
    clock.move_to(present - timedelta(days=20))
    concern = writing.write(code=codes.new_code(), route=route, text=FIRST)
    clock.move_to(present - timedelta(days=18))
    listening.answer(actor=route.contact, concern=concern, text=REPLY)
    clock.move_to(present - timedelta(days=16))
    writing.write_more(concern=concern, text=SECOND)
    clock.move_to(present - timedelta(days=15))
    listening.answer(actor=route.contact, concern=concern, text=LAST)
    listening.close(actor=route.contact, concern=concern)
    clock.move_to(present - timedelta(days=2))
    writing.write(code=codes.new_code(), route=route, text=WAITING)
