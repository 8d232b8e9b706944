"""The changes of a plan as the preview and the download show them."""

from __future__ import annotations

from typing import Any

from accounts.directory.planning.difference import Outcome, Plan
from accounts.directory.planning.known import Known


def differences_of(plan: Plan) -> list[dict[str, Any]]:
    """One entry for each change: new people, changed ones, leavers, changed addresses."""
    return [
        *(_from_file("new", outcome) for outcome in plan.new),
        *(_from_file(_kind_of_change(outcome), outcome) for outcome in plan.changed),
        *(_from_here("leaving", person, {}) for person in plan.leaving),
        *(_new_address(person, email) for person, email in plan.addresses),
    ]


def _new_address(person: Known, email: str) -> dict[str, Any]:
    return _from_here("address", person, {"email": [person.email, email]})


def _kind_of_change(outcome: Outcome) -> str:
    return "returning" if outcome.returns else "changed"


def _from_file(kind: str, outcome: Outcome) -> dict[str, Any]:
    """A change that a row of the file asks for, about a new person or a known one."""
    number = outcome.entry.row.number if outcome.entry else 0
    fields = {field: list(values) for field, values in outcome.fields.items()}
    return {"kind": kind, "row": number, **_person_of(outcome), "fields": fields}


def _person_of(outcome: Outcome) -> dict[str, str]:
    """The person as the file has them, with the address that they have here."""
    known = _known_person(outcome.known) if outcome.known else {"id": "", "name": "", "email": ""}
    if outcome.entry is None:
        return known
    row = outcome.entry.row
    return {
        "id": row.employee_id or known["id"],
        "name": row.name,
        "email": known["email"] or row.email,
    }


def _known_person(person: Known) -> dict[str, str]:
    return {"id": person.employee_id or "", "name": person.name, "email": person.email}


def _from_here(kind: str, person: Known, fields: dict[str, list[str]]) -> dict[str, Any]:
    """A change of a person here that is not in a row of its own."""
    return {"kind": kind, "row": 0, **_known_person(person), "fields": fields}
