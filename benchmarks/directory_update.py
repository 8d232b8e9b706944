"""How long it takes to write what a directory import changes about 20,000 people.

    python benchmarks/directory_update.py [--people 20000] [--rounds 1] [--json]

The import writes with SQL of its own: one UPDATE ... FROM unnest per batch. It is compared with
Django's `bulk_update` and with an upsert (`bulk_create` with `update_conflicts`), on the same
people, in turn. Figures are seconds at the median and their ratio to the import's. No gate.

A database of its own is made on the server of DATABASE_URL and dropped at the end.
"""

from __future__ import annotations

import argparse
import json
import statistics
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from benchmarks.pages import own_database, start_django

if TYPE_CHECKING:
    from accounts.models import User

BATCH = 1_000
Write = Callable[[list["User"]], object]


def by_upsert(people: list[User]) -> None:
    """`bulk_create` of people who exist, which updates them."""
    from accounts.directory.apply import COLUMNS
    from accounts.models import User

    User.objects.bulk_create(
        people, update_conflicts=True, unique_fields=["id"], update_fields=list(COLUMNS)
    )


def by_bulk_update(people: list[User]) -> None:
    """Django's `bulk_update`."""
    from accounts.directory.apply import COLUMNS
    from accounts.models import User

    User.objects.bulk_update(people, list(COLUMNS))


def writers() -> dict[str, Write]:
    """The ways to write, by name."""
    from accounts.directory.apply import write_changed

    return {"import": write_changed, "upsert": by_upsert, "bulk_update": by_bulk_update}


def make_people(count: int) -> list[User]:
    """So many saved people."""
    from accounts.models import User
    from accounts.models.people import normalise

    people = [
        User(name=f"Person {number}", email=f"p{number}@example.com", job_title="Engineer")
        for number in range(count)
    ]
    return User.objects.bulk_create([normalise(person) for person in people], batch_size=BATCH)


def change(people: list[User], step: int) -> None:
    """Give everybody another title and another manager, as a reorganisation does."""
    from accounts.models.people import normalise

    for number, person in enumerate(people):
        person.job_title = f"Engineer {step}"
        person.manager_id = people[(number + step) // 8].pk if number >= 8 else None
        normalise(person)


def measure(count: int, rounds: int) -> dict[str, float]:
    """{way: seconds at the median} to write everybody."""
    from django.db import transaction

    people = make_people(count)
    taken: dict[str, list[float]] = {name: [] for name in writers()}
    for step in range(rounds * len(taken)):
        name = list(taken)[step % len(taken)]
        change(people, step)
        started = time.perf_counter()
        with transaction.atomic():
            for start in range(0, count, BATCH):
                writers()[name](people[start : start + BATCH])
        taken[name].append(time.perf_counter() - started)
    return {name: statistics.median(seconds) for name, seconds in taken.items()}


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--people", type=int, default=20_000)
    parser.add_argument("--rounds", type=int, default=1)
    parser.add_argument("--json", action="store_true", help="one JSON object a line")
    given = parser.parse_args()
    drop = own_database()
    try:
        start_django()
        seconds = measure(given.people, given.rounds)
    finally:
        drop()
    for name, taken in seconds.items():
        ratio = taken / seconds["import"]
        if given.json:
            print(json.dumps({"way": name, "seconds": round(taken, 2), "ratio": round(ratio, 2)}))
        else:
            print(f"{name:12} {taken:7.2f} s {ratio:6.1f}")


if __name__ == "__main__":
    main()
