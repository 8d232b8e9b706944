"""`manage.py import_people FILE`: the directory import without a browser and without a worker."""

from __future__ import annotations

import json
import sys
from argparse import ArgumentParser
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from accounts.directory.files.reading import check_length
from accounts.directory.mapping import FIELDS
from accounts.directory.notes import in_words
from accounts.directory.planning.difference import Plan
from accounts.directory.problems import Problem, worded
from accounts.directory.values.dates import ORDERS
from common.errors import DomainError
from mentoring.people_import.import_now import Result, import_now

SHOWN = 20


class Command(BaseCommand):
    """Exit code 0: applied, or a dry run that could be applied; 1: stopped, with the reason."""

    help = "Import the company's directory from a CSV or XLSX file."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """The file and the options."""
        parser.add_argument("file", help="the CSV or XLSX file; - reads standard input")
        parser.add_argument(
            "--dry-run", action="store_true", help="say what would change and write nothing"
        )
        parser.add_argument(
            "--json", action="store_true", dest="as_json", help="print the result as JSON"
        )
        parser.add_argument(
            "--map",
            nargs="+",
            default=[],
            metavar="FIELD=HEADING",
            action="extend",
            help=f"correct the guess of the columns; an empty heading leaves a field out. Fields: "
            f"{', '.join(FIELDS)}",
        )
        parser.add_argument(
            "--partial",
            action="store_true",
            help="the file is only a part of the company: nobody leaves",
        )
        parser.add_argument(
            "--confirm-managers",
            action="store_true",
            help="yes, import although managers are missing: people can be matched with their boss",
        )
        parser.add_argument(
            "--grades-by-depth",
            action="store_true",
            help="where the file has no grades, give them by the depth of the reporting tree",
        )
        parser.add_argument(
            "--date-order",
            choices=ORDERS,
            default="",
            help="what comes first in dates such as 03/04/2020, where the file does not tell",
        )
        parser.add_argument(
            "--skip-errors", action="store_true", help="apply without the rows that have errors"
        )
        parser.add_argument(
            "--confirm-leavers",
            action="store_true",
            help="yes, more than a tenth of the company has left",
        )

    def handle(self, *args: Any, **options: Any) -> None:
        """Read and plan, and apply unless it is a dry run."""
        try:
            result = run(options)
        except DomainError as error:
            self.refuse(" ".join(error.messages), as_json=options["as_json"])
            return
        if options["as_json"]:
            self.stdout.write(json.dumps(as_json(result), ensure_ascii=False, indent=2))
        else:
            self.tell(result)
        if result.stopped_by:
            sys.exit(1)

    def refuse(self, problem: str, *, as_json: bool) -> None:
        """Stop with exit code 1 and the reason."""
        if not as_json:
            raise CommandError(problem)
        self.stdout.write(json.dumps({"applied": False, "problem": problem}, ensure_ascii=False))
        sys.exit(1)

    def tell(self, result: Result) -> None:
        """Print the result in words."""
        warning = result.plan.manager_warning
        if warning:
            self.stdout.write(self.style.ERROR(in_words(warning)))
        for note in result.plan.notes:
            self.stdout.write(in_words(note))
        self.tell_problems(result.plan.problems)
        self.stdout.write(counts_line(result.plan))
        done = "applied" if result.applied else "dry_run"
        outcome = OUTCOMES[result.stopped_by or done]
        self.stdout.write(outcome % {"date": result.plan.unclear_date})

    def tell_problems(self, problems: Sequence[Problem]) -> None:
        """Print the first of the problems as errors."""
        for problem in problems[:SHOWN]:
            self.stderr.write(problem_line(problem))
        if len(problems) > SHOWN:
            self.stderr.write(f"... and {len(problems) - SHOWN} more (--json lists all)")


COUNTS = {
    "new": "new",
    "changed": "changed",
    "returning": "coming back",
    "leaving": "leaving",
    "unchanged": "unchanged",
    "addresses": "changed addresses to confirm",
    "error_rows": "rows with errors",
}
OUTCOMES = {
    "dates": (
        "Nothing was written: the file has dates such as %(date)s, and does not tell whether the "
        "day, the month or the year comes first. Say --date-order day, month or year."
    ),
    "applied": "Applied.",
    "dry_run": "This was a dry run: nothing was written.",
    "managers": (
        "Nothing was written: managers are missing. Correct the file or the columns, or say "
        "--confirm-managers to go on without them."
    ),
    "errors": (
        "Nothing was written: correct the rows with errors, or say --skip-errors to go on without "
        "them."
    ),
    "leavers": (
        "Nothing was written: more than a tenth of the company would leave. If that is so, say "
        "--confirm-leavers."
    ),
}


def run(options: dict[str, Any]) -> Result:
    """Import as the options say. DomainError as `import_now`."""
    return import_now(
        content=read(options["file"]),
        mapping=mapping_of(options["map"]),
        dry_run=options["dry_run"],
        partial=options["partial"],
        date_order=options["date_order"],
        grades_by_depth=options["grades_by_depth"],
        confirm_managers=options["confirm_managers"],
        confirm_errors=options["skip_errors"],
        confirm_leavers=options["confirm_leavers"],
    )


def problem_line(problem: Problem) -> str:
    """One problem of the file: where it is, what it is, and what to do."""
    words = worded(problem.as_json())
    kind = "error" if words["is_error"] else "note"
    return f"{kind}: {_where(words)}: {words['problem']} {words['advice']}"


def _where(words: dict[str, Any]) -> str:
    where = f"row {words['row']}" if words["row"] else "file"
    if words["column"]:
        where += f", {words['column']}"
    return where


def counts_line(plan: Plan) -> str:
    """How many people of each kind of change."""
    counts = plan.counts()
    shown = []
    for key, label in COUNTS.items():
        if counts[key] or key != "returning":
            shown.append(f"{counts[key]} {label}")
    return ", ".join(shown)


def read(name: str) -> bytes:
    """The file's content. DomainError where it cannot be read or is too large."""
    if name == "-":
        return sys.stdin.buffer.read()
    try:
        check_length(Path(name).stat().st_size)
        return Path(name).read_bytes()
    except OSError as error:
        raise DomainError(f"{name} can’t be read: {error.strerror}.") from None


def mapping_of(pairs: list[str]) -> dict[str, str]:
    """{field: heading} from texts like "field=heading". DomainError for anything else."""
    mapping = {}
    for pair in pairs:
        field, equals, heading = pair.partition("=")
        if not equals or field not in FIELDS:
            fields = ", ".join(FIELDS)
            raise DomainError(f"--map {pair}: say FIELD=HEADING with one of the fields {fields}.")
        mapping[field] = heading
    return mapping


def as_json(result: Result) -> dict[str, Any]:
    """The result for programs."""
    warning = result.plan.manager_warning
    return {
        "applied": result.applied,
        "stopped_by": result.stopped_by,
        "mapping": result.mapping,
        "counts": result.plan.counts(),
        "manager_warning": in_words(warning) if warning else "",
        "notes": [in_words(note) for note in result.plan.notes],
        "problems": [worded(problem.as_json()) for problem in result.plan.problems],
    }
