"""Pages of a pair's sessions: book, look, move, cancel, ask ahead, take along into a calendar."""

from __future__ import annotations

from datetime import date, datetime, time
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.forms import Form
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts import typed
from accounts.domain import absences
from accounts.models import User
from accounts.requests import AuthenticatedHttpRequest
from common import clock
from common.errors import DomainError
from common.http import redirect_htmx, require
from common.timezones import to_wall
from meetings.calendar import files, links
from meetings.domain import cancellations, facts, free_times, notes, sessions
from meetings.domain import late as running_late
from meetings.enums import SessionState
from meetings.forms.sessions import QuestionForm, SeriesForm, SessionNewForm, SessionTimeForm
from meetings.models import Commitment, MentoringSession
from meetings.views import lateness
from pairings.enums import PairingState
from pairings.models import Pairing

PEOPLE = ("program", "mentor", "mentee", "mentor_enrolment", "mentee_enrolment")
WITH_PAIR = tuple(f"pairing__{name}" for name in PEOPLE)
DOERS = ("scheduled_by", "moved_by", "cancelled_by", "logged_by")


def pairing_or_404(request: AuthenticatedHttpRequest, public_id: UUID) -> Pairing:
    """A pair of the reader's own that has begun."""
    return get_object_or_404(
        Pairing.objects.of_pair(request.user).select_related(*PEOPLE), public_id=public_id
    )


def session_or_404(request: AuthenticatedHttpRequest, public_id: UUID) -> MentoringSession:
    """A session of a pair of the reader's own, with its DOERS."""
    rows = MentoringSession.objects.of_pair(request.user).select_related(*WITH_PAIR, "guide")
    session = get_object_or_404(rows, public_id=public_id)
    pairing = session.pairing
    # mostly the two themselves; four more joins would take Postgres longer to plan than all the
    # rest of the query
    people = {pairing.mentor_id: pairing.mentor, pairing.mentee_id: pairing.mentee}
    others = {getattr(session, f"{name}_id") for name in DOERS} - {None, *people}
    people |= User.objects.in_bulk(others) if others else {}
    for name in DOERS:
        setattr(session, name, people.get(getattr(session, f"{name}_id")))
    return session


def partner_of(pairing: Pairing, person: Any) -> User:
    """The other one of the pair."""
    return pairing.mentee if pairing.mentor_id == person.pk else pairing.mentor


def add_problem(form: Form, error: DomainError) -> None:
    """The sentence beside the field that it is about, or above the form."""
    code = getattr(error, "code", None)
    form.add_error(code if code in form.fields else None, error)


def suggested(form_data: Any) -> dict[str, Any]:
    """Day, time and zone that a suggestion's link carries, for the form; nothing where they make no
    sense.
    """
    try:
        day = date.fromisoformat(form_data.get("day", ""))
        wall = time.fromisoformat(form_data.get("time", ""))
    except ValueError:
        return {}
    return {"wall_date": day, "wall_time": wall, "time_zone": form_data.get("zone", "")}


def free_slots(pairing: Pairing, reader: User) -> list[datetime]:
    """Times that suit both, in the reader's zone."""
    starts = free_times.suggestions(
        pairing=pairing, zone=reader.time_zone, minutes=pairing.program.session_minutes
    )
    return [to_wall(start, reader.time_zone) for start in starts]


@require_http_methods(["GET", "POST"])
def session_new(request: AuthenticatedHttpRequest, public_id: UUID) -> HttpResponse:
    """Book a session, or write down one that was held without having been booked."""
    pairing = pairing_or_404(request, public_id)
    require(request.user, "meetings.schedule_session", pairing)
    initial = booking_defaults(pairing, request.user) | suggested(request.GET)
    form = SessionNewForm(
        request.POST or None, initial=initial, pairing=pairing, reader=request.user
    )
    if request.method == "POST" and form.is_valid():
        try:
            session = sessions.schedule(actor=request.user, pairing=pairing, **form.cleaned_data)
        except DomainError as error:
            add_problem(form, error)
        else:
            if form.cleaned_data["past"]:
                return redirect_htmx(
                    request, reverse("meetings:session_log", args=[session.public_id])
                )
            other = partner_of(pairing, request.user)
            messages.success(
                request,
                _("Booked. You and %(name)s each get a mail that brings it into your calendars.")
                % {"name": other.short_name},
            )
            return redirect_htmx(
                request, reverse("meetings:session_detail", args=[session.public_id])
            )
    return _booking_page(request, pairing, form, series=False)


