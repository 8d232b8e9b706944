"""Talking to someone: open to everybody; a thread to its safe contact alone."""

from __future__ import annotations

from typing import Any

from django.urls import reverse

from concerns.models import Concern
from programs.enums import StaffRole
from programs.models import ProgramStaff
from tests.concerns.concern_data import write_to
from tests.url_matrix.core import SIGNED_IN, row

HR = {"hr_admin"}
LISTENS = {"safe_contact"}


def thread(world: Any) -> str:
    """A thread that was written to the safe contact."""
    concern = Concern.objects.first() or write_to(world.people["safe_contact"])
    return reverse("concerns:thread_detail", args=[concern.pk])


def contact_of_company(world: Any) -> str:
    person, role = world.people["safe_contact"], StaffRole.SAFE_CONTACT
    staff, _made = ProgramStaff.objects.get_or_create(program=None, person=person, role=role)
    return reverse("concerns:talk_contact_remove", args=[staff.public_id])


def page(name: str) -> Any:
    return lambda world: reverse(name)


WRITTEN = {"contact": "nobody", "text": "Help"}

ROWS = [
    row("concerns:talk", page("concerns:talk"), SIGNED_IN),
    row("concerns:talk_write", page("concerns:talk_write"), SIGNED_IN, public=True),
    row(
        "concerns:talk_write",
        page("concerns:talk_write"),
        SIGNED_IN,
        public=True,
        method="post",
        data=WRITTEN,
    ),
    row("concerns:talk_read", page("concerns:talk_read"), SIGNED_IN, public=True),
    row(
        "concerns:talk_read",
        page("concerns:talk_read"),
        SIGNED_IN,
        public=True,
        method="post",
        data={"code": "wrong"},
    ),
    row("concerns:thread_list", page("concerns:thread_list"), LISTENS),
    row("concerns:thread_detail", thread, LISTENS),
    row("concerns:thread_detail", thread, LISTENS, method="post", data={"action": "acknowledge"}),
    row("concerns:talk_set_up", page("concerns:talk_set_up"), HR, others=403),
    row("concerns:talk_set_up", page("concerns:talk_set_up"), HR, others=403, method="post"),
    row("concerns:talk_contact_remove", contact_of_company, HR, others=403, method="post"),
]
