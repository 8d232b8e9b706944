"""Mails that came back, from a pipe of the mail server, from files or from folders of them."""

from __future__ import annotations

import sys
from argparse import ArgumentParser
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any, BinaryIO

from django.core.management.base import BaseCommand

from notifications.mail import bounces


class Command(BaseCommand):
    """`manage.py read_bounces`: reads delivery reports (RFC 3464). Twice changes nothing."""

    help = "Read mails that came back, and stop mail to addresses that do not exist."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Files and folders; none means one mail on standard input."""
        parser.add_argument(
            "paths",
            nargs="*",
            type=Path,
            help="files, or folders whose files are mails (Maildir, .eml)",
        )

    def handle(self, *args: Any, **options: Any) -> None:
        """Print how many mails were of which kind.

        Mail that is no report is no error: for a pipe, the mail server would send it back.
        """
        counts = Counter(bounces.take(raw) for raw in mails(options["paths"]))
        for what, number in sorted(counts.items()):
            self.stdout.write(f"{what}: {number}")


def mails(paths: list[Path]) -> Iterator[bytes]:
    """The content of each mail, as far as it is read."""
    if not paths:
        yield _read(sys.stdin.buffer)
    for file in _files(paths):
        with file.open("rb") as opened:
            yield _read(opened)


def _read(stream: BinaryIO) -> bytes:
    """No more of a mail than a report may have."""
    return stream.read(bounces.MOST_BYTES + 1)


def _files(paths: list[Path]) -> Iterator[Path]:
    for path in paths:
        candidates = sorted(path.rglob("*")) if path.is_dir() else [path]
        for candidate in candidates:
            if candidate.is_file():
                yield candidate
