"""From "I want to …" to a goal that can be measured."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

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
        gettext_lazy("How often I do it"),
        gettext_lazy("times a month"),
        Decimal(0),
        Decimal(4),
    ),
    Kind(
        "sure",
        gettext_lazy("How sure I feel"),
        gettext_lazy("Good for understanding. Say: from 2 to 4 on a scale of 5."),
        gettext_lazy("How sure I feel about it"),
        gettext_lazy("of 5"),
        Decimal(2),
        Decimal(4),
    ),
    Kind(
        "steps",
        gettext_lazy("How much of it is done"),
        gettext_lazy("Good for something to finish. Say: three steps, one after the other."),
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
        "number",
        gettext_lazy("Another number"),
        gettext_lazy("Minutes, people, euros: it may go down as well as up."),
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


def starters(*, program: Program, topics: Iterable[Topic], role: str) -> list[str]:
    """The examples of the topics for one side, without their "I want to"."""
    goals = [
        topic.mentor_goal if role == PairRole.MENTOR else topic.mentee_goal for topic in topics
    ]
    texts = [with_labels(goal, program) for goal in goals]
    return [statement_of(text) for text in texts if text.strip()]


def proposal(*, want: str, kind: str, program: Program, today: date) -> dict[str, Any]:
    """Initial values of the goal form.

    They are statement, measure, unit, baseline, target, due date; and "steps", a list of titles.
    """
    chosen = BY_KEY.get(kind, BY_KEY["number"])
    return {
        "statement": statement_of(want),
        "measure": str(chosen.measure),
        "unit": str(chosen.unit),
        "baseline": chosen.baseline,
        "target": chosen.target,
        "due_on": _due_date(program, today),
        "steps": [str(step) for step in chosen.steps],
    }


def _due_date(program: Program, today: date) -> date:
    """In eight weeks, or at the end of the program if that comes first."""
    due = today + timedelta(weeks=WEEKS)
    if program.ends_on and today < program.ends_on < due:
        return program.ends_on
    return due
