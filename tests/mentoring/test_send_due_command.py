"""`manage.py send_due`: the whole minute's round without Celery, so that cron can stand in for beat
and worker.
"""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.core.management import CommandError, call_command

from common import background
from meetings.mail.reminders import REMINDER
from mentoring import tasks
from notifications.delivery import health
from notifications.enums import MessageState
from notifications.models import OutboxMessage
from tests.meetings.session_data import MONDAY, book, make_pair
from tests.smtp import SmtpSink
from tests.support.types import At

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def bell(monkeypatch: pytest.MonkeyPatch) -> None:
    """No broker hears anything."""
    monkeypatch.setattr(background, "enqueue", lambda task, *args: False)


def fails() -> int:
    raise RuntimeError("on purpose")


@pytest.mark.broad
def test_what_has_come_due_is_written_and_sent_in_one_round(at: At, smtp_sink: SmtpSink) -> None:
    at(MONDAY)
    session = book(make_pair(), MONDAY.date() + timedelta(days=2))
    at(session.starts_at - timedelta(hours=24))
    call_command("send_due")
    call_command("send_due")
    sent = OutboxMessage.objects.filter(kind=REMINDER, state=MessageState.SENT)
    assert sent.count() == 2
    subjects = [mail.subject for mail in smtp_sink.messages]
    assert [subjects.count(subject) for subject in sent.values_list("subject", flat=True)] == [2, 2]


def test_health_page_hears_of_it(smtp_sink: SmtpSink) -> None:
    assert health.heartbeat_age() is None
    call_command("send_due")
    age = health.heartbeat_age()
    assert age is not None
    assert age < timedelta(minutes=1)


def test_a_step_that_fails_keeps_nothing_from_being_sent(
    at: At, smtp_sink: SmtpSink, monkeypatch: pytest.MonkeyPatch
) -> None:
    at(MONDAY)
    book(make_pair(), MONDAY.date() + timedelta(days=2))
    monkeypatch.setattr(tasks, "STEPS", (fails,))
    with pytest.raises(CommandError, match="fails"):
        call_command("send_due")
    assert smtp_sink.messages
