"""Drafts of the personal mails about entries of *Needs you today*. Coordinators change them as
they like.

A draft is about the pair, never about one of the two, and says nothing that the two do not both
know. It fits between “Hello Mara,” and the name of its author.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.utils import formats, translation
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from common import clock
from mentoring.needs.kinds import Need
from programs.models import Program


@dataclass(frozen=True)
class Draft:
    """A subject, and paragraphs with a blank line between them."""

    subject: str
    text: str = ""


def draft_of(need: Need, program: Program, language: str) -> Draft:
    """The draft about an entry, in this language."""
    with translation.override(language):
        subject, *paragraphs = DRAFTS[need.kind](need, program)
    return Draft(subject, "\n\n".join(paragraphs))


def button_of(kind: str) -> str:
    """The label of the button below the text, in the active language."""
    return str(BUTTONS.get(kind, PAIR_BUTTON))


PAIR_BUTTON = gettext_lazy("Open the page of your pair")
BUTTONS: dict[str, Any] = {
    "unlogged": gettext_lazy("Say what became of the session"),
    "disagreement": gettext_lazy("Look at the session"),
    "unanswered": gettext_lazy("Open your invitation"),
    "bounced": gettext_lazy("See your profile"),
}


def _bounced(need: Need, program: Program) -> list[str]:
    return [_("Mail from us does not reach you: please tell us your right address")]


def _unanswered(need: Need, program: Program) -> list[str]:
    invited = _(
        "you were invited to “%(program)s”, and we have not heard from you yet. To say yes takes "
        "a few minutes. A no is fine as well; then somebody else gets the place."
    )
    return [
        _("Would you like to take part in “%(program)s”?") % {"program": program.name},
        invited % {"program": program.name},
        *_enrolment_deadline(program),
        _("Is there anything that I can answer first?"),
    ]


def _enrolment_deadline(program: Program) -> list[str]:
    """Until when somebody can enrol, if the day is not over."""
    until = program.enrolment_deadline
    if until is None or until < clock.today(program.time_zone):
        return []
    return [_("You can enrol until %(day)s.") % {"day": _day_in_words(until)}]


def _unsigned(need: Need, program: Program) -> list[str]:
    return [
        _("The agreement of your pair"),
        _(
            "the agreement of your pair does not have both signatures yet. It takes a few "
            "minutes: each of you may add a line, then you both sign."
        ),
        _("If something in it does not fit the two of you, change it there, or tell me."),
    ]


def _not_met(need: Need, program: Program) -> list[str]:
    return [
        _("The first session of your pair"),
        _(
            "your pair has not had its first session yet. Beginning is the hardest part; half an "
            "hour to get to know each other is enough."
        ),
        _(
            "Would the two of you book a time this week? If something stands in the way, tell "
            "me, and we find another way."
        ),
    ]


def _no_date(need: Need, program: Program) -> list[str]:
    return [
        _("A date for your next session"),
        _(
            "your pair has no session booked at the moment. The longer the gap, the harder it is "
            "to continue."
        ),
        _(
            "Would the two of you book the next one this week? If something stands in the way, "
            "tell me; we find another way."
        ),
    ]


def _called_off(need: Need, program: Program) -> list[str]:
    return [
        _("The next session of your pair"),
        _(
            "sessions of your pair have not taken place as planned lately. That happens, and "
            "nobody has to explain it."
        ),
        _(
            "What has helped others: a shorter session, another day of the week, or a pause for "
            "a while. Would the two of you book the next one, or tell me what would make it "
            "easier?"
        ),
    ]


def _paused(need: Need, program: Program) -> list[str]:
    return [
        _("Your pair is paused"),
        _("your pair is paused at present. That is fine, and nobody has to say why."),
        _(
            "When you would like to go on, say so on the page of your pair; you go on once you "
            "both have. If you would rather stop here, that is fine too, and you can do that "
            "there as well."
        ),
        _("Is there anything that I can do?"),
    ]


def _unlogged(need: Need, program: Program) -> list[str]:
    nobody_noted = _(
        "nobody has noted yet what became of your session on %(day)s. Held, moved, called off or "
        "missed: it takes a minute."
    )
    return [
        _("Did your session take place?"),
        nobody_noted % {"day": _day_in_words(need.day)},
        _("What you talked about stays with the two of you."),
    ]


def _disagreement(need: Need, program: Program) -> list[str]:
    day = _day_in_words(need.day)
    unclear = _(
        "it is not quite clear whether your session on %(day)s took place. A slip happens easily."
    )
    return [
        _("Your session on %(day)s") % {"day": day},
        unclear % {"day": day},
        _("Would the two of you look at what is noted, and put it right together?"),
    ]


def _day_in_words(day: date | None) -> str:
    """Such as “Mon 16 Mar 2027”, in the active language."""
    assert day is not None  # both kinds of entries about a session have one
    return formats.date_format(day, _("D j M Y"))


DRAFTS: dict[str, Callable[[Need, Program], list[str]]] = {
    "bounced": _bounced,
    "unanswered": _unanswered,
    "unsigned": _unsigned,
    "not_met": _not_met,
    "no_date": _no_date,
    "called_off": _called_off,
    "paused": _paused,
    "unlogged": _unlogged,
    "disagreement": _disagreement,
}
