"""Random worlds, random hands: a run is as good as trying all pairs out, and its figures stay true
whatever is done to it.
"""

from __future__ import annotations

import random
from collections import Counter
from dataclasses import replace
from statistics import median
from typing import Any
from uuid import UUID

import pytest
from django.db import transaction

from common.errors import DomainError
from matching.domain import by_hand, inputs, pair_rules
from matching.domain.places import candidates, places_taken
from matching.domain.run_settings import minimum_of
from matching.enums import RuleKind
from matching.models import MatchRun, Proposal
from matching.solver import build_problem
from programs.models import Avoidance
from tests import factories as make
from tests.matching.matching_data import Pool, add, pool

pytestmark = [pytest.mark.broad, pytest.mark.django_db]


def world(dice: random.Random, most: int) -> Pool:
    """A few people with one to three places each, some of whom avoid each other, are pinned, or
    have met in this program.
    """
    objective = dice.choice(["participation", "score"])
    floor = objective == "participation" and dice.random() < 0.5
    least = 4500 if objective == "score" and dice.random() < 0.5 else 0
    some = pool(0, 0, objective=objective, floor=floor, minimum_score=least)
    for role, side in (("mentor", some.mentors), ("mentee", some.mentees)):
        for number in range(dice.randint(2, most)):
            row = add(
                some,
                role,
                f"{role} {number}",
                level=dice.randint(1, 5),
                department=dice.choice(["IT", "Law"]),
            )
            row.capacity, row.working_style = (
                dice.choice([1, 1, 2, 3]),
                {"pace": dice.randint(1, 5)},
            )
            row.save()
            side.append(row)
    for mentor in some.mentors:
        for mentee in some.mentees:
            fate = dice.random()
            if fate < 0.2:
                names = {"people": [str(mentee.person.public_id)]}
                Avoidance.objects.update_or_create(person=mentor.person, defaults=names)
            elif fate < 0.25:
                sides: Any = {"mentor": mentor, "mentee": mentee}
                pair_rules.set_rule(actor=some.hr, program=some.program, kind=RuleKind.PIN, **sides)
            elif fate < 0.3:
                enrolments = {"mentor_enrolment": mentor, "mentee_enrolment": mentee}
                make.PairingFactory(
                    program=some.program, state=dice.choice(["void", "active"]), **enrolments
                )
    return some


def best(run: MatchRun) -> tuple[int, ...]:
    """What the aim of a run can come to at best, by trying out every set of pairs that is not
    pinned.
    """
    given = inputs.build(run)
    problem = build_problem(reversed(given.people), replace(given.rules))
    least = minimum_of(run) or 0
    n, m = problem.shape
    cells = [
        (i, j, problem.score(i, j))
        for i in range(n)
        for j in range(m)
        if problem.score(i, j) >= least
    ]
    room = [*problem.mentee_capacity.tolist(), *problem.mentor_capacity.tolist()]

    def found(at: int, scores: tuple[int, ...]) -> tuple[int, ...]:
        if at == len(cells):
            return worth(run, scores)
        i, j, score = cells[at]
        without = found(at + 1, scores)
        if not (room[i] and room[n + j]):
            return without
        room[i], room[n + j] = room[i] - 1, room[n + j] - 1
        having = found(at + 1, (*scores, score))
        room[i], room[n + j] = room[i] + 1, room[n + j] + 1
        return max(without, having)

    return found(0, ())


def worth(run: MatchRun, scores: tuple[int, ...]) -> tuple[int, ...]:
    """How good these pairs are for the aim of a run: larger is better."""
    if run.objective == "score":
        return (sum(scores),)
    return (len(scores), min(scores, default=0) if run.floor else 0, sum(scores))


@pytest.mark.parametrize("seed", range(12))
def test_a_run_is_as_good_as_trying_everything_out(seed: int) -> None:
    some = world(random.Random(seed), 3)
    run = some.run()
    assert worth(
        run, tuple(run.proposals.filter(pinned=False).values_list("score", flat=True))
    ) == best(run)
    figures_are_true(run)


def figures_are_true(run: MatchRun) -> None:
    """What the run says of itself, counted anew; nobody has more than their places, nobody is
    forgotten or listed twice.
    """
    run.refresh_from_db()
    told, rows = run.statistics, list(run.proposals.all())
    scores = [row.score for row in rows]
    assert [sum(row.breakdown.values()) for row in rows] == scores
    middle = median(scores) if scores else None
    figures = {
        "pairs": len(scores),
        "total": sum(scores),
        "worst": min(scores, default=None),
        "median": middle,
    }
    assert {name: told[name] for name in figures} == figures
    having = Counter(id_ for row in rows for id_ in (row.mentor_id, row.mentee_id))
    taken = places_taken(run.program)
    everybody = list(candidates(run.program))
    assert all(
        having[one.pk] + taken[one.pk] <= max(one.capacity, taken[one.pk]) for one in everybody
    )
    alone = [one for one in everybody if not having[one.pk] and not taken[one.pk]]
    assert set(run.unmatched.values_list("enrolment", flat=True)) == {one.pk for one in alone}
    roles = [one.role for one in alone]
    assert (told["unmatched_mentors"], told["unmatched_mentees"]) == (
        roles.count("mentor"),
        roles.count("mentee"),
    )


def change(some: Pool, row: Proposal, option: dict[str, Any]) -> None:
    choice = by_hand.Choice(
        option["kind"], UUID(option["mentor"]), UUID(option["other"]) if option["other"] else None
    )
    by_hand.change(
        actor=some.hr,
        proposal=row,
        choice=choice,
        shown=(row.mentor.public_id, row.mentee.public_id),
    )


def pairs_of(run: MatchRun) -> list[Any]:
    return sorted(run.proposals.values_list("pk", "mentor", "mentee", "score", "by_hand"))


@pytest.mark.parametrize("seed", range(8))
def test_figures_stay_true_and_all_can_be_undone_from_the_last_one_back(seed: int) -> None:
    dice = random.Random(seed)
    some = world(dice, 6)
    run = some.run()
    pairs, told = pairs_of(run), run.statistics
    for _ in range(25):
        changes = list(run.hand_changes.standing())
        try:
            with transaction.atomic():
                if changes and dice.random() < 0.3:
                    by_hand.undo(actor=some.hr, change=dice.choice(changes))
                else:
                    rows = [
                        row
                        for row in run.proposals.select_related("mentor", "mentee").order_by("pk")
                        if row.alternatives
                    ]
                    row = dice.choice(rows) if rows else None
                    if row is not None:
                        change(some, row, dice.choice(row.alternatives))
        except DomainError as refused:
            assert refused.code in {"stale", "pinned", "refused"}
        figures_are_true(run)
    for one in run.hand_changes.standing().reverse():
        by_hand.undo(actor=some.hr, change=one)
        figures_are_true(run)
    assert (pairs_of(run), run.statistics) == (pairs, told)