@require_http_methods(["GET", "POST"])
def session_series(request: AuthenticatedHttpRequest, public_id: UUID) -> HttpResponse:
    """Book all sessions that the program plans in one go."""
    pairing = pairing_or_404(request, public_id)
    require(request.user, "meetings.schedule_session", pairing)
    initial = (
        booking_defaults(pairing, request.user) | suggested(request.GET) | series_plan(pairing)
    )
    form = SeriesForm(request.POST or None, initial=initial, pairing=pairing, reader=request.user)
    if request.method == "POST" and form.is_valid():
        try:
            made = sessions.schedule_series(
                actor=request.user, pairing=pairing, **form.cleaned_data
            )
        except DomainError as error:
            add_problem(form, error)
        else:
            text = _(
                "%(count)s sessions booked. You and %(name)s get them by mail, for your calendars."
            )
            other = partner_of(pairing, request.user)
            messages.success(request, text % {"count": len(made), "name": other.short_name})
            return redirect_htmx(request, reverse("mentoring:pair_home", args=[pairing.public_id]))
    return _booking_page(request, pairing, form, series=True)


def booking_defaults(pairing: Pairing, reader: User) -> dict[str, Any]:
    """What the program plans, and the place of the last session, or else the meeting room of one of
    the two.
    """
    last = pairing.sessions.order_by("-number").first()
    own = {"link": reader.join_link or partner_of(pairing, reader).join_link}
    place = {"place": last.place, "link": last.link} if last else own
    return {"minutes": pairing.program.session_minutes, **place}


def series_plan(pairing: Pairing) -> dict[str, int]:
    """How many sessions are left to book, and how far apart the program wants them."""
    booked = pairing.sessions.filter(state__in=[SessionState.SCHEDULED, SessionState.HELD]).count()
    left = min(max(pairing.program.planned_sessions - booked, 1), sessions.MOST_AT_ONCE)
    return {"count": left, "interval_weeks": pairing.program.interval_weeks}


def series_slots(
    pairing: Pairing, reader: User, *, count: int, interval_weeks: int
) -> list[datetime]:
    """First times of a series that suits both as often as possible, in the reader's zone."""
    minutes = pairing.program.session_minutes
    starts = free_times.series_starts(
        pairing=pairing,
        zone=reader.time_zone,
        minutes=minutes,
        count=count,
        interval_weeks=interval_weeks,
    )
    return [to_wall(start, reader.time_zone) for start in sorted(starts)]


def _booking_page(
    request: AuthenticatedHttpRequest, pairing: Pairing, form: Form, *, series: bool
) -> HttpResponse:
    plan = {name: form.initial[name] for name in ("count", "interval_weeks")} if series else {}
    slots = (
        series_slots(pairing, request.user, **plan) if series else free_slots(pairing, request.user)
    )
    context = {
        "form": form,
        "pairing": pairing,
        "partner": partner_of(pairing, request.user),
        "series": series,
        "away": absences.away_among([pairing.mentor, pairing.mentee]).get(
            partner_of(pairing, request.user).pk
        ),
        "slots": slots,
    }
    return render(request, "meetings/session_new.html", context, status=422 if form.errors else 200)


@require_safe
def session_detail(request: AuthenticatedHttpRequest, public_id: UUID) -> HttpResponse:
    """All about one session, for the two of the pair."""
    session = session_or_404(request, public_id)
    pairing = session.pairing
    by_mentee, has_ended = pairing.mentee_id == request.user.pk, facts.has_ended(session)
    context = {
        "session": session,
        "pairing": pairing,
        "partner": partner_of(pairing, request.user),
        "is_mentee": by_mentee,
        "agenda": facts.agenda(session, request.user),
        "agenda_now": facts.milliseconds(clock.now()),
        "commitment": Commitment.objects.visible_to(request.user).filter(session=session).first(),
        "phase": facts.phase(session),
        "awaits_signatures": facts.awaits_signatures(session),
        "said": facts.statements(session, request.user),
        "booked_by": facts.doer(session.scheduled_by, pairing, request.user),
        "moved_by": facts.doer(session.moved_by, pairing, request.user),
        "cancelled_by": facts.doer(session.cancelled_by, pairing, request.user),
        "revisions": session.log_revisions.select_related("author"),
        "note": notes.note_of(author=request.user, session=session),
        "question_form": QuestionForm(initial={"question": session.question}),
        "typed_by": typed.mark(request.user),
        "can_move": not has_ended and request.user.has_perm("meetings.move_session", session),
        "can_cancel": not has_ended and request.user.has_perm("meetings.cancel_session", session),
        "can_book": session.state == SessionState.CANCELLED
        and request.user.has_perm("meetings.schedule_session", pairing),
        "add_to": {"google": links.google(session), "outlook": links.outlook(session)},
        **_lateness(session, request.user),
        "away": absences.away_until(
            partner_of(pairing, request.user), max(session.starts_at, clock.now())
        ),
    }
    return render(request, "meetings/session_detail.html", context)


