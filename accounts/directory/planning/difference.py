"""The difference between a file and the people here, as data."""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass, field
from typing import Any

from accounts.directory.planning.match import Entry, Known
from accounts.directory.problems import Problem
from accounts.domain.grades import Rung

MANY = 10  # a file by which more than one in this many leave is asked about twice


@dataclass(slots=True)
class Outcome:
    """What becomes of one person.

    `values` are the fields of User to write, with `manager` a node and `grade` a Rung.
    """

    known: Known | None
    entry: Entry | None
    values: dict[str, Any]
    fields: dict[str, tuple[str, str]]  # field -> before, after: what is shown
    returns: bool = False

    @property
    def node(self) -> int:
        """The person's id, or minus the row's number."""
        if self.known:
            return self.known.id
        return self.entry.node if self.entry else 0


@dataclass(slots=True)
class Plan:
    """The difference. `rungs` are the grades as they will be."""

    new: list[Outcome] = field(default_factory=list)
    changed: list[Outcome] = field(default_factory=list)
    leaving: list[Known] = field(default_factory=list)
    addresses: list[tuple[Known, str]] = field(default_factory=list)
    # ids of people whose pending address change is no longer needed
    withdrawn: list[int] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)
    notes: list[dict[str, Any]] = field(default_factory=list)
    rungs: list[Rung] = field(default_factory=list)
    unchanged: int = 0
    rows: int = 0
    active: int = 0

    @property
    def error_rows(self) -> int:
        """How many rows stay out."""
        return len({problem.row for problem in self.problems if problem.is_error})

    @property
    def many_leave(self) -> bool:
        """More than a tenth of the company."""
        return len(self.leaving) * MANY > self.active

    @property
    def changes_nothing(self) -> bool:
        """Whether applying it would write nothing."""
        return not (self.new or self.changed or self.leaving or self.addresses or self.withdrawn)

    def counts(self) -> dict[str, int]:
        """The numbers of the preview."""
        return {
            "rows": self.rows,
            "new": len(self.new),
            "changed": sum(1 for outcome in self.changed if not outcome.returns),
            "returning": sum(1 for outcome in self.changed if outcome.returns),
            "leaving": len(self.leaving),
            "unchanged": self.unchanged,
            "addresses": len(self.addresses),
            "error_rows": self.error_rows,
            "warnings": sum(1 for problem in self.problems if not problem.is_error),
            "active": self.active,
        }

    def fingerprint(self) -> str:
        """The same for the same difference: what was confirmed is what is applied."""
        new = [
            (outcome.entry.row.email, *sorted(outcome.fields.items()))
            for outcome in self.new
            if outcome.entry
        ]
        changed = [(outcome.node, *sorted(outcome.fields.items())) for outcome in self.changed]
        leaving = [person.id for person in self.leaving]
        addresses = [(person.id, email) for person, email in self.addresses]
        problems = [(problem.row, problem.code) for problem in self.problems]
        lists: list[list[Any]] = [new, changed, leaving, addresses, self.withdrawn, problems]
        parts = [sorted(rows) for rows in lists]
        return hashlib.sha256(json.dumps(parts, default=str).encode()).hexdigest()


@dataclass(slots=True)
class Context:
    """What a plan is made with. `actor` is the id of who imports; None: the command line."""

    mapping: dict[str, str]
    time_zone: str
    partial: bool = False
    actor: int | None = None

    @property
    def names_managers(self) -> bool:
        """Whether the file has a column about managers."""
        return any(field.startswith("manager_") for field in self.mapping)
