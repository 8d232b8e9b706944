"""How long a run of matching takes from the button to the stored result, beside the matching
itself.

    python benchmarks/matching_page.py [--n 2000] [--rounds 3] [--hard] [--json]

A program with n mentees and n mentors, all approved, in a database of its own (made on the server
of DATABASE_URL and dropped at the end). Measured by turns on the same people, the best of the
rounds, in seconds by the clock and (`cpu`) of this process's own processor time:

    button      the POST that queues the run
    run         what the worker does: reads the people, matches, explains, writes everything down
    whole       both together
    module      the module alone on the same people: build_problem, solve (with floor), and the reasons of every pair
    ratio       whole to module: the aim is 3

`stages` says where the worker's time goes. With `--hard`, departments and grades stand in the way
of many, so that hundreds stay without a partner and everything has to be explained to them.
"""

from __future__ import annotations

import argparse
import dataclasses
import json
import os
import random
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path
from typing import Any

os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from benchmarks.matching import company
from benchmarks.pages import client_of, own_database, start_django

AIM = 3.0


def invented(n: int, hard: bool) -> list[Any]:
    """The company of benchmarks/matching.py; hard: few departments, one language each."""
    people = company(n)
    if not hard:
        return people
    draw = random.Random(3)
    return [
        dataclasses.replace(
            p, languages=p.languages[-1:], department=draw.choice(["d0", "d0", "d0", "d0", "d1"])
        )
        for p in people
    ]


def fill(people: list[Any], hard: bool) -> Any:
    """The same people in the database, as a program that is being matched; its coordinator and the
    program.
    """
    from accounts.models import Company, Grade, User
    from benchmarks.support.activity import make
    from common import clock
    from programs.models import Avoidance, EnrolmentTopic, Program, Topic

    Company.objects.create(pk=1, name="Bench", time_zone="Europe/Berlin")
    grades = {
        grade.rank: grade
        for grade in make(Grade(rank=rank, name=f"Grade {rank}") for rank in range(1, 12))
    }
    topics = {
        name: Topic(name=name, category="All")
        for name in sorted({topic for p in people for topic in p.topics})
    }
    make(topics.values())
    start = clock.today("Europe/Berlin") + timedelta(days=30)
    program = Program(
        name="Bench",
        state="matching",
        purpose="x",
        starts_on=start,
        ends_on=start + timedelta(days=180),
    )
    program.grade_gap, program.forbid_same_department = (5, True) if hard else (2, False)
    make([program])
    program.topics.set(topics.values())
    users = make(_user(person, grades) for person in people)
    by_key = {user.employee_id: user for user in users}
    for person, user in zip(people, users, strict=True):
        user.manager = by_key.get(min(person.ancestors, default=""))
    User.objects.bulk_update(users, ["manager"], batch_size=1000)
    enrolments = make(_enrolment(p, user, program) for p, user in zip(people, users, strict=True))
    make(
        EnrolmentTopic(
            enrolment=one,
            topic=topics[name],
            level=value if p.role == "mentor" else None,
            priority=None if p.role == "mentor" else value,
        )
        for p, one in zip(people, enrolments, strict=True)
        for name, value in p.topics.items()
    )
    named = (
        (user, [str(by_key[key].public_id) for key in sorted(p.blocked) if key in by_key])
        for p, user in zip(people, users, strict=True)
    )
    make(Avoidance(person=user, people=others) for user, others in list(named)[::10])
    boss = User(
        email="hr@bench.example", name="HR", employee_id="hr", is_hr_admin=True, password="!"
    )
    make([boss])
    return boss, program


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


class Clock:
    """Seconds by the clock and of this process since it was made."""

    def __init__(self) -> None:
        self.start = time.perf_counter(), time.process_time()

    def read(self) -> tuple[float, float]:
        """(clock, processor)."""
        return time.perf_counter() - self.start[0], time.process_time() - self.start[1]


