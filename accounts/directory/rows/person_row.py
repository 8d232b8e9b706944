"""What a row of the file says about a person."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date


@dataclass(slots=True)
class PersonRow:
    """What a row says; texts are empty where it says nothing.

    `managers` are the ways in which it names the manager: ("id" | "email" | "name", value).
    `person_key` is what the ids of managers refer to, where that is not the employee id.
    """

    number: int
    employee_id: str = ""
    person_key: str = ""
    email: str = ""
    name: str = ""
    last_name: str = ""
    preferred_name: str = ""
    job_title: str = ""
    department: str = ""
    location: str = ""
    time_zone: str = ""  # as the file says
    place_zone: str = ""  # as city and country tell
    grade: str = ""
    hired_on: date | None = None
    managers: tuple[tuple[str, str], ...] = ()
    gone: bool = False  # the status or the last day says that this person has left
    is_main: bool = False  # of several rows of somebody, the one that counts
    ok: bool = True
    certain: bool = True  # whether id and address can be trusted to be in the right cells
