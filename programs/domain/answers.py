"""The answers of an enrolment: its pages, what each saves, and what is still missing."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from accounts.models import User
from common import audit, clock
from common.errors import DomainError
from programs import availability
from programs.domain import avoidances, delegates, wishes
from programs.enums import EnrolmentState, PairRole, ProgramState
from programs.models import Enrolment, EnrolmentTopic, Program, TopicRating

STEPS: dict[str, tuple[str, ...]] = {
    PairRole.MENTOR: ("topics", "return", "boundaries", "time"),
    PairRole.MENTEE: ("wants", "today", "calendar"),
}
OPTIONAL_STEPS: dict[str, tuple[str, ...]] = {
    PairRole.MENTOR: ("wish",),
    PairRole.MENTEE: ("boundaries", "wish"),
}
# people can change these as long as they take part: their safety, their calendar, and a wish
ALWAYS_OPEN = frozenset({"boundaries", "time", "calendar", "wish"})
NOT_YET_APPLIED = frozenset({EnrolmentState.INVITED, EnrolmentState.VOLUNTEERING})
TAKING_PART = frozenset(
    {EnrolmentState.APPLIED, EnrolmentState.WAITLISTED, EnrolmentState.APPROVED}
)
# the states of a program in which only those pages stay open
AFTER_ENROLMENT = frozenset({ProgramState.MATCHING, ProgramState.RUNNING})


def steps_of(role: str) -> tuple[str, ...]:
    """The pages of a role in their order, optional ones last."""
    return STEPS[role] + OPTIONAL_STEPS[role]


def deadline_passed(program: Program) -> bool:
    """True once the last day to enrol is over in the program's zone."""
    deadline = program.enrolment_deadline
    return deadline is not None and deadline < clock.today(program.time_zone)


def is_open(program: Program) -> bool:
    """True while people may apply."""
    return program.state == ProgramState.ENROLLING and not deadline_passed(program)


def may_apply(enrolment: Enrolment) -> bool:
    """True while this person may apply: while people may, and until the day that they were told."""
    program, last_day = enrolment.program, enrolment.answer_by
    if is_open(program):
        return True
    is_promised = last_day is not None and last_day >= clock.today(program.time_zone)
    return is_promised and program.state in {ProgramState.ENROLLING, *AFTER_ENROLMENT}


def last_day(enrolment: Enrolment) -> date | None:
    """The last day on which this person may apply, if there is one."""
    program = enrolment.program
    promised = [enrolment.answer_by] if enrolment.answer_by else []
    if program.state == ProgramState.ENROLLING:
        if program.enrolment_deadline is None:
            return None
        promised.append(program.enrolment_deadline)
    return max(promised, default=program.enrolment_deadline)


def editable_steps(enrolment: Enrolment) -> frozenset[str]:
    """The pages that its person may change now; empty if none."""
    program = enrolment.program
    every = frozenset(steps_of(enrolment.role))
    if enrolment.state in NOT_YET_APPLIED and may_apply(enrolment):
        return every
    if enrolment.state in TAKING_PART and program.state == ProgramState.ENROLLING:
        return every
    if enrolment.state in TAKING_PART and program.state in AFTER_ENROLMENT:
        return every & ALWAYS_OPEN
    return frozenset()


def missing_steps(enrolment: Enrolment) -> dict[str, str]:
    """{page: what it still needs} before one can apply."""
    if enrolment.role == PairRole.MENTOR:
        missing, page = _missing_of_mentor(enrolment), "time"
    else:
        missing, page = _missing_of_mentee(enrolment), "calendar"
    if not enrolment.languages:
        missing[page] = _("Choose at least one language in which you could talk.")
    elif not enrolment.availability:
        missing[page] = _("Tick at least one time of the week.")
    return missing


def _missing_of_mentor(enrolment: Enrolment) -> dict[str, str]:
    if enrolment.topic_choices.all():
        return {}
    return {"topics": _("Choose at least one topic that you can teach.")}


def _missing_of_mentee(enrolment: Enrolment) -> dict[str, str]:
    topics = {choice.topic_id for choice in enrolment.topic_choices.all()}
    missing = {}
    if not enrolment.what_for.strip():
        missing["wants"] = _("Say in a sentence what you want to understand, and why.")
    elif not topics:
        missing["wants"] = _("Choose at least one topic that you want to understand.")
    if topics - enrolment.baseline().keys():
        missing["today"] = _("Say where you stand today on each topic you chose.")
    return missing


