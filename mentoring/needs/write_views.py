"""Writing by hand about an entry of *Needs you today*."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.conf import settings
from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils import formats, translation
from django.utils.text import get_text_list
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from accounts.models import User
from accounts.requests import AuthenticatedHttpRequest
from common import clock
from common.errors import DomainError
from common.http import posted, redirect_htmx, require, respond
from common.timezones import to_wall
from mentoring.needs import own_words
from mentoring.needs.drafts import DRAFTS, draft_of
from mentoring.needs.forms import WordForm
from mentoring.needs.queue import Need, need_of
from mentoring.needs.written import KIND, SLEEP
from notifications.mail.preview import look, shows_mail
from programs.models import Program


@require_http_methods(["GET", "HEAD", "POST"])
@shows_mail
def need_write(
    request: AuthenticatedHttpRequest, public_id: UUID, kind: str, about_id: UUID
) -> HttpResponse:
    """A draft to change and send: to whom, subject, text, and the mail as it will look."""
    program = get_object_or_404(Program.objects.managed_by(request.user), public_id=public_id)
    require(request.user, "programs.manage_program", program)
    if kind not in DRAFTS:
        raise Http404
    need = need_of(program, kind, about_id)
    if need is None:
        messages.info(request, _("This has been settled in the meantime."))
        return _to_queue(request, program)
    people = [(role, person) for role, person in need.people if person.is_active]
    refused = own_words.unreachable([person for _role, person in people])
    language = _language(request)
    form = WordForm(
        posted(request),
        need=need,
        program=program,
        people=people,
        draft=draft_of(need, program, language),
        line=len(refused) == len(people),
    )
    looks = request.method == "POST" and "preview" in request.POST
    if (
        request.method == "POST"
        and not looks
        and form.is_valid()
        and _send(request, form, program, need)
    ):
        return _to_queue(request, program)
    context = {
        "program": program,
        "need": need,
        "form": form,
        "refused": refused,
        "languages": _others(people, language),
    }
    context |= {"preview": _preview(request, form, program, need, refused), "slept": SLEEP.days}
    wrong = form.is_bound and not looks
    return respond(
        request,
        "mentoring/need_write.html",
        context,
        partial="preview",
        status=422 if wrong else 200,
    )


def _send(request: AuthenticatedHttpRequest, form: WordForm, program: Program, need: Need) -> bool:
    """Whether it is on its way, or was before; the form says why not."""
    values, people = form.cleaned_data, form.chosen()
    words = {"subject": values["subject"], "text": values.get("text", ""), "once": values["once"]}
    actor = request.user
    try:
        new = own_words.write(actor=actor, program=program, need=need, people=people, **words)
    except DomainError as error:
        form.add_error(None, error)
        return False
    names = {"names": get_text_list([person.name for person in people], _("and"))}
    if not new:
        messages.info(
            request, _("This has been sent to %(names)s already. It was not sent twice.") % names
        )
        return True
    until = formats.date_format(to_wall(clock.now() + SLEEP, actor.time_zone), _("D j M Y"))
    if "text" in form.fields:
        sent = (
            _(
                "Written to %(names)s. It leaves at once, or in the morning if it is night or a "
                "weekend for them."
            )
            % names
        )
    else:
        sent = _("It waits for %(names)s in the inbox here.") % names
    waits = _("It comes back here after %(day)s, or earlier if something new happens.") % {
        "day": until
    }
    messages.success(request, f"{sent} {waits}")
    return True


def _to_queue(request: AuthenticatedHttpRequest, program: Program) -> HttpResponse:
    return redirect_htmx(request, reverse("mentoring:needs_you", args=[program.public_id]))


def _language(request: AuthenticatedHttpRequest) -> str:
    """Of the draft: the reader's own, or the one that ?draft= asks for."""
    asked = request.GET.get("draft", "")
    return (
        asked
        if asked in dict(settings.LANGUAGES)
        else translation.get_language() or settings.LANGUAGE_CODE
    )


def _others(people: list[tuple[str, User]], language: str) -> list[tuple[str, str, str]]:
    """(name, language's code, its name) of those who read in another language than the draft's."""
    known = {code: _(name) for code, name in settings.LANGUAGES}
    return [
        (one.name, one.locale, known[one.locale])
        for _role, one in people
        if one.locale != language and one.locale in known
    ]


def _preview(
    request: AuthenticatedHttpRequest,
    form: WordForm,
    program: Program,
    need: Need,
    refused: list[User],
) -> dict[str, Any]:
    """The mail to the first of those chosen, with its foot; nobody, where none of them can be
    mailed.
    """
    form.is_valid()
    reached = [person for person in form.chosen() if person not in refused]
    if not reached:
        return {}
    first, *rest = reached
    subject, text = form.words()
    sender = request.user
    letter = own_words.letter(
        sender=sender, recipient=first, program=program, kind=need.kind, subject=subject, text=text
    )
    return {"to": first, "rest": rest, "look": look(letter, recipient=first, kind=KIND)}
