"""The readable mailbox of the demo, so that one can play all the people.

The addresses exist under DEMO=1 alone.
"""

from __future__ import annotations

import email
from dataclasses import dataclass
from datetime import datetime
from email.message import EmailMessage
from email.policy import default
from email.utils import parsedate_to_datetime
from functools import lru_cache
from pathlib import Path

from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET


@dataclass(frozen=True)
class Mail:
    """A mail that the demo has sent."""

    key: str
    to: str
    subject: str
    sent_at: datetime | None
    text: str


def require_demo() -> None:
    """Http404 outside the demo, whatever the URL configuration says."""
    if not settings.DEMO:
        raise Http404


SEPARATOR = b"\n" + b"-" * 79 + b"\n"  # what Django's file-based backend writes after each message


@lru_cache(maxsize=2000)
def read(path: Path, size: int) -> tuple[Mail, ...]:
    """The mails in a file of the file-based backend; `size` tells the cache when one was added."""
    return tuple(
        parse(part, f"{path.stem}-{at}")
        for at, part in enumerate(path.read_bytes().split(SEPARATOR))
        if part.strip()
    )


def parse(content: bytes, key: str) -> Mail:
    """One mail."""
    message: EmailMessage = email.message_from_bytes(content, policy=default)
    body = message.get_body(("plain",))
    date = message["Date"]
    return Mail(
        key=key,
        to=str(message["To"]),
        subject=str(message["Subject"]),
        sent_at=parsedate_to_datetime(str(date)) if date else None,
        text=body.get_content() if body else "",
    )


def mails(address: str) -> list[Mail]:
    """All mails, or those to one address; the latest first."""
    folder = Path(settings.EMAIL_FILE_PATH)
    files = [(path.stat(), path) for path in folder.glob("*.log")] if folder.is_dir() else []
    files.sort(key=lambda item: item[0].st_mtime_ns, reverse=True)
    wanted = address.strip().lower()
    found = (mail for stat, path in files for mail in reversed(read(path, stat.st_size)))
    return [mail for mail in found if not wanted or wanted in mail.to.lower()]


@login_not_required
@require_GET
def mailbox(request: HttpRequest) -> HttpResponse:
    """What the demo has sent, newest first."""
    require_demo()
    address = request.GET.get("to", "")
    page = Paginator(mails(address), 20).get_page(request.GET.get("page"))
    return render(request, "mentoring/mailbox.html", {"page": page, "address": address})


@login_not_required
@require_GET
def mailbox_mail(request: HttpRequest, key: str) -> HttpResponse:
    """One mail as text; its links can be followed."""
    require_demo()
    found = next((mail for mail in mails("") if mail.key == key), None)
    if found is None:
        raise Http404
    return render(request, "mentoring/mailbox_mail.html", {"mail": found})
