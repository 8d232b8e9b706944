"""What a program template holds. Data only: `loading` reads it, `mentoring.content` installs it."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Any
from uuid import UUID


@dataclass(frozen=True)
class Step:
    """A step of a prep pack; `question` is for oneself and may be empty.

    `is_card`: it can be printed as a card.
    """

    title: str
    body: str
    minutes: int
    question: str = ""
    is_card: bool = False


@dataclass(frozen=True)
class Item:
    """A part of a session: how long, what, how, and how it is done remotely (may be empty)."""

    minutes: int
    title: str
    text: str
    remote: str = ""


@dataclass(frozen=True)
class Guide:
    """A guide for a session; the minutes of its agenda add up to the length of a session.

    `kind` is first, last or topic; `category` the group of topics of the last kind.
    """

    kind: str
    title: str
    aim: str
    agenda: tuple[Item, ...]
    category: str = ""


@dataclass(frozen=True)
class TopicText:
    """A topic, with what a pair does and talks about, and a goal to begin with for each side."""

    name: str
    category: str
    exercise: str
    questions: tuple[str, ...]
    mentor_goal: str
    mentee_goal: str
    is_burdening: bool = False


@dataclass(frozen=True)
class Question:
    """A question of a survey; `kind` is scale5, scale10, single, multiple or text.

    Questions with the same `key` are the same question, in whatever language and survey.
    """

    key: UUID
    text: str
    kind: str = "scale5"
    options: tuple[str, ...] = ()
    low: str = ""
    high: str = ""
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
    """A kind of program in one language: everything that a new program begins with.

    Its texts may say {mentor}, {mentors}, {mentee} and {mentees}.
    """

    key: str
    language: str
    position: int
    name: str
    summary: str
    mentor_label: str
    mentors_label: str
    mentee_label: str
    mentees_label: str
    agreement_text: str
    mentor_prep: tuple[Step, ...]
    mentee_prep: tuple[Step, ...]
    surveys: tuple[Survey, ...]
    planned_sessions: int
    interval_weeks: int
    session_minutes: int
    driver: str
    purpose: str = ""
    invitation: str = ""
    closing_ritual: str = ""
    topics: tuple[TopicText, ...] = ()
    guides: tuple[Guide, ...] = ()

    @property
    def categories(self) -> list[str]:
        """The groups of topics in their order."""
        return list(dict.fromkeys(topic.category for topic in self.topics))
