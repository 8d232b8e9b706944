"""The mailbox of the demo: every mail that it has sent. The pages exist under DEMO=1 only."""

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
from django.views.decorators.http import require_GET

from common.http import respond


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
    found = []
    for number, content in enumerate(path.read_bytes().split(SEPARATOR)):
        if content.strip():
            found.append(parse(content, f"{path.stem}-{number}"))
    return tuple(found)


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
    wanted = address.strip().lower()
    found: list[Mail] = []
    for path, size in _files():
        latest_first = reversed(read(path, size))
        found += [mail for mail in latest_first if wanted in mail.to.lower()]
    return found


def _files() -> list[tuple[Path, int]]:
    """The backend's files with their sizes, the latest first."""
    folder = Path(settings.EMAIL_FILE_PATH or "")
    if not folder.is_dir():
        return []
    found = [(path.stat(), path) for path in folder.glob("*.log")]
    found.sort(key=lambda item: item[0].st_mtime_ns, reverse=True)
    return [(path, stat.st_size) for stat, path in found]


def mail_or_404(key: str) -> Mail:
    """One mail."""
    for mail in mails(""):
        if mail.key == key:
            return mail
    raise Http404


@login_not_required
@require_GET
def mailbox(request: HttpRequest) -> HttpResponse:
    """What the demo has sent, newest first."""
    require_demo()
    address = request.GET.get("to", "")
    page = Paginator(mails(address), 20).get_page(request.GET.get("page"))
    return respond(request, "mentoring/mailbox.html", {"page": page, "address": address})


@login_not_required
@require_GET
def mailbox_mail(request: HttpRequest, key: str) -> HttpResponse:
    """One mail as text; its links can be followed."""
    require_demo()
    return respond(request, "mentoring/mailbox_mail.html", {"mail": mail_or_404(key)})
