"""Rows of the programs app, and of the pages of `mentoring` that make, cancel and leave
programs.
"""

from __future__ import annotations

from typing import Any

from django.urls import reverse

from programs.models import Program
from tests.url_matrix.core import MANAGERS, SIGNED_IN, row

RUNNERS_REFUSED = {
    "coordinator": 403,
    "hr_admin": 403,
}  # they know of the enrolment, but its pages are private


def of_program(name: str, *args: str) -> Any:
    """The address of a page of the program."""
    return lambda w: reverse(name, args=[w.program.public_id, *args])


def of_enrolment(name: str, *args: str) -> Any:
    """The address of a page of the mentor's enrolment."""
    return lambda w: reverse(name, args=[w.enrolment.public_id, *args])


def call_openly(w: Any) -> None:
    """The program looks for volunteers."""
    Program.objects.filter(pk=w.program.pk).update(open_call=True, state="enrolling")


def staff_remove(w: Any) -> str:
    """The address that takes the safe contact's role."""
    staff = w.program.staff.get(role="safe_contact")
    return reverse("programs:program_staff_remove", args=[w.program.public_id, staff.public_id])


def safe_contact(w: Any) -> str:
    """The page on which the safe contact accepts."""
    staff = w.program.staff.get(role="safe_contact")
    return reverse("programs:safe_contact", args=[staff.public_id])


def text_edit(w: Any) -> str:
    """The page that changes a step of the mentors' prep pack."""
    args = [w.program.public_id, "step", w.prep_step.public_id]
    return reverse("programs:text_edit", args=args)


PAGES_OF_RUNNERS = [
    ("mentoring:program_overview", ()),
    ("programs:program_wizard", ("purpose",)),
    ("programs:program_wizard", ("review",)),
    ("programs:text_list", ()),
    ("programs:mail_preview", ("invitation",)),
    ("programs:program_state", ("start-closing",)),
    ("programs:program_state", ("resume-running",)),
    ("programs:invite", ()),
    ("programs:invite_list", ()),
    ("programs:invite_person", ()),
    ("programs:enrolment_list", ()),
    ("programs:enrolment_export", ()),
    ("mentoring:program_cancel", ()),
    ("mentoring:program_close", ()),
]
OWN_PAGES = [
    ("programs:enrolment", ()),
    ("programs:enrol", ("boundaries",)),
    ("programs:enrol", ("topics",)),
    ("programs:enrol", ("check",)),
    ("programs:prep", ()),
    ("programs:prep_card", ()),
    ("programs:self_assessment", ()),
    ("mentoring:enrolment_withdraw", ()),
]

ROWS = [
    row("programs:program_list", lambda w: reverse("programs:program_list"), SIGNED_IN),
    row("programs:open_call", lambda w: reverse("programs:open_call"), SIGNED_IN),
    row(
        "mentoring:program_new",
        lambda w: reverse("mentoring:program_new"),
        {"hr_admin"},
        others=403,
    ),
    *(row(name, of_program(name, *args), MANAGERS) for name, args in PAGES_OF_RUNNERS),
    *(
        row(name, of_enrolment(name, *args), {"mentor"}, refused=RUNNERS_REFUSED)
        for name, args in OWN_PAGES
    ),
    row(
        "mentoring:program_close_undo",
        of_program("mentoring:program_close_undo"),
        MANAGERS,
        method="post",
    ),
    row(
        "programs:program_staff",
        of_program("programs:program_staff"),
        {"hr_admin"},
        refused={"coordinator": 403},
    ),
    row("programs:text_edit", text_edit, MANAGERS),
    row("programs:text_edit", text_edit, MANAGERS, method="post"),
    row("programs:safe_contact", safe_contact, {"safe_contact"}),
    row("programs:safe_contact", safe_contact, {"safe_contact"}, method="post"),
    row(
        "programs:program_staff_remove",
        staff_remove,
        {"hr_admin"},
        refused={"coordinator": 403},
    ),
    row(
        "programs:program_staff_remove",
        staff_remove,
        {"hr_admin"},
        refused={"coordinator": 403},
        method="post",
    ),
    row("programs:enrolment_detail", of_enrolment("programs:enrolment_detail"), MANAGERS),
    row(
        "programs:enrolment_rejoin",
        of_enrolment("programs:enrolment_rejoin"),
        {"mentor"},
        refused=RUNNERS_REFUSED,
        method="post",
    ),
    row(
        "programs:join",
        of_program("programs:join"),
        {"mentor", "mentee"},
        refused={**RUNNERS_REFUSED, "safe_contact": 403},
    ),
    row("programs:join", of_program("programs:join"), SIGNED_IN, setup=call_openly),
]
