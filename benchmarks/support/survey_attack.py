"""An attacker on the published tables of several rounds who wants one person's answer.

The attacker knows who was asked in each group of each round and how groups are shown, not who
answered and what. They take all pairs of published groups, of any rounds, that differ by the person
and at most two others, and see which answers are rarer in the group without the person and which
are commoner. They assume that everybody else repeats their answer.
"""

from __future__ import annotations

import math
import random
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import combinations

from feedback.domain.anonymity.rounds import Asked, left_out
from feedback.domain.figures import FAVOURABLE
from feedback.domain.results import TOTAL, Cell, Figures, Sheet, make_tables
from feedback.enums import QuestionKind

K = 5
CHOICES, LIKELY = [1, 2, 3, 4, 5], [1, 2, 4, 6, 4]
PLAIN = 4  # the commonest answer
OTHERS = 2  # as many others may make two groups differ
CERTAINTY = 3.0  # how much a changed class tells, beside the logarithm of how common an answer is
QUESTION = {"id": "q", "key": "q", "kind": "scale5", "options": []}
TOP = FAVOURABLE[QuestionKind.SCALE5]


@dataclass(frozen=True)
class Person:
    """Somebody with their groups and their answer; None if they answer nothing."""

    number: int
    groups: Mapping[str, str]
    answer: int | None


@dataclass(frozen=True)
class Published:
    """A group that is shown: who was asked in it, and what it says."""

    members: frozenset[int]
    figures: Figures


def company(chance: random.Random, pairs: int) -> list[Person]:
    """So many pairs; departments and places differ in size."""
    people = []
    for number in range(2 * pairs):
        is_mentor = number < pairs
        groups = {
            "role": "mentor" if is_mentor else "mentee",
            "department": str(chance.choices(range(1, 9), [1 / n for n in range(1, 9)])[0]),
            "grade": chance.choice("ab" if is_mentor else "cde"),
            "location": chance.choices("wxyz", [4, 2, 1, 1])[0],
        }
        people.append(Person(number, groups, chance.choices(CHOICES, LIKELY)[0]))
    return people


# --- what is published ----------------------------------------------------------------------------


class Rounds:
    """Rounds that ask the same question, one after the other, and what they publish."""

    def __init__(self) -> None:
        self.published: list[Published] = []
        self._before: list[list[Asked]] = []

    def hold(self, people: Sequence[Person]) -> None:
        """Ask these people, and publish."""
        asked = [Asked(p.number, p.groups, p.answer is not None) for p in people]
        hidden: dict[str, frozenset[str]] = {}
        for before in self._before:
            for cut, names in left_out(now=asked, before=before, k=K).items():
                hidden[cut] = hidden.get(cut, frozenset()) | names
        sheets = [Sheet({"q": p.answer}, p.groups) for p in people if p.answer is not None]
        tables = make_tables(
            questions=[QUESTION],
            sheets=sheets,
            asked=[p.groups for p in people],
            k=K,
            left_out={"q": hidden},
        )
        self._before.append(asked)
        for cell, of_question in tables.cells.items():
            if figures := of_question["q"]:
                members = frozenset(p.number for p in people if _is_in(p, cell))
                self.published.append(Published(members, figures))


def _is_in(person: Person, cell: Cell) -> bool:
    cut, name = cell
    return cell == TOTAL or person.groups.get(cut) == name


# --- what happens between rounds ------------------------------------------------------------------


@dataclass(frozen=True)
class Case:
    """The people of one case: the one who is attacked and all others; who repeats their answer."""

    chance: random.Random
    target: Person
    others: Sequence[Person]
    repeat: float

    def again(self, people: Iterable[Person] | None = None) -> list[Person]:
        """The others (or these people) as they answer another time."""
        return [self._answers_again(person) for person in people or self.others]

    def _answers_again(self, person: Person) -> Person:
        if person.answer is None or self.chance.random() < self.repeat:
            return person
        return replace(person, answer=self.chance.choices(CHOICES, LIKELY)[0])

    def some(self) -> list[Person]:
        """The others without up to two of them."""
        gone = {p.number for p in self.chance.sample(self.others, self.chance.choice([0, 0, 1, 2]))}
        return [person for person in self.others if person.number not in gone]


def leaves(case: Case) -> Rounds:
    """The person leaves after the first round."""
    rounds = Rounds()
    rounds.hold([case.target, *case.others])
    rounds.hold(case.again(case.some()))
    return rounds


