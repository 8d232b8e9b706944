"""Moving, copying, adding and removing the questions of a form that is not saved yet.

The buttons send the whole form; these functions give its data back with the rows in another order,
so that nothing typed is lost and nothing is stored.
"""

from __future__ import annotations

from collections.abc import Callable

from django.http import QueryDict
from django.utils import translation

from feedback.bank import BankQuestion, by_number

PREFIX = "questions"
FIELDS = ("key", "text", "kind", "low", "high", "options", "required", "meaning")
MOST_QUESTIONS = 20
Row = dict[str, str]


def rearranged(data: QueryDict, action: str, *, language: str) -> QueryDict:
    """The data of the form after a button: up-N, down-N, copy-N, remove-N, add or bank.

    A question of the bank comes in this language.
    """
    rows = _rows(data)
    verb, _dash, at = action.partition("-")
    if verb in MOVES and at.isascii() and at.isdigit() and int(at) < len(rows):
        MOVES[verb](rows, int(at))
    elif verb == "add":
        rows.append({"kind": "scale5"})
    elif verb == "bank":
        question = by_number(data.get("bank", ""))
        if question is not None:
            with translation.override(language):
                rows.append(_from_bank(question))
    return _with_rows(data, rows[:MOST_QUESTIONS])


def _up(rows: list[Row], at: int) -> None:
    if at > 0:
        rows[at - 1], rows[at] = rows[at], rows[at - 1]


def _down(rows: list[Row], at: int) -> None:
    if at + 1 < len(rows):
        _up(rows, at + 1)


def _copy(rows: list[Row], at: int) -> None:
    """A copy is another question, so it has no key."""
    rows.insert(at + 1, {**rows[at], "key": ""})


def _remove(rows: list[Row], at: int) -> None:
    del rows[at]


MOVES: dict[str, Callable[[list[Row], int], None]] = {
    "up": _up,
    "down": _down,
    "copy": _copy,
    "remove": _remove,
}


def _from_bank(question: BankQuestion) -> Row:
    return {
        "key": str(question.key),
        "text": str(question.text),
        "kind": str(question.kind),
        "low": str(question.low),
        "high": str(question.high),
        "options": "\n".join(str(option) for option in question.options),
        "required": "on",
    }


def _rows(data: QueryDict) -> list[Row]:
    """The questions as they were sent."""
    sent = data.get(f"{PREFIX}-TOTAL_FORMS", "")
    total = int(sent) if sent.isascii() and sent.isdigit() and len(sent) < 4 else 0
    rows = []
    for at in range(min(total, MOST_QUESTIONS)):
        names = {field: f"{PREFIX}-{at}-{field}" for field in FIELDS}
        rows.append({field: data[name] for field, name in names.items() if name in data})
    return rows


def _with_rows(data: QueryDict, rows: list[Row]) -> QueryDict:
    """The other fields as they were, and these questions."""
    changed = data.copy()
    for name in data:
        if name.startswith(f"{PREFIX}-"):
            del changed[name]
    changed[f"{PREFIX}-TOTAL_FORMS"] = str(len(rows))
    changed[f"{PREFIX}-INITIAL_FORMS"] = "0"
    for at, row in enumerate(rows):
        for field, value in row.items():
            changed[f"{PREFIX}-{at}-{field}"] = value
    return changed
