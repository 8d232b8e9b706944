"""Where a message comes from, for the foot of its mail: company, program, and whom to ask.

These are models of apps above this one, which register a function with `watch`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from uuid import UUID

from django.utils.translation import gettext as _

from notifications.mail.blocks import words


@dataclass(frozen=True)
class Origin:
    """Names, "" where there is none; `contacts` are (name, address)."""

    company: str = ""
    program: str = ""
    contacts: tuple[tuple[str, str], ...] = ()

    def lines(self) -> list[str]:
        """The lines in the foot, in the active language."""
        names = " · ".join(words(name).strip() for name in (self.company, self.program) if name)
        people = ", ".join(words(f"{name} <{address}>") for name, address in self.contacts)
        questions = _("Questions: %(people)s") % {"people": people} if people else ""
        return [line for line in (names, questions) if line]


NOBODY = Origin()

_find: list[Callable[[UUID | None], Origin]] = []
_remembered: ContextVar[dict[UUID | None, Origin] | None] = ContextVar("origins", default=None)


def watch(find: Callable[[UUID | None], Origin]) -> None:
    """`find(scope)` is the origin of messages with this scope.

    Called once, when the application starts.
    """
    _find[:] = [find]


def origin_of(scope: UUID | None) -> Origin:
    """The origin of messages with this scope; within `remembered` found once."""
    known = _remembered.get()
    if known is None:
        return _found(scope)
    if scope not in known:
        known[scope] = _found(scope)
    return known[scope]


def _found(scope: UUID | None) -> Origin:
    for find in _find:
        return find(scope)
    return NOBODY


@contextmanager
def remembered() -> Iterator[None]:
    """Find each origin once while many messages are sent, so that queries do not grow with them."""
    token = _remembered.set({})
    try:
        yield
    finally:
        _remembered.reset(token)
