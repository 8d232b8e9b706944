"""Writing a personal mail about an entry of *Needs you today*."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.conf import settings
from django.contrib import messages
from django.http import Http404, HttpResponse
from django.utils import formats, translation
from django.utils.text import get_text_list
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from accounts.models import User
from accounts.requests import AuthenticatedHttpRequest
from common import clock
from common.forms import show_refusal
from common.http import posted, redirect_htmx, respond
from common.timezones import to_wall
from mentoring.needs import personal_mail
from mentoring.needs.drafts import DRAFTS, draft_of
from mentoring.needs.forms import PersonalMailForm
from mentoring.needs.kinds import Need
from mentoring.needs.past_mails import KIND, SNOOZE
from mentoring.needs.personal_mail import PersonalMail
from mentoring.needs.queue import need_of
from notifications.mail.preview import look, shows_mail
from programs.models import Program
from programs.views.programs import managed_program


@require_http_methods(["GET", "HEAD", "POST"])
@shows_mail
def need_write(
    request: AuthenticatedHttpRequest, public_id: UUID, kind: str, about_id: UUID
) -> HttpResponse:
    """A draft to change and send: to whom, subject, text, and the mail as it will look."""
    program = managed_program(request, public_id)
    if kind not in DRAFTS:
        raise Http404
    need = need_of(program, kind, about_id)
    if need is None:
        messages.info(request, _("This has been settled in the meantime."))
        return _to_queue(request, program)

    form = _mail_form(request, program, need)
    sends = form.is_bound and "preview" not in request.POST
    if sends and form.is_valid():
        with show_refusal(form):
            _send(request, form, need)
            return _to_queue(request, program)
    return _page(request, form, need, status=422 if sends else 200)


def _mail_form(request: AuthenticatedHttpRequest, program: Program, need: Need) -> PersonalMailForm:
    people = [(role, person) for role, person in need.people if person.is_active]
    return PersonalMailForm(
        posted(request),
        program=program,
        people=people,
        refused=personal_mail.unreachable([person for _role, person in people]),
        draft=draft_of(need, program, _draft_language(request)),
    )


def _page(
    request: AuthenticatedHttpRequest, form: PersonalMailForm, need: Need, *, status: int
) -> HttpResponse:
    context = {
        "program": form.program,
        "need": need,
        "form": form,
        "refused": form.refused,
        "languages": _other_languages(form.people, _draft_language(request)),
        "preview": _preview(request, form, need),
        "snooze_days": SNOOZE.days,
    }
    return respond(request, "mentoring/need_write.html", context, partial="preview", status=status)


def _send(request: AuthenticatedHttpRequest, form: PersonalMailForm, need: Need) -> None:
    """Send the mail unless it was sent before, and say so. DomainError if it may not be sent."""
    data = form.cleaned_data
    mail = PersonalMail(
        program=form.program, need=need, subject=data["subject"], text=data.get("text", "")
    )
    people = form.recipients()
    is_new = personal_mail.send(actor=request.user, mail=mail, people=people, once=data["once"])

    names = get_text_list([person.name for person in people], _("and"))
    if is_new:
        messages.success(request, _sent_message(request.user, names, form))
    else:
        already = _("This has been sent to %(names)s already. It was not sent twice.")
        messages.info(request, already % {"names": names})


def _sent_message(author: User, names: str, form: PersonalMailForm) -> str:
    """What happens with the mail, and when the entry comes back."""
    if "text" in form.fields:
        sent = _(
            "Your mail to %(names)s is sent now, or in the morning if it is night or a weekend "
            "for them."
        )
    else:
        sent = _("It waits for %(names)s in the inbox here.")

    comes_back = _("The entry comes back here after %(day)s, or earlier if something new happens.")
    day = _day_of_return(author)
    return f"{sent % {'names': names}} {comes_back % {'day': day}}"


def _day_of_return(author: User) -> str:
    """The day until which an entry waits for an answer to a mail of now."""
    until = to_wall(clock.now() + SNOOZE, author.time_zone)
    return formats.date_format(until, _("D j M Y"))


def _to_queue(request: AuthenticatedHttpRequest, program: Program) -> HttpResponse:
    return redirect_htmx(request, "mentoring:needs_you", program.public_id)


def _draft_language(request: AuthenticatedHttpRequest) -> str:
    """The language that ?draft= asks for, or the reader's own."""
    asked = request.GET.get("draft", "")
    if asked in dict(settings.LANGUAGES):
        return asked
    return translation.get_language() or settings.LANGUAGE_CODE


def _other_languages(people: list[User], draft_language: str) -> list[tuple[str, str, str]]:
    """(name, language's code, its name) of those who read another language than the draft's."""
    others = {code: _(name) for code, name in settings.LANGUAGES if code != draft_language}
    return [
        (person.name, person.locale, others[person.locale])
        for person in people
        if person.locale in others
    ]


def _preview(
    request: AuthenticatedHttpRequest, form: PersonalMailForm, need: Need
) -> dict[str, Any]:
    """The mail to the first of the recipients; empty when none of them can be mailed."""
    reached = form.reached()
    if not reached:
        return {}

    first, *rest = reached
    subject, text = form.preview()
    mail = PersonalMail(program=form.program, need=need, subject=subject, text=text)
    letter = mail.letter(sender=request.user, recipient=first)
    shown = look(letter, recipient=first, kind=KIND, scope=form.program.public_id)
    return {"to": first, "rest": rest, "look": shown}
