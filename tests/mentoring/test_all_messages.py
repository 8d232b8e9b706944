"""The page on which HR admins see what did not arrive in all programs."""

from __future__ import annotations

from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest
from django.urls import reverse

from common import clock
from notifications.enums import MessageState
from notifications.models import OutboxMessage
from notifications.preferences import suppression
from programs.models import Program
from tests.factories import ProgramFactory, UserFactory
from tests.support.types import AsUser

pytestmark = pytest.mark.django_db


def lost(program: Program, kind: str = "pairings.match_active") -> OutboxMessage:
    """A message that was refused a day ago."""
    return OutboxMessage.objects.create(
        recipient=UserFactory(),
        kind=kind,
        scope=program.public_id,
        dedupe_key=str(uuid4()),
        subject="S",
        due_at=clock.now() - timedelta(days=1),
        expires_at=clock.now() + timedelta(days=9),
        state=MessageState.FAILED,
    )


def page(as_user: AsUser) -> str:
    client = as_user(UserFactory(is_hr_admin=True))
    return client.get(reverse("mentoring:all_messages")).content.decode()


def test_hr_sees_which_programs_have_listed_trouble(as_user: AsUser) -> None:
    program, fine = ProgramFactory(), ProgramFactory()
    lost(program)
    lost(fine, "pairings.match_void")
    text = page(as_user)
    assert program.name in text
    assert "1 message" in text
    assert fine.name not in text, "what is not listed does not count"


def test_hr_sees_whose_mailbox_is_broken(as_user: AsUser) -> None:
    """Whatever the mail was about, and whether or not the person is in a program."""
    broken = UserFactory(name="Bo Unreached")
    suppression.suppress(broken.email, "550 5.1.1 No such user")
    works = UserFactory(name="Ana Reached")
    suppression.suppress(works.email, "550 5.1.1")
    suppression.release(works.email)
    text = page(as_user)
    assert "Bo Unreached" in text
    assert "Ana Reached" not in text


@pytest.mark.parametrize("number", [1, 3])
def test_queries_do_not_grow(as_user: AsUser, number: int, django_assert_num_queries: Any) -> None:
    for _number in range(number):
        suppression.suppress(lost(ProgramFactory()).recipient.email, "550 5.1.1")
    client = as_user(UserFactory(is_hr_admin=True))
    client.get(reverse("mentoring:all_messages"))
    with django_assert_num_queries(8):
        client.get(reverse("mentoring:all_messages"))
