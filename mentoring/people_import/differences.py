"""The changes of a plan as the preview and the download show them."""

from __future__ import annotations

from typing import Any

from accounts.directory.planning.difference import Outcome, Plan
from accounts.directory.planning.known import Known


def differences_of(plan: Plan) -> list[dict[str, Any]]:
    """One entry for each change: new people, changed ones, leavers, changed addresses."""
    new = [_from_file("new", outcome) for outcome in plan.new]
    changed = [_from_file(_kind_of_change(outcome), outcome) for outcome in plan.changed]
    leaving = [_from_here("leaving", person, {}) for person in plan.leaving]
    addresses = [
        _from_here("address", person, {"email": [person.email, email]})
        for person, email in plan.addresses
    ]
    return [*new, *changed, *leaving, *addresses]


def _kind_of_change(outcome: Outcome) -> str:
    return "returning" if outcome.returns else "changed"


def _from_file(kind: str, outcome: Outcome) -> dict[str, Any]:
    """A change that a row of the file asks for, about a new person or a known one."""
    change: dict[str, Any] = {"kind": kind, "row": 0, "id": "", "name": "", "email": ""}
    if outcome.known:
        change |= _known_person(outcome.known)
    if outcome.entry:
        row = outcome.entry.row
        change["row"], change["name"] = row.number, row.name
        change["id"] = row.employee_id or change["id"]
        change["email"] = change["email"] or row.email
    change["fields"] = {field: list(values) for field, values in outcome.fields.items()}
    return change


def _known_person(person: Known) -> dict[str, str]:
    return {"id": person.employee_id or "", "name": person.name, "email": person.email}


def _from_here(kind: str, person: Known, fields: dict[str, list[str]]) -> dict[str, Any]:
    """A change of a person here that is not in a row of its own."""
    return {"kind": kind, "row": 0, **_known_person(person), "fields": fields}
