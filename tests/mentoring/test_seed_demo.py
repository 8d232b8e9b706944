"""The demo company: complete, deterministic, made once."""

from __future__ import annotations

from io import StringIO
from typing import Any

import pytest
from django.core.management import CommandError, call_command

from accounts.models import User
from feedback.models import FrozenTable, SurveyRound
from goals.models import Goal
from matching.models import MatchRun
from meetings.models import MentoringSession
from mentoring.demo.people import PASSWORD, invented_names
from notifications.enums import MessageState
from notifications.models import OutboxMessage
from pairings.models import Pairing
from programs.models import Program
from tests.factories import UserFactory


def seed() -> str:
    said = StringIO()
    call_command("seed_demo", stdout=said, stderr=StringIO())
    return said.getvalue()


@pytest.mark.slow
@pytest.mark.django_db
def test_seed_demo_makes_a_living_company_once() -> None:
    said = seed()
    people = User.objects.count()
    assert people == 240
    assert sorted(Program.objects.values_list("state", flat=True)) == [
        "closed",
        "enrolling",
        "running",
    ]
    assert Pairing.objects.filter(state="active").count() >= 15
    assert set(MentoringSession.objects.values_list("state", flat=True)) >= {
        "held",
        "cancelled",
        "scheduled",
    }
    assert SurveyRound.objects.filter(state="closed").exists()
    assert any(shown for table in FrozenTable.objects.all() for shown in table.figures.values())
    of_staff = SurveyRound.objects.get(program=None)
    assert (of_staff.state, of_staff.asked) == ("closed", 239), "all but the HR admin"
    assert of_staff.comments
    assert Goal.objects.exists()
    waiting = MatchRun.objects.get(program__state="enrolling")
    assert waiting.state == "done"
    assert waiting.unmatched.exists()
    assert any(proposal.alternatives for proposal in waiting.proposals.all())
    assert waiting.statistics["help"]["changes"]
    assert not OutboxMessage.objects.filter(
        state=MessageState.QUEUED, due_at__lt=people_now()
    ).exists()
    sent = OutboxMessage.objects.filter(state=MessageState.SENT)
    assert not sent.filter(subject="").exists(), "the inbox says what each message was about"
    assert sent.dates("sent_at", "month").count() >= 3, "and when it came"
    for line in said.splitlines()[:-1]:
        person = User.objects.get(email=line.split()[-1])
        assert person.check_password(PASSWORD)
    assert seed() == said
    assert User.objects.count() == people


def people_now() -> Any:
    from common import clock

    return clock.now()


@pytest.mark.django_db
def test_seed_demo_refuses_a_database_with_real_people() -> None:
    UserFactory()
    with pytest.raises(CommandError, match="not the demo's"):
        seed()


@pytest.mark.django_db
def test_seed_demo_refuses_an_installation_that_is_no_demo(settings: Any) -> None:
    settings.DEMO = settings.TESTING = False
    with pytest.raises(CommandError, match="DEMO=1"):
        seed()


def test_invented_names_are_different_and_the_same_every_time() -> None:
    from random import Random

    names = invented_names(Random(1), 240)
    assert len(set(names)) == 240
    assert names == invented_names(Random(1), 240)
