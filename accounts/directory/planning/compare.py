"""A row against the person it is about, field by field."""

from __future__ import annotations

import unicodedata
from collections.abc import Mapping
from typing import Any

from accounts.directory.planning.difference import Context, Outcome
from accounts.directory.planning.known import Known
from accounts.directory.planning.match import Entry, Matched
from accounts.directory.problems import ProblemLog
from accounts.domain.grades import Rung
from accounts.enums import DirectoryState

PLACE = {"location", "city", "country"}
NOT_SHOWN_OF_NEW = {"last_name", "is_active", "grade_is_derived", "directory_state"}


class Comparer:
    """Works out what is to be written for each row, and what of it is new.

    `given` are the grades that this import gives, by node; `ladder` are all grades.
    """

    def __init__(
        self,
        matched: Matched,
        context: Context,
        *,
        given: Mapping[int, Rung | None],
        ladder: list[Rung],
        problems: ProblemLog,
    ) -> None:
        self.context, self.given, self.problems = context, given, problems
        self.names_managers = context.names_managers
        self.names_places = not PLACE.isdisjoint(context.mapping)
        self.names = {person.id: person.name for person in matched.known.values()}
        self.names.update(names_of_new(matched))
        self.rung_of = {rung.id: rung for rung in ladder if rung.id is not None}
        self.told_by_place = 0
        self.told_by_company = 0

    def outcome(self, entry: Entry) -> Outcome:
        """What becomes of the person of this row."""
        known = entry.known
        values = self.values(entry)
        values["directory_state"] = DirectoryState.LISTED
        returns = known is not None and known.has_left
        if known is None or returns:
            values["is_active"] = True
        elif not known.is_active:
            self.note_inactive(entry)
            values["directory_state"] = known.directory_state
        return Outcome(known, entry, values, self.differences(known, values), returns)

    def note_inactive(self, entry: Entry) -> None:
        """Somebody whom HR deactivated by hand stays so."""
        self.problems.add(entry.row.number, "stays_inactive", name=entry.row.name)

    def only_grade(self, known: Known, rung: Rung | None) -> Outcome:
        """What becomes of somebody whose place in the tree moved though no row is about them."""
        values = {"grade": rung, "grade_is_derived": rung is not None}
        return Outcome(known, None, values, self.differences(known, values))

    def values(self, entry: Entry) -> dict[str, Any]:
        """The fields that the file decides. A column that is not mapped decides nothing."""
        values = self.values_of_cells(entry)
        if self.names_managers:
            values["manager"] = entry.manager
        if entry.node in self.given:
            values.update(self.grade_values(self.given[entry.node]))

        zone = self.zone(entry, values)
        if zone:
            values["time_zone"] = zone
        return values

    def values_of_cells(self, entry: Entry) -> dict[str, Any]:
        """The fields that are written as they are in the row."""
        row = entry.row
        values: dict[str, Any] = {"name": row.name}
        for field in ("last_name", "employee_id"):
            if getattr(row, field):
                values[field] = getattr(row, field)
        for field in ("job_title", "department", "hired_on"):
            if field in self.context.mapping:
                values[field] = getattr(row, field)

        if self.names_places:
            values["location"] = row.location
        if row.preferred_name and not has_preferred_name(entry.known):
            values["preferred_name"] = row.preferred_name
        return values

    def grade_values(self, rung: Rung | None) -> dict[str, Any]:
        """The grade, and whether it comes from the reporting tree."""
        is_derived = rung is not None and "grade" not in self.context.mapping
        return {"grade": rung, "grade_is_derived": is_derived}

    def zone(self, entry: Entry, values: Mapping[str, Any]) -> str:
        """The time zone to write, or "" to leave it.

        People choose their own once they have signed in, until they move.
        """
        row, known = entry.row, entry.known
        if known is not None and known.has_signed_in:
            moves = known.location != values.get("location", known.location)
            if not moves:
                return ""

        if row.time_zone:
            return row.time_zone
        if row.place_zone:
            self.told_by_place += known is None
            return row.place_zone
        if known is not None:
            return ""
        self.told_by_company += 1
        return self.context.time_zone

    def differences(
        self, known: Known | None, values: Mapping[str, Any]
    ) -> dict[str, tuple[str, str]]:
        """{field: (before, after)} as shown, for the values that differ."""
        if known is None:
            return self.shown_of_new(values)
        found: dict[str, tuple[str, str]] = {}
        for field, value in values.items():
            before = self.present(known, field)
            if before != value and composed(before) != composed(value):
                found[field] = (self.shown(field, before), self.shown(field, value))
        return found

    def shown_of_new(self, values: Mapping[str, Any]) -> dict[str, tuple[str, str]]:
        """As `differences`, for somebody new: everything that is not empty."""
        found: dict[str, tuple[str, str]] = {}
        for field, value in values.items():
            if value and field not in NOT_SHOWN_OF_NEW:
                found[field] = ("", self.shown(field, value))
        return found

    def present(self, known: Known, field: str) -> Any:
        """A field as the database has it, in the form of `values`."""
        if field == "manager":
            return known.manager_id
        if field == "grade":
            return self.rung_of.get(known.grade_id or 0)
        return getattr(known, field)

    def shown(self, field: str, value: Any) -> str:
        """A value in words."""
        if value is None or value == "":
            return ""
        if field == "manager":
            return self.names.get(value, "")
        return value.name if isinstance(value, Rung) else str(value)

    def notes(self) -> list[dict[str, Any]]:
        """Where the time zones of new people come from."""
        if not (self.told_by_place or self.told_by_company):
            return []
        note = {
            "key": "zones",
            "by_place": self.told_by_place,
            "by_company": self.told_by_company,
            "zone": self.context.time_zone,
        }
        return [note]


def composed(value: Any) -> Any:
    """A text in NFC, in which an ü is one letter however it was typed; other values as they are."""
    return unicodedata.normalize("NFC", value) if isinstance(value, str) else value


def has_preferred_name(known: Known | None) -> bool:
    """Whether somebody has said already what to call them."""
    return known is not None and bool(known.preferred_name)


def names_of_new(matched: Matched) -> dict[int, str]:
    """The names of those who are not here yet, by node."""
    new = [entry for entry in matched.entries if entry.known is None]
    return {entry.node: entry.row.name for entry in new}
