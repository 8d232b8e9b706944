"""The best matching beside what it is made of and what others use: side by side in one run on one
machine.

    python benchmarks/matching.py [--n 100 1000 5000] [--json] [--dense | --no-dense] [--lazy]

Each size is a company of n mentees and n mentors, and each column is measured in a process of its
own, so that its peak memory is its own (people, compiled problem and program included):

    product         the bare float32 matrix product of the scores' columns, two threads, results thrown away: the floor of
                    any exact method. Measured in the processes of the next two columns, too, right after them: each of
                    their ratios is to their own.
    participation   `solve`, as many pairs as possible, then the best total, then `verify`, the independent check of its
                    certificates against all n × n pairs
    floor           the same with the best worst pair in between, and the explanations of all pairs made
    scipy           `scipy.optimize.linear_sum_assignment`, dense, on the same scores, a bonus in each for every pair made;
                    up to n = 2,000, or as told by --dense and --no-dense (10,000 takes 2 GB)
    munkres         the pure Python package that is common in this field, on the same scores, up to n = 100

Compiling (people to all scores, rules and time zones) is shown beside, and belongs to no ratio:
scipy and munkres get their scores from it, too. Seconds are by the clock; `cpu` counts all threads,
and is disturbed less by other work on the machine. Exits with 1 if a certificate does not hold, or
another method finds another total. `--lazy` stores no scores, as beyond 10,000 × 10,000: they are
then computed anew whenever they are needed.
"""

import argparse
import json
import os
import random
import resource
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

os.environ.setdefault(
    "OPENBLAS_NUM_THREADS", "1"
)  # the module's own threads share the work instead
sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from concurrent.futures import ThreadPoolExecutor
from datetime import date

import numpy as np

from matching import solver
from matching.solver import Person, Problem, Rules
from matching.solver import problem as compiling

DENSE_UP_TO, MUNKRES_UP_TO = 2000, 100

ZONES = [
    "Europe/Berlin",
    "Europe/London",
    "Europe/Warsaw",
    "America/New_York",
    "America/Chicago",
    "Asia/Kolkata",
    "Asia/Tokyo",
]
LANGUAGES = {"Europe/Berlin": "de", "Europe/Warsaw": "pl", "Asia/Tokyo": "ja", "Asia/Kolkata": "hi"}
RULES = Rules(
    grade_gap=2, forbid_same_department=False, starts=date(2026, 9, 1), ends=date(2027, 6, 30)
)


