"""What somebody types is not lost when their sign-in runs out while they write.

It waits in the session of the browser, encrypted, until they have signed in again, and then stands
in the form once more: for the same person and the same page alone. Nothing is saved by that. It
goes with the session, so after SESSION_COOKIE_AGE at the latest.
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
    """For a view whose form has the field FIELD with `mark`, and which reads it by
    `posted_or_kept`.
    """
    view.keeps_typed = True  # type: ignore[attr-defined]
    return view


def mark(person: Any) -> str:
    """The value of FIELD."""
    return tokens.make(FIELD, str(person.public_id))


def keep(request: HttpRequest, view: Any) -> None:
    """Somebody who is not signed in has sent a form: keep it, if its view asks for that and it is
    some person's.
    """
    if request.method != "POST" or not getattr(view, "keeps_typed", False):
        return
    try:
        person = tokens.read(FIELD, request.POST.get(FIELD, ""), MARK_LIFE)
    except tokens.TokenError:
        return
    fields = {
        name: values for name, values in request.POST.lists() if name != "csrfmiddlewaretoken"
    }
    content = json.dumps({"person": person, "path": request.path, "fields": fields})
    if len(content) <= MOST:
        request.session[KEPT] = crypto.encrypt(content)


def posted_or_kept(request: HttpRequest) -> QueryDict | None:
    """What a form was sent; on a GET what has been kept of it, which is then kept no longer; or
    None.
    """
    if request.method == "POST":
        request.session.pop(KEPT, None)
        return request.POST
    sealed = request.session.get(KEPT)
    if not sealed:
        return None
    try:
        content = json.loads(crypto.decrypt(sealed))
    except InvalidToken:  # the key has been changed meanwhile, and the old one is gone
        del request.session[KEPT]
        return None
    is_theirs = content["person"] == str(request.user.public_id)  # type: ignore[union-attr]
    if is_theirs and content["path"] != request.path:
        return None
    del request.session[KEPT]
    if not is_theirs:
        return None
    found = QueryDict(mutable=True)
    for name, values in content["fields"].items():
        found.setlist(name, values)
    messages.info(
        request,
        _("You had to sign in again. What you typed is still here: look at it and save it."),
    )
    return found
