"""How long a run of matching takes from the button to the stored result, beside the matching
itself.

    python benchmarks/matching_page.py [--n 2000] [--rounds 3] [--hard] [--json]
                                       [--ordinary-insert] [--collect-garbage]

A program with n mentees and n mentors, all approved, in a database of its own (made on the server
of DATABASE_URL and dropped at the end). Measured by turns on the same people, the best of the
rounds, in seconds by the clock and (`cpu`) of this process's own processor time:

    button      the POST that queues the run
    run         what the worker does: reads the people, matches, explains, writes everything down
    whole       both together
    module      the solver alone on the same people: build the problem, solve it (with floor), and
                the reasons of every pair
    ratio       whole to module: the aim is 3

`stages` says where the worker's time goes. With `--hard`, departments and grades stand in the way
of many, so that hundreds stay without a partner and everything has to be explained to them.
`--ordinary-insert` (bulk_create instead of matching/domain/results/fast_insert.py) and
`--collect-garbage` (the collector stays on during a run) show what these two are worth.
"""

from __future__ import annotations

import argparse
import dataclasses
import json
import os
import random
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, nullcontext
from datetime import timedelta
from pathlib import Path
from typing import Any

os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from benchmarks.pages import client_of, own_database, start_django
from benchmarks.support.clock import Clock
from benchmarks.support.invented import company
from matching.solver import Person

AIM = 3.0
KINDS = ("button", "run", "whole", "module")


def invented(n: int, *, hard: bool) -> list[Person]:
    """The company of benchmarks/matching.py; hard: few departments, one language each."""
    people = company(n)
    if not hard:
        return people
    draw = random.Random(3)
    departments = ["d0", "d0", "d0", "d0", "d1"]
    return [
        dataclasses.replace(p, languages=p.languages[-1:], department=draw.choice(departments))
        for p in people
    ]


def fill(people: list[Person], *, hard: bool) -> tuple[Any, Any]:
    """The same people in the database, as a program that is being matched.

    Returns who runs it, and the program.
    """
    from accounts.models import Company, User
    from benchmarks.support.activity import make
    from programs.models import Avoidance, Topic

    Company.objects.create(pk=1, name="Bench", time_zone="Europe/Berlin")
    names = sorted({topic for person in people for topic in person.topics})
    topics = {name: Topic(name=name, category="All") for name in names}
    make(topics.values())
    program = _program(hard=hard)
    program.topics.set(topics.values())

    users = _users(people)
    user_of = {user.employee_id: user for user in users}
    _enrol(program, people, users, topics)
    avoidances = []
    for person, user in list(zip(people, users, strict=True))[::10]:
        avoided = [str(user_of[key].public_id) for key in sorted(person.blocked) if key in user_of]
        avoidances.append(Avoidance(person=user, people=avoided))
    make(avoidances)

    boss = User(
        email="hr@bench.example", name="HR", employee_id="hr", is_hr_admin=True, password="!"
    )
    make([boss])
    return boss, program


def _program(*, hard: bool) -> Any:
    from benchmarks.support.activity import make
    from common import clock
    from programs.models import Program

    start = clock.today("Europe/Berlin") + timedelta(days=30)
    program = Program(
        name="Bench",
        state="matching",
        purpose="x",
        starts_on=start,
        ends_on=start + timedelta(days=180),
        grade_gap=5 if hard else 2,
        forbid_same_department=hard,
    )
    make([program])
    return program


def _users(people: list[Person]) -> list[Any]:
    """The people with their grades and managers."""
    from accounts.models import Grade, User
    from benchmarks.support.activity import make

    ranks = make(Grade(rank=rank, name=f"Grade {rank}") for rank in range(1, 12))
    grades = {grade.rank: grade for grade in ranks}
    users = make(_user(person, grades) for person in people)
    user_of = {user.employee_id: user for user in users}
    for person, user in zip(people, users, strict=True):
        user.manager = user_of.get(min(person.ancestors, default=""))
    User.objects.bulk_update(users, ["manager"], batch_size=1000)
    return users


def _user(person: Any, grades: dict[int, Any]) -> Any:
    from accounts.models import User

    return User(
        email=f"{person.key}@bench.example",
        name=f"Person {person.key}",
        employee_id=person.key,
        department=person.department,
        location=person.location,
        time_zone=person.time_zone,
        languages=list(person.languages),
        grade=grades[person.grade_rank],
        password="!",
    )


def _enrol(program: Any, people: list[Person], users: list[Any], topics: dict[str, Any]) -> None:
    """Everybody approved, with their topics."""
    from benchmarks.support.activity import make
    from programs.models import EnrolmentTopic

    pairs = list(zip(people, users, strict=True))
    enrolments = make(_enrolment(person, user, program) for person, user in pairs)
    chosen = []
    for person, enrolment in zip(people, enrolments, strict=True):
        field = "level" if person.role == "mentor" else "priority"
        for name, value in person.topics.items():
            chosen.append(EnrolmentTopic(enrolment=enrolment, topic=topics[name], **{field: value}))
    make(chosen)


def _enrolment(person: Any, user: Any, program: Any) -> Any:
    from programs.models import Enrolment

    return Enrolment(
        program=program,
        person=user,
        role=person.role,
        state="approved",
        what_for="To understand.",
        off_limits="Pay",
        languages=list(person.languages),
        availability=[list(window) for window in person.availability],
        working_style=dict(person.working_style),
        interests=sorted(person.interests),
    )


