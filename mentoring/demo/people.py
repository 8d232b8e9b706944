"""About 240 invented people: names, departments, places, grades and reporting lines.

The same every time.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from random import Random
from typing import Any

from django.contrib.auth.hashers import make_password

from accounts.domain.people import create_person
from accounts.models import Company, Grade, User
from common import clock

PASSWORD = "reverse-mentoring-demo"  # noqa: S105 - of invented people, printed by the demo
DOMAIN = "halden.example"
COMPANY = "Halden Works"
GRADES = ("Trainee", "Specialist", "Lead", "Head", "Director", "Executive board")
HEADCOUNT = {6: 6, 5: 14, 4: 26, 3: 40, 2: 78, 1: 76}  # people of each grade: 240
DEPARTMENTS = (
    "Marketing",
    "Sales",
    "Operations",
    "Finance",
    "People & Culture",
    "Technology",
    "Research",
    "Customer Service",
)
PLACES = {
    "Berlin": ("Europe/Berlin", ("de", "en")),
    "Lisbon": ("Europe/Lisbon", ("pt", "en")),
    "New York": ("America/New_York", ("en",)),
    "Pune": ("Asia/Kolkata", ("en", "hi")),
}
TITLES = {
    6: "Board member, {}",
    5: "Director of {}",
    4: "Head of {}",
    3: "Team lead, {}",
    2: "{} specialist",
    1: "Trainee, {}",
}
FIRST = """
    Aaliyah Adrian Aiko Alma Amara Anders Anouk Arjun Astrid Aylin Bastian Beatriz Bilal Bruno
    Camille Carlos Chiara Chidi Clara Dagny Daniel Deniz Diego Ebba Elias Elif Emeka Enzo Esther
    Farid Fatima Felix Finn Freya Gabriel Greta Hamza Hana Henrik Ida Imani Ines Ivan Jada Jamal
    Jana Jiho Jonas Josefin Kaan Karim Keiko Kofi Lars Layla Lea Leon Lina Luca Lucia Magnus
    Malik Mara Mateo Maya Mei Milan Mina Nadia Naomi Nela Nia Nico Noor Olga Omar Oskar Paula
    Pia Priya Quentin Rafael Rania Ravi Ronja Rosa Ruben Samira Sanne Sara Selin Simon Sofia
    Stella Sven Talia Tariq Theo Tilda Tomas Uma Valentin Vera Viggo Wanda Yara Yuki Yusuf Zara
    Zoe
"""
LAST = """
    Abara Adler Almeida Andersson Bakker Barros Becker Bello Berg Bianchi Brandt Cardoso Castell
    Chaudhry Costa Dahl Danso Delgado Demir Dietz Duarte Eklund Engel Fabre Falk Ferreira
    Fischer Fontana Frost Gallo Garrido Ghosh Graf Gruber Haas Hagen Hansen Hartmann Hoang Holm
    Ibarra Iyer Jansson Joshi Kaya Keller Khan Kimura Klein Kovac Kraus Lange Larsen Lehmann
    Lindholm Lopes Maier Marin Mbeki Mehta Mendes Moreau Nair Neumann Nilsen Nowak Obi Okafor
    Olsen Ortega Osei Pavlov Pereira Petrov Quist Rahman Ramos Reis Richter Rossi Roth Sandberg
    Santos Sato Schaefer Serra Silva Singh Sommer Stein Suarez Tanaka Teixeira Tran Ueda Vargas
    Vega Vogel Wagner Weiss Winter Yilmaz Zeman Zimmer
"""


@dataclass(frozen=True)
class Staff:
    """The demo's people by grade rank (1 trainee to 6 board), and the HR admin."""

    by_rank: dict[int, list[User]]
    hr_admin: User

    @property
    def juniors(self) -> list[User]:
        """Who may mentor."""
        return [*self.by_rank[1], *self.by_rank[2]]

    @property
    def seniors(self) -> list[User]:
        """Who may be mentored, the most senior first."""
        everybody = [*self.by_rank[6], *self.by_rank[5], *self.by_rank[4]]
        return [person for person in everybody if person != self.hr_admin]


def found_company() -> Staff:
    """Make the company and its people. All sign in with PASSWORD."""
    _set_up_company()
    by_rank = _hire()
    hr_admin = next(person for person in by_rank[4] if person.department == "People & Culture")
    User.objects.update(password=make_password(PASSWORD))
    User.objects.filter(pk=hr_admin.pk).update(is_hr_admin=True, hr_admin_since=clock.now())
    hr_admin.refresh_from_db()
    return Staff(by_rank=by_rank, hr_admin=hr_admin)


def _set_up_company() -> None:
    values = {
        "name": COMPANY,
        "time_zone": "Europe/Berlin",
        "set_up_at": clock.now(),
        "product_name": "Upstream",
    }
    Company.objects.update_or_create(pk=1, defaults=values)


def _hire() -> dict[int, list[User]]:
    """The people of every grade, from the board down."""
    rng = Random(20260901)  # noqa: S311 - the same company every time is the point
    names = invented_names(rng, sum(HEADCOUNT.values()))
    by_rank: dict[int, list[User]] = {}
    for grade in reversed(_make_grades()):
        managers = by_rank.get(grade.rank + 1, [])
        by_rank[grade.rank] = _people_of(grade, managers, names, rng)
    return by_rank


def _make_grades() -> list[Grade]:
    """The grades, the lowest first."""
    return [Grade.objects.create(rank=rank, name=name) for rank, name in enumerate(GRADES, start=1)]


def _people_of(
    grade: Grade, managers: list[User], names: list[tuple[str, str]], rng: Random
) -> list[User]:
    """All people of a grade; managers share them evenly. Takes as many of the names."""
    people = []
    for number in range(HEADCOUNT[grade.rank]):
        manager = managers[number % len(managers)] if managers else None
        people.append(_person(rng, names.pop(), grade, manager, number))
    return people


def invented_names(rng: Random, number: int) -> list[tuple[str, str]]:
    """Different pairs of first and last name."""
    pairs = [(first, last) for first in FIRST.split() for last in LAST.split()]
    return rng.sample(pairs, number)


def _person(
    rng: Random, name: tuple[str, str], grade: Grade, manager: User | None, number: int
) -> User:
    """`number` counts the people of a grade from 0."""
    first, last = name
    department = _department(grade, manager, number)
    return create_person(
        actor=None,
        email=f"{first}.{last}@{DOMAIN}".lower(),
        name=f"{first} {last}",
        employee_id=f"H{grade.rank}{number:03}",
        job_title=TITLES[grade.rank].format(department),
        department=department,
        grade=grade,
        manager=manager,
        **_place(rng),
        hired_on=_hired_on(rng, grade, number),
    )


def _place(rng: Random) -> dict[str, Any]:
    """Where somebody works, with its time zone and languages."""
    [place] = rng.choices(list(PLACES), weights=[5, 3, 2, 2])
    zone, languages = PLACES[place]
    return {"location": place, "time_zone": zone, "languages": list(languages)}


def _hired_on(rng: Random, grade: Grade, number: int) -> date:
    """The higher the grade, the longer ago."""
    year = 2027 - 3 * grade.rank - rng.randrange(3)
    return date(year, 1 + number % 12, 1)


def _department(grade: Grade, manager: User | None, number: int) -> str:
    """The manager's; the board and those who report to it cover all departments in turn."""
    if manager and grade.rank < 5:
        return manager.department
    return DEPARTMENTS[number % len(DEPARTMENTS)]