def _lateness(session: MentoringSession, reader: User) -> dict[str, Any]:
    """What has been said about running late, and whether the reader may say so now."""
    near = running_late.is_near(session)
    late = running_late.lateness(session) if near else {}
    mine = late.pop(reader.pk, None)
    may = near and mine is None and reader.has_perm("meetings.say_late", session)
    return {
        "late_mine": mine,
        "late_theirs": next(iter(late.values()), None),
        "late_on_behalf": _on_behalf(session.pairing, [mine, *late.values()], reader),
        "late_choices": running_late.CHOICES if may else (),
    }


def _on_behalf(pairing: Pairing, said: list[running_late.Late | None], reader: User) -> str:
    """The delegate who has said that the mentee runs late, in words; empty when the two have said
    it themselves.
    """
    pair = {pairing.mentor_id, pairing.mentee_id}
    others = [one.said_by for one in said if one and one.said_by and one.said_by.pk not in pair]
    return facts.doer(others[0], pairing, reader) if others else ""


@require_POST
def session_late(request: AuthenticatedHttpRequest, public_id: UUID) -> HttpResponse:
    """Tell the other that one comes some minutes late."""
    session = session_or_404(request, public_id)
    require(request.user, "meetings.say_late", session)
    name = partner_of(session.pairing, request.user).short_name
    lateness.tell(request, session, _("%(name)s has been told by mail.") % {"name": name})
    return redirect_htmx(request, reverse("meetings:session_detail", args=[session.public_id]))


@require_http_methods(["GET", "POST"])
def session_move(request: AuthenticatedHttpRequest, public_id: UUID) -> HttpResponse:
    """Give a session another time, place or link."""
    session = session_or_404(request, public_id)
    require(request.user, "meetings.move_session", session)
    if (
        request.method == "GET" and session.state != SessionState.SCHEDULED
    ):  # logged or cancelled: its page says so
        return to_session(session)
    return (
        to_log(request, session)
        if facts.has_ended(session)
        else _move_page(request, session, instead=False)
    )


@require_http_methods(["GET", "POST"])
def session_again(request: AuthenticatedHttpRequest, public_id: UUID) -> HttpResponse:
    """A session that is over did not take place, and gets another time."""
    session = session_or_404(request, public_id)
    require(request.user, "meetings.move_session", session)
    if not facts.has_ended(session):
        return redirect("meetings:session_move", public_id=session.public_id)
    return _move_page(request, session, instead=True)


def _move_page(
    request: AuthenticatedHttpRequest, session: MentoringSession, *, instead: bool
) -> HttpResponse:
    form = SessionTimeForm(
        request.POST or None,
        initial=present_time(session, request.user, instead=instead) | suggested(request.GET),
        pairing=session.pairing,
        reader=request.user,
    )
    if request.method == "POST" and form.is_valid():
        try:
            moved = sessions.move(
                actor=request.user, session=session, instead=instead, **form.cleaned_data
            )
        except DomainError as error:
            add_problem(form, error)
        else:
            messages.success(request, moved_words(session, moved))
            return redirect_htmx(
                request, reverse("meetings:session_detail", args=[session.public_id])
            )
    context = {
        "form": form,
        "session": session,
        "pairing": session.pairing,
        "partner": partner_of(session.pairing, request.user),
        "instead": instead,
        **proposal(session, request.user),
    }
    return render(
        request, "meetings/session_move.html", context, status=422 if form.errors else 200
    )


def proposal(session: MentoringSession, reader: User) -> dict[str, Any]:
    """Other times for a session, in the reader's zone: `proposed` is the best of them, with the
    form that moves it there.
    """
    if session.pairing.state != PairingState.ACTIVE:
        return {"proposed": None, "slots": []}
    found = free_times.other_times(session=session, zone=reader.time_zone)
    times = [to_wall(start, reader.time_zone) for start in found]
    return {"proposed": times[0] if times else None, "slots": sorted(times[1:])}


