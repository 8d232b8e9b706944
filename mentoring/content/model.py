"""What a program template holds. Data only: installing it is in `mentoring.content`."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Any


@dataclass(frozen=True)
class Step:
    """A step of a prep pack."""

    title: str
    body: str
    minutes: int = 2


@dataclass(frozen=True)
class Item:
    """A part of a session: how long, what, how."""

    minutes: int
    title: str
    text: str


@dataclass(frozen=True)
class Guide:
    """A guide for one session; the minutes of its agenda add up to the template's length of a
    session.
    """

    title: str
    aim: str
    agenda: tuple[Item, ...]


@dataclass(frozen=True)
class Question:
    """A question of a survey; `kind` is scale5, scale10, single, multiple or text."""

    text: str
    kind: str = "scale5"
    options: tuple[str, ...] = ()
    required: bool = True


@dataclass(frozen=True)
class Survey:
    """A planned survey, in the words of feedback's plan."""

    kind: str
    title: str
    intro: str
    questions: tuple[Question, ...]
    label: str = "anonymous"
    audience: str = "all"
    first_day: int = 30
    days_before_end: int | None = None
    every_weeks: int | None = None
    open_days: int = 10

    def plain(self) -> dict[str, Any]:
        """As `feedback.domain.plan.install_default_plan` takes it."""
        return asdict(self)


@dataclass(frozen=True)
class ProgramTemplate:
    """A kind of program: everything that a new program begins with.

    Its texts may say {mentor}, {mentors}, {mentee} and {mentees}.
    """

    key: str
    name: str
    summary: str
    contains: tuple[str, ...]
    purpose: str = ""
    topics: tuple[tuple[str, tuple[str, ...]], ...] = ()  # (category, names)
    agreement_text: str = ""
    mentor_prep: tuple[Step, ...] = ()
    mentee_prep: tuple[Step, ...] = ()
    guides: tuple[Guide, ...] = ()
    goal_starters: tuple[str, ...] = ()
    surveys: tuple[Survey, ...] = ()
    planned_sessions: int = 6
    interval_weeks: int = 4
    session_minutes: int = 45
    driver: str = "mentee"

    @property
    def plain_surveys(self) -> list[dict[str, Any]]:
        """The survey plan as plain data."""
        return [survey.plain() for survey in self.surveys]
