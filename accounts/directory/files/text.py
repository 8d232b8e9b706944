"""Reading CSV files of any encoding and delimiter."""

from __future__ import annotations

import codecs
import contextlib
import csv
import io
import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import count, islice

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.directory.columns.layout import LOOKED_AT, Layout, find_layout
from accounts.directory.files.table import (
    MAX_CELL,
    MAX_COLUMNS,
    DirectoryFileError,
    RawRow,
    Table,
    empty_file,
    too_long,
    trimmed,
    unique_headings,
)

# Offered where the guess may be wrong: value, name. The empty one is the guess.
ENCODINGS = {
    "utf-8": "UTF-8",
    "cp1252": gettext_lazy("Windows-1252 (Western Europe)"),
    "cp1250": gettext_lazy("Windows-1250 (Central Europe)"),
    "cp1251": gettext_lazy("Windows-1251 (Cyrillic)"),
    "cp1254": gettext_lazy("Windows-1254 (Turkish)"),
    "cp850": gettext_lazy("DOS (Western Europe)"),
    "mac_roman": "Mac",
    "utf-16-le": "UTF-16",
}
BYTE_ORDER_MARKS = [
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF32_LE, "utf-32-le"),  # before UTF-16, whose mark it begins with
    (codecs.BOM_UTF32_BE, "utf-32-be"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
]
DELIMITERS = ",;\t|"
SAMPLE = 64 * 1024
# What UTF-8 looks like when something has read it as Windows-1252 and saved it again.
MOJIBAKE = re.compile("[ÃÂ][\u0080-¿€‚ƒ„…†‡ˆ‰Š‹ŒŽ‘’“”•–—˜™š›œžŸ]")
MANY_LETTERS = 10  # a text has at most one control character in so many letters
CONTROL = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f]")


@dataclass(slots=True)
class Decoded:
    """The text of a file, and the encoding in which it was read."""

    text: str
    encoding: str
    is_certain: bool = True


def read_text(content: bytes, encoding: str = "") -> Table:
    """The table of a CSV file.

    `encoding` overrides the guess. DirectoryFileError when it is not one.
    """
    decoded = decode(content, encoding)
    text = decoded.text = without_marks(decoded.text)
    refuse_binary(text)
    start, delimiter = find_delimiter(text)
    layout = read_layout(text, start, delimiter)

    def rows() -> Iterator[RawRow]:
        for row in parse(text, start, delimiter):
            if layout.is_person(row.number):
                yield row

    return Table(
        headings=unique_headings(trimmed(layout.headings) or layout.headings),
        rows=rows,
        notes=[*notes_about_letters(decoded), *layout.notes],
    )


def without_marks(text: str) -> str:
    """Without byte order marks before quotation marks, which joined files have."""
    return text.lstrip("\ufeff").replace('\n\ufeff"', '\n"')


def refuse_binary(text: str) -> None:
    """DirectoryFileError for what is no text. A few control characters may be in one."""
    sample = text[:SAMPLE]
    control = len(CONTROL.findall(sample))
    if control * MANY_LETTERS > len(sample) or "\x00" in text:
        raise DirectoryFileError(
            _(
                "This file is not a table: it contains characters that no text has. Export the "
                "directory as CSV or XLSX."
            )
        )


def notes_about_letters(decoded: Decoded) -> list[dict[str, str]]:
    """What to say of an encoding that was guessed, and of words that look garbled."""
    text = decoded.text
    notes = []
    if not decoded.is_certain:
        sample = sample_words(text)
        notes.append({"key": "encoding_guessed", "encoding": decoded.encoding, "sample": sample})
    if MOJIBAKE.search(text):
        notes.append({"key": "mojibake", "sample": mojibake_sample(text)})
    return notes


def read_layout(text: str, start: int, delimiter: str) -> Layout:
    """Where the headings are. DirectoryFileError when they cannot be read."""
    layout = find_layout(first_rows(text, start, delimiter))
    columns = len(trimmed(layout.headings))
    if columns > MAX_COLUMNS:
        raise too_many_columns(columns)
    return layout