def present_time(
    session: MentoringSession, reader: User, *, instead: bool = False
) -> dict[str, Any]:
    """The session's time, as its reader's clock shows it, and place, for the form that changes
    them.

    Without day and time where it did not take place and gets others `instead`.
    """
    zone = reader.time_zone
    if free_times.is_second_time(session.starts_at, zone):  # typed in, it would mean the first
        zone = session.time_zone
    local = to_wall(session.starts_at, zone)
    kept = {name: getattr(session, name) for name in ("minutes", "place", "link")}
    wall = {} if instead else {"wall_date": local.date(), "wall_time": local.time()}
    return {"time_zone": zone, **wall, **kept}


def moved_words(before: MentoringSession, after: MentoringSession) -> str:
    """What was done, for the notice above the next page."""
    if before.sequence == after.sequence:
        return _("Nothing was changed.")
    if before.starts_at == after.starts_at:
        return _("Saved. Both of you get a mail that changes it in your calendars.")
    return _(
        "Moved. Both of you get a mail that changes it in your calendars; reminders follow the "
        "new time."
    )


@require_http_methods(["GET", "POST"])
def session_cancel(request: AuthenticatedHttpRequest, public_id: UUID) -> HttpResponse:
    """Call a session off, after a look at what else one could do."""
    session = session_or_404(request, public_id)
    require(request.user, "meetings.cancel_session", session)
    if facts.has_ended(session):
        return to_log(request, session)
    pairing, partner, problem = session.pairing, partner_of(session.pairing, request.user), ""
    if request.method == "POST":
        try:
            sessions.cancel(actor=request.user, session=session)
        except DomainError as error:
            problem = error.messages[0]
        else:
            messages.success(
                request,
                _("Cancelled. %(name)s gets a mail, without a reason.")
                % {"name": partner.short_name},
            )
            return redirect_htmx(request, reverse("mentoring:pair_home", args=[pairing.public_id]))
    context = {
        "session": session,
        "pairing": pairing,
        "partner": partner,
        "problem": problem,
        "in_a_row": facts.cancelled_in_a_row(pairing) + 1,
        "reaches_coordinator": pairing.mentee_id == request.user.pk
        and cancellations.next_reaches_coordinator(pairing),
        **proposal(session, request.user),
    }
    return render(request, "meetings/session_cancel.html", context, status=422 if problem else 200)


@typed.keeps_typed
@require_http_methods(["GET", "POST"])
def session_question(request: AuthenticatedHttpRequest, public_id: UUID) -> HttpResponse:
    """What the mentee wants to ask, some days ahead."""
    session = session_or_404(request, public_id)
    require(request.user, "meetings.ask_question", session)
    form = QuestionForm(typed.posted_or_kept(request), initial={"question": session.question})
    if request.method == "POST" and form.is_valid():
        try:
            sessions.ask_question(
                actor=request.user, session=session, question=form.cleaned_data["question"]
            )
        except DomainError as error:
            add_problem(form, error)
        else:
            name = session.pairing.mentor.short_name
            text = _("Saved. %(name)s sees it on the page of the session.") % {"name": name}
            messages.success(request, text)
            return redirect_htmx(
                request, reverse("meetings:session_detail", args=[session.public_id])
            )
    context = {
        "form": form,
        "session": session,
        "pairing": session.pairing,
        "partner": session.pairing.mentor,
        "typed_by": typed.mark(request.user),
    }
    return render(
        request, "meetings/session_question.html", context, status=422 if form.errors else 200
    )


@require_safe
def session_calendar(request: AuthenticatedHttpRequest, public_id: UUID) -> HttpResponse:
    """The session as a calendar file, for the pair and the mentee's delegate."""
    mine = MentoringSession.objects.of_pair(request.user) | MentoringSession.objects.of_delegate(
        request.user
    )
    session = get_object_or_404(mine, public_id=public_id)
    response = HttpResponse(files.event(session), content_type="text/calendar; charset=utf-8")
    response["Content-Disposition"] = (
        f'attachment; filename="mentoring-session-{session.number}.ics"'
    )
    return response


def to_log(request: AuthenticatedHttpRequest, session: MentoringSession) -> HttpResponse:
    """What has ended is logged: on to where that is done."""
    messages.info(request, _("This session is over: say in the log what happened."))
    return redirect_htmx(request, reverse("meetings:session_log", args=[session.public_id]))


def to_session(session: MentoringSession) -> HttpResponse:
    """Back to the page of the session."""
    return redirect("meetings:session_detail", public_id=session.public_id)
