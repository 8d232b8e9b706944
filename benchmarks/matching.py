"""How long the best matching takes, beside what it is made of and what others use, in one run on one machine.

    python benchmarks/matching.py [--n 1000 5000 10000] [--json] [--dense-up-to 5000] [--lazy]

Each size is a company of n mentees and n mentors. Figures are seconds and ratios to the product, by the clock and (`cpu`)
by processor time of all threads, which other work on the machine disturbs less:

    product     the bare float32 matrix product of the score's columns, results thrown away: the floor of any exact method
    compile     people to columns and all n × n scores, rules and time zones included
    solve       as many pairs as possible, then the best total; `floor`: with the best worst pair in between
    verify      the independent check of all certificates (not part of the ratios)
    explain     contributions of all pairs made
    scipy       dense assignment of the same scores (`linear_sum_assignment`), up to --dense-up-to
    munkres     the pure Python package that is common in this field, at n up to 200, where it is installed

`--lazy` forbids the stored matrix, as beyond 10,000 × 10,000: scores are then computed anew whenever they are needed.
"""

import argparse
import json
import os
import random
import resource
import sys
import time
from pathlib import Path
from typing import Any

os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")  # the module's own threads share the work instead
sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from concurrent.futures import ThreadPoolExecutor
from datetime import date

import numpy as np

from pairings import matching
from pairings.matching import Person, Problem, Rules
from pairings.matching import problem as compiling

ZONES = ["Europe/Berlin", "Europe/London", "Europe/Warsaw", "America/New_York", "America/Chicago", "Asia/Kolkata", "Asia/Tokyo"]
LANGUAGES = {"Europe/Berlin": "de", "Europe/Warsaw": "pl", "Asia/Tokyo": "ja", "Asia/Kolkata": "hi"}
RULES = Rules(grade_gap=2, forbid_same_department=False, starts=date(2026, 9, 1), ends=date(2027, 6, 30))


