"""The best matching beside what it is made of and what others use: side by side in one run on one
machine.

    python benchmarks/matching.py [--n 100 1000 5000] [--json] [--dense | --no-dense] [--lazy]

Each size is a company of n mentees and n mentors. Each column is measured in a process of its own,
so that its peak memory (people, problem and program included) is its own:

product
    The bare float32 matrix product of the scores' columns, two threads, results thrown away: no
    exact method can be faster. Measured in the processes of the next two columns, too, right after
    them: each of their ratios is to their own.
participation
    `solve`, as many pairs as possible, then the best total, then `verify`, the independent check of
    its certificates against all n × n pairs.
floor
    The same with the best worst pair in between, and the explanations of all pairs made.
scipy
    `scipy.optimize.linear_sum_assignment`, dense, on the same scores, a bonus in each for every
    pair made; up to n = 2,000, or as told by --dense and --no-dense (10,000 takes 2 GB).
munkres
    The pure Python package that is common in this field, on the same scores, up to n = 100.

Building the problem (people to all scores, rules and time zones) is shown beside, and belongs to no
ratio: scipy and munkres get their scores from it, too. Seconds are by the clock; `cpu` counts all
threads, and is disturbed less by other work on the machine. Exits with 1 if a certificate does not
hold, or another method finds another total. `--lazy` stores no scores, as beyond 10,000 × 10,000:
they are then computed anew whenever they are needed.
"""

import argparse
import json
import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")  # the solver's own threads share the work
sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from concurrent.futures import ThreadPoolExecutor

import numpy as np

from benchmarks.support.clock import Clock
from benchmarks.support.invented import RULES, company
from benchmarks.support.memory import peak_megabytes
from matching import solver
from matching.solver import Problem, Result
from matching.solver import problem as problems

DENSE_UP_TO, MUNKRES_UP_TO = 2000, 100


def product(problem: Problem) -> dict[str, float]:
    """The matrix product of the columns of every component: the best of three, one for each thing
    that is measured.
    """
    scorer = problem.scorer
    weeks = [(left, right) for left, right, _ in scorer.weeks]
    times = []
    for _ in range(3 if problem.shape[0] <= 10_000 else 1):
        clock = Clock()
        with ThreadPoolExecutor(2) as pool:
            for left, right in [(scorer.mentees, scorer.mentors), *weeks]:
                multiply(pool, left, right)
        times.append(clock.read("product"))
    return {name: min(found[name] for found in times) for name in times[0]}


def multiply(pool: ThreadPoolExecutor, left: Any, right: Any) -> None:
    """left @ right in blocks of rows; the results are thrown away."""
    blocks = [left[start : start + 256] for start in range(0, len(left), 256)]
    list(pool.map(lambda block: float((block @ right)[0, 0]), blocks))


def contributions(problem: Problem, result: Result) -> list[dict[str, int]]:
    """The points by component of every pair of a result, in the order of `result.scored_pairs`."""
    pairs = np.array(result.pairs, np.int64).reshape(-1, 2)
    columns = {
        name: points.tolist()
        for name, points in problem.scorer.components(pairs[:, 0], pairs[:, 1]).items()
    }
    return [dict(zip(columns, row, strict=True)) for row in zip(*columns.values(), strict=True)]


def solved(problem: Problem, *, floor: bool) -> dict[str, Any]:
    """Solve and verify; with the floor, explain all pairs."""
    # the first import is not what is measured
    import ortools.graph.python.max_flow
    import ortools.graph.python.min_cost_flow  # noqa: F401

    clock = Clock()
    result = solver.solve(problem, floor=floor)
    found: dict[str, Any] = clock.read("solve")
    if floor:
        found |= explained(problem, result)
    clock = Clock()
    found["faults"] = solver.verify(problem, result)
    found |= clock.read("verify")
    found |= {"pairs": len(result), "total": result.total, "floor": result.floor}
    found |= {"rounds": len(result.answer.rounds), "peak_mb": peak_megabytes()}
    found |= product(problem)
    return found | ratios(found, "") | ratios(found, "_cpu")


def explained(problem: Problem, result: Result) -> dict[str, float]:
    """The seconds that the explanations of all pairs take; they add up to the scores."""
    clock = Clock()
    parts = contributions(problem, result)
    found = clock.read("explain")
    scores = [score for _, _, score, _ in result.scored_pairs]
    assert [sum(part.values()) for part in parts] == scores
    return found


