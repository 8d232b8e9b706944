"""Whether the row of a person says that they have left."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from dataclasses import field as dataclass_field
from datetime import date

from accounts.directory.problems import ProblemLog
from accounts.directory.rows.conventions import Conventions
from accounts.directory.values.last_days import day_of, is_endless
from accounts.directory.values.names import FIELDS
from accounts.directory.values.states_behind_names import split_state
from accounts.directory.values.status import is_gone


@dataclass(slots=True)
class LeavingReader:
    """Reads the status, the last day, and the states behind names of one file.

    `states_in_names` are the rows in which such a state became the status, with the state, by
    field.
    """

    problems: ProblemLog
    conventions: Conventions
    states_in_names: dict[str, list[tuple[int, str]]] = dataclass_field(default_factory=dict)

    def take_state(self, number: int, texts: dict[str, str]) -> None:
        """Move a state behind a name to the status: "Jane Doe (On Leave)"."""
        for field in FIELDS:
            texts[field], state = split_state(texts[field])
            if not state:
                continue
            if not texts["status"]:
                texts["status"] = state
                texts["status_field"] = field
                self.states_in_names.setdefault(field, []).append((number, state))
            elif is_gone(state) != self.is_gone_by_status(texts):
                self.problems.add(number, "states_differ", field, state, other=texts["status"])

    def is_gone(self, number: int, texts: Mapping[str, str]) -> bool:
        """Whether this person has left: by the last day where there is one, else by the status.

        Somebody who has given notice works here until their last day. A last day that cannot be
        read is an error of the row and does not decide anything.
        """
        gone = self.is_gone_by_status(texts)
        if gone is None:
            self.problems.add(number, "bad_status", status_field(texts), texts["status"])
            return False

        errors_before = len(self.problems)
        last_day = self.last_day(number, texts)
        if last_day is None:
            is_readable = len(self.problems) == errors_before
            return gone and is_readable

        has_ended = last_day < self.conventions.last_days.today
        self.note_difference(number, texts, last_day, gone=gone, has_ended=has_ended)
        return has_ended and (gone or not texts["status"])

    def note_difference(
        self, number: int, texts: Mapping[str, str], last_day: date, *, gone: bool, has_ended: bool
    ) -> None:
        """Note that the status and the last day say different things."""
        status = texts["status"]
        if has_ended and status and not gone:
            self.problems.add(number, "still_active", "left_on", texts["left_on"])
        if gone and not has_ended:
            field, value = status_field(texts), status or "–"
            self.problems.add(number, "leaves_later", field, value, what=last_day.isoformat())

    def is_gone_by_status(self, texts: Mapping[str, str]) -> bool | None:
        """Whether the status says that they have left; None where it is not understood."""
        status = texts["status"]
        if texts["status_field"]:
            return is_gone(status)
        column = self.conventions.status_column
        return column.is_gone(status) if status else column.empty_is_left

    def last_day(self, number: int, texts: Mapping[str, str]) -> date | None:
        """The last day, also where the status tells it. 31.12.9999 and the like are none."""
        text = texts["left_on"]
        dates = self.conventions.last_days
        if not text:
            return dates.read_inside(texts["status"])
        if is_endless(text):
            return None
        day = day_of(text, dates)
        if day is None and not dates.is_unclear(text):
            self.problems.add(number, "bad_date", "left_on", text)
        return day


def status_field(texts: Mapping[str, str]) -> str:
    """The field that told the status: that of a name where a state stood behind it."""
    return texts["status_field"] or "status"
