"""From "I want to …" to a goal that can be measured."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from goals.enums import MeasureKind
from programs.enums import PairRole
from programs.labels import with_labels
from programs.models import Program, Topic

STATEMENT_LENGTH = 300
WEEKS = 8


@dataclass(frozen=True)
class Kind:
    """A way to measure: its name, what it is good for, and what it proposes.

    Texts are lazy translations.
    """

    key: str
    name: Any
    example: Any
    measure_kind: str = MeasureKind.NUMBER
    measure: Any = ""
    unit: Any = ""
    baseline: Decimal | None = None
    target: Decimal | None = None
    steps: tuple[Any, ...] = ()


KINDS = (
    Kind(
        "often",
        gettext_lazy("How often I do it"),
        gettext_lazy("Good for habits. Say: from 0 to 4 times a month."),
        MeasureKind.NUMBER,
        gettext_lazy("How often I do it"),
        gettext_lazy("times a month"),
        Decimal(0),
        Decimal(4),
        (
            gettext_lazy("Do it for the first time"),
            gettext_lazy("Look back together: what makes it easier?"),
            gettext_lazy("Do it without a reminder"),
        ),
    ),
    Kind(
        "sure",
        gettext_lazy("How sure I feel"),
        gettext_lazy("Good for understanding. Say: from 2 to 4 on a scale of 5."),
        MeasureKind.SCALE,
        gettext_lazy("How sure I feel about it"),
        "",
        Decimal(2),
        Decimal(4),
        (
            gettext_lazy("Have it shown to me"),
            gettext_lazy("Explain it in my own words"),
        ),
    ),
    Kind(
        "steps",
        gettext_lazy("How much of it is done"),
        gettext_lazy("Good for something to finish. Say: three steps, one after the other."),
        MeasureKind.NUMBER,
        gettext_lazy("Steps done"),
        gettext_lazy("steps"),
        Decimal(0),
        Decimal(3),
        (
            gettext_lazy("Look how others do it"),
            gettext_lazy("Try it once"),
            gettext_lazy("Do it for real"),
        ),
    ),
    Kind(
        "done",
        gettext_lazy("Whether it is done"),
        gettext_lazy("Good for something that happens once: not yet, or yes."),
        MeasureKind.YES_NO,
        gettext_lazy("It is done"),
        steps=(gettext_lazy("Look how others do it"), gettext_lazy("Prepare it together")),
    ),
    Kind(
        "number",
        gettext_lazy("Another number"),
        gettext_lazy("Minutes, people, euros: it may go down as well as up."),
        steps=(
            gettext_lazy("Write down where it stands"),
            gettext_lazy("Look together at half of the way"),
        ),
    ),
)
BY_KEY = {kind.key: kind for kind in KINDS}


def statement_of(text: str) -> str:
    """What follows "I want to", whether or not somebody typed these words too."""
    text = " ".join(text.split())
    text = re.sub(
        rf"^(i want to|{re.escape(_('I want to').lower())})\b[\s…:.]*",
        "",
        text,
        flags=re.IGNORECASE,
    )
    return text[:STATEMENT_LENGTH]


@dataclass(frozen=True)
class Starter:
    """An example of a topic, without its "I want to"."""

    topic: Topic
    want: str


def starters(*, program: Program, topics: Iterable[Topic], role: str) -> list[Starter]:
    """The examples of the topics for one side."""
    found = []
    for topic in topics:
        goal = topic.mentor_goal if role == PairRole.MENTOR else topic.mentee_goal
        if goal.strip():
            found.append(Starter(topic, statement_of(with_labels(goal, program))))
    return found


def proposal(
    *, want: str, kind: str, program: Program, today: date, topic: Topic | None = None
) -> dict[str, Any]:
    """Initial values of the goal form.

    They are statement, topic, kind of measure, measure, unit, baseline, target, due date; and
    "steps", each with a title and a day.
    """
    chosen = BY_KEY.get(kind, BY_KEY["number"])
    due_on = _due_date(program, today)
    return {
        "statement": statement_of(want),
        "topic": topic,
        "measure_kind": chosen.measure_kind,
        "measure": str(chosen.measure),
        "unit": str(chosen.unit),
        "baseline": chosen.baseline,
        "target": chosen.target,
        "due_on": due_on,
        "steps": _dated(chosen.steps, today, due_on),
    }


def _dated(titles: Sequence[Any], today: date, due_on: date) -> list[dict[str, Any]]:
    """The steps, at equal distances before the last day."""
    days = (due_on - today).days
    return [
        {
            "title": str(title),
            "due_on": today + timedelta(days=max(1, days * number // (len(titles) + 1))),
        }
        for number, title in enumerate(titles, start=1)
    ]


def _due_date(program: Program, today: date) -> date:
    """In eight weeks, or at the end of the program if that comes first."""
    due = today + timedelta(weeks=WEEKS)
    if program.ends_on and today < program.ends_on < due:
        return program.ends_on
    return due
