"""What a shown group says of a question: exact where answers have names, in classes elsewhere.

Exact: {"answers": people, "counts": {answer: people}, "favourable": people, "mean"}.
In classes: {"answers": first of its class of five, "is_open": no end is told, "steps": number of
classes, "shares": {answer: class}, "favourable": class, "mean"}.
`favourable` and `mean` are None where a question has none.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from feedback.domain.anonymity.classes import FIVE, class_of, in_fives, shown_mean, steps_of
from feedback.enums import SCALES, QuestionKind

Question = Mapping[str, Any]
# The answers that count as favourable: the top two of five, and what corresponds to them.
FAVOURABLE = {QuestionKind.SCALE5: (4, 5), QuestionKind.SCALE10: (8, 9, 10)}


def choices(question: Question) -> list[str]:
    """The possible answers of a question as text, in their order; empty for free text."""
    scale = SCALES.get(question["kind"])
    return [str(answer) for answer in (question["options"] if scale is None else scale)]


# What an answer begins with that means: none of the others.
NONE_OF_THEM = {"none", "nothing", "keine", "keiner", "keines", "keins", "nichts"}


def none_of(question: Question) -> str | None:
    """The last of several answers if it means none of the others, and so goes with no other."""
    if question["kind"] != QuestionKind.MULTIPLE:
        return None
    last = str(question["options"][-1])
    first_word = last.split(maxsplit=1)[0].strip(".,:;").casefold()
    return last if first_word in NONE_OF_THEM else None


def exact_figures(question: Question, values: Iterable[Any]) -> dict[str, Any]:
    """The exact figures of a group, for rounds whose answers have names."""
    given = list(values)
    mean = None
    if given and question["kind"] in SCALES:
        mean = round(sum(given) / len(given), 2)
    return {
        "answers": len(given),
        "counts": _counts(question, given),
        "favourable": _favourable(question, given),
        "mean": mean,
    }


def coarse_figures(question: Question, values: Sequence[Any], *, asked: int) -> dict[str, Any]:
    """The figures of a group in classes. `asked` are all of the group, whether they answered.

    That everybody answered is never told: the last class of the number is open.
    """
    number = in_fives(min(len(values), max(asked - 1, FIVE)))
    steps = steps_of(number)
    shares = {}
    for choice, people in _counts(question, values).items():
        shares[choice] = class_of(people, len(values), steps)

    favourable = _favourable(question, values)
    mean = None
    if question["kind"] in SCALES:
        mean = shown_mean(sum(values), len(values), number)
    return {
        "answers": number,
        "is_open": number + FIVE >= asked,
        "steps": steps,
        "shares": shares,
        "favourable": None if favourable is None else class_of(favourable, len(values), steps),
        "mean": mean,
    }


def _counts(question: Question, given: Iterable[Any]) -> dict[str, int]:
    """{answer: people}, in the order of the question's answers."""
    counted: Counter[str] = Counter()
    for value in given:
        chosen = value if isinstance(value, list) else [value]
        counted.update(str(answer) for answer in chosen)
    return {choice: counted[choice] for choice in choices(question)}


def _favourable(question: Question, given: Iterable[Any]) -> int | None:
    """How many gave a favourable answer; None for questions that have none."""
    top = FAVOURABLE.get(question["kind"])
    return None if top is None else sum(value in top for value in given)