@contextmanager
def timed_stages(seconds: dict[str, float]) -> Iterator[None]:
    """Time the parts of the worker's function."""
    from matching.domain import inputs, results
    from matching.domain.runs import executing

    parts: Sequence[tuple[Any, str]] = (
        (inputs, "build"),
        (executing, "build_problem"),
        (executing, "solve"),
        (executing, "verify"),
        (results, "collect"),
        (results, "store"),
    )
    real = [getattr(module, name) for module, name in parts]

    def timed(name: str, run: Callable[..., Any]) -> Callable[..., Any]:
        def call(*args: Any, **more: Any) -> Any:
            start = time.perf_counter()
            try:
                return run(*args, **more)
            finally:
                seconds[name] = seconds.get(name, 0.0) + time.perf_counter() - start

        return call

    for (module, name), run in zip(parts, real, strict=True):
        setattr(module, name, timed(name, run))
    try:
        yield
    finally:
        for (module, name), run in zip(parts, real, strict=True):
            setattr(module, name, run)


def once(boss: Any, program: Any) -> dict[str, Any]:
    """One run through the page and the worker, and the solver on the same people right after it."""
    from django.urls import reverse

    from matching.domain import runs
    from matching.models import MatchRun

    client, stages = client_of(boss), {}
    with timed_stages(stages):
        timer = Clock()
        response = client.post(reverse("matching:match_run_start", args=[program.public_id]))
        figures: dict[str, Any] = timer.read("button")
        run = MatchRun.objects.latest("pk")
        done = runs.execute_run(run.pk)
        figures |= timer.read("whole")
    run.refresh_from_db()
    if response.status_code != 303 or not done or run.state != "done":
        raise RuntimeError(
            f"the run did not finish: {response.status_code}, {run.state}, {run.problem}"
        )
    for kind in ("", "_cpu"):
        figures[f"run{kind}"] = figures[f"whole{kind}"] - figures[f"button{kind}"]
    figures |= solver_alone(run)
    figures |= {"pairs": run.proposals.count(), "unmatched": run.unmatched.count()}
    figures["stages"] = stages
    run.delete()
    return figures


def solver_alone(run: Any) -> dict[str, float]:
    """The solver on the people of a run."""
    from matching import solver
    from matching.domain import inputs

    given = inputs.build(run)
    timer = Clock()
    problem = solver.build_problem(given.people, given.rules)
    result = solver.solve(problem)
    solver.described(problem, result)
    return timer.read("module")


def measure(
    n: int, number: int, *, hard: bool, ordinary_insert: bool, collect_garbage: bool
) -> list[dict[str, Any]]:
    """The figures of each round, in a database of its own."""
    drop = own_database()
    try:
        start_django()
        make_ordinary(insert=ordinary_insert, garbage=collect_garbage)
        boss, program = fill(invented(n, hard=hard), hard=hard)
        from django.db import connection

        with connection.cursor() as cursor:
            cursor.execute("VACUUM ANALYZE")
        once(boss, program)  # imports, plans and caches
        return [once(boss, program) for _ in range(number)]
    finally:
        drop()


def best_of(rounds: list[dict[str, Any]]) -> dict[str, Any]:
    """The best of the rounds, and the ratios."""
    best: dict[str, Any] = {name: rounds[0][name] for name in ("pairs", "unmatched")}
    for kind in KINDS:
        for name in (kind, f"{kind}_cpu"):
            best[name] = round(min(one[name] for one in rounds), 3)
    best["ratio"] = round(best["whole"] / best["module"], 2)
    best["ratio_cpu"] = round(best["whole_cpu"] / best["module_cpu"], 2)
    quickest = min(rounds, key=lambda one: one["whole"])
    best["stages"] = {name: round(seconds, 3) for name, seconds in quickest["stages"].items()}
    return best


def table(n: int, best: dict[str, Any]) -> str:
    """The figures as text."""
    pairs, unmatched = best["pairs"], best["unmatched"]
    lines = [f"{n:,} × {n:,}: {pairs:,} pairs, {unmatched:,} people without one"]
    lines += [
        f"    {kind:8} {best[kind]:8.3f} s {best[f'{kind}_cpu']:8.3f} s cpu" for kind in KINDS
    ]
    remark = "" if best["ratio"] <= AIM else f"  above the aim of {AIM:.0f}"
    lines.append(f"    {'ratio':8} {best['ratio']:8.2f}   {best['ratio_cpu']:8.2f}   cpu{remark}")
    stages = [f"{name} {seconds:.3f}" for name, seconds in best["stages"].items()]
    lines.append(f"    {'stages':8} {'  '.join(stages)}")
    return "\n".join(lines)


def make_ordinary(*, insert: bool, garbage: bool) -> None:
    """Replace the fast insert by bulk_create, and leave the garbage collector on."""
    from matching.domain.results import fast_insert
    from matching.domain.runs import executing

    if insert:
        setattr(fast_insert, "insert", bulk_create)  # noqa: B010 - a patch
    if garbage:
        setattr(executing, "_without_garbage_collection", nullcontext)  # noqa: B010 - a patch


def bulk_create(rows: Sequence[Any]) -> None:
    """What Django itself offers."""
    if rows:
        type(rows[0]).objects.bulk_create(rows, batch_size=1000)


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--n", type=int, default=2000)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--hard", action="store_true")
    parser.add_argument("--json", action="store_true")
    parser.add_argument("--ordinary-insert", action="store_true")
    parser.add_argument("--collect-garbage", action="store_true")
    given = parser.parse_args()
    rounds = measure(
        given.n,
        given.rounds,
        hard=given.hard,
        ordinary_insert=given.ordinary_insert,
        collect_garbage=given.collect_garbage,
    )
    best = best_of(rounds)
    if given.json:
        print(json.dumps({"n": given.n, "hard": given.hard, **best}))
    else:
        print(table(given.n, best))


if __name__ == "__main__":
    main()
