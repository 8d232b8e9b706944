"""How a file writes dates, names and states: found out before its rows are read."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from accounts.directory.rows.no_people import GROUPED_BY, Groups
from accounts.directory.rows.raw_cells import TextCounts
from accounts.directory.values.dates import DateReader
from accounts.directory.values.name_order import surname_comes_first
from accounts.directory.values.status import StatusColumn

# The fields whose columns are looked through as a whole.
COUNTED = ("employee_id", "hired_on", "left_on", "status", *GROUPED_BY)


@dataclass(slots=True)
class Conventions:
    """What the columns of a file tell about their cells."""

    dates: DateReader
    last_days: DateReader
    surname_first: bool = False
    groups: Groups = field(default_factory=Groups)
    status_column: StatusColumn = field(default_factory=StatusColumn)

    @classmethod
    def with_dates_in(cls, date_order: str) -> Conventions:
        """Nothing is known yet but the order of dates, if somebody has chosen one."""
        return cls(DateReader(date_order, past=True), DateReader(date_order))

    def learn(self, counts: TextCounts, mapping: Mapping[str, str]) -> None:
        """Learn from all texts of the columns of COUNTED."""
        self.learn_dates(counts, mapping)
        self.learn_status(counts, mapping)
        self.learn_groups(counts, mapping)

    def learn_dates(self, counts: TextCounts, mapping: Mapping[str, str]) -> None:
        """Find the order of day and month. One column may tell that of the other."""
        for name, dates in {"hired_on": self.dates, "left_on": self.last_days}.items():
            if name in mapping:
                dates.learn(counts.columns[mapping[name]])
        self.dates.learn_from(self.last_days)
        self.last_days.learn_from(self.dates)

    def learn_status(self, counts: TextCounts, mapping: Mapping[str, str]) -> None:
        """Find out how the column of the status tells who has left."""
        heading = mapping.get("status")
        if heading:
            self.status_column = StatusColumn.of(heading, counts.cleaned(heading))

    def learn_groups(self, counts: TextCounts, mapping: Mapping[str, str]) -> None:
        """Find the names by which reports group people, and whether ids have digits."""
        headings = [mapping[name] for name in GROUPED_BY if name in mapping]
        ids = counts.columns.get(mapping.get("employee_id", ""), Counter())
        self.groups = Groups.of(map(counts.cleaned, headings), ids)

    def learn_order_of_names(self, heading: str, people: Iterable[tuple[str, str]]) -> None:
        """Find out whether full names begin with the family name: (name, address) of people."""
        self.surname_first = surname_comes_first(heading, people)
