"""What results of anonymous surveys show, what an attacker makes of them, and what a close costs.

    python benchmarks/anonymity.py [--companies 300] [--cases 2000]

shown
    The share of the groups of k people or more that are shown, in companies of so many pairs, 75 %
    of whom answer (k = 5; departments, grades and places). `reached`: companies in which some
    combination of the published groups tells of fewer than k people, by enumeration (up to 25
    pairs: it takes too long beyond). It must be 0.
attack
    Two rounds; in between somebody leaves or moves, and up to two others do. The attacker knows who
    belongs to each group and who left or moved, uses all published tables at once, and takes what
    became rarer where that person was (and commoner where they are now). Shown is how much more
    often that is their answer than the commonest one, in percentage points: where all others
    repeat their answer (20 at most), and where each repeats it with probability 0.8 (10 at most).
close
    Seconds and peak memory of making the tables of 15 questions, a third of them optional.
"""

from __future__ import annotations

import argparse
import multiprocessing
import random
import sys
import time
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1]))

from benchmarks.support.enumeration import exposes_by_rank
from benchmarks.support.memory import peak_megabytes
from feedback.domain.anonymity.audit import publishable
from feedback.domain.anonymity.rounds import Asked, left_out
from feedback.domain.results import TOTAL, Cell, Figures, Sheet, make_tables

K = 5
CHOICES, LIKELY = [1, 2, 3, 4, 5], [1, 2, 4, 6, 4]
CUTS = ("role", "department", "grade", "location")
QUESTION = {"id": "q", "key": "q", "kind": "scale5", "options": []}
Tables = Mapping[Cell, Figures | None]


@dataclass(frozen=True)
class Person:
    """Somebody with their groups and their answer."""

    number: int
    groups: Mapping[str, str]
    answer: int


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


def shown(pairs: int, companies: int) -> tuple[float, int]:
    """The share of groups shown, and the companies in which too few people can be reached."""
    large = seen = reached = 0
    for seed in range(companies):
        chance = random.Random(seed)
        people = [person for person in company(chance, pairs) if chance.random() < 0.75]
        cuts = {cut: {p.number: p.groups[cut] for p in people} for cut in CUTS}
        allowed = publishable([p.number for p in people], cuts, k=K).cells
        for cut in CUTS[1:]:
            large += sum(size >= K for size in Counter(cuts[cut].values()).values())
            seen += len(allowed.get(cut, ()))
        if pairs <= 25 and allowed:
            places = [
                tuple(p.groups[c] if p.groups[c] in allowed.get(c, ()) else "" for c in CUTS)
                for p in people
            ]
            reached += exposes_by_rank(places, K)
    return seen / max(1, large), reached


def hold(people: Sequence[Person], silent: set[int], before: Iterable[Asked]) -> Tables:
    """The published tables of a round."""
    asked = asked_of(people, silent)
    earlier = list(before)
    hidden = {"q": left_out(now=asked, before=earlier, k=K)} if earlier else {}
    tables = make_tables(
        questions=[QUESTION],
        sheets=[Sheet({"q": p.answer}, p.groups) for p in people if p.number not in silent],
        asked=[p.groups for p in people],
        k=K,
        left_out=hidden,
    )
    return {cell: figures["q"] for cell, figures in tables.cells.items()}


def asked_of(people: Iterable[Person], silent: set[int]) -> list[Asked]:
    """Who was asked, and whether they answered."""
    return [Asked(p.number, p.groups, p.number not in silent) for p in people]


def attack(chance: random.Random, pairs: int, repeat: float) -> tuple[bool, bool, bool]:
    """One case: whether the attacker guesses right, whether the plain guess does, whether there was
    anything to go by.
    """
    people = company(chance, pairs)
    answering = chance.choice([0.75, 0.95, 1.0])
    silent = {p.number for p in people[1:] if chance.random() > answering}
    target, *others = people
    gone = {p.number for p in chance.sample(others, chance.choice([0, 0, 1, 2]))}
    moves = chance.random() < 0.5

    after = [answers_again(chance, p, repeat) for p in others if p.number not in gone]
    if moves:
        department = chance.choice([p.groups["department"] for p in others])
        after.append(replace(target, groups={**target.groups, "department": department}))

    first = hold(people, silent, [])
    second = hold(after, silent, asked_of(people, silent))
    there = after[-1].groups if moves else {}
    guess = guessed(first, second, target.groups, there)
    plain = 4
    return (guess or plain) == target.answer, plain == target.answer, guess is not None


