"""The directories of the loop test: one that we invent, and the one of the shared data where that
is present.
"""

from __future__ import annotations

import csv
import os
from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
SHARED = Path(os.environ.get("SHARED_DATA") or ROOT.parent / "shared" / "data") / "hr-directory.csv"
GRADES = ("Trainee", "Specialist", "Lead", "Director", "Board")
HR = "ines.keller@loop.example"
JUNIORS = ("Ida", "Jon", "Kim")
SENIORS = ("Cleo", "Dan", "Eve")
LEADS, OTHERS = ("Ada", "Ben"), ("Oto", "Pia", "Quin", "Rex")


@dataclass(frozen=True)
class Person:
    """Somebody who takes part."""

    email: str
    name: str


@dataclass(frozen=True)
class Company:
    """A directory and who of it takes part; `invite_list`: invited by their addresses, otherwise by
    the filter of grades.
    """

    file: Path
    people: int
    hr_admin: str
    mentors: tuple[Person, ...]
    mentees: tuple[Person, ...]
    grades: tuple[str, ...] = ()
    mentor_max: str = ""
    mentee_min: str = ""
    invite_list: bool = False
    everyone: tuple[Person, ...] = field(init=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "everyone", (*self.mentors, *self.mentees))


def invented(folder: Path) -> Company:
    """Fourteen people as an HR system of our own might write them: a board, three directors, three
    juniors in other lines.
    """
    rows = [row("E00", "Zoe Board", "Board", "Management", "")]
    rows.append(["E01", "Keller, Ines", HR, "HR partner", "People", "Berlin", "Lead", "E00"])
    leads = [
        row(f"E1{at}", f"{name} Lead", "Lead", "Operations", "E00") for at, name in enumerate(LEADS)
    ]
    seniors = [
        row(f"E2{at}", f"{name} Senior", "Director", f"Unit {at + 1}", "E00")
        for at, name in enumerate(SENIORS)
    ]
    juniors = [
        row(f"E3{at}", f"{name} Junior", "Trainee", "Operations", f"E1{at % 2}")
        for at, name in enumerate(JUNIORS)
    ]
    others = [
        row(f"E4{at}", f"{name} Other", "Lead", "Operations", "E10")
        for at, name in enumerate(OTHERS)
    ]
    path = folder / "people.csv"
    with path.open("w", newline="", encoding="utf-8-sig") as stream:
        writer = csv.writer(stream, delimiter=";")
        writer.writerow(
            [
                "Personnel no",
                "Name",
                "Work e-mail",
                "Job title",
                "Dept",
                "Office",
                "Grade",
                "Manager ID",
            ]
        )
        writer.writerows([*rows, *leads, *seniors, *juniors, *others])
    return Company(
        file=path,
        people=14,
        hr_admin=HR,
        mentors=persons(juniors),
        mentees=persons(seniors),
        grades=GRADES,
        mentor_max="Specialist",
        mentee_min="Director",
    )


def row(number: str, name: str, grade: str, department: str, manager: str) -> list[str]:
    """A line of the directory, with the family name first as HR systems like it."""
    first, last = name.split()
    return [
        number,
        f"{last}, {first}",
        f"{first}.{last}@loop.example".lower(),
        grade,
        department,
        "Berlin",
        grade,
        manager,
    ]


def persons(rows: Iterable[list[str]]) -> tuple[Person, ...]:
    """The people of such lines, with the name as the pages show it."""
    return tuple(Person(line[2], " ".join(reversed(line[1].split(", ")))) for line in rows)


def shared(folder: Path) -> Company:
    """The real export, as it is: no grades, so that they come from the depth of the reporting tree.

    Two pairs of it.
    """
    with SHARED.open(newline="", encoding="utf-8-sig") as stream:
        rows = list(csv.DictReader(stream))
    known = {line["EMPLOYEE_ID"]: line for line in rows}

    def above(line: dict[str, str]) -> list[str]:
        manager = line["MANAGER_ID"]
        return [manager, *above(known[manager])] if manager in known else []

    def person(line: dict[str, str]) -> Person:
        return Person(line["EMAIL"].lower(), f"{line['FIRST_NAME']} {line['LAST_NAME']}")

    seniors = [line for line in rows if len(above(line)) == 1][:2]
    lines = {line["EMPLOYEE_ID"] for line in seniors}
    taken = {line["DEPARTMENT_NAME"] for line in seniors}
    deepest = max(len(above(line)) for line in rows)
    juniors = [
        line
        for line in rows
        if len(above(line)) == deepest - 1
        and not lines & set(above(line))
        and line["DEPARTMENT_NAME"] not in taken
    ][:2]
    return Company(
        file=SHARED,
        people=len(rows),
        hr_admin="hr@loop.example",
        mentors=tuple(map(person, juniors)),
        mentees=tuple(map(person, seniors)),
        invite_list=True,
    )
