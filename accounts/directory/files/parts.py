"""What an Excel file holds, counted in a stream before openpyxl builds it up.

An element of a few bytes costs openpyxl a kilobyte, and a ZIP makes millions of them small. So the
parts are counted first, whatever the file says about its size. A file that holds more than a
directory does is refused.
"""

from __future__ import annotations

import io
import re
import zipfile
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import IO
from xml.parsers import expat

from django.utils.translation import gettext as _

from accounts.directory.files.table import MAX_COLUMNS, DirectoryFileError

MAX_CELLS = 1_000_000  # 20,000 people with 50 columns
# The most of each kind of thing. What is in WITHIN is counted anew where one of these begins.
MOST = {
    "cells": MAX_CELLS,
    "elements": 4 * MAX_CELLS,
    "characters": 60_000_000,
    "formatted": 300_000,  # elements of texts of which a part is bold or the like
    "sheets": 200,
    "merged": 50_000,
    "outside": 500_000,  # elements of a part that are in no row and no text
    "settings": 60_000,  # the same in a part about styles, names or relations
    "in_item": 100_000,  # elements in a row or text
    "text_of_item": 1_000_000,  # characters in a row or text
}
WITHIN = {"part": ("outside", "settings"), "item": ("in_item", "text_of_item")}
# Shared formulas are copied letter by letter to each cell that uses them.
MAX_FORMULA_COPIES = 20_000_000
MAX_TAG = 400_000  # bytes from one tag to the next
CHUNK = 64 * 1024

SETTINGS = {"styleSheet", "workbook", "Types", "Relationships", "coreProperties", "Properties"}
ITEMS = {"row", "si"}
PLAIN = {"c", "v", "f", "is", "t"}
RANGE = re.compile(r"^([A-Z]{1,3})(\d{1,7}):([A-Z]{1,3})(\d{1,7})$")
SHOWN_ROWS = 5


@dataclass(slots=True)
class Part:
    """One part of the file. `merged` is {first row: [(column, last row)]}, counted from 1."""

    merged: dict[int, list[tuple[int, int]]] = field(default_factory=dict)
    hidden_rows: int = 0
    first_hidden: list[str] = field(default_factory=list)


def read_parts(content: bytes) -> dict[str, Part]:
    """The parts that are XML, by their names. DirectoryFileError where the file holds too much."""
    counter = PartCounter()
    parts: dict[str, Part] = {}
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        for file in archive.infolist():
            with archive.open(file) as source:
                if is_xml(source.read(100)):
                    source.seek(0)
                    parts[file.filename] = counter.read(source)
    return parts


def is_xml(head: bytes) -> bool:
    """Whether a part begins as XML may, in UTF-8 or UTF-16: with a tag, or with blanks alone."""
    start = head.lstrip(b"\xef\xbb\xbf\xfe\xff\x00 \t\r\n")
    return not start or start.startswith(b"<")


