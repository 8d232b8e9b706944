"""One's calendar: when one is away, the address to subscribe to, and one's own calendar that is
looked at for free times.
"""

from __future__ import annotations

import hashlib
from datetime import timedelta
from typing import Any, cast
from uuid import UUID

from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.core.cache import cache
from django.db.models import Q
from django.forms import Form
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils import translation
from django.utils.cache import get_conditional_response
from django.utils.http import quote_etag
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.domain import absences, own_calendar
from accounts.domain import calendar_feed as feeds
from accounts.enums import CalendarProblem
from accounts.forms.calendar import AbsenceForm, OwnCalendarForm
from accounts.models import Absence, CalendarFeed, OwnCalendar
from accounts.requests import AuthenticatedHttpRequest
from common import clock, crypto
from common.errors import DomainError
from common.http import absolute, posted, redirect_htmx
from meetings.calendar import files
from meetings.domain.times import sessions_during
from meetings.enums import SessionState
from meetings.models import MentoringSession

HOME = "meetings:my_calendar"
SHOWN_ONCE = "calendar_feed"
PAST = timedelta(days=30)
# A calendar asks once an hour or less, on a few devices: whoever asks this often is lost in a loop.
# What is not a good token is not counted: guessing 256 bits is no use, and a row for each guess
# would push out the limits of sign-in.
FEED_RATE, FEED_WINDOW = 120, 3600
# Each address is one that our server asks: a person has one or two calendars, a list of servers to
# try out is longer.
OWN_RATE, OWN_WINDOW = 10, 3600


@require_safe
def my_calendar(request: AuthenticatedHttpRequest) -> HttpResponse:
    """All about one's own calendar. A new address is shown once, right after it was made."""
    return _page(request)


@require_http_methods(["GET", "POST"])
def absence_add(request: AuthenticatedHttpRequest) -> HttpResponse:
    """Enter that one is away."""
    person = request.user
    form = AbsenceForm(posted(request))
    if request.method == "POST" and form.is_valid():
        try:
            absence = absences.add(actor=person, **form.cleaned_data)
        except DomainError as error:
            form.add_error(getattr(error, "code", None), error)
        else:
            if any(sessions_during([absence], person)):
                messages.warning(
                    request,
                    _(
                        "Saved. Some of your sessions fall into these days: move or cancel them "
                        "below."
                    ),
                )
            else:
                messages.success(
                    request,
                    _("Saved. Reminders pause on these days, and no time is offered on them."),
                )
            return redirect_htmx(request, reverse(HOME))
    return _page(request, absence_form=form)


@require_POST
def absence_remove(request: AuthenticatedHttpRequest, public_id: UUID) -> HttpResponse:
    """One is there after all."""
    person = request.user
    absences.remove(
        actor=person, absence=get_object_or_404(Absence, person=person, public_id=public_id)
    )
    messages.success(request, _("Removed. You count as here on these days."))
    return redirect_htmx(request, reverse(HOME))


@require_POST
def feed_renew(request: AuthenticatedHttpRequest) -> HttpResponse:
    """A new address; the one before is good no longer."""
    token = feeds.renew(actor=request.user)
    # encrypted: a session lies in the database, where nothing but the hash may stand
    request.session[SHOWN_ONCE] = crypto.encrypt(token)
    return redirect_htmx(request, reverse(HOME) + "#feed-heading")


@require_POST
def feed_revoke(request: AuthenticatedHttpRequest) -> HttpResponse:
    """No address any more."""
    feeds.revoke(actor=request.user)
    messages.success(
        request,
        _("The address no longer works. Calendars that used it will stop showing your sessions."),
    )
    return redirect_htmx(request, reverse(HOME))


@require_http_methods(["GET", "POST"])
def own_calendar_save(request: AuthenticatedHttpRequest) -> HttpResponse:
    """Have one's own published calendar looked at."""
    form = OwnCalendarForm(posted(request))
    person, status = request.user, 422
    if request.method == "POST" and form.is_valid():
        try:
            address = own_calendar.checked(form.cleaned_data["address"])
        except DomainError as error:
            form.add_error("address", error)
        else:
            if not _is_too_often(f"own-calendar:{person.pk}", OWN_RATE, OWN_WINDOW):
                own_calendar.save_address(actor=person, address=address)
                messages.success(
                    request,
                    _("Saved. Your calendar is read within a minute, and every hour from then on."),
                )
                return redirect_htmx(request, reverse(HOME))
            form.add_error(
                "address", _("These were many addresses in a short time. Try again in an hour.")
            )
            status = 429
    return _page(request, own_form=form, wrong=status)


