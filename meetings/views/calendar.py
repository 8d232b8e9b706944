"""One's calendar: absences, the address to subscribe to, and one's own published calendar."""

from __future__ import annotations

import hashlib
from datetime import timedelta
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.core.cache import cache
from django.db.models import Q, QuerySet
from django.forms import Form
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils import translation
from django.utils.cache import get_conditional_response
from django.utils.http import quote_etag
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.domain import absences, own_calendar
from accounts.domain.calendars import feed as feeds
from accounts.enums import CalendarProblem
from accounts.forms.calendar import AbsenceForm, OwnCalendarForm
from accounts.models import Absence, CalendarFeed, OwnCalendar, User
from accounts.requests import AuthenticatedHttpRequest
from common import clock, crypto
from common.forms import show_refusal
from common.http import absolute, posted, redirect_htmx, respond
from meetings.calendar import files
from meetings.domain.times import sessions_during
from meetings.enums import SessionState
from meetings.models import MentoringSession

HOME = "meetings:my_calendar"
SHOWN_ONCE = "calendar_feed"
PAST = timedelta(days=30)
# A calendar asks once an hour or less, on a few devices: one that asks this often is in a loop.
# A wrong token is not counted: nobody guesses 256 bits, and one cache entry per guess would push
# out the limits of sign-in.
FEED_RATE, FEED_WINDOW = 120, 3600
# Our server asks each address. A person has one or two calendars; a list of servers is longer.
OWN_RATE, OWN_WINDOW = 10, 3600


@require_safe
def my_calendar(request: AuthenticatedHttpRequest) -> HttpResponse:
    """Everything about one's calendar. A new address is shown once, right after it was made."""
    return _page(request)


@require_http_methods(["GET", "POST"])
def absence_add(request: AuthenticatedHttpRequest) -> HttpResponse:
    """Enter an absence."""
    form = AbsenceForm(posted(request))
    if form.is_valid():
        with show_refusal(form):
            absence = absences.add(actor=request.user, **form.cleaned_data)
            _say_saved(request, absence)
            return redirect_htmx(request, HOME)
    return _page(request, absence_form=form)


def _say_saved(request: AuthenticatedHttpRequest, absence: Absence) -> None:
    if any(sessions_during([absence], request.user)):
        text = _("Saved. Some of your sessions fall into these days: move or cancel them below.")
        messages.warning(request, text)
    else:
        text = _("Saved. Reminders pause on these days, and no time is offered on them.")
        messages.success(request, text)


@require_POST
def absence_remove(request: AuthenticatedHttpRequest, public_id: UUID) -> HttpResponse:
    """Delete an absence."""
    absence = get_object_or_404(Absence, person=request.user, public_id=public_id)
    absences.remove(actor=request.user, absence=absence)
    messages.success(request, _("Removed. You count as here on these days."))
    return redirect_htmx(request, HOME)


@require_POST
def feed_renew(request: AuthenticatedHttpRequest) -> HttpResponse:
    """Make a new address; the one before stops working."""
    token = feeds.renew(actor=request.user)
    # Encrypted: web sessions are in the database, which may have the hash alone.
    request.session[SHOWN_ONCE] = crypto.encrypt(token)
    return redirect_htmx(request, reverse(HOME) + "#feed-heading")


@require_POST
def feed_revoke(request: AuthenticatedHttpRequest) -> HttpResponse:
    """Delete the address."""
    feeds.revoke(actor=request.user)
    messages.success(
        request,
        _("The address no longer works. Calendars that used it will stop showing your sessions."),
    )
    return redirect_htmx(request, HOME)


@require_http_methods(["GET", "POST"])
def own_calendar_save(request: AuthenticatedHttpRequest) -> HttpResponse:
    """Save the address of one's own published calendar, whose busy times are then read."""
    form = OwnCalendarForm(posted(request))
    if form.is_valid():
        with show_refusal(form, "address"):
            address = own_calendar.checked(form.cleaned_data["address"])
            if _is_too_often(f"own-calendar:{request.user.pk}", OWN_RATE, OWN_WINDOW):
                return _too_many_addresses(request, form)
            return _save_address(request, address)
    return _page(request, own_form=form)


def _save_address(request: AuthenticatedHttpRequest, address: str) -> HttpResponse:
    own_calendar.save_address(actor=request.user, address=address)
    text = _("Saved. Your calendar is read within a minute, and every hour from then on.")
    messages.success(request, text)
    return redirect_htmx(request, HOME)


