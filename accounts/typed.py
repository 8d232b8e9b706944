"""What somebody types is not lost when their sign-in expires while they write.

It is kept in the browser's session, encrypted. After signing in again, the form shows it: for the
same person and the same page only. Nothing is saved by that. It is deleted with the session, so
after SESSION_COOKIE_AGE at the latest.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import timedelta
from typing import Any

from cryptography.fernet import InvalidToken
from django.contrib import messages
from django.http import HttpRequest, HttpResponse, QueryDict
from django.utils.translation import gettext as _

from common import crypto, tokens

FIELD = "typed_by"  # the hidden field that says whose words a form carries
KEPT = "typed"
MARK_LIFE = timedelta(days=30)  # how long a page may have been open
MOST = 100_000  # characters

View = Callable[..., HttpResponse]


def keeps_typed(view: View) -> View:
    """For a view whose form has a field FIELD with `mark`, and is read by `posted_or_kept`."""
    view.keeps_typed = True  # type: ignore[attr-defined]
    return view


def mark(person: Any) -> str:
    """The value of FIELD."""
    return tokens.make(FIELD, str(person.public_id))


def keep(request: HttpRequest, view: Any) -> None:
    """Keep a form that was sent without a sign-in, if its view asks for it and it has a mark."""
    if request.method != "POST" or not getattr(view, "keeps_typed", False):
        return
    person = _marked_person(request)
    if person is None:
        return
    fields = dict(request.POST.lists())
    fields.pop("csrfmiddlewaretoken", None)
    content = json.dumps({"person": person, "path": request.path, "fields": fields})
    if len(content) <= MOST:
        request.session[KEPT] = crypto.encrypt(content)


def _marked_person(request: HttpRequest) -> str | None:
    """Whose words the form carries; None without a valid mark."""
    try:
        return str(tokens.read(FIELD, request.POST.get(FIELD, ""), MARK_LIFE))
    except tokens.TokenError:
        return None


def posted_or_kept(request: HttpRequest) -> QueryDict | None:
    """What was posted; on a GET what has been kept of the form, and deletes that; or None."""
    if request.method == "POST":
        request.session.pop(KEPT, None)
        return request.POST
    fields = _take_kept(request)
    if fields is None:
        return None
    messages.info(
        request,
        _("You had to sign in again. What you typed is still here: look at it and save it."),
    )
    found = QueryDict(mutable=True)
    for name, values in fields.items():
        found.setlist(name, values)
    return found


def _take_kept(request: HttpRequest) -> dict[str, list[str]] | None:
    """The fields that were kept of this page for this person, which are then deleted; or None.

    What was kept for somebody else is deleted too, and of another page it stays.
    """
    content = _kept(request)
    if content is None:
        return None
    is_theirs = content["person"] == str(request.user.public_id)  # type: ignore[union-attr]
    if is_theirs and content["path"] != request.path:
        return None
    del request.session[KEPT]
    fields: dict[str, list[str]] = content["fields"]
    return fields if is_theirs else None


def _kept(request: HttpRequest) -> dict[str, Any] | None:
    """What `keep` has put into the session: person, path and fields."""
    encrypted = request.session.get(KEPT)
    if not encrypted:
        return None
    try:
        content: dict[str, Any] = json.loads(crypto.decrypt(encrypted))
    except InvalidToken:  # the key has been changed meanwhile, and the old one is gone
        del request.session[KEPT]
        return None
    return content
