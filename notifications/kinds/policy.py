"""The one table of how each kind of message is sent.

docs/messages.md shows it, and a test holds the two together.

Sign-in mail is outside all of this: it goes at once, past the outbox (accounts/adapter.py).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext_lazy as _

# What a person may turn off: key → what it is called on the page of preferences.
TOPICS: dict[str, Any] = {
    "enrol": _("Reminders to answer an invitation to a program"),
    "offers": _("Reminders that a match waits for your answer"),
    "agreement": _("Reminders to sign the agreement of your pair"),
    "booking": _("Reminders to find a date, where that is your part"),
    "sessions": _("Reminders of your next session"),
    "questions": _("Some days before a session: what will you ask?"),
    "logs": _("Reminders to log a session"),
    "commitments": _("Reminders of what you meant to do differently"),
    "surveys": _("Reminders of a survey that is still open"),
    "findings": _("What a survey found, and what changes"),
}

# Why somebody gets a message: the foot of every mail says it.
WHY: dict[str, Any] = {
    "program": _(
        "You get this because you take part in a mentoring program or were invited to one."
    ),
    "pair": _("You get this because you belong to a mentoring pair, or one was found for you."),
    "survey": _("You get this because you take part in the program that asks."),
    "manager": _("You get this because you look after this program."),
    "hr": _("You get this because you are an HR admin here."),
    "account": _("You get this because it is about your own access."),
    "digest": _(
        "You get this because several messages to you had to wait; this one stands for all of them."
    ),
}


@dataclass(frozen=True)
class Policy:
    """One row of the table.

    `quiet`: waits for the end of the recipient's quiet time, unless it would lose its point.
    `digest`: may be put into a summary when it is late. `topic`: may be turned off, under this key
    of TOPICS; "" is always sent. `nudges`: how many of this kind one person gets about one thing at
    most; 0 is no nudge, and 1 is sent again when its fate is unknown, as no other follows.
    `listed`: shown on the coordinator's page of messages; not what would tell who said no, who
    cancelled, or who has not answered. `twice`: is put into the inbox by itself too, so that the
    inbox does not show the mail.
    """

    why: str
    quiet: bool = False
    digest: bool = False
    topic: str = ""
    nudges: int = 0
    listed: bool = True
    twice: bool = False

    @property
    def one_click(self) -> bool:
        """Whether its mails carry List-Unsubscribe (RFC 8058): nudges and summaries alone."""
        return self.nudges > 0 or self.why == "digest"

    @property
    def always(self) -> bool:
        """Whether it is sent whatever the recipient prefers."""
        return not self.topic


DIGEST = "notifications.digest"
SAFE = Policy(
    "program", listed=False
)  # for a kind that nobody has thought about: sent at once, always, and shown to nobody

POLICIES: dict[str, Policy] = {
    "accounts.address_confirmed": Policy("account", listed=False),
    "accounts.address_rejected": Policy("account", listed=False),
    "accounts.delegate_named": Policy("account", quiet=True, digest=True, listed=False),
    "accounts.delegate_removed": Policy("account", quiet=True, digest=True, listed=False),
    DIGEST: Policy("digest", quiet=True, listed=False),
    "programs.invitation": Policy("program", quiet=True, digest=True),
    "programs.nudge": Policy("program", quiet=True, digest=True, topic="enrol", nudges=2),
    "programs.applied": Policy("program", digest=True),
    "programs.approved": Policy("program", quiet=True, digest=True),
    "programs.waitlisted": Policy("program", quiet=True, digest=True),
    "programs.declined": Policy("program", quiet=True, digest=True),
    "programs.coordinator_named": Policy("manager", quiet=True, digest=True),
    "programs.cancelled": Policy("program", quiet=True, digest=True),
    # an offer: who was asked when, and what came after, would tell who said no
    "pairings.offer_mentor": Policy("pair", quiet=True, digest=True, listed=False),
    "pairings.offer_mentee": Policy("pair", quiet=True, digest=True, listed=False),
    "pairings.offer_mentor_reminder": Policy(
        "pair", quiet=True, digest=True, topic="offers", nudges=2, listed=False
    ),
    "pairings.offer_mentee_reminder": Policy(
        "pair", quiet=True, digest=True, topic="offers", nudges=2, listed=False
    ),
    "pairings.match_void": Policy("pair", quiet=True, digest=True, listed=False),
    "pairings.match_active": Policy("pair", quiet=True, digest=True),
    "pairings.agreement_changed": Policy("pair", quiet=True, digest=True, listed=False),
    "pairings.agreement_nudge": Policy(
        "pair", quiet=True, digest=True, topic="agreement", nudges=2, listed=False
    ),
    "pairings.pairing_paused": Policy("pair", quiet=True, digest=True),
    "pairings.pairing_resumed": Policy("pair", quiet=True, digest=True),
    "pairings.pairing_ended": Policy("pair", quiet=True, digest=True),
    # goes to the one who has not yet said that they are ready
    "pairings.pairing_ready": Policy("pair", quiet=True, digest=True, listed=False),
    "pairings.paused_by_directory": Policy("manager", quiet=True, digest=True),
    "meetings.called_off": Policy("manager", quiet=True, digest=True),
    # times: what stands in calendars must not wait for the morning; they go to the one who did not
    # act, so are not listed
    "meetings.session_scheduled": Policy("pair", listed=False),
    "meetings.session_series": Policy("pair", listed=False),
    "meetings.session_moved": Policy("pair", listed=False),
    "meetings.session_details": Policy("pair", listed=False),
    "meetings.session_cancelled": Policy("pair", listed=False),
    "meetings.session_invitation": Policy("pair", listed=False),
    "meetings.session_late": Policy("pair", listed=False),
    "meetings.session_withdrawn": Policy("pair", listed=False),
    "meetings.session_reminder": Policy("pair", quiet=True, digest=True, topic="sessions"),
    "meetings.session_log": Policy("pair", quiet=True, digest=True, topic="logs", nudges=2),
    # whether somebody has written a question is the pair's own
    "meetings.session_question": Policy(
        "pair", quiet=True, digest=True, topic="questions", nudges=1, listed=False
    ),
    "meetings.book_session": Policy("pair", quiet=True, digest=True, topic="booking", nudges=2),
    # whether somebody has made a commitment is the pair's own
    "meetings.commitment_due": Policy(
        "pair", quiet=True, digest=True, topic="commitments", nudges=2, listed=False
    ),
    # a round counts who has answered, and names nobody: neither do its messages
    "feedback.invitation": Policy("survey", quiet=True, digest=True, listed=False),
    "feedback.reminder": Policy(
        "survey", quiet=True, digest=True, topic="surveys", nudges=2, listed=False
    ),
    "feedback.told_us": Policy("survey", quiet=True, digest=True, topic="findings"),
    # alarms: at once, at night too, and as mail may be what is broken, to the inbox besides
    "mentoring.delivery_late": Policy("hr", twice=True, listed=False),
    "mentoring.delivery_well": Policy("hr", twice=True, listed=False),
    "mentoring.channel_test": Policy("manager"),
    "mentoring.needs_you": Policy("manager", quiet=True, digest=True),
    # from one person to another: no summary, which would leave the words out, and no reminder that
    # could be turned off
    "mentoring.word_by_hand": Policy("program", quiet=True),
}


TWICE = [kind for kind, row in POLICIES.items() if row.twice]


def of(kind: str) -> Policy:
    """The row of a kind."""
    return POLICIES.get(kind, SAFE)


def listed_kinds() -> list[str]:
    """What the coordinator's page of messages may show."""
    return [kind for kind, row in POLICIES.items() if row.listed]
