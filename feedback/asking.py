"""The questions of a round as its form shows them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.http import QueryDict
from django.utils.translation import gettext as _

from feedback.domain.figures import choices, none_of
from feedback.enums import SCALES, QuestionKind

Question = Mapping[str, Any]


@dataclass(frozen=True)
class Asked:
    """A question with what has been answered so far."""

    number: int
    question: Question
    values: list[str]
    problem: str

    @property
    def step(self) -> str:
        """The id of its part of the page."""
        return f"question-{self.number}"

    @property
    def name(self) -> str:
        """The name of its field."""
        return field_name(self.question)

    @property
    def choices(self) -> list[str]:
        """The answers to choose from."""
        return choices(self.question)

    @property
    def none(self) -> str | None:
        """The answer that goes with no other."""
        return none_of(self.question)

    @property
    def is_scale(self) -> bool:
        """Whether the answers are numbers, with words for both ends."""
        return self.question["kind"] in SCALES

    @property
    def ends(self) -> tuple[str, str]:
        """The words for the lowest and for the highest number of a scale."""
        is_likely = self.question["kind"] == QuestionKind.SCALE10
        low = _("not likely") if is_likely else _("not at all")
        high = _("very likely") if is_likely else _("very much")
        return self.question.get("low") or low, self.question.get("high") or high


def field_name(question: Question) -> str:
    """The name of a question's field."""
    return f"q-{question['id']}"


def given_in(data: QueryDict, questions: list[Question]) -> dict[str, Any]:
    """{question id: what the form says}; a list where several answers may be chosen."""
    given: dict[str, Any] = {}
    for question in questions:
        values = [value for value in data.getlist(field_name(question)) if value]
        is_multiple = question["kind"] == QuestionKind.MULTIPLE
        given[question["id"]] = values if is_multiple else (values[-1:] or [""])[0]
    return given


def asked(
    questions: Sequence[Question], given: Mapping[str, Any], problems: Mapping[str, str]
) -> Iterator[Asked]:
    """The questions in their order, with the answers so far."""
    for number, question in enumerate(questions, start=1):
        values = _texts(given.get(question["id"]))
        yield Asked(number, question, values, problems.get(question["id"], ""))


def _texts(value: Any) -> list[str]:
    """An answer, or several, as texts; empty if there is none."""
    values = value if isinstance(value, list) else [value]
    return [str(part) for part in values if part not in (None, "")]
