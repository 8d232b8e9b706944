"""What Home says for each place of `mentoring.home.standing`."""

from __future__ import annotations

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy

from mentoring.home.standing import Key

WORDS: dict[Key, tuple[Promise, Promise]] = {
    "invited": (
        gettext_lazy("You are invited"),
        gettext_lazy("Your answer is still open."),
    ),
    "not_open_yet": (
        gettext_lazy("Not open yet"),
        gettext_lazy("You get a mail as soon as you can answer."),
    ),
    "too_late": (
        gettext_lazy("The last day to enrol has passed"),
        gettext_lazy("What you filled in is kept. If you still want to take part, write to us."),
    ),
    "may_rejoin": (
        gettext_lazy("You have stepped back"),
        gettext_lazy("If you have changed your mind, your answers are still here."),
    ),
    "applied": (
        gettext_lazy("Your answers have arrived"),
        gettext_lazy("Next, those who run the program look at them. You hear from us either way."),
    ),
    "waitlisted": (
        gettext_lazy("You are on the waiting list"),
        gettext_lazy("You hear from us as soon as a place becomes free."),
    ),
    "declined": (
        gettext_lazy("There was no place for you this time"),
        gettext_lazy("That says nothing about you: both sides have to come out even."),
    ),
    "approved": (
        gettext_lazy("You take part"),
        gettext_lazy("Next, we look for a partner who fits. You are asked before anything begins."),
    ),
    "matching": (
        gettext_lazy("We are looking for a partner for you"),
        gettext_lazy("You are asked before anything begins, and you may say no."),
    ),
    "match_to_answer": (
        gettext_lazy("We have found a match for you"),
        gettext_lazy("It waits for your answer."),
    ),
    "match_answered": (
        gettext_lazy("You have said yes to a match"),
        gettext_lazy("Now %(name)s is asked. We write to you as soon as there is an answer."),
    ),
    "match_void": (
        gettext_lazy("Your match did not come about"),
        gettext_lazy(
            "That happens, and it says nothing about you. You need not do anything: you are "
            "considered again when the next pairs are made."
        ),
    ),
    "no_partner_yet": (
        gettext_lazy("There is no partner for you yet"),
        gettext_lazy("You need not do anything: you are considered when the next pairs are made."),
    ),
    "pair_over": (
        gettext_lazy("Your pair is over"),
        gettext_lazy(
            "You need not do anything: you are considered again when the next pairs are made."
        ),
    ),
    "active": (
        gettext_lazy("You are in a pair"),
        gettext_lazy("The program plans %(planned)s sessions of %(minutes)s minutes."),
    ),
    "paused": (
        gettext_lazy("Your pair is paused"),
        gettext_lazy("No reminders come while it is. It goes on when you are both ready."),
    ),
    "closing": (
        gettext_lazy("The program is coming to its end"),
        gettext_lazy("No more pairs are made. Thank you for being ready to take part."),
    ),
    "closed": (
        gettext_lazy("The program has ended"),
        gettext_lazy("Thank you for being ready to take part."),
    ),
    "cancelled": (
        gettext_lazy("The program has been cancelled"),
        gettext_lazy("You need not do anything. Thank you for being ready to take part."),
    ),
}

MATCHING_BEGINS = gettext_lazy("Matching begins about %(day)s.")
ANSWER_BY = gettext_lazy("Answer by %(day)s.")
ANSWER_UNTIL = gettext_lazy("%(name)s can answer until %(moment)s.")
BEGINS = gettext_lazy("The program begins on %(day)s.")
ENDS = gettext_lazy("The program ends on %(day)s.")