def first_rows(text: str, start: int, delimiter: str) -> list[tuple[int, list[str]]]:
    """The numbers and cells of the first rows. DirectoryFileError without a readable one."""
    found: list[tuple[int, list[str]]] = []
    for row in islice(filled_rows(text, start, delimiter), LOOKED_AT):
        if not row.broken:
            found.append((row.number, row.cells))
        elif not found:
            raise DirectoryFileError(
                _("The row of headings can’t be read: %(problem)s") % {"problem": row.broken}
            )
    if not found:
        raise empty_file()
    return found


def filled_rows(text: str, start: int, delimiter: str) -> Iterator[RawRow]:
    """The rows with anything in them, and those that cannot be read."""
    for row in parse(text, start, delimiter):
        if row.broken or any(cell.strip() for cell in row.cells):
            yield row


def decode(content: bytes, encoding: str = "") -> Decoded:
    """The text of a file. DirectoryFileError when no encoding fits."""
    if encoding:
        return Decoded(decode_as(content, encoding), encoding)
    for mark, name in BYTE_ORDER_MARKS:
        if content.startswith(mark):
            return Decoded(decode_marked(content.removeprefix(mark), name), name)
    return decode_unmarked(content)


def decode_marked(content: bytes, encoding: str) -> str:
    """The text in the encoding that its byte order mark names. DirectoryFileError if it is not."""
    try:
        return content.decode(encoding)
    except UnicodeDecodeError:
        raise DirectoryFileError(
            _("The file says that it is %(name)s and is not. Save it again as UTF-8.")
            % {"name": encoding.upper()}
        ) from None


def decode_as(content: bytes, encoding: str) -> str:
    """The text in a chosen encoding. DirectoryFileError when it does not fit."""
    if encoding not in ENCODINGS:
        raise DirectoryFileError(_("The encoding “%(name)s” is not known.") % {"name": encoding})
    try:
        return content.decode(encoding).removeprefix("\ufeff")
    except UnicodeDecodeError as error:
        line = content.count(b"\n", 0, error.start) + 1
        raise DirectoryFileError(
            _(
                "The file can’t be read as %(name)s (line %(line)d). Choose another "
                "encoding, or save the file as UTF-8."
            )
            % {"name": ENCODINGS[encoding], "line": line}
        ) from None


def decode_unmarked(content: bytes) -> Decoded:
    """As `decode`, for a text without a byte order mark.

    UTF-16 is recognised by its zeros; else it is UTF-8 where that is valid, or Windows-1252.
    """
    wide = wide_encoding(content[:4096])
    candidates = [wide] if wide else []
    for name in [*candidates, "utf-8", "cp1252"]:
        with contextlib.suppress(UnicodeDecodeError):
            return Decoded(content.decode(name), name, is_certain=name != "cp1252")
    raise DirectoryFileError(
        _(
            "The encoding of this file is not one that we know. Open it in a spreadsheet program "
            "and save it as “CSV UTF-8”."
        )
    )


