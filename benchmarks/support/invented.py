"""Invented people for the benchmarks of matching: mentees and mentors as the solver takes them."""

import random
from collections.abc import Sequence
from datetime import date

from matching.solver import Person, Role, Rules, Window

ZONES = [
    "Europe/Berlin",
    "Europe/London",
    "Europe/Warsaw",
    "America/New_York",
    "America/Chicago",
    "Asia/Kolkata",
    "Asia/Tokyo",
]
LANGUAGES = {"Europe/Berlin": "de", "Europe/Warsaw": "pl", "Asia/Tokyo": "ja", "Asia/Kolkata": "hi"}
RULES = Rules(
    grade_gap=2, forbid_same_department=False, starts=date(2026, 9, 1), ends=date(2027, 6, 30)
)
SLIDERS = ("pace", "plan", "talk")
TOPICS = [f"t{number}" for number in range(120)]
HALF_DAYS = [(day, *hours) for day in range(5) for hours in ((540, 780), (780, 1080))]
# a few topics and departments are far more common than the others
TOPIC_WEIGHTS = [1 / (rank + 1) ** 0.8 for rank in range(120)]
DEPARTMENT_WEIGHTS = [1 / (rank + 1) for rank in range(20)]


def company(n: int, seed: int = 1) -> list[Person]:
    """n mentees and n mentors: 120 topics, 20 departments, 30 places in 7 zones, half-day
    availability, 40 interests.
    """
    draw = random.Random(seed)
    mentees, mentors = ([f"{letter}{number:06}" for number in range(n)] for letter in "er")
    people = [_person(draw, "mentee", key, mentors, mentees) for key in mentees]
    return people + [_person(draw, "mentor", key, mentees, mentees) for key in mentors]


def _person(
    draw: random.Random, role: Role, key: str, others: Sequence[str], seniors: Sequence[str]
) -> Person:
    """Somebody; the order in which their parts are drawn decides who comes out."""
    is_mentee = role == "mentee"
    place = draw.randrange(30)
    zone = ZONES[min(place // 4, 6)]
    topics = list(dict.fromkeys(draw.choices(TOPICS, TOPIC_WEIGHTS, k=draw.randint(3, 8))))
    hours: tuple[Window, ...] = tuple(some for some in HALF_DAYS if draw.random() < 0.75)
    return Person(
        key=key,
        role=role,
        grade_rank=_grade(draw, is_mentee=is_mentee),
        ancestors=frozenset() if is_mentee else _some(draw, seniors, 3),
        department=f"d{draw.choices(range(20), DEPARTMENT_WEIGHTS)[0]}",
        location=f"l{place}",
        languages=("en", LANGUAGES[zone]) if zone in LANGUAGES else ("en",),
        time_zone=zone,
        availability=hours or ((0, 540, 1080),),
        topics=_topics(draw, topics, is_mentee=is_mentee),
        working_style={slider: draw.randint(1, 5) for slider in SLIDERS},
        interests=frozenset(f"i{draw.randrange(40)}" for _ in range(3)),
        wishes=_wishes(draw, others),
        blocked=_some(draw, others, 2),
    )


def _grade(draw: random.Random, *, is_mentee: bool) -> int:
    if is_mentee:
        return draw.choices(range(5, 11), [30, 30, 20, 12, 6, 2])[0]
    return draw.choices(range(1, 6), [35, 30, 20, 10, 5])[0]


def _topics(draw: random.Random, topics: list[str], *, is_mentee: bool) -> dict[str, int]:
    """Priorities of a mentee, levels of a mentor."""
    if is_mentee:
        return {topic: place + 1 for place, topic in enumerate(topics)}
    return {topic: draw.randint(1, 5) for topic in topics}


def _some(draw: random.Random, keys: Sequence[str], number: int) -> frozenset[str]:
    return frozenset(keys[draw.randrange(len(keys))] for _ in range(number))


def _wishes(draw: random.Random, others: Sequence[str]) -> frozenset[str]:
    """One in ten wishes for somebody."""
    return _some(draw, others, 1) if draw.random() < 0.1 else frozenset()
