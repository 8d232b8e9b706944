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
from common.errors import DomainError
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

    people = [(role, person) for role, person in need.people if person.is_active]
    refused = personal_mail.unreachable([person for _role, person in people])
    language = _draft_language(request)
    form = PersonalMailForm(
        posted(request),
        program=program,
        people=people,
        draft=draft_of(need, program, language),
        subject_only=len(refused) == len(people),
    )

    sends = form.is_bound and "preview" not in request.POST
    if sends and form.is_valid() and _send(request, form, program, need):
        return _to_queue(request, program)

    context = {
        "program": program,
        "need": need,
        "form": form,
        "refused": refused,
        "languages": _other_languages(people, language),
        "preview": _preview(request, form, program, need, refused),
        "snooze_days": SNOOZE.days,
    }
    return respond(
        request,
        "mentoring/need_write.html",
        context,
        partial="preview",
        status=422 if sends else 200,
    )


def _send(
    request: AuthenticatedHttpRequest, form: PersonalMailForm, program: Program, need: Need
) -> bool:
    """Whether the mail is sent, now or before; if not, the form says why."""
    people = form.recipients()
    mail = PersonalMail(
        program=program,
        need=need,
        subject=form.cleaned_data["subject"],
        text=form.cleaned_data.get("text", ""),
    )
    try:
        is_new = personal_mail.send(
            actor=request.user, mail=mail, people=people, once=form.cleaned_data["once"]
        )
    except DomainError as error:
        form.add_error(None, error)
        return False

    names = get_text_list([person.name for person in people], _("and"))
    if is_new:
        messages.success(request, _sent_message(request.user, names, form))
    else:
        messages.info(
            request,
            _("This has been sent to %(names)s already. It was not sent twice.") % {"names": names},
        )
    return True


def _sent_message(author: User, names: str, form: PersonalMailForm) -> str:
    """What happens with the mail, and when the entry comes back."""
    if "text" in form.fields:
        sent = _(
            "Your mail to %(names)s is sent now, or in the morning if it is night or a weekend "
            "for them."
        )
    else:
        sent = _("It waits for %(names)s in the inbox here.")

    until = to_wall(clock.now() + SNOOZE, author.time_zone)
    comes_back = _("The entry comes back here after %(day)s, or earlier if something new happens.")
    day = formats.date_format(until, _("D j M Y"))
    return f"{sent % {'names': names}} {comes_back % {'day': day}}"


def _to_queue(request: AuthenticatedHttpRequest, program: Program) -> HttpResponse:
    return redirect_htmx(request, "mentoring:needs_you", program.public_id)


def _draft_language(request: AuthenticatedHttpRequest) -> str:
    """The language that ?draft= asks for, or the reader's own."""
    asked = request.GET.get("draft", "")
    if asked in dict(settings.LANGUAGES):
        return asked
    return translation.get_language() or settings.LANGUAGE_CODE


def _other_languages(
    people: list[tuple[str, User]], draft_language: str
) -> list[tuple[str, str, str]]:
    """(name, language's code, its name) of those who read another language than the draft's."""
    language_names = {code: _(name) for code, name in settings.LANGUAGES}
    found = []
    for _role, person in people:
        code = person.locale
        if code != draft_language and code in language_names:
            found.append((person.name, code, language_names[code]))
    return found


def _preview(
    request: AuthenticatedHttpRequest,
    form: PersonalMailForm,
    program: Program,
    need: Need,
    refused: list[User],
) -> dict[str, Any]:
    """The mail to the first of the recipients; empty when none of them can be mailed."""
    form.is_valid()  # cleans the choice of recipients
    reached = [person for person in form.recipients() if person not in refused]
    if not reached:
        return {}

    first, *rest = reached
    subject, text = form.preview()
    mail = PersonalMail(program=program, need=need, subject=subject, text=text)
    letter = mail.letter(sender=request.user, recipient=first)
    return {"to": first, "rest": rest, "look": look(letter, recipient=first, kind=KIND)}