def wide_encoding(head: bytes) -> str:
    """The UTF-16 encoding of a text in which every second byte is mostly zero, or ""."""
    many = max(len(head) // 2, 1) * 0.4
    if head[1::2].count(0) > many:
        return "utf-16-le"
    if head[0::2].count(0) > many:
        return "utf-16-be"
    return ""


def find_delimiter(text: str) -> tuple[int, str]:
    """Where the table starts, and what separates its cells: as its first line says, or a guess."""
    said = re.match(r"\s*sep=(.)\r?\n", text[:100])
    if said and said[1] in DELIMITERS:
        return said.end(), said[1]
    return 0, guess_delimiter(text)


def guess_delimiter(text: str) -> str:
    """The delimiter which gives most rows the same number of columns."""
    scores: dict[str, tuple[int, int]] = {}
    problem: DirectoryFileError | None = None
    for delimiter in DELIMITERS:
        widths: Counter[int] = Counter()
        try:
            widths.update(sample_widths(text, delimiter))
        except DirectoryFileError as error:
            problem = error
        scores[delimiter] = most_rows_alike(widths)

    best = max(scores, key=scores.__getitem__)  # the first of those that are equally good
    if any(scores[best]):
        return best
    raise problem or one_column()


def one_column() -> DirectoryFileError:
    """What to say about a file in which nothing separates cells."""
    return DirectoryFileError(
        _(
            "Only one column was found. Is this a CSV file? Cells must be separated by commas, "
            "semicolons, tabs or bars, "
            "and there must be columns for names and e-mail addresses."
        )
    )


def sample_widths(text: str, delimiter: str) -> Iterator[int]:
    """The number of columns of each of the first rows, blank ones left out."""
    rows = parse(text[:SAMPLE], 0, delimiter, whole=len(text) <= SAMPLE)
    for row in islice(rows, 50):
        if any(row.cells):
            yield len(trimmed(row.cells))


def most_rows_alike(widths: Counter[int]) -> tuple[int, int]:
    """How many rows share the most common width above one, and that width."""
    candidates = [(rows, width) for width, rows in widths.items() if width > 1]
    return max(candidates, default=(0, 0))


def parse(text: str, start: int, delimiter: str, *, whole: bool = True) -> Iterator[RawRow]:
    """The rows, blank ones included as empty.

    A text that is not the `whole` file may end inside a cell. In a whole one, a quotation mark that
    is never closed ends in DirectoryFileError.
    """
    source = io.StringIO(text[start:] if start else text, newline="")
    reader = csv.reader(source, delimiter=delimiter, strict=True)
    for number in count(1):
        try:
            cells = next(reader)
        except StopIteration:
            return
        except csv.Error as error:
            if never_ends(error):
                if whole:
                    raise unclosed(number) from None
                return
            broken = _("A quotation mark is inside a cell. Write it twice.")
            yield RawRow(number=number, cells=[], broken=broken)
            continue
        yield checked_row(number, cells)


def never_ends(error: csv.Error) -> bool:
    """Whether a quotation mark is opened and never closed."""
    return "unexpected end" in str(error) or "larger than" in str(error)


def checked_row(number: int, cells: list[str]) -> RawRow:
    """The row; `broken` where a cell is too long.

    A long cell of several lines is a quotation mark that is never closed: DirectoryFileError.
    """
    long = [cell for cell in cells if len(cell) > MAX_CELL]
    if not long:
        return RawRow(number=number, cells=cells)
    if any(cell.count("\n") > 3 for cell in long):
        raise unclosed(number)
    return RawRow(number=number, cells=[cell[:MAX_CELL] for cell in cells], broken=too_long())


def too_many_columns(columns: int) -> DirectoryFileError:
    """What to say about a table that is too wide."""
    return DirectoryFileError(
        _(
            "The file has %(n)d columns; at most %(max)d are read. Leave out those that are "
            "not needed."
        )
        % {"n": columns, "max": MAX_COLUMNS}
    )


def unclosed(number: int) -> DirectoryFileError:
    """What to say about a quotation mark without its partner."""
    return DirectoryFileError(
        _(
            "In row %(row)d a quotation mark is opened and never closed, so the rows after it "
            "can’t be told apart. Correct it."
        )
        % {"row": number}
    )


def sample_words(text: str) -> str:
    """Up to five words with letters beyond ASCII: they show whether the encoding is right."""
    found = re.findall(r"[^\W\d_]*[^\x00-\x7f\W\d_][^\W\d_]*", text)
    return ", ".join(list(dict.fromkeys(found))[:5])


def mojibake_sample(text: str) -> str:
    """Up to three words that look as if they had been saved in the wrong encoding."""
    found = re.findall(r"\S*" + MOJIBAKE.pattern + r"\S*", text)
    words = dict.fromkeys(word.strip(",;|\"'")[:40] for word in found)
    return ", ".join(list(words)[:3])
