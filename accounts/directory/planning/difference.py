"""The difference between a file and the people here, as data."""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass, field
from typing import Any

from accounts.directory.planning.known import Known
from accounts.directory.planning.match import Entry
from accounts.directory.problems import Problem
from accounts.domain.grades import Rung

# With fewer managers found than this part of those that are named, the import asks first.
MANAGERS_FOUND = 0.9
AT_THE_TOP = 2  # so many people may have no manager in a small file
MANY = 10  # an import by which more than one in so many people leave must be confirmed


@dataclass(slots=True)
class Outcome:
    """What an import changes about one person.

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

    def summary(self) -> tuple[Any, ...]:
        """Whom it is about and what changes: the address of somebody new, else the node."""
        whom: int | str = self.node
        if self.known is None and self.entry is not None:
            whom = self.entry.row.email
        return (whom, *sorted(self.fields.items()))


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
    unclear_date: str = ""  # a day of the file that may be two days
    unchanged: int = 0
    rows: int = 0
    active: int = 0
    listed: int = 0  # rows of people who have not left
    # how many rows name somebody else as manager, and for how many of them the manager was found
    managers_named: int = 0
    managers_found: int = 0
    manager_columns: list[str] = field(default_factory=list)  # not used, but they may name some

    @property
    def error_rows(self) -> int:
        """How many rows stay out."""
        return len({problem.row for problem in self.problems if problem.is_error})

    @property
    def many_leave(self) -> bool:
        """More than a tenth of the company."""
        return len(self.leaving) * MANY > self.active

    @property
    def manager_warning(self) -> dict[str, Any] | None:
        """What to say, and to have confirmed, where managers are missing; None where they are not.

        Nobody is matched with their own manager only where the import knows who that is.
        """
        if self.listed < 2:
            return None
        if not self.managers_named:
            return self.no_managers()
        if self.managers_named * 2 < self.listed:
            return self.few_name_managers(self.managers_named)
        if self.managers_found < MANAGERS_FOUND * self.managers_named:
            found, named = self.managers_found, self.managers_named
            return {"key": "few_managers", "named": named, "found": found}

        without = self.listed - self.managers_found
        usual = max(AT_THE_TOP, (1 - MANAGERS_FOUND) * self.listed + 0.001)
        return self.few_name_managers(self.managers_found) if without > usual else None

    def no_managers(self) -> dict[str, Any]:
        """The note that nobody in the file has a manager, with columns that may name some."""
        if self.manager_columns:
            return {"key": "no_managers", "unused": self.manager_columns}
        return {"key": "no_managers"}

    def few_name_managers(self, named: int) -> dict[str, Any]:
        """The note that so few people of the file have a manager."""
        return {"key": "few_name_managers", "named": named, "people": self.listed}

    @property
    def changes_nothing(self) -> bool:
        """Whether applying it would write nothing."""
        return not (self.new or self.changed or self.leaving or self.addresses or self.withdrawn)

    def counts(self) -> dict[str, int]:
        """The numbers of the preview."""
        returning = sum(outcome.returns for outcome in self.changed)
        warnings = sum(not problem.is_error for problem in self.problems)
        return {
            "rows": self.rows,
            "new": len(self.new),
            "changed": len(self.changed) - returning,
            "returning": returning,
            "leaving": len(self.leaving),
            "unchanged": self.unchanged,
            "addresses": len(self.addresses),
            "error_rows": self.error_rows,
            "warnings": warnings,
            "active": self.active,
        }

    def fingerprint(self) -> str:
        """The same for the same difference: what was confirmed is what is applied."""
        parts: list[list[Any]] = [
            sorted(outcome.summary() for outcome in self.new),
            sorted(outcome.summary() for outcome in self.changed),
            sorted(person.id for person in self.leaving),
            sorted((person.id, email) for person, email in self.addresses),
            sorted(self.withdrawn),
            sorted((problem.row, problem.code) for problem in self.problems),
        ]
        return hashlib.sha256(json.dumps(parts, default=str).encode()).hexdigest()


@dataclass(slots=True)
class Context:
    """What a plan is made with. `actor` is the id of who imports; None: the command line."""

    mapping: dict[str, str]
    time_zone: str
    partial: bool = False
    grades_by_depth: bool = False  # people without a grade get that of their level in the tree
    date_order: str = ""  # which comes first in a date: day, month or year
    actor: int | None = None

    @property
    def names_managers(self) -> bool:
        """Whether the file has a column about managers."""
        return any(field.startswith("manager_") for field in self.mapping)
