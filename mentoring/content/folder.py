"""Reading the files of one folder: TOML, texts, and Markdown in sections."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any


class ContentError(Exception):
    """A file of a template is missing or does not fit; says which and why."""

    def __init__(self, file: Path, what: str) -> None:
        super().__init__(f"{file}: {what}")


@dataclass(frozen=True)
class Section:
    """What stands under a heading: text, a remote variant, a question for oneself."""

    title: str
    text: str
    remote: str
    question: str


@dataclass(frozen=True)
class Document:
    """A Markdown file: its title, what stands before the first section, and the sections."""

    title: str
    lead: str
    sections: tuple[Section, ...]


def toml_of(file: Path) -> dict[str, Any]:
    """The content of a TOML file. ContentError if it is missing or is not TOML."""
    try:
        return tomllib.loads(file.read_text(encoding="utf-8"))
    except FileNotFoundError:
        raise ContentError(file, "is missing") from None
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise ContentError(file, str(error)) from None


def value_of(table: dict[str, Any], key: str, file: Path) -> Any:
    """A value that must be there and must not be empty."""
    value = table.get(key)
    if value in (None, "", [], {}):
        raise ContentError(file, f"“{key}” is missing")
    return value


def text_of(file: Path) -> str:
    """The paragraphs of a file. ContentError if there is none."""
    return unwrapped(_content_of(file))


def _content_of(file: Path) -> str:
    if not file.is_file():
        raise ContentError(file, "is missing")
    text = file.read_text(encoding="utf-8").strip()
    if not text:
        raise ContentError(file, "is empty")
    return text


def document_of(file: Path, minutes: Sequence[int]) -> Document:
    """A file in sections; ContentError unless it has one for each number of `minutes`."""
    head, *parts = re.split(r"^## +", _content_of(file), flags=re.MULTILINE)
    title, lead = _head(head.strip())
    sections = tuple(_section(part, file) for part in parts)
    if len(sections) != len(minutes):
        found, wanted = len(sections), len(minutes)
        raise ContentError(file, f"has {found} sections, and program.toml minutes for {wanted}")
    return Document(title, lead, sections)


def _head(text: str) -> tuple[str, str]:
    """The title and what follows it; both may be empty."""
    if not text.startswith("# "):
        return "", text
    title, _newline, lead = text.removeprefix("# ").partition("\n")
    return title.strip(), unwrapped(lead)


def _section(part: str, file: Path) -> Section:
    """A section, from its heading on."""
    title, _newline, body = part.partition("\n")
    lines = body.strip().splitlines()
    remote = [line.removeprefix(">").strip() for line in lines if line.startswith(">")]
    questions = [line.removeprefix("? ").strip() for line in lines if line.startswith("? ")]
    rest = [line for line in lines if not line.startswith((">", "? "))]

    text = unwrapped("\n".join(rest))
    if not title.strip() or not text:
        raise ContentError(file, f"the section “{title.strip()}” has no title or no text")
    if len(questions) > 1:
        raise ContentError(file, f"the section “{title.strip()}” has more than one question")
    return Section(title.strip(), text, " ".join(remote), "".join(questions))


def unwrapped(text: str) -> str:
    """Paragraphs on one line each: a line break in the file is no line break on the page."""
    paragraphs = re.split(r"\n\s*\n", text.strip())
    return "\n\n".join(_one_line(paragraph) for paragraph in paragraphs)


def _one_line(paragraph: str) -> str:
    """The paragraph on one line; the lines of a list stay apart."""
    if re.match(r"([-*]|\d+\.) ", paragraph):
        return paragraph
    return " ".join(paragraph.split())
