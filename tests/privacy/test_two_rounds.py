"""Nobody learns what one person said by subtracting one round from another."""

from __future__ import annotations

import random
from itertools import product

import pytest

from accounts.models import User
from common import clock
from feedback.domain import answers, rounds
from feedback.domain.earlier import answered_by
from feedback.enums import Cut, Label
from feedback.models import Participation, SurveyRound
from programs.models import Program
from tests.factories import ProgramFactory, UserFactory
from tests.feedback.factories import SCALE, RoundFactory

pytestmark = [pytest.mark.broad, pytest.mark.django_db]


def hold(
    program: Program, people: list[User], said: dict[int, int], label: Label = Label.ANONYMOUS
) -> SurveyRound:
    """A round in which these people answer, closed."""
    survey_round = RoundFactory(program=program, questions=[dict(SCALE)], label=label)
    for person in people:
        participation = Participation.objects.create(round=survey_round, person=person)
        answers.submit(participation=participation, answers={"q-scale": said[person.pk]})
    survey_round.closes_at = clock.now()
    survey_round.save()
    rounds.close_due_rounds()
    survey_round.refresh_from_db()
    return survey_round


def company(number: int, seed: int = 1) -> tuple[list[User], dict[int, int]]:
    """People of two departments, and what each always says."""
    chance = random.Random(seed)
    people = [UserFactory(department=f"D{at % 2}", location="", grade=None) for at in range(number)]
    return people, {person.pk: chance.choice([1, 2, 4, 5]) for person in people}


def shown(survey_round: SurveyRound) -> dict[tuple[str, str], dict[str, int]]:
    """{(cut, cell): counts} of what is published."""
    tables = survey_round.tables.all()
    return {
        (t.cut, t.cell): t.figures["q-scale"]["counts"] for t in tables if t.figures.get("q-scale")
    }


@pytest.mark.parametrize("label", [Label.ANONYMOUS, Label.CONFIDENTIAL])
@pytest.mark.parametrize("gone", [1, 4])
def test_those_who_leave_between_two_rounds_cannot_be_subtracted(gone: int, label: Label) -> None:
    program = ProgramFactory()
    people, said = company(12)
    first = hold(program, people, said, label)
    second = hold(program, people[gone:], said, label)
    assert (Cut.TOTAL, "") in shown(first)
    assert shown(second) == {}


@pytest.mark.parametrize("gone", [0, 10])
def test_the_same_people_or_enough_others_are_published(gone: int) -> None:
    program = ProgramFactory()
    people, said = company(24)
    first, second = hold(program, people, said), hold(program, people[gone:], said)
    assert shown(first).keys() == shown(second).keys()
    assert len(shown(second)) == 3


def test_a_cut_that_is_too_close_is_hidden_and_the_total_stays() -> None:
    program = ProgramFactory()
    people, said = company(24)
    hold(program, people, said)
    left = [p for p in people if p.department == "D0"][:5] + [
        p for p in people if p.department == "D1"
    ][:1]
    second = hold(program, [p for p in people if p not in left], said)
    assert set(shown(second)) == {(Cut.TOTAL, "")}


def test_the_question_counts_and_not_the_plan_that_asks_it() -> None:
    program = ProgramFactory()
    people, said = company(12)
    hold(program, people, said)
    assert shown(hold(ProgramFactory(), people[1:], said))  # another program asks other people
    other = RoundFactory(
        program=program, questions=[{**SCALE, "id": "new", "text": "How  USEFUL?"}], number=9
    )
    for person in people[1:]:
        participation = Participation.objects.create(round=other, person=person)
        answers.submit(participation=participation, answers={"new": said[person.pk]})
    rounds.close_round(pk=other.pk)
    assert not any(table.figures["new"] for table in other.tables.all())


def test_a_question_that_was_not_asked_before_is_published() -> None:
    program = ProgramFactory()
    people, said = company(12)
    hold(program, people, said)
    fresh = {**SCALE, "id": "fresh", "text": "What came of it?"}
    second = RoundFactory(program=program, questions=[dict(SCALE), fresh], number=9)
    for person in people[1:]:
        participation = Participation.objects.create(round=second, person=person)
        answers.submit(
            participation=participation,
            answers={"q-scale": said[person.pk], "fresh": said[person.pk]},
        )
    rounds.close_round(pk=second.pk)
    total = second.tables.get(cut=Cut.TOTAL).figures
    assert total["q-scale"] is None
    assert total["fresh"]["n"] == 11


@pytest.mark.parametrize("seed", range(6))
def test_no_two_published_tables_of_random_rounds_differ_by_fewer_than_k(seed: int) -> None:
    chance = random.Random(seed)
    program = ProgramFactory()
    people, said = company(20, seed)
    held = [
        hold(program, chance.sample(people, chance.randint(12, 20)), said) for _turn in range(5)
    ]
    for one, other in product(held, held):
        for cut, cell in shown(one).keys() & shown(other).keys():
            behind = [
                {
                    p.pk
                    for p in people
                    if p.pk in answered_by(r) and (cut == Cut.TOTAL or getattr(p, cut, "") == cell)
                }
                for r in (one, other)
            ]
            differ = len(behind[0] ^ behind[1])
            assert differ == 0 or differ >= program.anonymity_k, (cut, cell, differ)