def moves(case: Case) -> Rounds:
    """The person moves to another department after the first round."""
    rounds = Rounds()
    rounds.hold([case.target, *case.others])
    department = case.chance.choice([p.groups["department"] for p in case.others])
    moved = replace(case.target, groups={**case.target.groups, "department": department})
    rounds.hold([moved, *case.again(case.some())])
    return rounds


def third_round(case: Case) -> Rounds:
    """The person leaves after the first round, and nobody else before the third."""
    rounds = Rounds()
    rounds.hold([case.target, *case.others])
    after = case.again(case.some())
    rounds.hold(after)
    rounds.hold(case.again(after))
    return rounds


def two_programs(case: Case) -> Rounds:
    """The others are in a second program too, which asks the same at the same time."""
    rounds = Rounds()
    rounds.hold([case.target, *case.others])
    swapped = [_on_the_other_side(p) for p in case.again(case.some())]
    rounds.hold(swapped if case.chance.random() < 0.5 else case.again(case.some()))
    return rounds


def _on_the_other_side(person: Person) -> Person:
    side = "mentee" if person.groups["role"] == "mentor" else "mentor"
    return replace(person, groups={**person.groups, "role": side})


def part_of_the_audience(case: Case) -> Rounds:
    """The second round asks one side alone, a third one the other; the person has left."""
    rounds = Rounds()
    rounds.hold([case.target, *case.others])
    side = case.target.groups["role"]
    after = case.again(case.some())
    rounds.hold([person for person in after if person.groups["role"] == side])
    rounds.hold([person for person in after if person.groups["role"] != side])
    return rounds


def optional_question(case: Case) -> Rounds:
    """The person leaves; each of the others skips the question now and then."""

    def skip(people: Iterable[Person]) -> list[Person]:
        return [p if case.chance.random() < 0.95 else replace(p, answer=None) for p in people]

    rounds = Rounds()
    rounds.hold([case.target, *skip(case.others)])
    rounds.hold(skip(case.again(case.some())))
    return rounds


Scenario = Callable[[Case], Rounds]
SCENARIOS: tuple[Scenario, ...] = (
    leaves,
    moves,
    third_round,
    two_programs,
    part_of_the_audience,
    optional_question,
)


# --- the guess ------------------------------------------------------------------------------------


def guessed(published: Sequence[Published], target: int) -> int:
    """The likeliest answer of the person, after all pairs of groups that differ by them."""
    score = {choice: math.log(LIKELY[at]) for at, choice in enumerate(CHOICES)}
    for with_person, without in _pairs(published, target):
        for choices, one, other in _shares(with_person, without):
            if one[0] >= other[1]:  # rarer without the person
                change = CERTAINTY
            elif other[0] >= one[1]:
                change = -CERTAINTY
            else:
                continue
            for choice in choices:
                score[choice] += change
    return max(CHOICES, key=lambda choice: score[choice])


def _pairs(published: Sequence[Published], target: int) -> Iterator[tuple[Figures, Figures]]:
    """The figures of two groups that differ by the person and few others: the first has them."""
    for one, other in combinations(published, 2):
        differ = one.members ^ other.members
        if target in differ and len(differ) <= 1 + OTHERS:
            pair = (one, other) if target in one.members else (other, one)
            yield pair[0].figures, pair[1].figures


Range = tuple[float, float]


def _shares(one: Figures, other: Figures) -> Iterator[tuple[Sequence[int], Range, Range]]:
    """What both say: answers, and where their share lies in the one and in the other group."""
    for choice in CHOICES:
        shares = one["shares"][str(choice)], other["shares"][str(choice)]
        yield [choice], _class(one, shares[0]), _class(other, shares[1])
    yield TOP, _class(one, one["favourable"]), _class(other, other["favourable"])


def _class(figures: Figures, number: int) -> Range:
    return number / figures["steps"], (number + 1) / figures["steps"]


def attack(
    scenario: Scenario, *, seed: int, pairs: int, answering: float, repeat: float
) -> tuple[bool, bool]:
    """One case: whether the attacker guesses right, and whether the plain guess is."""
    chance = random.Random(seed)
    target, *others = company(chance, pairs)
    others = [p if chance.random() < answering else replace(p, answer=None) for p in others]
    case = Case(chance, target, others, repeat)
    found = guessed(scenario(case).published, target.number)
    return found == target.answer, target.answer == PLAIN
