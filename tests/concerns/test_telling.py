"""Mails to those who listen: one in the morning, that says nothing; the deputy when it is late."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from django.test import Client
from django.urls import reverse

from accounts.models import User
from common.models import AuditEntry
from concerns.domain import codes, listening, writing
from concerns.due.telling import tell_deputies, tell_safe_contacts
from concerns.models import Concern
from notifications.models import OutboxMessage
from tests.concerns.concern_data import write_to
from tests.factories import UserFactory
from tests.support.pages import text_of
from tests.support.types import AsUser, At

pytestmark = pytest.mark.django_db
MONDAY = datetime(2027, 3, 1, 14, 23, tzinfo=UTC)
MORNING = MONDAY.replace(hour=9)  # past eight in UTC, the company's zone here
DAY = timedelta(days=1)


def mails() -> list[tuple[str, str]]:
    """(kind, name of who gets it) of all mails, in order."""
    rows = OutboxMessage.objects.order_by("pk").select_related("recipient")
    return [(row.kind, row.recipient.name) for row in rows]


@pytest.fixture
def concern(at: At) -> Concern:
    """A thread of Monday."""
    at(MONDAY)
    return write_to(UserFactory(name="Contact"), deputy=UserFactory(name="Deputy"))


def test_contact_is_told_once_and_not_on_the_day_itself(concern: Concern, at: At) -> None:
    assert tell_safe_contacts() == 0
    at(MORNING.replace(hour=7) + DAY)
    assert tell_safe_contacts() == 0
    at(MORNING + DAY)
    write_to(concern.contact, text="Another one")
    assert tell_safe_contacts() == 1
    assert tell_safe_contacts() == 0
    assert mails() == [("concerns.waiting", "Contact")]

    row = OutboxMessage.objects.get()
    assert str(concern.pk) not in f"{row.__dict__}"
    assert "Help" not in row.text + row.subject
    at(MORNING + 2 * DAY)
    assert tell_safe_contacts() == 1  # of the second one
    at(MORNING + 3 * DAY)
    assert tell_safe_contacts() == 0


def test_contact_is_told_again_when_the_author_writes_more(concern: Concern, at: At) -> None:
    at(MORNING + DAY)
    tell_safe_contacts()
    listening.answer(actor=concern.contact, concern=concern, text="Go on")
    writing.write_more(concern=concern, text="He did it again")
    at(MORNING + 2 * DAY)
    assert tell_safe_contacts() == 1


@pytest.mark.parametrize(
    ("done", "day_before", "day_after"),
    [
        ("nothing", 7, 8),  # to be acknowledged on the seventh day
        ("acknowledged", 89, 90),  # to be answered within three months
    ],
)
def test_deputy_may_read_once_a_promised_day_is_over_and_is_told_once(
    concern: Concern, at: At, as_user: AsUser, done: str, day_before: int, day_after: int
) -> None:
    if done == "acknowledged":
        listening.acknowledge(actor=concern.contact, concern=concern)
    url = reverse("concerns:thread_detail", args=[concern.pk])
    at(MORNING + day_before * DAY)
    assert tell_deputies() == 0
    assert as_user(concern.deputy).get(url).status_code == 404
    at(MORNING + day_after * DAY)
    assert (tell_deputies(), tell_deputies()) == (1, 0)
    assert mails() == [("concerns.overdue", "Deputy")]
    assert "Help" in text_of(as_user(concern.deputy).get(url))
    assert as_user(concern.contact).get(url).status_code == 200
    assert as_user(UserFactory(is_hr_admin=True)).get(url).status_code == 404


def test_deputy_reads_no_note_of_the_contact_and_answers_under_their_own_name(
    at: At, as_user: AsUser
) -> None:
    at(MONDAY)
    code, deputy = codes.new_code(), UserFactory(name="Deputy")
    concern = write_to(UserFactory(), deputy=deputy, code=code)
    listening.note(actor=concern.contact, concern=concern, text="Only mine")
    at(MORNING + 8 * DAY)
    tell_deputies()
    url = reverse("concerns:thread_detail", args=[concern.pk])
    assert "Only mine" not in text_of(as_user(deputy).get(url))
    as_user(deputy).post(url, {"action": "answer", "text": "I am here now"})
    page = text_of(Client().post(reverse("concerns:talk_read"), {"code": code}))
    assert "I am here now" in page
    assert "Deputy" in page


def test_nobody_is_told_of_what_is_answered_and_leavers_are_replaced_at_once(
    concern: Concern, at: At
) -> None:
    listening.answer(actor=concern.contact, concern=concern, text="Yes")
    at(MORNING + 100 * DAY)
    assert tell_deputies() == tell_safe_contacts() == 0
    left = write_to(UserFactory(), deputy=concern.deputy)
    User.objects.filter(pk=left.contact_id).update(is_active=False)
    assert tell_deputies() == 1


def test_listening_sends_no_mail_and_leaves_no_time(concern: Concern) -> None:
    """The two kinds of mails go to those who listen; the audit trail would have times."""
    listening.acknowledge(actor=concern.contact, concern=concern)
    listening.answer(actor=concern.contact, concern=concern, text="Yes")
    listening.close(actor=concern.contact, concern=concern)
    assert mails() == []
    assert not AuditEntry.objects.exists()
