"""Goals: what they must say, how they go and end; and what the database refuses."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.db import IntegrityError, transaction

from common import clock
from common.errors import DomainError
from common.models import AuditEntry
from goals.domain import goals, helper
from goals.domain.plans import Step
from goals.enums import GoalState
from goals.models import CheckIn, Goal, GoalChange, Milestone
from pairings.models import Pairing
from tests import factories as make
from tests.goals.factories import make_goal, make_milestone, make_plan

pytestmark = pytest.mark.django_db
TODAY = clock.today("Europe/Berlin")


@pytest.fixture
def pairing() -> Pairing:
    made: Pairing = make.PairingFactory()
    return made


def test_a_goal_begins_at_its_baseline(pairing: Pairing) -> None:
    goal = make_goal(pairing, steps=[Step("One"), Step(" "), Step("Two", date(2030, 1, 1))])
    assert (goal.state, goal.owner, goal.current, goal.percent) == (
        GoalState.ACTIVE,
        pairing.mentee,
        Decimal(0),
        0,
    )
    assert [(m.position, m.title) for m in goal.milestones.all()] == [(0, "One"), (1, "Two")]
    entry = AuditEntry.objects.get(verb="goal.created")
    assert (entry.actor_id, entry.detail) == (pairing.mentee_id, {"state": "active"})


@pytest.mark.parametrize(
    ("fields", "code"),
    [
        ({"statement": "  "}, "statement"),
        ({"measure": " "}, "measure"),
        ({"baseline": None}, "baseline"),
        ({"target": None}, "target"),
        ({"due_on": None}, "due_on"),
        ({"baseline": Decimal(4), "target": Decimal(4)}, "target"),
        ({"measure_kind": "scale", "baseline": Decimal(2), "target": Decimal(6)}, "target"),
        ({"measure_kind": "scale", "baseline": Decimal("1.5")}, "baseline"),
        ({"due_on": TODAY}, "due_on"),
        ({"due_on": TODAY + timedelta(days=3000)}, "due_on"),
    ],
)
def test_an_active_goal_must_be_measurable(
    pairing: Pairing, fields: dict[str, Any], code: str
) -> None:
    with pytest.raises(DomainError) as refused:
        make_goal(pairing, **fields)
    assert refused.value.code == code
    assert not Goal.objects.exists()


def test_a_draft_needs_its_statement_alone_and_becomes_active_when_measurable(
    pairing: Pairing,
) -> None:
    goal = make_goal(pairing, draft=True, measure="", baseline=None, target=None, due_on=None)
    assert (goal.state, goal.percent) == (GoalState.DRAFT, 0)
    with pytest.raises(DomainError):
        goals.update_goal(
            actor=pairing.mentee, goal=goal, plan=make_plan(target=None), activate=True
        )
    goal = goals.update_goal(
        actor=pairing.mentee, goal=goal, plan=make_plan(baseline=Decimal(1)), activate=True
    )
    assert (goal.state, goal.current) == (GoalState.ACTIVE, Decimal(1))


def test_another_last_day_or_target_of_an_active_goal_is_kept(pairing: Pairing) -> None:
    goal = make_goal(pairing, draft=True)
    later = TODAY + timedelta(days=90)
    goals.update_goal(actor=pairing.mentee, goal=goal, plan=make_plan(due_on=later), activate=True)
    assert not goal.changes.exists(), "a draft has promised nothing"

    for plan in (make_plan(due_on=later, statement="Other words"), make_plan(due_on=later)):
        goals.update_goal(actor=pairing.mentee, goal=goal, plan=plan)
    assert not goal.changes.exists()

    plan = make_plan(due_on=later + timedelta(days=9), target=Decimal(5))
    goals.update_goal(actor=pairing.mentee, goal=goal, plan=plan)
    change = goal.changes.get()
    assert (change.due_before, change.due_after) == (later, plan.due_on)
    assert (change.target_before, change.target_after) == (4, 5)
    with pytest.raises(IntegrityError, match="goal_change_changes_something"), transaction.atomic():
        GoalChange.objects.update(due_after=later, target_after=4)


def test_a_goal_past_its_day_can_be_changed_and_keeps_its_day(pairing: Pairing) -> None:
    goal = make_goal(pairing)
    past = TODAY - timedelta(days=3)
    Goal.objects.update(due_on=past)
    changed = goals.update_goal(
        actor=pairing.mentee, goal=goal, plan=make_plan(due_on=past, statement="Other words")
    )
    assert changed.due_on == past
    with pytest.raises(DomainError):
        earlier = make_plan(due_on=past - timedelta(days=1))
        goals.update_goal(actor=pairing.mentee, goal=goal, plan=earlier)


@pytest.mark.parametrize(
    ("kind", "value"), [("scale", 0), ("scale", 6), ("scale", "2.5"), ("yes_no", "0.5")]
)
def test_check_in_with_a_value_that_the_measure_does_not_have(
    pairing: Pairing, kind: str, value: Any
) -> None:
    goal = make_goal(pairing, measure_kind=kind, baseline=Decimal(2))
    with pytest.raises(DomainError):
        goals.check_in(actor=pairing.mentee, goal=goal, value=Decimal(value))


def test_too_many_milestones_are_refused(pairing: Pairing) -> None:
    with pytest.raises(DomainError):
        make_goal(pairing, steps=[Step(str(number)) for number in range(11)])


@pytest.mark.parametrize("state", ["offered", "completed", "ended", "void"])
def test_no_goal_in_a_pair_that_is_not_running(state: str) -> None:
    with pytest.raises(DomainError):
        make_goal(make.PairingFactory(state=state))


@pytest.mark.parametrize(
    ("baseline", "target", "value", "percent"),
    [
        (0, 4, 1, 25),
        (0, 4, 9, 100),
        (0, 4, -3, 0),
        (60, 30, 45, 50),
        (60, 30, 70, 0),
        (-5, 5, 0, 50),
        (1, 3, "1.5", 25),
    ],
)
def test_percent_goes_up_or_down(
    pairing: Pairing, baseline: int, target: int, value: Any, percent: int
) -> None:
    goal = make_goal(pairing, baseline=Decimal(baseline), target=Decimal(target))
    goals.check_in(actor=pairing.mentee, goal=goal, value=Decimal(value))
    goal.refresh_from_db()
    assert goal.percent == percent


def test_check_in_by_the_owner_moves_the_goal(pairing: Pairing) -> None:
    goal = make_goal(pairing)
    entry = goals.check_in(
        actor=pairing.mentee, goal=goal, value=Decimal(2), confidence=4, note=" Fine "
    )
    goal.refresh_from_db()
    assert (goal.current, entry.confidence, entry.note) == (Decimal(2), 4, "Fine")
    assert "Fine" not in str(AuditEntry.objects.get(verb="goal.checked_in").detail)


def test_check_in_by_the_other_is_a_comment_alone(pairing: Pairing) -> None:
    goal = make_goal(pairing)
    entry = goals.check_in(
        actor=pairing.mentor, goal=goal, value=Decimal(4), confidence=5, note="Well done"
    )
    goal.refresh_from_db()
    assert (goal.current, entry.value, entry.confidence) == (Decimal(0), None, None)
    with pytest.raises(DomainError):
        goals.check_in(actor=pairing.mentor, goal=goal, value=Decimal(4))


@pytest.mark.parametrize(
    ("fields", "code"),
    [
        ({}, "value"),
        ({"confidence": 3}, "value"),
        ({"value": Decimal(1), "confidence": 6}, "confidence"),
        ({"note": "x" * 2001}, "note"),
    ],
)
def test_check_in_that_says_nothing_is_refused(
    pairing: Pairing, fields: dict[str, Any], code: str
) -> None:
    with pytest.raises(DomainError) as refused:
        goals.check_in(actor=pairing.mentee, goal=make_goal(pairing), **fields)
    assert refused.value.code == code


@pytest.mark.parametrize("outcome", ["met", "not_met", "dropped"])
def test_a_closed_goal_stays_as_it_is(pairing: Pairing, outcome: str) -> None:
    goal = make_goal(pairing)
    milestone = make_milestone(goal)
    closed = goals.close_goal(actor=pairing.mentee, goal=goal, outcome=outcome)
    assert closed.closed_at is not None
    for deed in (
        lambda: goals.close_goal(actor=pairing.mentee, goal=goal, outcome="met"),
        lambda: goals.update_goal(actor=pairing.mentee, goal=goal, plan=make_plan()),
        lambda: goals.check_in(actor=pairing.mentor, goal=goal, note="Late"),
        lambda: goals.tick_milestone(actor=pairing.mentee, milestone=milestone, done=True),
    ):
        with pytest.raises(DomainError):
            deed()


@pytest.mark.parametrize(
    ("draft", "outcome"), [(False, "active"), (False, "nonsense"), (True, "met"), (True, "not_met")]
)
def test_close_needs_an_outcome_that_fits(pairing: Pairing, draft: bool, outcome: str) -> None:
    with pytest.raises(DomainError):
        goals.close_goal(
            actor=pairing.mentee, goal=make_goal(pairing, draft=draft), outcome=outcome
        )


def test_a_draft_can_be_dropped_and_not_checked_in(pairing: Pairing) -> None:
    goal = make_goal(pairing, draft=True, measure="", target=None)
    with pytest.raises(DomainError):
        goals.check_in(actor=pairing.mentee, goal=goal, note="How?")
    assert (
        goals.close_goal(actor=pairing.mentee, goal=goal, outcome="dropped").state
        == GoalState.DROPPED
    )


def test_milestones_are_reordered_kept_and_taken_away(pairing: Pairing) -> None:
    goal = make_goal(pairing, steps=[Step("One"), Step("Two"), Step("Three")])
    one, two, _three = goal.milestones.all()
    goals.tick_milestone(actor=pairing.mentee, milestone=two, done=True)
    steps = [
        Step("Two, better", public_id=two.public_id),
        Step("Zero"),
        Step("One", public_id=one.public_id),
    ]
    goals.update_goal(actor=pairing.mentee, goal=goal, plan=make_plan(steps=steps))
    assert [m.title for m in goal.milestones.all()] == ["Two, better", "Zero", "One"]
    two.refresh_from_db()
    assert two.done_at is not None


def test_a_milestone_of_another_goal_is_not_taken_over(pairing: Pairing) -> None:
    theirs = make_milestone(make_goal(pairing))
    goal = make_goal(pairing)
    goals.update_goal(
        actor=pairing.mentee,
        goal=goal,
        plan=make_plan(steps=[Step("Mine", public_id=theirs.public_id)]),
    )
    theirs.refresh_from_db()
    assert theirs.title == "Read ten good ones"
    assert goal.milestones.get().pk != theirs.pk


def test_ticking_twice_changes_nothing(pairing: Pairing) -> None:
    milestone = make_milestone(make_goal(pairing))
    for _time in range(2):
        milestone = goals.tick_milestone(actor=pairing.mentee, milestone=milestone, done=True)
    assert AuditEntry.objects.filter(verb="goal.milestone").count() == 1
    assert (
        goals.tick_milestone(actor=pairing.mentee, milestone=milestone, done=False).done_at is None
    )


def test_visible_to_the_pair_and_private_ones_to_their_owner(pairing: Pairing) -> None:
    shared, private = make_goal(pairing), make_goal(pairing, private=True)
    hr = make.UserFactory(is_hr_admin=True)
    coordinator = make.ProgramStaffFactory(program=pairing.program).person
    assert set(Goal.objects.visible_to(pairing.mentee)) == {shared, private}
    assert set(Goal.objects.visible_to(pairing.mentor)) == {shared}
    for person in (hr, coordinator, make.UserFactory()):
        assert not Goal.objects.visible_to(person).exists()
        for verb in ("edit_goal", "close_goal", "check_in"):
            assert not person.has_perm(f"goals.{verb}", shared)
    assert not pairing.mentor.has_perm("goals.check_in", private)


@pytest.mark.parametrize(
    ("fields", "constraint"),
    [
        ({"target": 0}, "goal_target_differs_from_baseline"),
        ({"state": "nonsense"}, "goal_known_state"),
        ({"statement": ""}, "goal_has_statement"),
        ({"measure": ""}, "goal_active_is_measurable"),
        ({"due_on": None}, "goal_active_is_measurable"),
        ({"current": None}, "goal_active_is_measurable"),
        ({"begun_at": None}, "goal_active_is_measurable"),
        ({"measure_kind": "other"}, "goal_known_measure_kind"),
        ({"measure_kind": "yes_no"}, "goal_yes_no_from_0_to_1"),
        ({"measure_kind": "scale"}, "goal_scale_from_1_to_5"),
        ({"state": "met"}, "goal_closed_has_time"),
        ({"closed_at": clock.now}, "goal_closed_has_time"),
    ],
)
def test_database_refuses_goal(pairing: Pairing, fields: dict[str, Any], constraint: str) -> None:
    goal = make_goal(pairing)
    fields = {name: value() if callable(value) else value for name, value in fields.items()}
    with pytest.raises(IntegrityError, match=constraint), transaction.atomic():
        Goal.objects.filter(pk=goal.pk).update(**fields)


@pytest.mark.parametrize(
    ("fields", "constraint"),
    [
        ({"note": "x", "confidence": 0}, "check_in_confidence"),
        ({"note": "x", "confidence": 6}, "check_in_confidence"),
        ({"confidence": 3}, "check_in_says_something"),
    ],
)
def test_database_refuses_check_in(
    pairing: Pairing, fields: dict[str, Any], constraint: str
) -> None:
    with pytest.raises(IntegrityError, match=constraint), transaction.atomic():
        CheckIn.objects.create(goal=make_goal(pairing), author=pairing.mentee, **fields)


@pytest.mark.parametrize(
    ("fields", "constraint"),
    [
        ({"position": 0, "title": "Again"}, "milestone_position"),
        ({"position": 1, "title": ""}, "milestone_has_title"),
    ],
)
def test_database_refuses_milestone(
    pairing: Pairing, fields: dict[str, Any], constraint: str
) -> None:
    goal = make_milestone(make_goal(pairing)).goal
    with pytest.raises(IntegrityError, match=constraint), transaction.atomic():
        Milestone.objects.create(goal=goal, **fields)


@pytest.mark.parametrize(
    ("typed", "statement"),
    [
        ("I want to read more", "read more"),
        ("i want to … read more", "read more"),
        ("  read   more ", "read more"),
        ("I want tomatoes", "I want tomatoes"),
        ("x" * 400, "x" * 300),
    ],
)
def test_statement_of_takes_the_beginning_off(typed: str, statement: str) -> None:
    assert helper.statement_of(typed) == statement


@pytest.mark.parametrize("kind", [kind.key for kind in helper.KINDS])
def test_proposal_of_every_kind_but_number_is_a_goal(pairing: Pairing, kind: str) -> None:
    today = pairing.program.ends_on - timedelta(days=14)
    proposed = helper.proposal(
        want="I want to learn", kind=kind, program=pairing.program, today=today
    )
    assert (proposed["statement"], proposed["due_on"]) == (
        "learn",
        pairing.program.ends_on,
    )  # before eight weeks are over
    proposed["steps"] = [Step(**step) for step in proposed["steps"]]
    assert 2 <= len(proposed["steps"]) <= 3
    if kind == "number":
        assert (proposed["measure"], proposed["target"]) == ("", None)
    else:
        goal = make_goal(pairing, **proposed)
        assert goal.state == GoalState.ACTIVE
