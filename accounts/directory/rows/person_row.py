"""What a row of the file says about a person."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date


@dataclass(slots=True)
class PersonRow:
    """What a row says; texts are empty where it says nothing.

    `manager` is ("id" | "email" | "name", value) or None.
    """

    number: int
    employee_id: str = ""
    email: str = ""
    name: str = ""
    preferred_name: str = ""
    job_title: str = ""
    department: str = ""
    location: str = ""
    time_zone: str = ""  # as the file says
    place_zone: str = ""  # as city and country tell
    grade: str = ""
    hired_on: date | None = None
    manager: tuple[str, str] | None = None
    gone: bool = False  # the status column says that this person has left
    ok: bool = True
    certain: bool = True  # whether id and address can be trusted to be in the right cells