@require_POST
def own_calendar_remove(request: AuthenticatedHttpRequest) -> HttpResponse:
    """Look at it no longer, and forget what was read."""
    own_calendar.remove(actor=request.user)
    messages.success(request, _("Removed. The address and the busy times are deleted."))
    return redirect_htmx(request, reverse(HOME))


def _page(
    request: AuthenticatedHttpRequest,
    *,
    absence_form: Form | None = None,
    own_form: Form | None = None,
    wrong: int = 422,
) -> HttpResponse:
    person = request.user
    today = clock.today(person.time_zone)
    rows = list(Absence.objects.filter(person=person).not_over(today).order_by("starts_on"))
    own = OwnCalendar.objects.filter(person=person).first()
    context: dict[str, Any] = {
        "absences": list(zip(rows, sessions_during(rows, person), strict=True)),
        "absence_form": absence_form or AbsenceForm(),
        "feed": CalendarFeed.objects.filter(person=person).first(),
        "addresses": _shown_once(request),
        "own": own,
        "own_host": own_calendar.host_of(own) if own else "",
        "own_problem": CalendarProblem(own.problem).label if own and own.problem else "",
        "own_form": own_form or OwnCalendarForm(),
    }
    form = context["form"] = own_form or absence_form
    return render(
        request,
        "meetings/my_calendar.html",
        context,
        status=wrong if form is not None and form.errors else 200,
    )


def _shown_once(request: AuthenticatedHttpRequest) -> dict[str, str]:
    """The address of the feed as https:// and as webcal://, if it has just been made."""
    sealed = request.session.pop(SHOWN_ONCE, "") if request.method == "GET" else ""
    if not sealed:
        return {}
    address = absolute(reverse("meetings:calendar_feed", args=[crypto.decrypt(sealed)]))
    return {"https": address, "webcal": f"webcal://{address.partition('://')[2]}"}


@login_not_required
@require_safe
def calendar_feed(request: HttpRequest, token: str) -> HttpResponse:
    """A person's sessions for their calendar: read only, without sign-in or cookies, 404 for any
    token that is not good.
    """
    person = feeds.person_of(token)
    if person is None:
        return HttpResponse(
            status=404, content_type="text/plain"
        )  # our page would be read by nobody, and asks for more
    if _is_too_often(f"calendar-feed:{person.pk}", FEED_RATE, FEED_WINDOW):
        return HttpResponse(status=429, headers={"Retry-After": "3600"}, content_type="text/plain")
    since = clock.now() - PAST
    sessions = (
        MentoringSession.objects.of_pair(person)
        .exclude(state=SessionState.PROPOSED)
        .filter(~Q(state=SessionState.CANCELLED) | Q(timed_at__gte=since), ends_at__gte=since)
        .order_by("starts_at", "pk")
    )
    with translation.override(person.locale):
        content = files.feed(sessions)
    etag = quote_etag(hashlib.sha256(content).hexdigest())
    answer = HttpResponse(content, content_type="text/calendar; charset=utf-8")
    answer["Content-Disposition"] = 'inline; filename="mentoring.ics"'
    answer["ETag"] = etag
    found = get_conditional_response(request, etag=etag, response=answer) or answer
    found["Cache-Control"] = "private, max-age=0, must-revalidate"
    return cast("HttpResponse", found)


def _is_too_often(key: str, rate: int, window: int) -> bool:
    """Count this time, unless there have been `rate` within the last `window` seconds already."""
    now = clock.now().timestamp()
    # when each was; a mere number would begin its window anew with every `incr` of the database's
    # cache
    times = [moment for moment in cache.get(key, []) if moment > now - window]
    if len(times) >= rate:
        return True
    cache.set(key, [*times, now], window)
    return False
