"""What all charts have: words around the drawing, and a table behind it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import ClassVar

from django.utils.functional import Promise

Text = str | Promise  # a text, translated now or when it is shown


@dataclass(frozen=True)
class Cell:
    """A text of a chart or of its table; with a `url` it leads to the list behind the number."""

    text: Text
    url: str = ""


@dataclass(frozen=True)
class Table:
    """The table behind a chart: the first cell of each row is its heading."""

    columns: Sequence[Text]
    rows: Sequence[Sequence[Cell]]


@dataclass(frozen=True, kw_only=True)
class Chart:
    """A chart: `title` says the finding in words, `note` what is drawn.

    `counted` says how it is counted; `empty` stands in the place of a drawing without data.
    """

    title: Text
    note: Text = ""
    counted: Text = ""
    empty: Text = ""

    template: ClassVar[str]

    @property
    def is_empty(self) -> bool:
        """Whether there is nothing to draw."""
        raise NotImplementedError

    @property
    def table(self) -> Table | None:
        """The table behind the drawing; None where the drawing is a table or a list itself."""
        raise NotImplementedError
