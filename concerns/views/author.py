"""Writing in confidence, and reading the answer with the reply code.

Both addresses are the same for everybody, and open without signing in. What is posted is answered
with the page itself: a redirect would need the code in an address or in the session.
"""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from common import tokens
from common.forms import show_refusal
from common.http import form_page, posted, respond
from concerns import limits
from concerns.domain import codes, writing
from concerns.domain.listening import entries_for
from concerns.domain.routing import Route, routes_for, routes_for_anybody
from concerns.domain.settings import talk_settings
from concerns.enums import ConcernState, Helped
from concerns.forms.author import CodeForm, WriteForm, WriteMoreForm
from concerns.limits import Attempt
from concerns.models import Concern
from concerns.views.talk import programs_of

PURPOSE = "concern.code"
PAGE_LIFE = timedelta(days=30)  # how long a page may have been open


@login_not_required
@require_http_methods(["GET", "POST"])
def talk_write(request: HttpRequest) -> HttpResponse:
    """The form; once it is sent, the page that shows the code."""
    form = WriteForm(posted(request), routes=_routes(request))
    code = _code_of_page(request)
    if form.is_valid():
        with show_refusal(form):
            limits.check(request, Attempt.WRITE)
            concern = writing.write(code=code, route=form.route(), text=form.cleaned_data["text"])
            limits.count(request, Attempt.WRITE)
            context = {"concern": concern, "code": code, "settings": talk_settings()}
            return respond(request, "concerns/talk_written.html", context)
    context = {"settings": talk_settings(), "key": tokens.make(PURPOSE, code)}
    return form_page(request, "concerns/talk_write.html", form, context)


@login_not_required
@require_http_methods(["GET", "POST"])
def talk_read(request: HttpRequest) -> HttpResponse:
    """The thread of a code. A wrong code and an incomplete one read the same."""
    form = CodeForm(posted(request))
    if form.is_valid():
        with show_refusal(form, "code"):
            limits.check(request, Attempt.WRONG_CODE)
            concern = _concern_of(form.cleaned_data["code"])
            if concern is not None:
                return _thread(request, concern, form.cleaned_data["code"])
            limits.count(request, Attempt.WRONG_CODE)
            form.add_error("code", _("No conversation has this code. Please check each letter."))
    return form_page(request, "concerns/talk_read.html", form)


def _routes(request: HttpRequest) -> list[Route]:
    """Whom one may write to. Without signing in, the company's contacts alone."""
    if not request.user.is_authenticated:
        return routes_for_anybody()
    return routes_for(author=request.user, programs=programs_of(request.user))


def _code_of_page(request: HttpRequest) -> str:
    """The code that this page was given, signed, so that sending it twice makes one thread."""
    try:
        return str(tokens.read(PURPOSE, request.POST.get("key", ""), PAGE_LIFE))
    except tokens.TokenError:
        return codes.new_code()


def _concern_of(code: str) -> Concern | None:
    rows = Concern.objects.select_related("contact", "deputy")
    return rows.filter(code_hash=codes.digest(code)).first()


def _thread(request: HttpRequest, concern: Concern, code: str) -> HttpResponse:
    """The thread for its author, after what was posted besides the code has been done."""
    form = WriteMoreForm(request.POST if "write" in request.POST else None)
    if form.is_valid():
        concern = writing.write_more(concern=concern, text=form.cleaned_data["text"])
        form = WriteMoreForm()
    if request.POST.get("helped") in Helped.values:
        helped = Helped(request.POST["helped"])
        concern = writing.say_whether_it_helped(concern=concern, helped=helped)
    context: dict[str, Any] = {
        "concern": concern,
        "code": code,
        "entries": entries_for(concern, None),
        "is_closed": concern.state == ConcernState.CLOSED,
        "choices": Helped.choices,
        "settings": talk_settings(),
    }
    return form_page(request, "concerns/talk_thread.html", form, context)
