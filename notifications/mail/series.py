"""One letter to many people, composed once per language and time zone, as only the name differs.

A template and its layout take about a millisecond; for thousands of people that is the whole time.
"""

from __future__ import annotations

import secrets
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from django.utils.html import escape

from notifications.mail.blocks import LetterError, words
from notifications.mail.rendering import Letter, compose

# Stands for the name of a recipient. Nobody can guess it, so no other value contains it.
NAME = secrets.token_hex(16)


@dataclass(frozen=True)
class _Anybody:
    """Stands for every recipient with this language and time zone. Has a name and nothing else."""

    locale: str
    time_zone: str
    short_name: str = NAME

    def __getattr__(self, name: str) -> Any:
        raise LetterError(
            f"A letter to many may say what a person is called, but not their {name}."
        )


def compose_many(
    *, recipients: Iterable[Any], template: str, context: Mapping[str, Any]
) -> list[Letter]:
    """What `compose` makes for each of them with `person` in the context, in their order.

    Raises LetterError where the template says more of `person` or `recipient` than `short_name`.
    """
    composed: dict[_Anybody, Letter] = {}
    letters = []
    for recipient in recipients:
        anybody = _Anybody(recipient.locale, recipient.time_zone)
        if anybody not in composed:
            composed[anybody] = compose(
                recipient=anybody, template=template, context={**context, "person": anybody}
            )
        letters.append(_addressed(composed[anybody], recipient.short_name))
    return letters


def _addressed(letter: Letter, name: str) -> Letter:
    name = words(name).strip()
    return Letter(
        letter.subject.replace(NAME, name),
        letter.text.replace(NAME, name),
        letter.html.replace(NAME, escape(name)),
    )
