"""Reading CSV files of any encoding and delimiter."""

from __future__ import annotations

import codecs
import csv
import io
import re
from collections import Counter
from collections.abc import Iterator

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.directory.table import (
    MAX_CELL,
    MAX_COLUMNS,
    DirectoryFileError,
    RawRow,
    Table,
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
BOMS = [
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
CONTROL = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f]")


def read_text(content: bytes, encoding: str = "") -> Table:
    """The table of a CSV file.

    `encoding` overrides the guess. DirectoryFileError when it is not one.
    """
    text, used, sure = decode(content, encoding)
    if CONTROL.search(text[:SAMPLE]) or "\x00" in text:
        raise DirectoryFileError(
            _(
                "This file is not a table: it contains characters that no text has. Export the "
                "directory as CSV or XLSX."
            )
        )
    start, delimiter = find_delimiter(text)
    heading_row = next(
        (
            row
            for row in parse(text, start, delimiter, first_number=1)
            if any(row.cells) or row.broken
        ),
        None,
    )
    if heading_row is None:
        raise DirectoryFileError(
            _("The file is empty. Export the directory again, with its headings in the first row.")
        )
    if heading_row.broken:
        raise DirectoryFileError(
            _("The row of headings can’t be read: %(problem)s") % {"problem": heading_row.broken}
        )
    cells = trimmed(heading_row.cells)
    if len(cells) > MAX_COLUMNS:
        raise DirectoryFileError(
            _(
                "The file has %(n)d columns; at most %(max)d are read. Leave out those that are "
                "not needed."
            )
            % {"n": len(cells), "max": MAX_COLUMNS}
        )
    notes = (
        []
        if sure
        else [{"key": "encoding_guessed", "encoding": used, "sample": sample_words(text)}]
    )
    if MOJIBAKE.search(text):
        notes.append({"key": "mojibake", "sample": mojibake_sample(text)})
    skip = heading_row.number

    def rows() -> Iterator[RawRow]:
        for row in parse(text, start, delimiter, first_number=1):
            if row.number > skip:
                yield row

    return Table(headings=unique_headings(cells), rows=rows, notes=notes)


def decode(content: bytes, encoding: str = "") -> tuple[str, str, bool]:
    """The text, the encoding used, and whether it is certain.

    DirectoryFileError when no encoding fits.
    """
    if encoding:
        if encoding not in ENCODINGS:
            raise DirectoryFileError(
                _("The encoding “%(name)s” is not known.") % {"name": encoding}
            )
        try:
            return content.decode(encoding).removeprefix("\ufeff"), encoding, True
        except UnicodeDecodeError as error:
            raise DirectoryFileError(
                _(
                    "The file can’t be read as %(name)s (line %(line)d). Choose another "
                    "encoding, or save the file as UTF-8."
                )
                % {"name": ENCODINGS[encoding], "line": content.count(b"\n", 0, error.start) + 1}
            ) from None
    for mark, name in BOMS:
        if content.startswith(mark):
            try:
                return content[len(mark) :].decode(name), name, True
            except UnicodeDecodeError:
                raise DirectoryFileError(
                    _("The file says that it is %(name)s and is not. Save it again as UTF-8.")
                    % {"name": name.upper()}
                ) from None
    return decode_unmarked(content)


def decode_unmarked(content: bytes) -> tuple[str, str, bool]:
    """A text without a byte order mark: UTF-16 by its zeros, UTF-8 where it is valid, Windows-1252
    otherwise.
    """
    head = content[:4096]
    half = max(len(head) // 2, 1)
    for name, zeros in (("utf-16-le", head[1::2].count(0)), ("utf-16-be", head[0::2].count(0))):
        if zeros > half * 0.4:
            try:
                return content.decode(name), name, True
            except UnicodeDecodeError:
                break
    for name in ("utf-8", "cp1252"):
        try:
            return content.decode(name), name, name == "utf-8"
        except UnicodeDecodeError:
            continue
    raise DirectoryFileError(
        _(
            "The encoding of this file is not one that we know. Open it in a spreadsheet program "
            "and save it as “CSV UTF-8”."
        )
    )


def find_delimiter(text: str) -> tuple[int, str]:
    """Where the table starts, and what separates its cells: the one that gives most rows the same
    number of columns.
    """
    said = re.match(r"\s*sep=(.)\r?\n", text[:100])
    if said and said[1] in DELIMITERS:
        return said.end(), said[1]
    best, best_score, problem = "", (0, 0), None
    sample, whole = text[:SAMPLE], len(text) <= SAMPLE
    for delimiter in DELIMITERS:
        widths: Counter[int] = Counter()
        try:
            for row, _n in zip(
                parse(sample, 0, delimiter, first_number=1, whole=whole), range(50), strict=False
            ):
                if any(row.cells):
                    widths[len(trimmed(row.cells))] += 1
        except DirectoryFileError as error:
            problem = error
        width, rows = max(
            widths.items(), key=lambda item: (item[0] > 1, item[1], item[0]), default=(0, 0)
        )
        if width > 1 and (rows, width) > best_score:
            best, best_score = delimiter, (rows, width)
    if best:
        return 0, best
    if problem:
        raise problem
    raise DirectoryFileError(
        _(
            "Only one column was found. Is this a CSV file? Cells must be separated by commas, "
            "semicolons, tabs or bars, "
            "and there must be columns for names and e-mail addresses."
        )
    )


def parse(
    text: str, start: int, delimiter: str, *, first_number: int, whole: bool = True
) -> Iterator[RawRow]:
    """The rows, blank ones included as empty.

    A quotation mark that is never closed ends in DirectoryFileError.

    A text that is not the `whole` file may end inside a cell.
    """
    source = io.StringIO(text if not start else text[start:], newline="")
    reader = csv.reader(source, delimiter=delimiter, strict=True)
    number = first_number - 1
    while True:
        number += 1
        line = reader.line_num
        try:
            cells = next(reader)
        except StopIteration:
            return
        except csv.Error as error:
            if "unexpected end" in str(error) or "larger than" in str(error):
                if whole:
                    raise unclosed(number) from None
                return
            yield RawRow(
                number=number,
                cells=[],
                broken=_("A quotation mark stands inside a cell. Write it twice."),
            )
            if reader.line_num == line:  # pragma: no cover - the reader always moves on
                return
            continue
        if any(len(cell) > MAX_CELL for cell in cells):
            if any(cell.count("\n") > 3 and len(cell) > MAX_CELL for cell in cells):
                raise unclosed(number)
            yield RawRow(
                number=number, cells=[cell[:MAX_CELL] for cell in cells], broken=too_long()
            )
            continue
        yield RawRow(number=number, cells=cells)


def unclosed(number: int) -> DirectoryFileError:
    """What to say about a quotation mark without its partner."""
    return DirectoryFileError(
        _(
            "In row %(row)d a quotation mark is opened and never closed, so the rows after it "
            "can’t be told apart. Correct it."
        )
        % {"row": number}
    )


def too_long() -> str:
    """What to say about a row with a huge cell."""
    return _("A cell of this row is longer than %(max)d characters. Shorten it.") % {
        "max": MAX_CELL
    }


def sample_words(text: str) -> str:
    """Up to five words with letters beyond ASCII, by which a person sees whether the encoding is
    right.
    """
    found = re.findall(r"[^\W\d_]*[^\x00-\x7f\W\d_][^\W\d_]*", text)
    return ", ".join(list(dict.fromkeys(found))[:5])


def mojibake_sample(text: str) -> str:
    """Up to three words that look as if they had been saved in the wrong encoding."""
    found = re.findall(r"\S*" + MOJIBAKE.pattern + r"\S*", text)
    return ", ".join(list(dict.fromkeys(word.strip(",;|\"'")[:40] for word in found))[:3])