def answers_again(chance: random.Random, person: Person, repeat: float) -> Person:
    """Somebody in the next round."""
    if chance.random() < repeat:
        return person
    return replace(person, answer=chance.choices(CHOICES, LIKELY)[0])


def guessed(
    first: Tables, second: Tables, before: Mapping[str, str], after: Mapping[str, str]
) -> int | None:
    """The answer that became rarest where the person was and commonest where they are now."""
    evidence: Counter[int] = Counter()
    was, is_now = {TOTAL, *before.items()}, {TOTAL, *after.items()} if after else set()
    for cell in (was | is_now) - (was & is_now):
        one, other = first.get(cell), second.get(cell)
        if one and other:
            sign = 1 if cell in was else -1
            for choice in CHOICES:
                evidence[choice] += sign * (share(one, choice) - share(other, choice))
    best = max(evidence.values(), default=0)
    if best <= 0:
        return None
    likely = [choice for choice in CHOICES if evidence[choice] == best]
    return max(likely, key=lambda choice: LIKELY[choice - 1])


def share(figures: Figures, choice: int) -> int:
    """The beginning of an answer's class, in thousandths."""
    return int(1000 * figures["shares"][str(choice)] / figures["steps"])


def advantage(pairs: int, cases: int, repeat: float) -> tuple[float, float]:
    """Percentage points over the plain guess, and the share of cases in which a table changed."""
    right = plain = changed = 0
    for seed in range(cases):
        is_right, is_plain, has_evidence = attack(random.Random(seed), pairs, repeat)
        right += is_right
        plain += is_plain
        changed += has_evidence
    return 100 * (right - plain) / cases, changed / cases


def close(answers: int) -> tuple[float, float]:
    """Seconds and peak megabytes of the tables of 15 questions; in a process of its own."""
    with multiprocessing.get_context("spawn").Pool(1) as pool:
        return pool.apply(measure, [answers])


def measure(answers: int) -> tuple[float, float]:
    """Seconds and peak megabytes of this process."""
    chance = random.Random(1)
    people = company(chance, answers // 2)
    questions = [{**QUESTION, "id": str(number), "key": str(number)} for number in range(15)]
    sheets = []
    for person in people:
        given = {}
        for number in range(15):
            if number % 3 or chance.random() < 0.9:
                given[str(number)] = chance.choices(CHOICES, LIKELY)[0]
        sheets.append(Sheet(given, person.groups))
    start = time.perf_counter()
    make_tables(
        questions=questions, sheets=sheets, asked=[p.groups for p in people], k=K, left_out={}
    )
    seconds = time.perf_counter() - start
    return seconds, peak_megabytes()


def main() -> None:
    """Print all tables."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--companies", type=int, default=300)
    parser.add_argument("--cases", type=int, default=2000)
    options = parser.parse_args()

    print("pairs  shown  reached")
    for pairs in (10, 25, 50, 100):
        part, reached = shown(pairs, options.companies)
        print(f"{pairs:5}  {part:5.2f}  {reached if pairs <= 25 else '-':>7}")
    print("pairs  others repeat  points over the plain guess  a table changed")
    for pairs in (4, 6, 10, 25, 50):
        for repeat in (1.0, 0.8):
            points, changed = advantage(pairs, options.cases, repeat)
            print(f"{pairs:5}  {repeat:13}  {points:26.1f}  {changed:15.0%}")
    print("answers  seconds  MB")
    for answers in (20, 200, 400, 2000):
        seconds, megabytes = close(answers)
        print(f"{answers:7}  {seconds:7.2f}  {megabytes:.0f}")


if __name__ == "__main__":
    main()
