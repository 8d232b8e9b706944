"""What stands in the foot of each mail: the company, the program, and whom to ask."""

from __future__ import annotations

from uuid import UUID

from accounts.domain.company import company
from accounts.models import User
from notifications.mail.origin import Origin
from programs.domain.staff import people_who_run
from programs.models import Program

MOST_CONTACTS = 3


def origin_of(scope: UUID | None) -> Origin:
    """Of messages with this scope: the people who run the program; without one, the HR admins."""
    program = Program.objects.filter(public_id=scope).first() if scope else None
    people = people_who_run(program) if program else list(User.objects.hr_admins())
    people.sort(key=lambda person: (person.sort_key, person.pk))
    contacts = tuple((person.name, person.email) for person in people[:MOST_CONTACTS])
    return Origin(company().name, program.name if program else "", contacts)
