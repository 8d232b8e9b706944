"""What the close of an anonymous survey costs, with its writes to the database and the rewrite.

    python benchmarks/survey_close.py [--answers 20 200 400 2000]

Each round asks 15 questions, a third of them optional, of so many people who answer and a third
more who do not. `close` is the close in one transaction, `rewrite` what follows it (VACUUM FULL).
Seconds, and the peak megabytes of the process; each round in a process of its own. The goal: 400
answers in under 10 seconds and 300 MB, 2,000 in under a minute. The gate (exit status 1) is the
memory.

A database of its own is made on the server of DATABASE_URL and dropped at the end.
"""

from __future__ import annotations

import argparse
import multiprocessing
import random
import sys
import time
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from benchmarks.pages import own_database, start_django
from benchmarks.support.memory import peak_megabytes
from benchmarks.support.survey_attack import CHOICES, LIKELY, QUESTION, K, Person, company

QUESTIONS = 15
OPTIONAL = 3  # every third
MOST_MEGABYTES = 300


@dataclass(frozen=True)
class Cost:
    """Seconds, and the peak megabytes of the process."""

    close: float
    rewrite: float
    megabytes: float


def measure(answers: int) -> Cost:
    """Close a round of so many answers, in this process."""
    start_django()
    survey_round = open_round(random.Random(1), answers)

    start = time.perf_counter()
    close(survey_round.pk)
    closed = time.perf_counter()
    rewrite()
    rewritten = time.perf_counter()
    return Cost(closed - start, rewritten - closed, peak_megabytes())


def close(pk: int) -> None:
    """The whole close."""
    from feedback.domain.rounds import close_round

    if not close_round(pk=pk):
        raise RuntimeError("the round was not closed")


def rewrite() -> None:
    """What follows the close; while the server itself reads, the next attempt does it."""
    from feedback.domain.storage import rewrite_tables

    while not rewrite_tables():
        time.sleep(0.05)


def open_round(chance: random.Random, answers: int) -> Any:
    """A round in a program that so many have answered, and a third more have not."""
    from common import clock
    from feedback.models import SurveyRound

    people = company(chance, answers * 2 // 3)
    now = clock.now()
    survey_round = SurveyRound.objects.create(
        program=None,
        number=1,
        kind="pulse",
        title="Pulse",
        label="anonymous",
        audience="staff",
        k=K,
        questions=[{**QUESTION, "id": str(n), "key": str(n)} for n in range(QUESTIONS)],
        opens_at=now - timedelta(days=9),
        closes_at=now,
        asked=len(people),
    )
    ask(survey_round, people)
    answer(chance, survey_round, chance.sample(people, answers))
    return survey_round


def ask(survey_round: Any, people: list[Person]) -> None:
    """Ask these people, who are made for it."""
    from accounts.models import User
    from feedback.models import Participation

    names = [f"{survey_round.pk}-{person.number}@example.com" for person in people]
    users = User.objects.bulk_create(User(email=name, name=name) for name in names)
    Participation.objects.bulk_create(
        Participation(round=survey_round, person=user, **person.groups)
        for user, person in zip(users, people, strict=True)
    )


def answer(chance: random.Random, survey_round: Any, people: list[Person]) -> None:
    """Answers of these people."""
    from feedback.models import AnonymousAnswer, Participation

    made = []
    for person in people:
        given = {}
        for number in range(QUESTIONS):
            if number % OPTIONAL or chance.random() < 0.9:
                given[str(number)] = chance.choices(CHOICES, LIKELY)[0]
        made.append(AnonymousAnswer(round=survey_round, answers=given, **person.groups))
    AnonymousAnswer.objects.bulk_create(made)
    answered = [f"{survey_round.pk}-{person.number}@example.com" for person in people]
    asked = Participation.objects.filter(round=survey_round, person__email__in=answered)
    asked.update(responded=True)


def main() -> int:
    """Print the table; 1 where a close needs too much memory."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--answers", type=int, nargs="+", default=[20, 200, 400, 2000])
    options = parser.parse_args()

    most = 0.0
    drop = own_database()
    try:
        print("answers  close  rewrite   MB")
        for answers in options.answers:
            with multiprocessing.get_context("spawn").Pool(1) as pool:
                cost = pool.apply(measure, [answers])
            print(
                f"{answers:7}  {cost.close:5.2f}  {cost.rewrite:7.2f}  {cost.megabytes:3.0f}",
                flush=True,
            )
            most = max(most, cost.megabytes)
    finally:
        drop()
    return int(most > MOST_MEGABYTES)


if __name__ == "__main__":
    sys.exit(main())
