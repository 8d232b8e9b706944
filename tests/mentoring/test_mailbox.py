"""The readable mailbox exists in the demo alone."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from django.core.mail import EmailMultiAlternatives, get_connection
from django.http import Http404
from django.test import RequestFactory
from django.urls import NoReverseMatch, reverse

from mentoring.views import mailbox


@pytest.fixture
def sent(settings: Any, tmp_path: Path) -> Path:
    """Two mails of one connection, as the file-based backend writes them into one file."""
    settings.EMAIL_FILE_PATH = str(tmp_path)
    connection = get_connection(
        "django.core.mail.backends.filebased.EmailBackend", file_path=str(tmp_path)
    )
    mails = []
    for name in ("ada", "grace"):
        mail = EmailMultiAlternatives(
            f"Für {name}", f"Hello {name}\n\nhttps://example.com/{name}", to=[f"{name}@example.com"]
        )
        mail.attach_alternative("<p>Hello</p>", "text/html")
        mails.append(mail)
    connection.send_messages(mails)
    return tmp_path


def test_mailbox_reads_what_was_sent(sent: Path) -> None:
    found = mailbox.mails("")
    assert [mail.subject for mail in found] == ["Für grace", "Für ada"]
    assert [mail.to for mail in mailbox.mails("ADA@")] == ["ada@example.com"]
    assert "https://example.com/grace" in found[0].text
    assert found[0].sent_at is not None


def test_mailbox_of_a_demo_that_has_sent_nothing_is_empty(settings: Any, tmp_path: Path) -> None:
    settings.EMAIL_FILE_PATH = str(tmp_path / "nothing yet")
    assert mailbox.mails("") == []


@pytest.mark.parametrize(
    "view", [mailbox.mailbox, lambda request: mailbox.mailbox_mail(request, key="x")]
)
def test_mailbox_outside_the_demo_is_404(view: Any) -> None:
    with pytest.raises(Http404):
        view(RequestFactory().get("/demo/mail/"))
    with pytest.raises(NoReverseMatch):
        reverse("mentoring:mailbox")
