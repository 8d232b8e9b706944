"""Where a program stands, in one sentence with its reason."""

from __future__ import annotations

from collections.abc import Sequence

from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from mentoring.reporting.progress import Pace
from programs.domain.overview import Funnel
from programs.domain.readiness import Check
from programs.models import Program


def of_draft(missing: Sequence[Check]) -> str:
    """What keeps people from enrolling."""
    if not missing:
        return _("Everything is set up: enrolment can be opened.")
    text = ngettext(
        "%(number)s thing is missing before people can enrol.",
        "%(number)s things are missing before people can enrol.",
        len(missing),
    )
    return text % {"number": len(missing)}


def of_enrolment(program: Program, sides: Sequence[Funnel]) -> str:
    """How many have answered, how many wait, and until when people can enrol."""
    asked = sum(side.asked for side in sides)
    if not asked:
        return _("Nobody is invited yet.")
    text = ngettext(
        "%(applied)s of %(asked)s person has applied.",
        "%(applied)s of %(asked)s people have applied.",
        asked,
    )
    applied = sum(side.applied for side in sides)
    sentences = [text % {"applied": applied, "asked": asked}]
    if waiting := sum(side.waiting for side in sides):
        text = ngettext(
            "%(number)s waits for your decision.", "%(number)s wait for your decision.", waiting
        )
        sentences.append(text % {"number": waiting})
    if program.enrolment_deadline:
        day = date_format(program.enrolment_deadline, _("D j M Y"))
        sentences.append(_("Enrolment ends on %(day)s.") % {"day": day})
    return " ".join(sentences)


def of_matching(program: Program, sides: Sequence[Funnel]) -> str:
    """Who is there to be matched."""
    approved = {side.role: side.approved for side in sides}
    words = {
        "mentors": f"{approved['mentor']} {program.mentors_label}",
        "mentees": f"{approved['mentee']} {program.mentees_label}",
    }
    text = _("%(mentees)s and %(mentors)s are approved. Next, run the matching and publish it.")
    return text % words


def of_sessions(pace: Pace) -> str:
    """Whether the sessions keep pace with the plan, and why."""
    figures = {"pairs": pace.pairs, "held": pace.held, "planned": pace.planned}
    if not pace.pairs:
        return _("No pair meets yet.")
    if not pace.planned:
        text = ngettext(
            "%(pairs)s pair has begun; no session is due yet.",
            "%(pairs)s pairs have begun; no session is due yet.",
            pace.pairs,
        )
    elif pace.is_on_track:
        text = ngettext(
            "On track: %(pairs)s pair has held %(held)s of %(planned)s sessions planned by now.",
            "On track: %(pairs)s pairs have held %(held)s of %(planned)s sessions planned by now.",
            pace.pairs,
        )
    else:
        text = ngettext(
            "Behind: %(pairs)s pair has held %(held)s of %(planned)s sessions planned by now.",
            "Behind: %(pairs)s pairs have held %(held)s of %(planned)s sessions planned by now.",
            pace.pairs,
        )
    return text % figures


def of_the_end(pace: Pace) -> str:
    """What a program that is over came to."""
    if not pace.pairs:
        return _("This program is over. No pair met.")
    text = ngettext(
        "%(pairs)s pair held %(held)s of %(planned)s planned sessions.",
        "%(pairs)s pairs held %(held)s of %(planned)s planned sessions.",
        pace.pairs,
    )
    return text % {"pairs": pace.pairs, "held": pace.held, "planned": pace.planned_in_all}
