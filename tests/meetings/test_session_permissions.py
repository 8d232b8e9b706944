"""What a role may do to a session, it may also see; and nobody beyond the pair, its delegate and
its managers sees it.
"""

from __future__ import annotations

from typing import Any

import pytest

from goals.models import Goal
from meetings.models import MentoringSession
from pairings.models import Pairing
from programs.models import Program
from tests.goals.factories import make_goal
from tests.url_matrix.core import ROLES
from tests.url_matrix.world import World, build

pytestmark = pytest.mark.django_db

PAIR_VERBS = ("move_session", "cancel_session", "log_session", "write_note", "ask_question")
DELEGATE_VERBS = ("move_for_mentee", "cancel_for_mentee")
PAIR, DELEGATE, MANAGERS = {"mentor", "mentee"}, {"delegate"}, {"coordinator", "hr_admin"}


@pytest.fixture
def world() -> World:
    return build()


def roles_with(world: World, verb: str, target: Any) -> set[str]:
    return {role for role, person in world.people.items() if person.has_perm(verb, target)}


@pytest.mark.broad
def test_verbs_and_sight_agree_for_every_role(world: World) -> None:
    session = world.session
    assert set(world.people) >= set(ROLES) - {"anonymous"}
    for role, person in world.people.items():
        inside = MentoringSession.objects.of_pair(person).filter(pk=session.pk).exists()
        times = MentoringSession.objects.times_visible_to(person).filter(pk=session.pk).exists()
        delegated = MentoringSession.objects.of_delegate(person).filter(pk=session.pk).exists()
        assert inside == (role in PAIR), role
        assert times == (role in PAIR | DELEGATE | MANAGERS), role
        assert delegated == (role in DELEGATE), role
        assert inside or not any(
            person.has_perm(f"meetings.{verb}", session) for verb in PAIR_VERBS
        ), role
        assert delegated or not any(
            person.has_perm(f"meetings.{verb}", session) for verb in DELEGATE_VERBS
        ), role


@pytest.mark.parametrize(
    ("verb", "roles"),
    [
        ("move_session", PAIR),
        ("cancel_session", PAIR),
        ("log_session", PAIR),
        ("write_note", PAIR),
        ("ask_question", {"mentee"}),
        ("move_for_mentee", DELEGATE),
        ("cancel_for_mentee", DELEGATE),
    ],
)
def test_who_may_what_with_a_session(world: World, verb: str, roles: set[str]) -> None:
    assert roles_with(world, f"meetings.{verb}", world.session) == roles


def test_who_may_book_and_list(world: World) -> None:
    assert roles_with(world, "meetings.schedule_session", world.pairing) == PAIR
    assert roles_with(world, "meetings.schedule_for_mentee", world.pairing) == DELEGATE
    assert roles_with(world, "meetings.list_sessions", world.program) == MANAGERS
    for role, person in world.people.items():
        managed = Program.objects.managed_by(person).filter(pk=world.program.pk).exists()
        assert managed == (role in MANAGERS), role


@pytest.mark.parametrize(
    ("state", "verb", "roles"),
    [
        ("paused", "move_session", set()),
        ("paused", "cancel_session", PAIR),
        ("paused", "log_session", PAIR),
        ("paused", "cancel_for_mentee", DELEGATE),
        ("ended", "cancel_session", set()),
        ("ended", "log_session", PAIR),
        ("ended", "ask_question", set()),
        ("ended", "cancel_for_mentee", set()),
        ("offered", "log_session", set()),
    ],
)
def test_the_state_of_the_pair_decides(
    world: World, state: str, verb: str, roles: set[str]
) -> None:
    Pairing.objects.filter(pk=world.pairing.pk).update(state=state)
    session = MentoringSession.objects.select_related("pairing").get(pk=world.session.pk)
    assert roles_with(world, f"meetings.{verb}", session) == roles


def test_goals_verbs_and_sight_agree_for_every_role(world: World) -> None:
    for private in (False, True):
        goal = make_goal(world.pairing, private=private)
        sees = {"mentee"} if private else PAIR
        for role, person in world.people.items():
            assert Goal.objects.visible_to(person).filter(pk=goal.pk).exists() == (role in sees), (
                role
            )
        assert roles_with(world, "goals.check_in", goal) == sees
        for verb in ("edit_goal", "close_goal", "tick_milestone"):
            assert roles_with(world, f"goals.{verb}", goal) == {"mentee"}
    assert roles_with(world, "goals.create_goal", world.pairing) == PAIR
