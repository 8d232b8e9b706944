"""The declarations of this app's messages."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext_lazy as _

from notifications import kinds
from notifications.kinds import Cast, MessageKind
from pairings.mail import agreements, letters, offers, pauses, thanks
from pairings.models import Pairing


def register() -> None:
    """Declare all kinds; called when the application starts."""
    kinds.register(
        *_offers(), *_offer_reminders(), *_outcomes(), *_agreements(), *_pauses(), *_by_directory()
    )


def _offers() -> list[MessageKind]:
    """Not listed: who was asked when, and what came after, would tell who said no."""
    offer = letters.link_to("pairings:offer_detail")
    return [
        MessageKind(
            key="pairings.offer_mentor",
            label=_("A match to look at"),
            occasion=_("To the %(mentor)s, who is asked first, when a match is published."),
            why="pair",
            quiet=True,
            digest=True,
            side="mentor",
            still_due=offers.waits_for_mentor,
            link=offer,
            sample=_sample,
        ),
        MessageKind(
            key="pairings.offer_mentee",
            label=_("A match to look at"),
            occasion=_("To the %(mentee)s, once the %(mentor)s has said yes."),
            why="pair",
            quiet=True,
            digest=True,
            side="mentee",
            still_due=offers.waits_for_mentee,
            link=offer,
            sample=_sample,
        ),
    ]


def _offer_reminders() -> list[MessageKind]:
    """Not listed, for the same reason."""
    offer = letters.link_to("pairings:offer_detail")
    return [
        MessageKind(
            key="pairings.offer_mentor_reminder",
            label=_("A match waits for an answer"),
            occasion=_(
                "To the %(mentor)s, three and six days after being asked, without an answer."
            ),
            why="pair",
            quiet=True,
            digest=True,
            topic="offers",
            nudges=2,
            side="mentor",
            still_due=offers.waits_for_mentor,
            link=offer,
            sample=_sample,
        ),
        MessageKind(
            key="pairings.offer_mentee_reminder",
            label=_("A match waits for an answer"),
            occasion=_(
                "To the %(mentee)s, three and six days after being asked, without an answer."
            ),
            why="pair",
            quiet=True,
            digest=True,
            topic="offers",
            nudges=2,
            side="mentee",
            still_due=offers.waits_for_mentee,
            link=offer,
            sample=_sample,
        ),
    ]


def _outcomes() -> list[MessageKind]:
    """How an offer and a pair end, and how a pair begins. What comes of an offer is not listed."""
    inside = letters.link_to("mentoring:pair_home")
    return [
        MessageKind(
            key="pairings.match_void",
            label=_("A match did not come about"),
            occasion=_("To those of the two who had been asked, when a match does not come about."),
            why="pair",
            quiet=True,
            digest=True,
            link=letters.home_link,
            sample=_sample,
        ),
        MessageKind(
            key="pairings.match_active",
            label=_("A pair begins"),
            occasion=_("To both of a pair, when both have said yes."),
            why="pair",
            quiet=True,
            digest=True,
            listed=True,
            still_due=letters.is_live,
            link=inside,
            sample=_sample,
        ),
        MessageKind(
            key="pairings.pairing_ended",
            label=_("A pair has ended"),
            occasion=_("To both of a pair, when it ends."),
            why="pair",
            quiet=True,
            digest=True,
            listed=True,
            link=letters.home_link,
            sample=_sample,
        ),
        MessageKind(
            key="pairings.pairing_completed",
            label=_("Thanks at the end"),
            occasion=_("To both of each pair, a day after the program was closed."),
            why="pair",
            quiet=True,
            digest=True,
            listed=True,
            still_due=thanks.is_completed,
            link=inside,
            sample=_sample,
        ),
    ]


def _agreements() -> list[MessageKind]:
    """They are not listed: they go to the one who has not signed."""
    agreement = letters.link_to("pairings:agreement")
    return [
        MessageKind(
            key="pairings.agreement_changed",
            label=_("An agreement to sign"),
            occasion=_("To the other of a pair, when one changes their agreement."),
            why="pair",
            quiet=True,
            digest=True,
            still_due=letters.is_live,
            link=agreement,
            sample=_sample,
        ),
        MessageKind(
            key=agreements.KIND,
            label=_("Please sign the agreement"),
            occasion=_(
                "To whoever of a pair has not signed, three and seven days after the version "
                "was written."
            ),
            why="pair",
            quiet=True,
            digest=True,
            topic="agreement",
            nudges=2,
            still_due=agreements.is_unsigned,
            link=agreement,
            sample=_sample,
        ),
    ]


def _pauses() -> list[MessageKind]:
    """What stops and goes on is listed; that one of the two is ready is not."""
    inside = letters.link_to("mentoring:pair_home")
    pause = letters.link_to("meetings:pairing_pause")
    return [
        MessageKind(
            key="pairings.pairing_paused",
            label=_("A pair is paused"),
            occasion=_("To both of a pair, when it is paused."),
            why="pair",
            quiet=True,
            digest=True,
            listed=True,
            still_due=letters.is_paused,
            link=pause,
            sample=_sample,
        ),
        MessageKind(
            key="pairings.pairing_ready",
            label=_("A pair can go on"),
            occasion=_("To one of a paused pair, when the other is ready to go on."),
            why="pair",
            quiet=True,
            digest=True,
            still_due=letters.is_paused,
            link=pause,
            sample=_sample,
        ),
        MessageKind(
            key="pairings.pairing_resumed",
            label=_("A pair goes on"),
            occasion=_("To both of a pair, when it goes on after a pause."),
            why="pair",
            quiet=True,
            digest=True,
            listed=True,
            still_due=letters.is_live,
            link=inside,
            sample=_sample,
        ),
    ]


def _by_directory() -> list[MessageKind]:
    return [
        MessageKind(
            key="pairings.paused_by_directory",
            label=_("The directory has paused a pair"),
            occasion=_(
                "To the coordinators, when an import puts both of a pair into one reporting line."
            ),
            why="manager",
            quiet=True,
            digest=True,
            listed=True,
            still_due=letters.is_paused,
            link=pauses.list_link,
            sample=_sample,
        ),
    ]


def sample_pairing(cast: Cast) -> Pairing:
    """The pair of the samples; not stored."""
    return Pairing(program=cast.program, mentor=cast.mentor, mentee=cast.mentee)


def _sample(cast: Cast) -> dict[str, Any]:
    """The context of a sample."""
    return {
        "program": cast.program,
        "pairing": sample_pairing(cast),
        "person": cast.reader,
        "partner": cast.mentee,
        "until": cast.moment,
        "why": "reporting_line",
        "waiting": 2,
        "kept": 1,
    }
