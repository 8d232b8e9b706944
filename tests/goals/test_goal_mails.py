"""Who hears of a goal by mail: its owner of comments and cheers, and after a silence."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest

from common.errors import DomainError
from common.models import AuditEntry
from goals.domain import goals
from goals.domain.progress import SILENT_DAYS
from goals.due.silence import remind_of_silent_goals
from goals.mail import ANSWERED, SILENT
from goals.models import Goal
from notifications.delivery import sender
from notifications.models import OutboxMessage
from pairings.models import Pairing
from tests.goals.factories import make_goal
from tests.meetings.session_data import MONDAY, make_pair
from tests.support.pages import text_of, url_of
from tests.support.types import AsUser, At

pytestmark = pytest.mark.django_db
MORNING = MONDAY.replace(hour=12) + timedelta(days=SILENT_DAYS)


@pytest.fixture
def goal(at: At) -> Goal:
    at(MONDAY)
    return make_goal(make_pair(), statement="juggle purple balls")


def waiting(kind: str) -> list[OutboxMessage]:
    return list(OutboxMessage.objects.filter(kind=kind, state="queued"))


def test_owner_hears_of_comments_and_cheers_once_and_not_what_they_say(goal: Goal) -> None:
    mentor, mentee = goal.pairing.mentor, goal.owner
    entry = goals.check_in(actor=mentee, goal=goal, value=Decimal(1), note="It goes")
    assert waiting(ANSWERED) == []
    goals.check_in(actor=mentor, goal=goal, note="Purple is best")
    for _time in range(2):
        entry = goals.cheer(actor=mentor, entry=entry)
    [message] = waiting(ANSWERED)
    assert message.recipient == mentee
    assert "urple" not in message.text + message.subject
    assert AuditEntry.objects.filter(verb="goal.cheered").count() == 1


def test_cheering_at_oneself_at_a_comment_or_too_late_is_refused(goal: Goal) -> None:
    mentor, mentee = goal.pairing.mentor, goal.owner
    entry = goals.check_in(actor=mentee, goal=goal, note="It goes")
    comment = goals.check_in(actor=mentor, goal=goal, note="Good")
    goals.close_goal(actor=mentee, goal=make_goal(goal.pairing), outcome="met")
    for actor, at_what in ((mentee, entry), (mentor, comment)):
        with pytest.raises(DomainError):
            goals.cheer(actor=actor, entry=at_what)
    goals.close_goal(actor=mentee, goal=goal, outcome="met")
    with pytest.raises(DomainError):
        goals.cheer(actor=mentor, entry=entry)


def test_a_cheer_stands_beside_the_check_in(goal: Goal, as_user: AsUser) -> None:
    entry = goals.check_in(actor=goal.owner, goal=goal, note="It goes")
    mentor = goal.pairing.mentor
    page = url_of("goals:goal_detail", goal)
    address = url_of("goals:check_in_cheer", entry)
    assert address not in text_of(as_user(goal.owner).get(page))
    assert address in text_of(as_user(mentor).get(page))
    assert as_user(mentor).post(address).status_code == 303
    assert address not in text_of(as_user(mentor).get(page))
    assert "cheers." in text_of(as_user(goal.owner).get(page))


@pytest.mark.broad
def test_owner_alone_is_reminded_once_per_silence(
    goal: Goal, at: At, mailoutbox: list[Any]
) -> None:
    for hours in range(0, 24 * 50, 12):
        at(MONDAY + timedelta(hours=hours))
        remind_of_silent_goals()
        sender.send_due()
        if hours == 24 * 24:
            goals.check_in(actor=goal.owner, goal=goal, value=Decimal(1))
    mails = [mail for mail in mailoutbox if "How is your goal" in mail.subject]
    assert [mail.to for mail in mails] == [[goal.owner.email]] * 2
    assert not any("purple" in mail.body + str(mail.alternatives) for mail in mails)


def test_reminded_in_the_morning_after_three_weeks(goal: Goal, at: At) -> None:
    at(MORNING.replace(hour=6))
    assert remind_of_silent_goals() == 0
    at(MORNING)
    assert (remind_of_silent_goals(), remind_of_silent_goals()) == (1, 0)
    [message] = waiting(SILENT)
    assert message.recipient == goal.owner


@pytest.mark.parametrize("how", ["comment", "check_in", "closed", "paused"])
def test_who_has_said_something_is_not_reminded(goal: Goal, at: At, how: str) -> None:
    at(MORNING - timedelta(days=2))
    if how == "comment":
        goals.check_in(actor=goal.pairing.mentor, goal=goal, note="And?")
    elif how == "check_in":
        goals.check_in(actor=goal.owner, goal=goal, note="It goes")
    elif how == "closed":
        goals.close_goal(actor=goal.owner, goal=goal, outcome="dropped")
    else:
        Pairing.objects.update(state="paused")
    at(MORNING)
    assert remind_of_silent_goals() == (1 if how == "comment" else 0)


def test_a_reminder_that_waits_goes_when_the_owner_checks_in(
    goal: Goal, at: At, mailoutbox: list[Any]
) -> None:
    at(MORNING)
    remind_of_silent_goals()
    goals.check_in(actor=goal.owner, goal=goal, note="It goes")
    sender.send_due()
    assert not [mail for mail in mailoutbox if "How is your goal" in mail.subject]