def company(n: int, seed: int = 1) -> list[Person]:
    """n mentees and n mentors: 120 topics, 20 departments, 30 places in 7 zones, half-day availability, 40 interests."""
    draw = random.Random(seed)
    topics = [f"t{number}" for number in range(120)]
    popular = [1 / (rank + 1) ** 0.8 for rank in range(120)]
    departments = [1 / (rank + 1) for rank in range(20)]
    people = []
    for role in ("mentee", "mentor"):
        other = "r" if role == "mentee" else "e"
        for number in range(n):
            place = draw.randrange(30)
            zone = ZONES[min(place // 4, 6)]
            wanted = list(dict.fromkeys(draw.choices(topics, popular, k=draw.randint(3, 8))))
            half_days = [(day, *hours) for day in range(5) for hours in ((540, 780), (780, 1080)) if draw.random() < 0.75]
            people.append(
                Person(
                    key=f"{role[-1]}{number:06}",
                    role=role,  # type: ignore[arg-type]
                    grade_rank=draw.choices(range(5, 11), [30, 30, 20, 12, 6, 2])[0]
                    if role == "mentee"
                    else draw.choices(range(1, 6), [35, 30, 20, 10, 5])[0],
                    ancestors=frozenset(f"e{draw.randrange(n):06}" for _ in range(3)) if role == "mentor" else frozenset(),
                    department=f"d{draw.choices(range(20), departments)[0]}",
                    location=f"l{place}",
                    languages=("en", LANGUAGES[zone]) if zone in LANGUAGES else ("en",),
                    time_zone=zone,
                    availability=tuple(half_days) or ((0, 540, 1080),),
                    topics={t: k + 1 for k, t in enumerate(wanted)}
                    if role == "mentee"
                    else {t: draw.randint(1, 5) for t in wanted},
                    working_style={slider: draw.randint(1, 5) for slider in ("pace", "plan", "talk")},
                    interests=frozenset(f"i{draw.randrange(40)}" for _ in range(3)),
                    wishes=frozenset({f"{other}{draw.randrange(n):06}"}) if draw.random() < 0.1 else frozenset(),
                    blocked=frozenset(f"{other}{draw.randrange(n):06}" for _ in range(2)),
                )
            )
    return people


class Clock:
    """Seconds by the clock and of the processor since it was made."""

    def __init__(self) -> None:
        self.start = time.perf_counter(), time.process_time()

    def read(self) -> tuple[float, float]:
        """(clock, processor)."""
        return time.perf_counter() - self.start[0], time.process_time() - self.start[1]


def product(problem: Problem) -> tuple[float, float]:
    """Seconds (clock, processor) for the matrix product of the columns of every component, two threads, nothing kept."""
    scorer = problem.scorer
    factors = [(scorer.mentees, scorer.mentors), *((left, right) for left, right, _ in scorer.weeks)]
    clock = Clock()
    with ThreadPoolExecutor(2) as pool:
        for left, right in factors:
            list(pool.map(lambda at, x=left, y=right: float((x[at : at + 256] @ y)[0, 0]), range(0, len(left), 256)))
    return clock.read()


def peak() -> int:
    """The highest memory of this process so far, in MB."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024


def measure(n: int, dense: bool) -> dict[str, Any]:
    """One size, everything."""
    import ortools.graph.python.max_flow
    import ortools.graph.python.min_cost_flow  # noqa: F401 - the first import is not what is measured

    people = company(n)
    memory = peak()
    start = time.perf_counter()
    problem = matching.compile(people, RULES)
    found: dict[str, Any] = {"n": n, "compile": time.perf_counter() - start, "people_mb": memory}
    bare, bare_cpu = (min(times) for times in zip(*(product(problem) for _ in range(3 if n <= 10_000 else 1)), strict=True))
    found["product"], found["product_cpu"] = bare, bare_cpu
    for name, floor in (("solve", False), ("floor", True)):
        clock = Clock()
        result = matching.solve(problem, floor=floor)
        found[name], found[f"{name}_cpu"] = clock.read()
        found[f"{name}_ratio"], found[f"{name}_cpu_ratio"] = found[name] / bare, found[f"{name}_cpu"] / bare_cpu
        found["peak_mb"] = peak()
        found["pairs"], found[f"{name}_total"], found[f"{name}_rounds"] = len(result), result.total, len(result.answer.rounds)
        start = time.perf_counter()
        found[f"{name}_faults"] = matching.verify(problem, result)
        found[f"{name}_verify"] = time.perf_counter() - start
    start = time.perf_counter()
    matching.contributions(problem, result)
    found["explain"] = time.perf_counter() - start
    if dense and problem.stored is not None:
        from scipy.optimize import linear_sum_assignment

        start = time.perf_counter()
        scores = problem.stored.astype(np.float64)
        scores[scores >= 0] += 10_001.0 * (n + 1)  # a pair counts more than all scores: exact in float64 at this size
        i, j = linear_sum_assignment(np.maximum(scores, 0), maximize=True)
        found["scipy"] = time.perf_counter() - start
        found["scipy_ratio"] = found["scipy"] / found["solve"]
        kept = problem.stored[i, j].astype(np.int64)
        found["scipy_agrees"] = int(kept[kept >= 0].sum()) == found["solve_total"]
    if n <= 200 and problem.stored is not None:
        found.update(munkres(problem))
    return found


def munkres(problem: Problem) -> dict[str, Any]:
    """The pure Python package on the same scores, where it is installed."""
    try:
        from munkres import Munkres
    except ImportError:
        return {}
    assert problem.stored is not None
    costs = np.where(problem.stored < 0, 10**9, 10_000 - problem.stored).tolist()
    start = time.perf_counter()
    Munkres().compute(costs)
    return {"munkres": time.perf_counter() - start}


def main() -> None:
    """Measure and print; exits with 1 if a certificate does not hold."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--n", type=int, nargs="+", default=[200, 1000, 5000])
    parser.add_argument("--json", action="store_true", help="one JSON object a line")
    parser.add_argument("--dense-up-to", type=int, default=2000)
    parser.add_argument("--lazy", action="store_true", help="never store the matrix of scores")
    given = parser.parse_args()
    if given.lazy:
        compiling.STORED_CELLS = 0
    good = True
    for n in given.n:
        found = measure(n, n <= given.dense_up_to)
        good &= not found["solve_faults"] and not found["floor_faults"] and found.get("scipy_agrees", True)
        if given.json:
            print(json.dumps(found), flush=True)
            continue
        print(f"{n:,} × {n:,}: {found['pairs']:,} pairs, total {found['solve_total']:,}", flush=True)
        for name, value in found.items():
            if isinstance(value, float):
                print(f"    {name:15} {value:10.3f}{' ×' if name.endswith('ratio') else ' s'}")
        print(f"    {'peak':15} {found['peak_mb']:10,} MB ({found['people_mb']:,} MB of it the people)")
        print(f"    certificates    {'all hold' if good else found['solve_faults'] + found['floor_faults']}", flush=True)
    sys.exit(0 if good else 1)


if __name__ == "__main__":
    main()
