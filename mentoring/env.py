"""Every environment variable of the application, read once and checked.

A wrong or missing value ends the process with the variable's name and what was expected; several
problems are reported together. `NAME_FILE` may point to a file that holds the value of a secret
`NAME` (Docker and Kubernetes secrets).
"""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import TypeVar
from urllib.parse import urlsplit

T = TypeVar("T")
TRUE, FALSE = {"1", "true", "yes", "on"}, {"0", "false", "no", "off", ""}


class EnvironmentProblem(SystemExit):
    """The process stops: the message names each variable and what was expected of it."""


def _flag(value: str) -> bool:
    word = value.lower()
    if word not in TRUE | FALSE:
        raise ValueError
    return word in TRUE


def _whole(value: str, low: int, high: int) -> int:
    number = int(value)
    if not low <= number <= high:
        raise ValueError
    return number


def _address(value: str, schemes: tuple[str, ...]) -> str:
    if urlsplit(value).scheme not in schemes:
        raise ValueError
    return value


def _items(value: str) -> list[str]:
    items = [item.strip() for item in value.split(",")]
    return [item for item in items if item]


class Environment:
    """Typed reads of variables; collects problems until `check()` raises them all at once."""

    def __init__(self, source: Mapping[str, str] | None = None) -> None:
        self.source = os.environ if source is None else source
        self.problems: list[str] = []

    def raw(self, name: str, *, secret: bool = False) -> str | None:
        """The text of a variable, or of the file in `NAME_FILE`; None when unset or empty."""
        value = self._given(name)
        path = self._given(f"{name}_FILE") if secret else ""
        if value and path:
            self.problems.append(f"{name} and {name}_FILE are both set: keep one of them.")
        if path and not value:
            value = self._file(name, path)
        return value or None

    def _given(self, name: str) -> str:
        return self.source.get(name, "").strip()

    def _file(self, name: str, path: str) -> str:
        """The text of the file in `NAME_FILE`; a file that cannot be read is a problem."""
        try:
            return Path(path).read_text(encoding="utf-8").strip()
        except OSError as error:
            self.problems.append(
                f"{name}_FILE: cannot read {path} ({error.strerror}): expected a readable file."
            )
            return ""

    def read(
        self,
        name: str,
        convert: Callable[[str], T],
        expected: str,
        default: T,
        *,
        required: bool = False,
        secret: bool = False,
    ) -> T:
        """The converted value, or `default`. A required value that is missing is a problem, and so
        is one that cannot be converted.
        """
        value = self.raw(name, secret=secret)
        if value is None:
            if required:
                self.problems.append(f"{name} is not set: expected {expected}.")
            return default
        try:
            return convert(value)
        except ValueError:
            shown = "" if secret else f" ({value!r})"
            self.problems.append(f"{name}{shown} is wrong: expected {expected}.")
            return default

    def text(
        self,
        name: str,
        default: str = "",
        *,
        expected: str = "a text",
        required: bool = False,
        secret: bool = False,
    ) -> str:
        """A text."""
        return self.read(name, str, expected, default, required=required, secret=secret)

    def flag(self, name: str, default: bool = False) -> bool:
        """1/true/yes/on or 0/false/no/off."""
        return self.read(name, _flag, "1 or 0", default)

    def whole(self, name: str, default: int, *, low: int, high: int) -> int:
        """A whole number between `low` and `high`, both included."""
        expected = f"a whole number from {low} to {high}"
        return self.read(name, lambda value: _whole(value, low, high), expected, default)

    def listed(
        self,
        name: str,
        default: list[str],
        *,
        expected: str,
        required: bool = False,
        secret: bool = False,
    ) -> list[str]:
        """Comma-separated texts, blanks dropped."""
        return self.read(name, _items, expected, default, required=required, secret=secret)

    def url(
        self,
        name: str,
        default: str,
        *,
        schemes: tuple[str, ...],
        required: bool = False,
        secret: bool = True,
    ) -> str:
        """An address with one of the `schemes`."""
        beginnings = " or ".join(f"{scheme}://" for scheme in schemes)
        return self.read(
            name,
            lambda value: _address(value, schemes),
            f"an address that starts with {beginnings}",
            default,
            required=required,
            secret=secret,
        )

    def check(self) -> None:
        """Stop the process if anything was wrong."""
        if self.problems:
            lines = "\n".join(f"  - {problem}" for problem in self.problems)
            raise EnvironmentProblem(
                f"Upstream cannot start. Please correct the environment:\n{lines}"
            )
