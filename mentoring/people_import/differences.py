"""The changes of a plan as the preview and the download show them."""

from __future__ import annotations

from typing import Any

from accounts.directory.planning.difference import Outcome, Plan
from accounts.directory.planning.match import Known


def differences_of(plan: Plan) -> list[dict[str, Any]]:
    """One entry for each change: new people, changed ones, leavers, changed addresses."""
    new = [_from_file("new", outcome) for outcome in plan.new]
    changed = [
        _from_file("returning" if outcome.returns else "changed", outcome)
        for outcome in plan.changed
    ]
    leaving = [_from_here("leaving", person, {}) for person in plan.leaving]
    addresses = [
        _from_here("address", person, {"email": [person.email, email]})
        for person, email in plan.addresses
    ]
    return [*new, *changed, *leaving, *addresses]


def _from_file(kind: str, outcome: Outcome) -> dict[str, Any]:
    """A change that a row of the file asks for, about a new person or a known one."""
    row = outcome.entry.row if outcome.entry else None
    known = outcome.known
    number, employee_id, name, email = 0, "", "", ""
    if known:
        employee_id, name, email = known.employee_id or "", known.name, known.email
    if row:
        number, name = row.number, row.name
        employee_id = row.employee_id or employee_id
        email = email or row.email
    return {
        "kind": kind,
        "row": number,
        "id": employee_id,
        "name": name,
        "email": email,
        "fields": {field: list(values) for field, values in outcome.fields.items()},
    }


def _from_here(kind: str, person: Known, fields: dict[str, list[str]]) -> dict[str, Any]:
    """A change of a person here that is not in a row of its own."""
    return {
        "kind": kind,
        "row": 0,
        "id": person.employee_id or "",
        "name": person.name,
        "email": person.email,
        "fields": fields,
    }
