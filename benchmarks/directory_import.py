"""How long a directory import of 20,000 people takes, from the file to the database.

    python benchmarks/directory_import.py [--people 20000] [--json]

The file names managers by name, with titles, states and dates in words, as the dearest files do. It
is imported once as new, and once more with nothing changed. Figures are seconds, and their ratio
to reading the same file with Python's `csv` and comparing each cell in lower case. No gate.

A database of its own is made on the server of DATABASE_URL and dropped at the end.
"""

from __future__ import annotations

import argparse
import csv
import io
import json
import sys
import time
from collections.abc import Callable
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from benchmarks.pages import own_database, start_django

HEADINGS = [
    "Employee ID",
    "Worker",
    "Work Email",
    "Department",
    "Business Title",
    "Hire Date",
    "Last Day",
    "Status",
    "Worker's Manager",
]
REPORTS = 8  # per manager


def file_of(people: int) -> bytes:
    """A directory of so many people as CSV."""
    stream = io.StringIO()
    writer = csv.writer(stream)
    writer.writerow(HEADINGS)
    writer.writerows(row_of(number, people) for number in range(people))
    return stream.getvalue().encode()


def row_of(number: int, people: int) -> list[str]:
    """One person. Some of those without reports are on leave."""
    is_manager = number * REPORTS < people
    state = " (On Leave)" if number % 50 == 7 and not is_manager else ""
    return [
        f"{700_000 + number}.0",
        f"{name_of(number)}{state}",
        f"p{number}@x.example",
        f"Büro {number % 90}",
        f"Engineer {number % 30}",
        f"{number % 28 + 1:02}.{number % 12 + 1:02}.{number % 25:02}",
        "31.12.9999",
        "Active",
        name_of((number - 1) // REPORTS) if number else "",
    ]


def name_of(number: int) -> str:
    """A name that nobody else has: "Dr. Müller-Aaaabc, Zoë"."""
    letters = "".join(chr(ord("a") + int(digit)) for digit in f"{number:06}")
    title = "Dr. " if number % 20 == 3 else ""
    return f"{title}Müller-{letters.title()}, Zoë"


def bare_loop(content: bytes) -> None:
    """Read each cell and do next to nothing with it."""
    for row in csv.reader(io.StringIO(content.decode())):
        for cell in row:
            cell.strip().casefold()


def seconds(work: Callable[[], object]) -> float:
    """How long something takes."""
    started = time.perf_counter()
    work()
    return time.perf_counter() - started


def measure(people: int) -> dict[str, float]:
    """{what: seconds}."""
    from mentoring.people_import.import_now import import_now

    content = file_of(people)
    confirmed = {"confirm_managers": True, "confirm_errors": True, "confirm_leavers": True}

    def run() -> None:
        result = import_now(content=content, date_order="day", **confirmed)
        if not result.applied:
            raise SystemExit(f"The import was stopped by {result.stopped_by}.")
        if result.plan.error_rows:
            raise SystemExit(f"There are errors in {result.plan.error_rows} rows.")

    return {
        "bare loop": seconds(lambda: bare_loop(content)),
        "first import": seconds(run),
        "same file again": seconds(run),
    }


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--people", type=int, default=20_000)
    parser.add_argument("--json", action="store_true", help="one JSON object a line")
    given = parser.parse_args()
    drop = own_database()
    try:
        start_django()
        taken = measure(given.people)
    finally:
        drop()
    for what, time_taken in taken.items():
        ratio = time_taken / taken["bare loop"]
        if given.json:
            print(
                json.dumps({"what": what, "seconds": round(time_taken, 2), "ratio": round(ratio)})
            )
        else:
            print(f"{what:16} {time_taken:7.2f} s {ratio:7.0f}")


if __name__ == "__main__":
    main()