class PartCounter:
    """Counts what is in all parts, and what is in each of them."""

    def __init__(self) -> None:
        self.counts: Counter[str] = Counter()

    def read(self, source: IO[bytes]) -> Part:
        """One part. DirectoryFileError where there is too much."""
        self.part = Part()
        self.root = self.item = self.tag = ""
        self.longest_formula = self.shared_formulas = 0
        self.begin("part")
        parser = expat.ParserCreate(namespace_separator=" ")
        parser.buffer_text = True
        parser.StartElementHandler = self.start
        parser.EndElementHandler = self.end
        parser.CharacterDataHandler = self.characters
        parser.StartDoctypeDeclHandler = refuse_doctype
        try:
            for chunk in chunks(source):
                parser.Parse(chunk)
        except expat.ExpatError:
            pass  # openpyxl comes no further either, if it reads this part at all
        return self.part

    def begin(self, kind: str) -> None:
        """Count anew what is limited within a part or an item."""
        for name in WITHIN[kind]:
            self.counts[name] = 0

    def add(self, name: str, number: int = 1) -> None:
        """DirectoryFileError where there is too much."""
        self.counts[name] += number
        if self.counts[name] > MOST[name]:
            raise too_much()

    def start(self, name: str, attributes: dict[str, str]) -> None:
        """An element begins."""
        self.tag = name.rpartition(" ")[2]
        self.add("elements")
        if self.item:
            self.start_inside(attributes)
        else:
            self.start_outside(attributes)

    def start_inside(self, attributes: dict[str, str]) -> None:
        """An element begins in a row or text."""
        self.add("in_item")
        if self.tag == "c":
            self.add("cells")
        elif self.tag not in PLAIN:
            self.add("formatted")
        elif self.tag == "f" and attributes.get("t") == "shared":
            self.shared_formulas += 1
            self.check_formulas()

    def start_outside(self, attributes: dict[str, str]) -> None:
        """An element begins that is in no row and no text."""
        self.root = self.root or self.tag
        self.add("settings" if self.root in SETTINGS else "outside")
        if self.tag in ITEMS:
            self.item = self.tag
            self.begin("item")
        if self.tag == "sheet":
            self.add("sheets")
        elif self.tag == "row" and attributes.get("hidden") in {"1", "true"}:
            self.add_hidden(attributes.get("r", ""))
        elif self.tag == "mergeCell":
            self.add_merged(attributes.get("ref", ""))

    def end(self, name: str) -> None:
        """An element ends."""
        self.tag = ""
        if name.rpartition(" ")[2] == self.item:
            self.item = ""

    def characters(self, text: str) -> None:
        """Some text."""
        self.add("characters", len(text))
        self.add("text_of_item", len(text))
        if self.tag == "f":
            self.longest_formula = max(self.longest_formula, len(text))
            self.check_formulas()

    def check_formulas(self) -> None:
        """DirectoryFileError where shared formulas are long and many."""
        if self.longest_formula * self.shared_formulas > MAX_FORMULA_COPIES:
            raise too_much()

    def add_hidden(self, number: str) -> None:
        """Remember a hidden row."""
        self.part.hidden_rows += 1
        if number and len(self.part.first_hidden) < SHOWN_ROWS:
            self.part.first_hidden.append(number)

    def add_merged(self, reference: str) -> None:
        """Remember a range of merged cells that is several rows high: "D2:D4"."""
        found = RANGE.match(reference)
        if not found:
            return
        column, first, last = column_number(found[1]), int(found[2]), int(found[4])
        if first < last and column <= MAX_COLUMNS:
            self.add("merged")
            self.part.merged.setdefault(first, []).append((column, last))


def chunks(source: IO[bytes]) -> Iterator[bytes]:
    """The bytes of a part. DirectoryFileError where a tag or text is enormous."""
    since_tag = 0
    while chunk := source.read(CHUNK):
        end_of_tag = chunk.rfind(b">")
        since_tag = since_tag + len(chunk) if end_of_tag < 0 else len(chunk) - end_of_tag
        if since_tag > MAX_TAG:
            raise too_much()
        yield chunk


def column_number(letters: str) -> int:
    """The number of a column: 1 for A, 27 for AA."""
    number = 0
    for letter in letters:
        number = number * 26 + ord(letter) - ord("A") + 1
    return number


def refuse_doctype(*_arguments: object) -> None:
    """DirectoryFileError: a document type declares entities, which tables have no use for."""
    raise DirectoryFileError(
        _("This Excel file contains XML that is not allowed. Save it as CSV and upload that.")
    )


def too_much() -> DirectoryFileError:
    """What to say about a file that holds more than a directory does."""
    return DirectoryFileError(
        _(
            "This Excel file holds far more than a directory: at most %(cells)s cells are read, "
            "empty ones with a format among them. Copy the columns that are needed to a new file, "
            "or save the sheet as CSV."
        )
        % {"cells": f"{MAX_CELLS:,}"}
    )
