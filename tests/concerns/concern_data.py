"""Threads for tests."""

from __future__ import annotations

from accounts.models import User
from concerns.domain import codes, writing
from concerns.domain.routing import Route
from concerns.models import Concern
from programs.enums import RoleAnswer, StaffRole
from programs.models import ProgramStaff
from tests.factories import UserFactory


def write_to(
    contact: User, *, deputy: User | None = None, text: str = "Help", code: str = ""
) -> Concern:
    """A thread that somebody has begun."""
    return writing.write(code=code or codes.new_code(), route=Route(contact, deputy), text=text)


def company_contact(role: StaffRole = StaffRole.SAFE_CONTACT, **person: str) -> User:
    """Somebody who has accepted to listen to the whole company."""
    made: User = UserFactory(**person)
    ProgramStaff.objects.create(person=made, role=role, answer=RoleAnswer.ACCEPTED)
    return made