def company(n: int, seed: int = 1) -> list[Person]:
    """n mentees and n mentors: 120 topics, 20 departments, 30 places in 7 zones, half-day
    availability, 40 interests.
    """
    draw = random.Random(seed)
    topics = [f"t{number}" for number in range(120)]
    keys = {
        role: [f"{role[-1]}{number:06}" for number in range(n)] for role in ("mentee", "mentor")
    }
    half_days = [(day, *hours) for day in range(5) for hours in ((540, 780), (780, 1080))]
    popular = [1 / (rank + 1) ** 0.8 for rank in range(120)]
    departments = [1 / (rank + 1) for rank in range(20)]
    people = []
    for role in ("mentee", "mentor"):
        others = keys["mentor" if role == "mentee" else "mentee"]
        for number in range(n):
            place = draw.randrange(30)
            zone = ZONES[min(place // 4, 6)]
            wanted = list(dict.fromkeys(draw.choices(topics, popular, k=draw.randint(3, 8))))
            hours = tuple(half_day for half_day in half_days if draw.random() < 0.75)
            people.append(
                Person(
                    key=keys[role][number],
                    role=role,  # type: ignore[arg-type]
                    grade_rank=draw.choices(range(5, 11), [30, 30, 20, 12, 6, 2])[0]
                    if role == "mentee"
                    else draw.choices(range(1, 6), [35, 30, 20, 10, 5])[0],
                    ancestors=frozenset(keys["mentee"][draw.randrange(n)] for _ in range(3))
                    if role == "mentor"
                    else frozenset(),
                    department=f"d{draw.choices(range(20), departments)[0]}",
                    location=f"l{place}",
                    languages=("en", LANGUAGES[zone]) if zone in LANGUAGES else ("en",),
                    time_zone=zone,
                    availability=hours or ((0, 540, 1080),),
                    topics={t: k + 1 for k, t in enumerate(wanted)}
                    if role == "mentee"
                    else {t: draw.randint(1, 5) for t in wanted},
                    working_style={
                        slider: draw.randint(1, 5) for slider in ("pace", "plan", "talk")
                    },
                    interests=frozenset(f"i{draw.randrange(40)}" for _ in range(3)),
                    wishes=frozenset({others[draw.randrange(n)]})
                    if draw.random() < 0.1
                    else frozenset(),
                    blocked=frozenset(others[draw.randrange(n)] for _ in range(2)),
                )
            )
    return people


class Clock:
    """Seconds by the clock and of the processor since it was made."""

    def __init__(self) -> None:
        self.start = time.perf_counter(), time.process_time()

    def read(self, name: str) -> dict[str, float]:
        """The two, by name."""
        return {
            name: time.perf_counter() - self.start[0],
            f"{name}_cpu": time.process_time() - self.start[1],
        }


def peak() -> int:
    """The highest memory of this process so far, in MB."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024


def product(problem: Problem) -> dict[str, float]:
    """The matrix product of the columns of every component: the best of three, one for each thing
    that is measured.
    """
    scorer = problem.scorer
    factors = [
        (scorer.mentees, scorer.mentors),
        *((left, right) for left, right, _ in scorer.weeks),
    ]
    times = []
    for _ in range(3 if problem.shape[0] <= 10_000 else 1):
        clock = Clock()
        with ThreadPoolExecutor(2) as pool:
            for left, right in factors:
                list(
                    pool.map(
                        lambda at, x=left, y=right: float((x[at : at + 256] @ y)[0, 0]),
                        range(0, len(left), 256),
                    )
                )
        times.append(clock.read("product"))
    return {name: min(found[name] for found in times) for name in times[0]}


def contributions(problem: Problem, result: solver.Result) -> list[dict[str, int]]:
    """The points by component of every pair of a result, in the order of `result.scored_pairs`: all
    at once, so fast.
    """
    pairs = np.array(result.pairs, np.int64).reshape(-1, 2)
    columns = {
        name: points.tolist()
        for name, points in problem.scorer.components(pairs[:, 0], pairs[:, 1]).items()
    }
    return [dict(zip(columns, row, strict=True)) for row in zip(*columns.values(), strict=True)]


def solved(problem: Problem, *, floor: bool) -> dict[str, Any]:
    """Solve and verify; with the floor, explain all pairs."""
    import ortools.graph.python.max_flow
    import ortools.graph.python.min_cost_flow  # noqa: F401 - the first import is not what is measured

    clock = Clock()
    result = solver.solve(problem, floor=floor)
    found: dict[str, Any] = clock.read("solve")
    if floor:
        explained = Clock()
        parts = contributions(problem, result)
        found |= explained.read("explain")
        assert [sum(part.values()) for part in parts] == [
            score for _, _, score, _ in result.scored_pairs
        ]
    checked = Clock()
    found["faults"] = solver.verify(problem, result)
    found |= checked.read("verify") | {
        "pairs": len(result),
        "total": result.total,
        "floor": result.floor,
    }
    found |= {"rounds": len(result.answer.rounds), "peak_mb": peak()} | product(problem)
    for kind in ("", "_cpu"):
        found[f"ratio{kind}"] = (found[f"solve{kind}"] + found.get(f"explain{kind}", 0.0)) / found[
            f"product{kind}"
        ]
        found[f"verified_ratio{kind}"] = (
            found[f"ratio{kind}"] + found[f"verify{kind}"] / found[f"product{kind}"]
        )
    return found


def dense(problem: Problem) -> dict[str, Any]:
    """Dense assignment of the stored scores."""
    from scipy.optimize import linear_sum_assignment

    assert problem.stored is not None
    clock = Clock()
    scores = problem.stored.astype(np.float64)
    scores[scores >= 0] += 10_001.0 * (
        len(scores) + 1
    )  # a pair counts more than all scores: exact in float64
    i, j = linear_sum_assignment(np.maximum(scores, 0, out=scores), maximize=True)
    return clock.read("solve") | _agreed(problem, i, j)


def munkres(problem: Problem) -> dict[str, Any]:
    """The pure Python package on the stored scores; nothing where it is not installed."""
    try:
        from munkres import Munkres
    except ImportError:
        return {}
    assert problem.stored is not None
    bonus = 10_001 * (len(problem.stored) + 1)
    costs = np.where(problem.stored < 0, bonus, 10_000 - problem.stored.astype(np.int64)).tolist()
    clock = Clock()
    i, j = np.array(Munkres().compute(costs)).T
    return clock.read("solve") | _agreed(problem, i, j)


def _agreed(problem: Problem, i: Any, j: Any) -> dict[str, Any]:
    assert problem.stored is not None
    kept = problem.stored[i, j].astype(np.int64)
    return {"pairs": int((kept >= 0).sum()), "total": int(kept[kept >= 0].sum()), "peak_mb": peak()}


COLUMNS: dict[str, Callable[[Problem], dict[str, Any]]] = {
    "product": product,
    "participation": lambda problem: solved(problem, floor=False),
    "floor": lambda problem: solved(problem, floor=True),
    "scipy": dense,
    "munkres": munkres,
}


def measure(column: str, n: int) -> dict[str, Any]:
    """One column of one size, in this process."""
    people = company(n)
    people_mb = peak()
    clock = Clock()
    problem = solver.build_problem(people, RULES)
    return (
        clock.read("compile")
        | {"people_mb": people_mb, "compiled_mb": peak()}
        | COLUMNS[column](problem)
    )


def side_by_side(n: int, with_dense: bool, lazy: bool) -> dict[str, Any]:
    """All columns of one size, each in a process of its own."""
    names = ["product", "participation", "floor"]
    if not lazy and n * n <= compiling.STORED_CELLS:
        names += ["scipy"] * with_dense + ["munkres"] * (n <= MUNKRES_UP_TO)
    found: dict[str, Any] = {"n": n}
    for name in names:
        command = [
            sys.executable,
            __file__,
            "--column",
            name,
            "--n",
            str(n),
            *(["--lazy"] if lazy else []),
        ]
        found[name] = json.loads(subprocess.run(command, check=True, stdout=subprocess.PIPE).stdout)
    ours = found["participation"]
    for name in ("scipy", "munkres"):
        if "solve" in found.get(name, {}):
            found[name]["times_ours"] = found[name]["solve"] / ours["solve"]
            found[name]["agrees"] = (found[name]["pairs"], found[name]["total"]) == (
                ours["pairs"],
                ours["total"],
            )
    return found


ROWS = {
    "solve": ("solve, s", ".3f"),
    "explain": ("explanations of all pairs, s", ".3f"),
    "verify": ("verify, s", ".3f"),
    "product": ("product in the same process, s", ".3f"),
    "ratio": ("solve and explanations / product", ".1f"),
    "ratio_cpu": ("the same by processor time", ".1f"),
    "verified_ratio": ("with verify / product", ".1f"),
    "verified_ratio_cpu": ("the same by processor time", ".1f"),
    "times_ours": ("times as long as participation", ".1f"),
    "compile": ("compile before it, s", ".3f"),
    "peak_mb": ("peak memory, MB", ",.0f"),
    "people_mb": ("... of it program and people", ",.0f"),
    "pairs": ("pairs", ",.0f"),
    "total": ("total", ",.0f"),
    "floor": ("worst pair", ",.0f"),
    "rounds": ("rounds", ",.0f"),
}


def table(found: dict[str, Any]) -> str:
    """One size as columns side by side."""
    names = [name for name in COLUMNS if found.get(name)]
    lines = [
        f"{found['n']:,} × {found['n']:,}".ljust(34) + "".join(f"{name:>15}" for name in names)
    ]
    for row, (title, form) in ROWS.items():
        cells = [found[name].get(row) for name in names]
        if any(cell is not None for cell in cells):
            lines.append(
                title.ljust(34)
                + "".join(f"{'' if cell is None else format(cell, form):>15}" for cell in cells)
            )
    return "\n".join(lines)


def wrong(found: dict[str, Any]) -> list[str]:
    """What must not be: certificates that do not hold, another total."""
    faults = [fault for name in ("participation", "floor") for fault in found[name]["faults"]]
    return faults + [
        f"{name} finds another total"
        for name in COLUMNS
        if found.get(name, {}).get("agrees") is False
    ]


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--n", type=int, nargs="+", default=[100, 1000, 5000])
    parser.add_argument("--json", action="store_true", help="one JSON object a line")
    parser.add_argument(
        "--dense",
        action=argparse.BooleanOptionalAction,
        help="with scipy, or without, at every size",
    )
    parser.add_argument("--lazy", action="store_true", help="never store the matrix of scores")
    parser.add_argument("--column", choices=COLUMNS, help=argparse.SUPPRESS)
    given = parser.parse_args()
    if given.lazy:
        compiling.STORED_CELLS = 0
    if given.column:
        print(json.dumps(measure(given.column, given.n[0])))
        return
    good = True
    for n in given.n:
        found = side_by_side(
            n, n <= DENSE_UP_TO if given.dense is None else given.dense, given.lazy
        )
        good &= not wrong(found)
        print(
            json.dumps(found)
            if given.json
            else f"{table(found)}\n{wrong(found) or 'all certificates hold'}\n",
            flush=True,
        )
    sys.exit(0 if good else 1)


if __name__ == "__main__":
    main()
