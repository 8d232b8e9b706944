"""What a program still needs before people may enrol."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from django.utils.translation import gettext as _

from common import clock
from programs.enums import StaffRole
from programs.labels import with_labels
from programs.models import Program, ProgramStaff


@dataclass(frozen=True)
class Check:
    """A line of the checklist.

    `step` is the wizard step (or "staff") that puts it right; `blocks` keeps enrolment shut.
    """

    key: str
    title: str
    done: bool
    step: str
    help: str = ""
    blocks: bool = True


def readiness(program: Program) -> list[Check]:
    """The whole checklist, what is done and what is not, in the order of the wizard. Reads only."""
    return [*_about(program), *_dates(program), *_people(program)]


def _about(program: Program) -> Iterator[Check]:
    yield Check(
        "purpose",
        _("A purpose"),
        bool(program.purpose.strip()),
        "purpose",
        _("One or two sentences that people read in the invitation: what is this for?"),
    )
    yield Check(
        "topics",
        _("At least one topic"),
        program.topics.exists(),
        "purpose",
        with_labels(
            _("{Mentors} say which topics they can teach, {mentees} which they want."), program
        ),
    )


def _dates(program: Program) -> Iterator[Check]:
    is_dated = bool(program.starts_on and program.ends_on and program.enrolment_deadline)
    yield Check("dates", _("First day, last day and the last day to enrol"), is_dated, "dates")
    today = clock.today(program.time_zone)
    is_ahead = bool(program.enrolment_deadline and program.enrolment_deadline >= today)
    yield Check(
        "deadline",
        _("A last day to enrol that is still ahead"),
        is_ahead,
        "dates",
        _("People need time to answer: two weeks is usual."),
    )
    if program.starts_on and program.ends_on:
        weeks = (program.ends_on - program.starts_on).days // 7
        yield _cadence(program, weeks)


def _cadence(program: Program, weeks: int) -> Check:
    """Whether the planned sessions fit into these weeks."""
    needed = (program.planned_sessions - 1) * program.interval_weeks
    text = _(
        "%(sessions)s sessions every %(interval)s weeks need %(needed)s weeks; the "
        "program lasts %(weeks)s."
    )
    figures = {
        "sessions": program.planned_sessions,
        "interval": program.interval_weeks,
        "needed": needed,
        "weeks": weeks,
    }
    title = _("Enough weeks for the planned sessions")
    return Check("cadence", title, weeks >= needed, "dates", text % figures)


def _people(program: Program) -> Iterator[Check]:
    yield Check(
        "who",
        _("Who may join, looked at"),
        "who" in program.wizard_done,
        "who",
        _("Which grades may teach and which may learn."),
    )
    yield Check(
        "agreement",
        _("The text of the agreement"),
        bool(program.agreement_text.strip()),
        "agreement",
    )
    yield from _staff(program)


def _staff(program: Program) -> Iterator[Check]:
    roles = set(program.staff.values_list("role", flat=True))
    listening = set(ProgramStaff.objects.who_listen_to(program).values_list("role", flat=True))
    yield Check(
        "coordinator",
        _("A coordinator"),
        StaffRole.COORDINATOR in roles,
        "staff",
        _("Looks after the program day by day. Without one the HR admins do."),
        blocks=False,
    )
    yield Check(
        "safe_contact",
        _("A safe contact"),
        StaffRole.SAFE_CONTACT in listening,
        "staff",
        _("Somebody outside the line, whom people can turn to once they have accepted."),
        blocks=False,
    )
