"""What a run works on, as plain values."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

from django.utils.crypto import salted_hmac

from matching.domain.inputs.digest import text_of
from matching.domain.inputs.enrolment_rows import EnrolmentRow
from matching.solver import Person, Rules
from programs.models import Enrolment


@dataclass(frozen=True)
class MatchInput:
    """What a run works on.

    `rows` by id of the enrolment (the `ref` of each Person); `placed` have a partner already;
    `away` are absent and take no part.
    """

    people: tuple[Person, ...]
    rules: Rules
    rows: dict[int, EnrolmentRow]
    placed: frozenset[int]
    away: tuple[EnrolmentRow, ...]
    topic_names: dict[str, str]

    @cached_property
    def enrolments(self) -> dict[int, Enrolment]:
        """The enrolments by id, with people and grades."""
        rows = Enrolment.objects.select_related("person__grade")
        return rows.in_bulk(list(self.rows))

    def public_id(self, person: Person) -> str:
        """The public id of a person's enrolment."""
        return str(self.rows[enrolment_id(person)].public_id)

    def digest(self) -> str:
        """A fingerprint of everything that decides the result: equal input, equal pairs.

        Keyed with the application's secret: it covers whom people avoid, and the rest of the input
        is in the database. A plain hash would let somebody try out who avoids whom.
        """
        text = text_of(self.people, self.rules)
        return salted_hmac("pairings.match_run.input", text, algorithm="sha256").hexdigest()


def enrolment_id(person: Person) -> int:
    """The enrolment behind a person of the solver."""
    assert isinstance(person.ref, int)
    return person.ref
