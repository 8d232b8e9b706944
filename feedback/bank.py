"""Questions to choose from, so that HR need not write each one.

Each has a fixed key: rounds and surveys that ask it are asking the same. A question that asks for
one thing at a time, without "and" and without a wished-for answer, is understood by most.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.conf import settings
from django.utils import translation
from django.utils.translation import gettext_lazy as _

from feedback.enums import QuestionKind
from feedback.models import SurveyPlanItem

NAMESPACE = "5a1b7f1e-0000-4000-8000-0000000000{:02d}"


@dataclass(frozen=True)
class BankQuestion:
    """A question; `number` is its identity and never changes."""

    number: int
    text: Any
    kind: QuestionKind = QuestionKind.SCALE5
    low: Any = ""
    high: Any = ""
    options: tuple[Any, ...] = ()

    @property
    def key(self) -> UUID:
        """What a survey stores as the identity of the question."""
        return UUID(NAMESPACE.format(self.number))


NOT_AT_ALL, COMPLETELY = _("not at all"), _("completely")

QUESTIONS = (
    BankQuestion(1, _("My sessions are worth the time."), low=NOT_AT_ALL, high=COMPLETELY),
    BankQuestion(2, _("In my pair I can say what I think."), low=_("never"), high=_("always")),
    BankQuestion(
        3, _("I have used something from my sessions in my work."), low=_("never"), high=_("often")
    ),
    BankQuestion(4, _("I know what my pair wants to reach."), low=NOT_AT_ALL, high=COMPLETELY),
    BankQuestion(
        5,
        _("I am confident with the technology that my work needs."),
        low=NOT_AT_ALL,
        high=COMPLETELY,
    ),
    BankQuestion(
        6,
        _("I understand how people see the company whose work is far from mine."),
        low=NOT_AT_ALL,
        high=COMPLETELY,
    ),
    BankQuestion(
        7, _("My manager supports the time that this takes."), low=NOT_AT_ALL, high=COMPLETELY
    ),
    BankQuestion(
        8,
        _("How likely are you to recommend this program to a colleague?"),
        QuestionKind.SCALE10,
        low=_("not likely"),
        high=_("very likely"),
    ),
    BankQuestion(
        9,
        _("Would you take part again?"),
        QuestionKind.SINGLE,
        options=(_("Yes"), _("Perhaps"), _("No")),
    ),
    BankQuestion(
        10,
        _("What makes it hard to meet?"),
        QuestionKind.MULTIPLE,
        options=(
            _("Finding a time"),
            _("Other work comes first"),
            _("The distance or the tools for remote meetings"),
            _("Not knowing what to talk about"),
            _("Nothing"),
        ),
    ),
    BankQuestion(11, _("What should we keep as it is?"), QuestionKind.TEXT),
    BankQuestion(12, _("What should we change first?"), QuestionKind.TEXT),
)
KINDS = {question.key: str(question.kind) for question in QUESTIONS}


def by_number(number: str) -> BankQuestion | None:
    """The question that a form names, or None."""
    return next((one for one in QUESTIONS if str(one.number) == number), None)


def language_of(item: SurveyPlanItem) -> str:
    """The language of a survey's questions: the program's, or that of the installation."""
    return item.program.language if item.program else settings.LANGUAGE_CODE


def by_kind(language: str) -> list[tuple[str, list[tuple[int, str]]]]:
    """[(how they are answered, [(number, text in this language)])]."""
    with translation.override(language):
        texts = [(one.kind, one.number, str(one.text)) for one in QUESTIONS]
    groups = []
    for kind in QuestionKind:
        questions = [(number, text) for of, number, text in texts if of == kind]
        if questions:
            groups.append((str(kind.label), questions))
    return groups
