"""What feedback's messages say."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta
from typing import Any
from uuid import UUID, uuid4

from django.conf import settings
from django.db.models import QuerySet
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from common import clock, tokens
from common.http import absolute
from feedback.enums import RoundState
from feedback.models import Participation, SurveyPlanItem, SurveyRound
from notifications import kinds, outbox
from notifications.kinds import Cast, MessageKind
from notifications.mail import rendering

INVITATION, REMINDER, TOLD_US = "feedback.invitation", "feedback.reminder", "feedback.told_us"
TRIAL = "feedback.trial"
PURPOSE = "survey"
# To more people the minute's search writes (domain.reminders): no page waits for so many mails.
AT_ONCE = 300
LINK_LIFE = timedelta(days=90)  # longer than any round is open; the round's own close ends the link


def make_token(participation: Participation) -> str:
    """The token of a person's link to one round: it answers in their name, and for nothing else."""
    return tokens.make(
        PURPOSE,
        {"round": str(participation.round.public_id), "participation": str(participation.pk)},
    )


def key(participation: Participation, nth: int) -> str:
    """The key of the mail that asks a person (nth 0) or reminds them (1, 2)."""
    return f"survey:{participation.round.public_id}:{participation.person.public_id}:{nth}"


def draft(participation: Participation, nth: int) -> outbox.Draft:
    """The mail that asks a person (nth 0) or reminds them (1, 2)."""
    survey_round, person = participation.round, participation.person
    letter = rendering.compose(
        recipient=person,
        template="feedback/reminder" if nth else "feedback/invitation",
        context={
            "round": survey_round,
            "program": survey_round.program,
            "minutes": minutes_of(survey_round),
            "nth": nth,
        },
    )
    return {
        "recipient": person,
        "kind": REMINDER if nth else INVITATION,
        "dedupe_key": key(participation, nth),
        "scope": survey_round.scope,
        "data": {"round": str(survey_round.public_id)},
        "expires_at": survey_round.closes_at,
        **letter.fields(),
    }


def invite(asked: Sequence[Participation]) -> None:
    """Queue the mails that ask these people to answer; those of many are left to the search."""
    if len(asked) <= AT_ONCE:
        outbox.enqueue_many(draft(participation, nth=0) for participation in asked)


def told_us_key(participation: Participation) -> str:
    """The key of the mail that says what was heard can be read."""
    return f"told-us:{participation.round.public_id}:{participation.person.public_id}"


def told_us(participation: Participation) -> outbox.Draft:
    """The mail that says what was heard can be read."""
    survey_round, person = participation.round, participation.person
    letter = rendering.compose(
        recipient=person,
        template="feedback/told_us",
        context={"round": survey_round, "program": survey_round.program},
    )
    return {
        "recipient": person,
        "kind": TOLD_US,
        "dedupe_key": told_us_key(participation),
        "scope": survey_round.scope,
        "data": {"round": str(survey_round.public_id)},
        **letter.fields(),
    }


def send_trial(*, person: User, item: SurveyPlanItem, survey_round: SurveyRound) -> None:
    """Queue the invitation as a test to oneself."""
    context = {
        "round": survey_round,
        "program": survey_round.program,
        "minutes": minutes_of(survey_round),
    }
    letter = rendering.compose(recipient=person, template="feedback/trial", context=context)
    outbox.enqueue(
        recipient=person,
        kind=TRIAL,
        dedupe_key=f"survey-trial:{uuid4()}",
        scope=item.scope,
        data={"item": str(item.public_id)},
        actor=person,
        **letter.fields(),
    )


def trial_link(message: Any) -> str:
    """The page that shows the survey and keeps nothing. For those who may change the survey."""
    return absolute(reverse("feedback:survey_trial", args=[message.data["item"]]))


def _participations(message: Any) -> QuerySet[Participation]:
    """The participation that a message is about, if it still exists."""
    asked = Participation.objects.filter(round__public_id=UUID(message.data["round"]))
    return asked.filter(person_id=message.recipient_id)


def minutes_of(survey_round: SurveyRound) -> int:
    """How many minutes answering takes: about four questions a minute, never less than one."""
    return max(1, round(len(survey_round.questions) / 4))


def invitation_still_due(message: Any) -> bool:
    """The round is open, and this person has neither answered nor opted out."""
    waiting = _participations(message).filter(responded=False, opted_out=False)
    open_rounds = SurveyRound.objects.filter(state=RoundState.OPEN, closes_at__gt=clock.now())
    return waiting.filter(round__in=open_rounds).exists()


def invitation_link(message: Any) -> str:
    """The personal link, made at the moment of sending."""
    found = _participations(message).select_related("round").first()
    if found is None:
        return settings.BASE_URL
    return absolute(reverse("feedback:survey_answer", args=[make_token(found)]))


def told_us_link(message: Any) -> str:
    """The round's page."""
    return absolute(reverse("feedback:round_heard", args=[message.data["round"]]))


def sample(cast: Cast) -> dict[str, Any]:
    """The context of a sample: an anonymous pulse."""
    pulse = SurveyRound(
        program=cast.program,
        title="Pulse",
        label="anonymous",
        k=cast.program.anonymity_k,
        closes_at=cast.moment,
        questions=[],
    )
    return {"round": pulse, "program": cast.program, "minutes": 3, "nth": 1}


def _trial_kind() -> MessageKind:
    return MessageKind(
        key=TRIAL,
        label=_("Test of a survey"),
        occasion=_("To yourself, when you send yourself a test of a survey."),
        why="manager",
        link=trial_link,
        sample=sample,
    )


def register() -> None:
    """Declare these kinds; called when the application starts.

    A round counts who has answered and names nobody. So the first two are not listed.
    """
    kinds.register(
        _trial_kind(),
        MessageKind(
            key=INVITATION,
            label=_("Survey"),
            occasion=_("To those it asks, when a survey opens."),
            why="survey",
            quiet=True,
            digest=True,
            still_due=invitation_still_due,
            link=invitation_link,
            sample=sample,
        ),
        MessageKind(
            key=REMINDER,
            label=_("Survey reminder"),
            occasion=_(
                "To those who have not answered, half-way through a survey and a day before it "
                "closes."
            ),
            why="survey",
            quiet=True,
            digest=True,
            topic="surveys",
            nudges=2,
            still_due=invitation_still_due,
            link=invitation_link,
            sample=sample,
        ),
        MessageKind(
            key=TOLD_US,
            label=_("What a survey found"),
            occasion=_("To those it asked, when you publish what a survey found."),
            why="survey",
            quiet=True,
            digest=True,
            topic="findings",
            listed=True,
            link=told_us_link,
            sample=sample,
        ),
    )
