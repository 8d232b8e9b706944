"""People as the solver reads them, and what ties them to each other."""

from __future__ import annotations

import unicodedata
from collections import defaultdict
from collections.abc import Iterable

from accounts.domain.reporting import ancestors_of
from matching.domain.inputs.enrolment_rows import EnrolmentRow
from matching.domain.inputs.private_pairs import private_pairs
from matching.domain.run_settings import allows_former_pairs
from matching.models import MatchRun
from matching.solver import Person, Role
from programs.models import Enrolment


class Ties:
    """What ties the people of a pool to each other: reporting lines, private pairs, wishes.

    In the solver people are known by their keys.
    """

    def __init__(self, run: MatchRun, pool: list[EnrolmentRow]) -> None:
        self.keys = {row.person_id: row.key for row in pool}
        self._key_of_public_id = {str(row.person_public_id): row.key for row in pool}
        self._above = ancestors_of(self.keys)
        self._blocked = self._private_pairs(run, pool)

    def _private_pairs(self, run: MatchRun, pool: list[EnrolmentRow]) -> dict[int, set[str]]:
        """By id of each person: the keys of those to whom they are not available."""
        ids = {str(row.person_public_id): row.person_id for row in pool}
        pairs = private_pairs(run.program, ids, allow_former=allows_former_pairs(run))
        blocked: dict[int, set[str]] = defaultdict(set)
        for a, b in pairs:
            blocked[a].add(self.keys[b])
            blocked[b].add(self.keys[a])
        return blocked

    def ancestors(self, row: EnrolmentRow) -> frozenset[str]:
        """Everybody of the pool above this person in the reporting line."""
        above = self._above[row.person_id]
        return frozenset(self.keys[person] for person in above if person in self.keys)

    def blocked(self, row: EnrolmentRow) -> frozenset[str]:
        """To whom this person is not available, for a private reason."""
        return frozenset(self._blocked.get(row.person_id, ()))

    def wishes(self, row: EnrolmentRow) -> frozenset[str]:
        """Whom of the pool this person has wished for."""
        wished = row.wishes or []
        known = self._key_of_public_id
        return frozenset(known[public_id] for public_id in wished if public_id in known)


def person_of(row: EnrolmentRow, ties: Ties, topics: dict[str, int], free_places: int) -> Person:
    """The person whom the solver places; `topics` has the level or priority of each topic."""
    role: Role = "mentor" if row.role == "mentor" else "mentee"
    return Person(
        key=row.key,
        role=role,
        ref=row.pk,
        grade_rank=row.rank,
        ancestors=ties.ancestors(row),
        department=as_compared(row.department),
        location=as_compared(row.location),
        languages=tuple(row.languages or row.spoken),
        time_zone=row.time_zone,
        availability=free_windows(row.availability),
        topics=topics,
        working_style=_working_style(row),
        interests=_interests(row),
        wishes=ties.wishes(row),
        blocked=ties.blocked(row),
        capacity=free_places,
    )


def as_compared(place: str) -> str:
    """A department or place as it is compared: composed, in one case, with single blanks."""
    folded = unicodedata.normalize("NFD", place).casefold()
    return " ".join(unicodedata.normalize("NFC", folded).split())


def _working_style(row: EnrolmentRow) -> dict[str, int]:
    return {str(name): int(value) for name, value in row.working_style.items()}


def _interests(row: EnrolmentRow) -> frozenset[str]:
    return frozenset(word.strip().lower() for word in row.interests)


def times_of(enrolment: Enrolment, role: Role) -> Person:
    """Somebody's free times, and nothing else."""
    return Person(
        key=str(enrolment.pk),
        role=role,
        time_zone=enrolment.person.time_zone,
        availability=free_windows(enrolment.availability),
    )


def free_windows(availability: Iterable[Iterable[int]]) -> tuple[tuple[int, int, int], ...]:
    """Somebody's free times as stored, for the solver: weekday, first and last minute."""
    return tuple((int(day), int(start), int(end)) for day, start, end in availability)