@transaction.atomic
def save_step(
    *,
    actor: User,
    enrolment: Enrolment,
    step: str,
    answers: Mapping[str, Any],
    finished: bool = True,
    saved_from: str = "",
) -> Enrolment:
    """Save one page; without `finished` this is a draft, saved while somebody types.

    `saved_from` names the open page in the browser.

    `answers` by page: topics {levels: {topic id: 1-5}}; return {in_return, interests}; boundaries
    {off_limits, avoid: people}; time and calendar {availability, languages, working_style,
    capacity?, interests?, delegate?: person or None}; wants {what_for, priorities: [topic id]};
    today {ratings: {topic id: 1-5}}; wish {wish: people}. What is absent stays. DomainError if
    the page cannot be changed now, or if an application that is handed in would become incomplete.
    """
    current: Enrolment = Enrolment.objects.locked().get(pk=enrolment.pk)
    if step not in editable_steps(current):
        raise DomainError(
            _("These answers cannot be changed any more. Write to the people who run the program.")
        )
    _WRITERS[step](current, answers)
    if "delegate" in answers:
        delegates.name_delegate(person=current.person, delegate=answers["delegate"])
    if finished:
        _note_step(current, step)
    current.saved_from = saved_from
    current.save()
    _refuse_incomplete(current)
    if finished:
        scope = current.program.public_id
        audit.record("enrolment.saved", current, actor=actor, scope=scope, step=step)
    return current


def _note_step(enrolment: Enrolment, step: str) -> None:
    """Note how far the person has come.

    An optional page does not count: it may be read before the others.
    """
    pages = STEPS[enrolment.role]
    if step in pages:
        enrolment.step = max(enrolment.step, pages.index(step) + 1)


def _refuse_incomplete(enrolment: Enrolment) -> None:
    """DomainError if an application that is handed in misses something."""
    if enrolment.state not in TAKING_PART:
        return
    missing = missing_steps(enrolment)
    if missing:
        raise DomainError(" ".join(missing.values()))


def _offered(enrolment: Enrolment, values: Mapping[int, Any]) -> dict[int, Any]:
    """Those of the values by topic that say something about a topic of the program."""
    offered = set(enrolment.program.topics.values_list("pk", flat=True))
    return {topic: value for topic, value in values.items() if topic in offered and value}


def _topics(enrolment: Enrolment, answers: Mapping[str, Any]) -> None:
    """What a mentor can teach."""
    choices = []
    for topic, level in _offered(enrolment, answers["levels"]).items():
        choices.append(EnrolmentTopic(enrolment=enrolment, topic_id=topic, level=level))
    _replace(enrolment, choices)


def _wants(enrolment: Enrolment, answers: Mapping[str, Any]) -> None:
    """What a mentee wants to understand, the most wanted first."""
    enrolment.what_for = answers["what_for"].strip()
    ranked = _offered(enrolment, dict.fromkeys(answers["priorities"], True))
    choices = []
    for priority, topic in enumerate(ranked, start=1):
        choices.append(EnrolmentTopic(enrolment=enrolment, topic_id=topic, priority=priority))
    _replace(enrolment, choices)


def _replace(enrolment: Enrolment, choices: list[EnrolmentTopic]) -> None:
    enrolment.topic_choices.all().delete()
    EnrolmentTopic.objects.bulk_create(choices)


def _in_return(enrolment: Enrolment, answers: Mapping[str, Any]) -> None:
    """What a mentor wants to get out of it."""
    enrolment.in_return = answers["in_return"].strip()
    _interests(enrolment, answers)


def _interests(enrolment: Enrolment, answers: Mapping[str, Any]) -> None:
    if "interests" not in answers:
        return
    interests = [" ".join(text.split())[:60] for text in answers["interests"]]
    enrolment.interests = [text for text in interests if text][:10]


def _boundaries(enrolment: Enrolment, answers: Mapping[str, Any]) -> None:
    """What is off limits, and whom to avoid."""
    enrolment.off_limits = answers["off_limits"].strip()
    avoidances.replace(person=enrolment.person, people=answers["avoid"])


def _wish(enrolment: Enrolment, answers: Mapping[str, Any]) -> None:
    """With whom one would like to be matched."""
    wishes.replace(enrolment=enrolment, people=answers["wish"])


def _time(enrolment: Enrolment, answers: Mapping[str, Any]) -> None:
    """When, in which languages and how one likes to meet."""
    enrolment.availability = availability.normalise(list(answers["availability"]))
    enrolment.languages = list(answers["languages"])
    enrolment.working_style = dict(answers["working_style"])
    enrolment.capacity = answers.get("capacity", enrolment.capacity)
    _interests(enrolment, answers)


def _today(enrolment: Enrolment, answers: Mapping[str, Any]) -> None:
    """Where a mentee stands on each topic, before it begins."""
    ratings = _offered(enrolment, answers["ratings"])
    enrolment.ratings.filter(moment=TopicRating.Moment.BASELINE).delete()
    TopicRating.objects.bulk_create(
        TopicRating(enrolment=enrolment, topic_id=topic, value=value)
        for topic, value in ratings.items()
    )


_WRITERS = {
    "topics": _topics,
    "return": _in_return,
    "boundaries": _boundaries,
    "time": _time,
    "wants": _wants,
    "today": _today,
    "calendar": _time,
    "wish": _wish,
}