def _too_many_addresses(request: AuthenticatedHttpRequest, form: OwnCalendarForm) -> HttpResponse:
    text = _("These were many addresses in a short time. Try again in an hour.")
    form.add_error("address", text)
    return _page(request, own_form=form, error_status=429)


@require_POST
def own_calendar_remove(request: AuthenticatedHttpRequest) -> HttpResponse:
    """Delete the address and the busy times that were read."""
    own_calendar.remove(actor=request.user)
    messages.success(request, _("Removed. The address and the busy times are deleted."))
    return redirect_htmx(request, HOME)


def _page(
    request: AuthenticatedHttpRequest,
    *,
    absence_form: Form | None = None,
    own_form: Form | None = None,
    error_status: int = 422,
) -> HttpResponse:
    """The page, with the form that was sent, if one was."""
    person = request.user
    sent = own_form or absence_form
    context = {
        "form": sent,
        "absences": _absences_with_sessions(person),
        "absence_form": absence_form or AbsenceForm(),
        "feed": CalendarFeed.objects.filter(person=person).first(),
        "addresses": _shown_once(request),
        "own_form": own_form or OwnCalendarForm(),
        **_own_calendar(person),
    }
    status = error_status if sent and sent.errors else 200
    return respond(request, "meetings/my_calendar.html", context, status=status)


def _absences_with_sessions(person: User) -> list[tuple[Absence, list[MentoringSession]]]:
    """The person's absences that are not over, each with their sessions on its days."""
    today = clock.today(person.time_zone)
    rows = list(Absence.objects.filter(person=person).not_over(today).order_by("starts_on"))
    return list(zip(rows, sessions_during(rows, person), strict=True))


def _own_calendar(person: User) -> dict[str, Any]:
    """The calendar that the person has published to us, its host and its problem in words."""
    own = OwnCalendar.objects.filter(person=person).first()
    if own is None:
        return {"own": None}
    return {
        "own": own,
        "own_host": own_calendar.host_of(own),
        "own_problem": CalendarProblem(own.problem).label if own.problem else "",
    }


def _shown_once(request: AuthenticatedHttpRequest) -> dict[str, str]:
    """The address of the feed as https:// and as webcal://, if it has just been made."""
    if request.method != "GET" or SHOWN_ONCE not in request.session:
        return {}
    token = crypto.decrypt(request.session.pop(SHOWN_ONCE))
    address = absolute(reverse("meetings:calendar_feed", args=[token]))
    return {"https": address, "webcal": f"webcal://{address.partition('://')[2]}"}


@login_not_required
@require_safe
def calendar_feed(request: HttpRequest, token: str) -> HttpResponse:
    """A person's sessions for their calendar, without sign-in; 404 for a wrong token."""
    person = feeds.person_of(token)
    if person is None:  # nobody reads the answer, so it is not our page for 404
        return HttpResponse(status=404, content_type="text/plain")
    if _is_too_often(f"calendar-feed:{person.pk}", FEED_RATE, FEED_WINDOW):
        return HttpResponse(status=429, headers={"Retry-After": "3600"}, content_type="text/plain")

    with translation.override(person.locale):
        content = files.feed(_feed_sessions(person))
    return _unless_known(request, content)


def _unless_known(request: HttpRequest, content: bytes) -> HttpResponse:
    """The calendar; 304 without it if the one who asks has the same already."""
    etag = quote_etag(hashlib.sha256(content).hexdigest())
    response = HttpResponse(content, content_type="text/calendar; charset=utf-8")
    response["Content-Disposition"] = 'inline; filename="mentoring.ics"'
    response["ETag"] = etag
    answer = get_conditional_response(request, etag=etag, response=response) or response
    answer["Cache-Control"] = "private, max-age=0, must-revalidate"
    return answer


def _feed_sessions(person: User) -> QuerySet[MentoringSession]:
    """The person's sessions since PAST; a cancelled one for as long after its cancellation."""
    since = clock.now() - PAST
    sessions = MentoringSession.objects.of_pair(person).exclude(state=SessionState.PROPOSED)
    is_shown = ~Q(state=SessionState.CANCELLED) | Q(timed_at__gte=since)
    return sessions.filter(is_shown, ends_at__gte=since).order_by("starts_at", "pk")


def _is_too_often(key: str, rate: int, window: int) -> bool:
    """Count this time, unless there were `rate` times within the last `window` seconds."""
    now = clock.now().timestamp()
    # Each time is stored: with the cache in the database, `incr` would begin the window anew.
    times = [moment for moment in cache.get(key, []) if moment > now - window]
    is_too_often = len(times) >= rate
    if not is_too_often:
        cache.set(key, [*times, now], window)
    return is_too_often
