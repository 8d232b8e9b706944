"""Where people say that they stand on each topic: at enrolment, and again towards the end."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from django.db import transaction
from django.utils.translation import gettext as _

from common import clock
from common.errors import DomainError
from programs.enums import EnrolmentState, PairRole, ProgramState
from programs.models import Enrolment, Program, Topic, TopicRating

ASKING = (ProgramState.RUNNING, ProgramState.CLOSING)


@dataclass(frozen=True)
class Standing:
    """A topic with what the person said at enrolment, and at the end (None: not yet)."""

    topic: Topic
    before: int
    now: int | None


def standings(enrolment: Enrolment) -> list[Standing]:
    """The topics on which the person said at enrolment where they stand.

    For a mentor how well they can teach it, for a mentee how well they know it.
    """
    before = _at_enrolment(enrolment)
    now = {}
    for rating in enrolment.ratings.all():
        if rating.moment == TopicRating.Moment.CLOSING:
            now[rating.topic_id] = rating.value
    topics = Topic.objects.filter(pk__in=before).order_by("category", "name")
    return [Standing(topic, before[topic.pk], now.get(topic.pk)) for topic in topics]


def _at_enrolment(enrolment: Enrolment) -> dict[int, int]:
    """{topic id: 1 to 5}"""
    if enrolment.role == PairRole.MENTEE:
        return enrolment.baseline()
    choices = enrolment.topic_choices.all()
    return {choice.topic_id: choice.level for choice in choices if choice.level}


def is_asked(enrolment: Enrolment) -> bool:
    """Whether somebody who takes part may say it again: in the second half of the program."""
    program = enrolment.program
    takes_part = enrolment.state == EnrolmentState.APPROVED and program.state in ASKING
    return takes_part and (program.state == ProgramState.CLOSING or _is_second_half(program))


def _is_second_half(program: Program) -> bool:
    if program.starts_on is None or program.ends_on is None:
        return True
    half = program.starts_on + (program.ends_on - program.starts_on) / 2
    return clock.today(program.time_zone) >= half


@transaction.atomic
def rate_again(*, enrolment: Enrolment, values: Mapping[int, int]) -> None:
    """Keep where the person stands now, {topic id: 1 to 5}; a second time replaces the first.

    Unaudited and without a time: the closing survey leads here, so a time would tell when somebody
    answered it. DomainError where it is not asked.
    """
    current: Enrolment = Enrolment.objects.locked().get(pk=enrolment.pk)
    if not is_asked(current):
        raise DomainError(_("You can say this again in the second half of the program."))
    known = _at_enrolment(current)
    closing = TopicRating.Moment.CLOSING
    current.ratings.filter(moment=closing).delete()
    TopicRating.objects.bulk_create(
        TopicRating(enrolment=current, topic_id=topic, moment=closing, value=value)
        for topic, value in values.items()
        if topic in known
    )