def ratios(found: dict[str, Any], kind: str) -> dict[str, float]:
    """How many times as long as the bare product: by the clock (""), or processor time ("_cpu")."""
    bare = found[f"product{kind}"]
    solving = found[f"solve{kind}"] + found.get(f"explain{kind}", 0.0)
    verified = solving + found[f"verify{kind}"]
    return {f"ratio{kind}": solving / bare, f"verified_ratio{kind}": verified / bare}


def dense(problem: Problem) -> dict[str, Any]:
    """Dense assignment of the stored scores."""
    from scipy.optimize import linear_sum_assignment

    assert problem.stored is not None
    clock = Clock()
    scores = problem.stored.astype(np.float64)
    # a pair counts more than all scores together: exact in float64
    scores[scores >= 0] += 10_001.0 * (len(scores) + 1)
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
    return {
        "pairs": int((kept >= 0).sum()),
        "total": int(kept[kept >= 0].sum()),
        "peak_mb": peak_megabytes(),
    }


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
    people_mb = peak_megabytes()
    clock = Clock()
    problem = solver.build_problem(people, RULES)
    found = clock.read("build") | {"people_mb": people_mb, "built_mb": peak_megabytes()}
    return found | COLUMNS[column](problem)


def in_own_process(column: str, n: int, *, lazy: bool) -> dict[str, Any]:
    """One column of one size."""
    command = [sys.executable, __file__, "--column", column, "--n", str(n)]
    if lazy:
        command.append("--lazy")
    measured = subprocess.run(command, check=True, stdout=subprocess.PIPE)
    found: dict[str, Any] = json.loads(measured.stdout)
    return found


def side_by_side(n: int, *, with_dense: bool, lazy: bool) -> dict[str, Any]:
    """All columns of one size, each in a process of its own."""
    names = ["product", "participation", "floor"]
    if not lazy and n * n <= problems.STORED_CELLS:
        names += ["scipy"] if with_dense else []
        names += ["munkres"] if n <= MUNKRES_UP_TO else []
    found: dict[str, Any] = {"n": n}
    for name in names:
        found[name] = in_own_process(name, n, lazy=lazy)

    ours = found["participation"]
    for name in ("scipy", "munkres"):
        theirs = found.get(name, {})
        if "solve" in theirs:
            theirs["times_ours"] = theirs["solve"] / ours["solve"]
            theirs["agrees"] = all(theirs[kind] == ours[kind] for kind in ("pairs", "total"))
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
    "build": ("building the problem before it, s", ".3f"),
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
    size = f"{found['n']:,} × {found['n']:,}"
    lines = [size.ljust(34) + "".join(f"{name:>15}" for name in names)]
    for row, (title, form) in ROWS.items():
        cells = [found[name].get(row) for name in names]
        words = ["" if cell is None else format(cell, form) for cell in cells]
        if any(words):
            lines.append(title.ljust(34) + "".join(f"{word:>15}" for word in words))
    return "\n".join(lines)


def wrong(found: dict[str, Any]) -> list[str]:
    """What must not be: certificates that do not hold, another total."""
    faults = found["participation"]["faults"] + found["floor"]["faults"]
    for name in COLUMNS:
        if found.get(name, {}).get("agrees") is False:
            faults.append(f"{name} finds another total")
    return faults


def arguments() -> argparse.Namespace:
    """What the command line says."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--n", type=int, nargs="+", default=[100, 1000, 5000])
    parser.add_argument("--json", action="store_true", help="one JSON object per line")
    parser.add_argument(
        "--dense",
        action=argparse.BooleanOptionalAction,
        help="with scipy, or without, at every size",
    )
    parser.add_argument("--lazy", action="store_true", help="never store the matrix of scores")
    parser.add_argument("--column", choices=COLUMNS, help=argparse.SUPPRESS)
    return parser.parse_args()


def main() -> None:
    """Measure and print."""
    given = arguments()
    if given.lazy:
        problems.STORED_CELLS = 0
    if given.column:
        print(json.dumps(measure(given.column, given.n[0])))
        return

    good = True
    for n in given.n:
        with_dense = n <= DENSE_UP_TO if given.dense is None else given.dense
        found = side_by_side(n, with_dense=with_dense, lazy=given.lazy)
        faults = wrong(found)
        good &= not faults
        if given.json:
            print(json.dumps(found), flush=True)
        else:
            print(f"{table(found)}\n{faults or 'all certificates hold'}\n", flush=True)
    sys.exit(0 if good else 1)


if __name__ == "__main__":
    main()
