"""Who gets each kind of message, and when: one short line of each, for those who run a program.

%(mentor)s and %(mentee)s are what the program calls the two sides. A test holds that every kind of
policy.py has its line.
"""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext_lazy as _

OCCASIONS: dict[str, Any] = {
    "accounts.address_confirmed": _(
        "To the person, at both addresses, when HR confirms a new address."
    ),
    "accounts.address_rejected": _(
        "To the person, at both addresses, when HR keeps the old address."
    ),
    "accounts.delegate_named": _(
        "To the assistant and the one whose times they handle, when they are named."
    ),
    "accounts.delegate_removed": _(
        "To the assistant and the one whose times they handled, when that is over."
    ),
    "notifications.digest": _("To anybody, in place of several messages that had to wait."),
    "programs.invitation": _("To whoever you invite, when you invite them."),
    "programs.nudge": _("To whoever has not answered an invitation, when you send a reminder."),
    "programs.applied": _("To whoever has applied, at once."),
    "programs.approved": _("To whoever you approve, when you do."),
    "programs.waitlisted": _("To whoever you put on the waiting list, when you do."),
    "programs.declined": _("To whoever you decline, when you do."),
    "programs.coordinator_named": _("To a new coordinator, when somebody else names them."),
    "programs.cancelled": _("To everybody in the program, when you cancel it."),
    "pairings.offer_mentor": _("To the %(mentor)s, who is asked first, when a match is published."),
    "pairings.offer_mentee": _("To the %(mentee)s, once the %(mentor)s has said yes."),
    "pairings.offer_mentor_reminder": _(
        "To the %(mentor)s, three and six days after being asked, without an answer."
    ),
    "pairings.offer_mentee_reminder": _(
        "To the %(mentee)s, three and six days after being asked, without an answer."
    ),
    "pairings.match_void": _(
        "To those of the two who had been asked, when a match does not come about."
    ),
    "pairings.match_active": _("To both of a pair, when both have said yes."),
    "pairings.agreement_changed": _("To the other of a pair, when one changes their agreement."),
    "pairings.agreement_nudge": _(
        "To whoever of a pair has not signed, three and seven days after the version was written."
    ),
    "pairings.pairing_paused": _("To both of a pair, when it is paused."),
    "pairings.pairing_resumed": _("To both of a pair, when it goes on after a pause."),
    "pairings.pairing_ended": _("To both of a pair, when it ends."),
    "pairings.pairing_ready": _("To one of a paused pair, when the other is ready to go on."),
    "pairings.paused_by_directory": _(
        "To the coordinators, when an import puts both of a pair into one reporting line."
    ),
    "meetings.called_off": _("To the coordinators, when sessions of a pair keep being called off."),
    "meetings.session_scheduled": _("To both of a pair, when one session is booked."),
    "meetings.session_series": _(
        "To whoever did not book them, when several sessions are booked in one go."
    ),
    "meetings.session_moved": _("To both of a pair, when a session is moved."),
    "meetings.session_details": _("To both of a pair, when a session gets another place or link."),
    "meetings.session_cancelled": _("To both of a pair, when a session is cancelled."),
    "meetings.session_invitation": _(
        "To both of a pair, one for each session that is booked in one go or put back."
    ),
    "meetings.session_late": _("To the other of a pair, when one says that they are running late."),
    "meetings.session_withdrawn": _(
        "To both of a pair, when a session goes because the pair is paused or has ended."
    ),
    "meetings.session_reminder": _(
        "To both of a pair, as long before each session as the program says."
    ),
    "meetings.session_log": _(
        "To the %(mentor)s an hour after a session, and to both after two days, if nobody has "
        "logged it."
    ),
    "meetings.session_question": _(
        "To the %(mentee)s, as many days before a session as the program says, if there is no "
        "question."
    ),
    "meetings.book_session": _(
        "To whoever proposes the times, once or twice while the pair has no session ahead."
    ),
    "meetings.commitment_due": _(
        "To the %(mentee)s, on the day that they set themselves, and a week later."
    ),
    "feedback.invitation": _("To those it asks, when a survey opens."),
    "feedback.reminder": _(
        "To those who have not answered, half-way through a survey and a day before it closes."
    ),
    "feedback.told_us": _("To those it asked, when you publish what a survey found."),
    "mentoring.delivery_late": _(
        "To HR admins, when messages have not gone out for a quarter of an hour."
    ),
    "mentoring.delivery_well": _("To HR admins, when messages have gone out again for an hour."),
    "mentoring.channel_test": _("To one channel at Slack or Teams, when HR presses “Send a test”."),
    "mentoring.needs_you": _(
        "To the coordinators, on the morning of a weekday, if something new needs them."
    ),
    "mentoring.word_by_hand": _(
        "To those of a pair or program you choose, when you write to them from “Needs you today”."
    ),
}


def occasion(kind: str, *, mentor: str, mentee: str) -> str:
    """The line of a kind, with what the program calls its two sides; "" for a kind that nobody
    knows.
    """
    return str(OCCASIONS.get(kind, "")) % {"mentor": mentor, "mentee": mentee}
