"""What the pages say for each step of `mentoring.home.next_step`."""

from __future__ import annotations

from dataclasses import dataclass

from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy

from accounts.models import User
from mentoring.home.next_step import Step


@dataclass(frozen=True)
class StepWords:
    """The words for a step. `page` is the URL name of the page on which it is done, or empty.

    %(name)s in the title or text stands for the partner's short name.
    """

    title: Promise
    text: Promise
    page: str = ""
    button: Promise | str = ""


@dataclass(frozen=True)
class StepCard:
    """A step for one reader, with a link to the page on which it is done; `url` may be empty."""

    title: str
    text: str
    url: str = ""
    label: str = ""


def step_card(step: Step, partner: User, *, proposes_times: bool = True) -> StepCard:
    """The words for a step. `proposes_times`: in this program it is the reader's part to do so."""
    words = WORDS[step.key]
    name = {"name": partner.short_name}
    return StepCard(
        title=str(words.title) % name,
        text=str(_text_of(step, proposes_times)) % name,
        url=reverse(words.page, args=[step.target]) if words.page else "",
        label=str(words.button),
    )


def _text_of(step: Step, proposes_times: bool) -> Promise:
    if step.key in SCHEDULING and not proposes_times:
        return PARTNER_PROPOSES
    return WORDS[step.key].text


SCHEDULING = {"schedule_first", "schedule_next"}


PARTNER_PROPOSES = gettext_lazy(
    "In this program %(name)s proposes the times. You may book as well, if you like."
)
WORDS: dict[str, StepWords] = {
    "paused": StepWords(
        title=gettext_lazy("Your pair is paused"),
        text=gettext_lazy("No reminders come while it is. It goes on when you are both ready."),
        page="meetings:pairing_pause",
        button=gettext_lazy("Look at the pause"),
    ),
    "over": StepWords(
        title=gettext_lazy("Your time as a pair is over"),
        text=gettext_lazy("What you noted stays here for you both to read."),
    ),
    "completed": StepWords(
        title=gettext_lazy("Thank you: your time with %(name)s is complete"),
        text=gettext_lazy(
            "The program has come to its end. Nothing more is asked of you, and no reminders come. "
            "Your sessions, takeaways, goals and notes stay here."
        ),
    ),
    "outcome": StepWords(
        title=gettext_lazy("Thank you: your time with %(name)s is complete"),
        text=gettext_lazy("One thing is left for you to say: how did your goal end?"),
        page="goals:goal_close",
        button=gettext_lazy("Say how it ended"),
    ),
    "sign": StepWords(
        title=gettext_lazy("Sign your agreement"),
        text=gettext_lazy(
            "Read what you promise each other, add a line of your own, and sign. Sessions count "
            "once you both have."
        ),
        page="pairings:agreement",
        button=gettext_lazy("Read and sign"),
    ),
    "log": StepWords(
        title=gettext_lazy("Log your last session"),
        text=gettext_lazy("It takes less than a minute, also when it did not take place."),
        page="meetings:session_log",
        button=gettext_lazy("Log it"),
    ),
    "schedule_first": StepWords(
        title=gettext_lazy("Find a date for your first session"),
        text=gettext_lazy("Book one session, or all of them in one go. %(name)s gets a mail."),
        page="meetings:session_series",
        button=gettext_lazy("Book sessions"),
    ),
    "schedule_next": StepWords(
        title=gettext_lazy("Find a date for your next session"),
        text=gettext_lazy("Nothing is planned with %(name)s at the moment."),
        page="meetings:session_new",
        button=gettext_lazy("Book a session"),
    ),
    "goal": StepWords(
        title=gettext_lazy("Say what you want out of it"),
        text=gettext_lazy("One goal is enough. From “I want to …” it takes three minutes."),
        page="goals:goal_new",
        button=gettext_lazy("Set a goal"),
    ),
    "question": StepWords(
        title=gettext_lazy("What will you ask?"),
        text=gettext_lazy("Your session is near. One question helps %(name)s to prepare."),
        page="meetings:session_question",
        button=gettext_lazy("Write your question"),
    ),
    "commitment": StepWords(
        title=gettext_lazy("How did your plan go?"),
        text=gettext_lazy("It is due. Say what changed, or choose a later day."),
        page="meetings:commitment_done",
        button=gettext_lazy("Look at it"),
    ),
    "check_in": StepWords(
        title=gettext_lazy("How is your goal going?"),
        text=gettext_lazy("Three weeks have passed. A number and a sentence are enough."),
        page="goals:check_in_new",
        button=gettext_lazy("Check in"),
    ),
    "prepare": StepWords(
        title=gettext_lazy("Read the question of %(name)s before you meet"),
        text=gettext_lazy("%(name)s has written what they want to ask."),
        page="meetings:session_detail",
        button=gettext_lazy("Open the session"),
    ),
    "partner_goal": StepWords(
        title=gettext_lazy("%(name)s has set a goal"),
        text=gettext_lazy("Read it, and say what could help."),
        page="goals:goal_detail",
        button=gettext_lazy("Read it"),
    ),
    "wait": StepWords(
        title=gettext_lazy("%(name)s has not signed yet"),
        text=gettext_lazy(
            "You do not need to do anything. Sessions count once you have both signed."
        ),
        page="pairings:agreement",
        button=gettext_lazy("Look at the agreement"),
    ),
    "ready": StepWords(
        title=gettext_lazy("You are all set"),
        text=gettext_lazy("You do not need to do anything before you meet."),
    ),
}
