"""What the home of a pair says for each step of `mentoring.home.next_step`."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext_lazy

# {step: title, text, page, button}; %(name)s is what people call the other one
WORDS: dict[str, tuple[Any, Any, str, Any]] = {
    "paused": (
        gettext_lazy("Your pair is paused"),
        gettext_lazy("No reminders come while it is. It goes on when you are both ready."),
        "meetings:pairing_pause",
        gettext_lazy("Look at the pause"),
    ),
    "over": (
        gettext_lazy("Your time as a pair is over"),
        gettext_lazy("What you noted stays here for you both to read."),
        "",
        "",
    ),
    "sign": (
        gettext_lazy("Sign your agreement"),
        gettext_lazy(
            "Read what you promise each other, add a line of your own, and sign. Sessions count "
            "once you both have."
        ),
        "pairings:agreement",
        gettext_lazy("Read and sign"),
    ),
    "log": (
        gettext_lazy("Log your last session"),
        gettext_lazy("It takes less than a minute, also when it did not take place."),
        "meetings:session_log",
        gettext_lazy("Log it"),
    ),
    "schedule_first": (
        gettext_lazy("Find your first date"),
        gettext_lazy("Book one session, or all of them in one go. %(name)s gets a mail."),
        "meetings:session_series",
        gettext_lazy("Book sessions"),
    ),
    "schedule_next": (
        gettext_lazy("Find your next date"),
        gettext_lazy("Nothing is planned with %(name)s at the moment."),
        "meetings:session_new",
        gettext_lazy("Book a session"),
    ),
    "goal": (
        gettext_lazy("Say what you want out of it"),
        gettext_lazy("One goal is enough. From “I want to …” it takes three minutes."),
        "goals:goal_new",
        gettext_lazy("Set a goal"),
    ),
    "question": (
        gettext_lazy("What will you ask?"),
        gettext_lazy("Your session is near. One question helps %(name)s to prepare."),
        "meetings:session_question",
        gettext_lazy("Write your question"),
    ),
    "commitment": (
        gettext_lazy("What came of your plan?"),
        gettext_lazy(
            "The day that you set yourself has come. Say what changed, or give it another day."
        ),
        "meetings:commitment_done",
        gettext_lazy("Look at it"),
    ),
    "check_in": (
        gettext_lazy("How does your goal go?"),
        gettext_lazy("Three weeks have passed. A number and a sentence are enough."),
        "goals:check_in_new",
        gettext_lazy("Check in"),
    ),
    "wait": (
        gettext_lazy("%(name)s has yet to sign"),
        gettext_lazy("There is nothing you need to do. Sessions count once you have both signed."),
        "pairings:agreement",
        gettext_lazy("Look at the agreement"),
    ),
    "ready": (
        gettext_lazy("You are all set"),
        gettext_lazy("There is nothing you need to do before you meet."),
        "",
        "",
    ),
}
LEAVE = gettext_lazy(
    "In this program %(name)s proposes the times. You may book as well, if you like."
)
