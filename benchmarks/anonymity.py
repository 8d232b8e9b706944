"""What results of anonymous surveys show, and what an attacker makes of them.

    python benchmarks/anonymity.py [--companies 300] [--cases 1000]

shown
    The share of the groups with k answers or more (k = 5) that are shown, in companies of so many
    pairs, 75 % of whom answer; `of more than k` counts those alone in which more than k were asked:
    of k it is never told that all answered. Departments, grades and places. `reached`: companies in
    which some combination of the published groups tells what fewer than k people answered, by
    enumeration (up to 25 pairs: it takes too long beyond). It must be 0.
attack
    Several rounds; who is attacked leaves or moves in between, and up to two others do (see
    benchmarks/support/survey_attack.py). Shown is how much more often the attacker is right than by
    always guessing the commonest answer, in percentage points: where all others repeat their answer
    (20 at most), and where each repeats it with probability 0.8 (10 at most).
"""

from __future__ import annotations

import argparse
import random
import sys
from collections import Counter
from dataclasses import dataclass
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1]))

from benchmarks.support.enumeration import exposes_by_rank
from benchmarks.support.survey_attack import SCENARIOS, K, Person, Scenario, attack, company
from feedback.domain.anonymity.audit import Publishable, publishable

CUTS = ("role", "department", "grade", "location")
ENUMERATED = 25  # pairs
ANSWERING = (1.0, 0.75)
REPEAT = (1.0, 0.8)


@dataclass
class Shown:
    """Groups with k answers or more, those of more than k asked, and those that are shown."""

    large: int = 0
    eligible: int = 0
    seen: int = 0
    reached: int = 0

    @property
    def share(self) -> float:
        """Of the groups with k answers or more."""
        return self.seen / max(1, self.large)

    @property
    def share_of_eligible(self) -> float:
        """Of those in which more than k were asked."""
        return self.seen / max(1, self.eligible)


def shown(pairs: int, companies: int) -> Shown:
    """What is shown of so many companies."""
    found = Shown()
    for seed in range(companies):
        chance = random.Random(seed)
        everybody = company(chance, pairs)
        people = [person for person in everybody if chance.random() < 0.75]
        cuts = {cut: {p.number: p.groups[cut] for p in everybody} for cut in CUTS}
        answered = {p.number for p in people}
        allowed = publishable(answered, cuts, k=K)
        _count(found, everybody, answered, allowed)
        if pairs <= ENUMERATED and allowed.cells:
            found.reached += exposes_by_rank(_atoms(people, allowed), K)
    return found


def _count(found: Shown, everybody: list[Person], answered: set[int], allowed: Publishable) -> None:
    for cut in CUTS[1:]:
        asked_in = Counter(p.groups[cut] for p in everybody)
        answered_in = Counter(p.groups[cut] for p in everybody if p.number in answered)
        large = [cell for cell, size in answered_in.items() if size >= K]
        found.large += len(large)
        found.eligible += sum(asked_in[cell] > K for cell in large)
        found.seen += len(allowed.cells.get(cut, ()))


def _atoms(people: list[Person], allowed: Publishable) -> dict[int, tuple[str, ...]]:
    """The visible cell of each cut of each person."""
    atoms = {}
    for person in people:
        cells = [(person.groups[cut], allowed.cells.get(cut, ())) for cut in CUTS]
        atoms[person.number] = tuple(cell if cell in visible else "" for cell, visible in cells)
    return atoms


def advantage(
    scenario: Scenario, *, pairs: int, cases: int, answering: float, repeat: float
) -> float:
    """Percentage points over the plain guess."""
    better = 0
    for seed in range(cases):
        is_right, is_plain = attack(
            scenario, seed=seed, pairs=pairs, answering=answering, repeat=repeat
        )
        better += is_right - is_plain
    return 100 * better / cases


def main() -> None:
    """Print both tables."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--companies", type=int, default=300)
    parser.add_argument("--cases", type=int, default=1000)
    parser.add_argument("--pairs", type=int, nargs="+", default=[4, 6, 12, 25, 50])
    options = parser.parse_args()

    print("pairs  shown  of more than k  reached")
    for pairs in (10, 25, 50, 100):
        found = shown(pairs, options.companies)
        reached = found.reached if pairs <= ENUMERATED else "-"
        print(f"{pairs:5}  {found.share:5.2f}  {found.share_of_eligible:14.2f}  {reached:>7}")

    print("points over the plain guess; others repeat always / with probability 0.8")
    print("scenario               answer" + "".join(f"{f'{p} pairs':>14}" for p in options.pairs))
    for scenario in SCENARIOS:
        for answering in ANSWERING:
            row = f"{scenario.__name__:22} {answering:6.0%}"
            for pairs in options.pairs:
                always, mostly = (
                    advantage(
                        scenario,
                        pairs=pairs,
                        cases=options.cases,
                        answering=answering,
                        repeat=repeat,
                    )
                    for repeat in REPEAT
                )
                row += f"{always:7.1f} /{mostly:5.1f}"
            print(row, flush=True)


if __name__ == "__main__":
    main()