@contextmanager
def told(stages: dict[str, float]) -> Iterator[None]:
    """Time the parts of the worker's function."""
    from matching import solver
    from matching.domain import inputs, results

    parts: list[tuple[Any, str]] = [
        (inputs, "build"),
        (solver, "build_problem"),
        (solver, "solve"),
        (solver, "verify"),
        (results, "collect"),
        (results, "store"),
    ]
    real = [getattr(module, name) for module, name in parts]

    def timed(name: str, run: Callable[..., Any]) -> Callable[..., Any]:
        def call(*args: Any, **more: Any) -> Any:
            start = time.perf_counter()
            try:
                return run(*args, **more)
            finally:
                stages[name] = stages.get(name, 0.0) + time.perf_counter() - start

        return call

    for (module, name), run in zip(parts, real, strict=True):
        setattr(module, name, timed(name, run))
    try:
        yield
    finally:
        for (module, name), run in zip(parts, real, strict=True):
            setattr(module, name, run)


def once(boss: Any, program: Any) -> dict[str, Any]:
    """One run through the page and the worker, and the module on the same people right after it."""
    from django.urls import reverse

    from matching import solver
    from matching.domain import inputs
    from matching.domain import runs as worker
    from matching.models import MatchRun

    client, stages = client_of(boss), {}
    with told(stages):
        timer = Clock()
        response = client.post(reverse("matching:match_run_start", args=[program.public_id]))
        button = timer.read()
        run = MatchRun.objects.latest("pk")
        done = worker.execute_run(run.pk)
        whole = timer.read()
    run.refresh_from_db()
    if response.status_code != 303 or not done or run.state != "done":
        raise RuntimeError(
            f"the run did not finish: {response.status_code}, {run.state}, {run.problem}"
        )
    given = inputs.build(run)
    timer = Clock()
    problem = solver.build_problem(given.people, given.rules)
    result = solver.solve(problem)
    solver.described(problem, result)
    module = timer.read()
    figures = {"pairs": run.proposals.count(), "unmatched": run.unmatched.count(), "stages": stages}
    names = {
        "button": button,
        "run": (whole[0] - button[0], whole[1] - button[1]),
        "whole": whole,
        "module": module,
    }
    for name, (wall, cpu) in names.items():
        figures |= {name: wall, f"{name}_cpu": cpu}
    run.delete()
    return figures


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--n", type=int, default=2000)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--hard", action="store_true")
    parser.add_argument("--json", action="store_true")
    given = parser.parse_args()
    drop = own_database()
    try:
        start_django()
        boss, program = fill(invented(given.n, given.hard), given.hard)
        from django.db import connection

        with connection.cursor() as cursor:
            cursor.execute("VACUUM ANALYZE")
        once(boss, program)  # imports, plans and caches
        rounds = [once(boss, program) for _ in range(given.rounds)]
    finally:
        drop()
    best: dict[str, Any] = {
        "n": given.n,
        "hard": given.hard,
        "pairs": rounds[0]["pairs"],
        "unmatched": rounds[0]["unmatched"],
    }
    for name in ("button", "run", "whole", "module"):
        for kind in (name, f"{name}_cpu"):
            best[kind] = round(min(one[kind] for one in rounds), 3)
    best["ratio"] = round(best["whole"] / best["module"], 2)
    best["ratio_cpu"] = round(best["whole_cpu"] / best["module_cpu"], 2)
    quickest = min(rounds, key=lambda one: one["whole"])
    best["stages"] = {name: round(seconds, 3) for name, seconds in quickest["stages"].items()}
    if given.json:
        print(json.dumps(best))
        return
    print(
        f"{given.n:,} × {given.n:,}: {best['pairs']:,} pairs, {best['unmatched']:,} people "
        f"without one"
    )
    for name in ("button", "run", "whole", "module"):
        print(f"    {name:8} {best[name]:8.3f} s {best[f'{name}_cpu']:8.3f} s cpu")
    remark = "" if best["ratio"] <= AIM else f"  above the aim of {AIM:.0f}"
    print(f"    {'ratio':8} {best['ratio']:8.2f}   {best['ratio_cpu']:8.2f}   cpu{remark}")
    print(
        f"    stages   "
        f"{'  '.join(f'{name} {seconds:.3f}' for name, seconds in best['stages'].items())}"
    )


if __name__ == "__main__":
    main()
