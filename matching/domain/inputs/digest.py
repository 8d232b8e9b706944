"""Everything that decides the result of a run, as one text."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import asdict, fields
from typing import Any

from matching.solver import Person, Rules

NOT_IN_DIGEST = {"ref", "name"}
"""Fields of a person that decide nothing."""


def text_of(people: Iterable[Person], rules: Rules) -> str:
    """Everything that decides a result, in one text that depends on no order."""
    in_order = sorted(people, key=lambda person: (person.role, person.key))
    rows = [_values(person) for person in in_order]
    return json.dumps([rows, _sorted(asdict(rules))], default=str)


def _values(person: Person) -> list[Any]:
    names = [field.name for field in fields(Person)]
    return [_sorted(getattr(person, name)) for name in names if name not in NOT_IN_DIGEST]


def _sorted(value: Any) -> Any:
    """Sets and mappings sorted, so that the text does not depend on their order."""
    if isinstance(value, frozenset):
        return sorted(value)
    if isinstance(value, Mapping):
        return sorted(value.items())
    return value
