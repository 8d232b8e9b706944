"""The charts of the overview, each with a title that says what it shows."""

from __future__ import annotations

from collections.abc import Sequence
from urllib.parse import urlencode

from django.urls import reverse
from django.utils.formats import date_format
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from common import clock
from common.charts import Bar, Bars, Funnel, Lines, Series, Stage, Tick
from mentoring.reporting.progress import Pace, Side
from programs.domain import overview
from programs.enums import EnrolmentState
from programs.labels import side_label, with_labels
from programs.models import Program

TOPICS_DRAWN = 6


def sessions_chart(program: Program, pace: Pace) -> Lines:
    """Sessions held by the end of each week, against the plan."""
    today = clock.today(program.time_zone)
    days = [moment.day for moment in pace.moments]
    first = days[0].toordinal() if days else 0
    return Lines(
        title=_sessions_title(pace),
        note=_("Sessions held by the end of each week, all pairs together, against the plan"),
        counted=_(
            "Held: logged as having taken place. Plan: each pair meets every %(weeks)s weeks from "
            "the day on which it began, %(sessions)s times in all, and no more once it is "
            "completed, ended or paused. On track: nine of ten planned sessions were held."
        )
        % {"weeks": program.interval_weeks, "sessions": program.planned_sessions},
        ticks=[
            Tick(
                day.toordinal() - first,
                _("today") if day == today else date_format(day, _("j M")),
            )
            for day in days
        ],
        series=[
            Series(_("Held"), [moment.held for moment in pace.moments]),
            Series(_("Plan"), [moment.planned for moment in pace.moments], is_plan=True),
        ],
        row_label=_("Until"),
        marked=[days.index(today)] if today in days else [],
    )


def _sessions_title(pace: Pace) -> str:
    if not pace.planned:
        return _("No session is due yet")
    if pace.is_on_track:
        return _("Sessions keep pace with the plan")
    behind = pace.planned - pace.held
    text = ngettext(
        "%(number)s session fewer than planned", "%(number)s sessions fewer than planned", behind
    )
    return text % {"number": behind}


def pairs_funnel(program: Program, sides: Sequence[Side], pace: Pace) -> Funnel:
    """From invited to meeting, both sides."""
    people = reverse("programs:enrolment_list", args=[program.public_id])
    pairs = reverse("meetings:pairing_list", args=[program.public_id])
    approved = [_with(people, role=side.role, state=EnrolmentState.APPROVED) for side in sides]
    return Funnel(
        title=_pairs_title(pace),
        note=_offered_note(pace),
        counted=_(
            "People of each side: invited or volunteering, approved, in a pair that goes on or was "
            "completed, and in one that has held a session. Who ended a pair and has no other is "
            "no longer counted as paired."
        ),
        sides=[capfirst(side_label(program, side.role, plural=True)) for side in sides],
        stages=[
            Stage(
                _("Invited"),
                [side.asked for side in sides],
                [_with(people, role=side.role) for side in sides],
            ),
            Stage(_("Approved"), [side.approved for side in sides], approved),
            Stage(_("Paired"), [side.paired for side in sides], [pairs] * len(sides)),
            Stage(_("Met at least once"), [side.met for side in sides], [pairs] * len(sides)),
        ],
    )


def _pairs_title(pace: Pace) -> str:
    if not pace.pairs:
        return _("No pair meets yet")
    if pace.met == pace.pairs:
        return _("All pairs have met")
    text = ngettext(
        "%(met)s of %(pairs)s pair has met", "%(met)s of %(pairs)s pairs have met", pace.pairs
    )
    return text % {"met": pace.met, "pairs": pace.pairs}


def _offered_note(pace: Pace) -> str:
    """Offers that wait for an answer; nothing tells whose."""
    if not pace.offered:
        return ""
    text = ngettext(
        "%(number)s match waits for an answer.",
        "%(number)s matches wait for an answer.",
        pace.offered,
    )
    return text % {"number": pace.offered}


def enrolment_funnel(program: Program, sides: Sequence[overview.Funnel]) -> Funnel:
    """From invited to approved: mentees, then mentors."""
    sides = sides[::-1]
    people = reverse("programs:enrolment_list", args=[program.public_id])

    def stage(label: str, name: str, state: str = "") -> Stage:
        numbers = [getattr(side, name) for side in sides]
        chosen = {"state": state} if state else {}
        return Stage(label, numbers, [_with(people, role=side.role, **chosen) for side in sides])

    return Funnel(
        title=_enrolment_title(sides),
        counted=_(
            "Each stage includes those who have gone further. Whoever has stepped back is counted "
            "as invited alone."
        ),
        empty=_("Invite people first: then you see here how far they have come."),
        sides=[capfirst(side_label(program, side.role, plural=True)) for side in sides],
        stages=[
            stage(_("Invited"), "asked"),
            stage(_("Started"), "started"),
            stage(_("Applied"), "applied"),
            stage(_("Approved"), "approved", EnrolmentState.APPROVED),
        ],
    )


def _enrolment_title(sides: Sequence[overview.Funnel]) -> str:
    asked, approved = (sum(getattr(side, name) for side in sides) for name in ("asked", "approved"))
    if not asked:
        return _("Nobody is invited yet")
    text = ngettext(
        "%(approved)s of %(asked)s person is approved",
        "%(approved)s of %(asked)s people are approved",
        asked,
    )
    return text % {"approved": approved, "asked": asked}


def topics_chart(program: Program, balance: Sequence[overview.TopicBalance]) -> Bars:
    """Who wants what, and who can teach it: the scarcest topic first."""
    chosen = [line for line in balance if line.wanted or line.offered]
    return Bars(
        title=_topics_title(chosen),
        note=_topics_note(program, len(chosen)),
        counted=_("People who have applied and were not declined; each may choose several topics."),
        empty=_("Nobody who has applied has chosen a topic yet."),
        rows=[
            Bar(line.name, [line.offered], _topic_words(line), of=max(line.wanted, line.offered))
            for line in chosen
        ],
        most_drawn=TOPICS_DRAWN,
    )


def _topics_note(program: Program, number: int) -> str:
    text = _("How many {mentors} can teach each topic, of the {mentees} who want it.")
    if number > TOPICS_DRAWN:
        text += " " + _("The scarcest are drawn; all are in the table.")
    return with_labels(text, program)


def _topics_title(chosen: Sequence[overview.TopicBalance]) -> str:
    if not chosen:
        return _("Who wants what, and who can teach it")
    short = [line for line in chosen if line.short]
    if not short:
        return _("Every topic has enough people who can teach it")
    return _("%(topic)s is the scarcest topic") % {"topic": short[0].name}


def _topic_words(line: overview.TopicBalance) -> str:
    text = _("%(wanted)s want it, %(offered)s can teach it")
    if line.short:
        text = ngettext(
            "%(wanted)s want it, %(offered)s can teach it: %(short)s short",
            "%(wanted)s want it, %(offered)s can teach it: %(short)s short",
            line.short,
        )
    return text % {"wanted": line.wanted, "offered": line.offered, "short": line.short}


def _with(address: str, **query: str) -> str:
    return f"{address}?{urlencode(query)}"
