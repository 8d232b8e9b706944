"""What the sessions of a pair are about: first session, one topic after the other, last session."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from django.db import transaction
from django.db.models import F
from django.utils.translation import gettext as _

from accounts.models import User
from common import audit, clock
from common.errors import DomainError
from meetings.enums import SessionState
from meetings.models import MentoringSession, PlannedTopic
from pairings.models import Pairing
from programs.enums import GuideKind
from programs.models import EnrolmentTopic, SessionGuide, Topic

MENTEE_FIRST = (F("priority").asc(nulls_last=True), F("level").desc(), "topic__name")


@dataclass(frozen=True)
class Subject:
    """What a session is about: a guide, and a topic except for the first and last session."""

    guide: SessionGuide | None
    topic: Topic | None

    @property
    def key(self) -> tuple[int | None, int | None]:
        """What a session stores of it."""
        return (self.guide.pk if self.guide else None, self.topic.pk if self.topic else None)


NOTHING = Subject(None, None)


def chosen_topics(pairing: Pairing) -> list[Topic]:
    """The topics that the two chose: what both want first, then the mentee's, then the mentor's."""
    enrolments = [pairing.mentor_enrolment_id, pairing.mentee_enrolment_id]
    choices = EnrolmentTopic.objects.filter(enrolment__in=enrolments).select_related("topic")
    in_order = [choice.topic for choice in choices.order_by(*MENTEE_FIRST)]
    wanted_by_both = [topic for topic in in_order if in_order.count(topic) == len(enrolments)]
    return list(dict.fromkeys([*wanted_by_both, *in_order]))


def topics_in_order(pairing: Pairing) -> list[Topic]:
    """As the pair has arranged them, or else as the two chose them; one for each place."""
    planned = PlannedTopic.objects.filter(pairing=pairing).select_related("topic")
    topics = [row.topic for row in planned.order_by("position")] or chosen_topics(pairing)
    return topics[: places(pairing)]


def places(pairing: Pairing) -> int:
    """How many of the planned sessions are about a topic."""
    fixed = {GuideKind.FIRST, GuideKind.LAST} & _guides_by_kind(pairing).keys()
    return max(pairing.program.planned_sessions - len(fixed), 0)


def subjects_of(pairing: Pairing) -> list[Subject]:
    """What the planned sessions are about, in their order."""
    by_kind = _guides_by_kind(pairing)
    frames = {guide.category: guide for guide in by_kind.get(GuideKind.TOPIC, [])}

    first = [Subject(guide, None) for guide in by_kind.get(GuideKind.FIRST, [])]
    between = [Subject(frames.get(topic.category), topic) for topic in topics_in_order(pairing)]
    last = [Subject(guide, None) for guide in by_kind.get(GuideKind.LAST, [])]
    return [*first, *between, *last]


def _guides_by_kind(pairing: Pairing) -> dict[str, list[SessionGuide]]:
    by_kind: dict[str, list[SessionGuide]] = {}
    for guide in SessionGuide.objects.filter(program=pairing.program_id):
        by_kind.setdefault(guide.kind, []).append(guide)
    return by_kind


def assign(pairing: Pairing) -> None:
    """Sessions ahead take, in the order of time, what no other session of the pair is about.

    A session that has begun keeps its subject.
    """
    live = MentoringSession.objects.filter(pairing=pairing).scheduled_or_held()
    sessions = list(live.order_by("starts_at", "pk"))
    open_ones = [session for session in sessions if _is_open(session)]
    fixed = [session for session in sessions if session not in open_ones]

    left = iter(_left(subjects_of(pairing), fixed))
    for session in open_ones:
        _set_subject(session, next(left, NOTHING))


def _is_open(session: MentoringSession) -> bool:
    """Its subject may change: it has not begun, or it never had one."""
    if session.state != SessionState.SCHEDULED:
        return False
    return session.starts_at > clock.now() or session.subject_key == NOTHING.key


def _left(subjects: Iterable[Subject], fixed: Iterable[MentoringSession]) -> list[Subject]:
    """The subjects that no fixed session has."""
    left = list(subjects)
    for session in fixed:
        used = next((subject for subject in left if subject.key == session.subject_key), None)
        if used is not None:
            left.remove(used)
    return left


def _set_subject(session: MentoringSession, subject: Subject) -> None:
    if session.subject_key == subject.key:
        return
    session.guide, session.topic = subject.guide, subject.topic
    session.save(update_fields=["guide", "topic"])


def begun_topics(pairing: Pairing) -> list[Topic]:
    """The topics of sessions that have begun, in the order of time: they cannot be changed."""
    live = MentoringSession.objects.filter(pairing=pairing, topic__isnull=False)
    begun = live.scheduled_or_held().filter(starts_at__lte=clock.now()).select_related("topic")
    topics = [session.topic for session in begun.order_by("starts_at", "pk")]
    return [topic for topic in topics if topic is not None]


@transaction.atomic
def arrange(*, actor: User, pairing: Pairing, topics: Sequence[Topic]) -> None:
    """Keep what the sessions ahead are about, in this order; the sessions take it at once.

    DomainError if a topic is there twice, is none of the program's, or there are too many.
    """
    Pairing.objects.select_for_update().get(pk=pairing.pk)
    begun = begun_topics(pairing)
    whole = [*begun, *(topic for topic in topics if topic not in begun)]
    if len(whole) != len(begun) + len(topics):
        raise DomainError(_("Choose each topic once, and none that you have had."), code="topics")
    if len(whole) > places(pairing):
        raise DomainError(_("There are more topics than sessions."), code="topics")

    PlannedTopic.objects.filter(pairing=pairing).delete()
    rows = [
        PlannedTopic(pairing=pairing, topic=topic, position=position)
        for position, topic in enumerate(whole, start=1)
    ]
    PlannedTopic.objects.bulk_create(rows)
    assign(pairing)
    audit.record("pairing.topics_arranged", pairing, actor=actor, scope=pairing.program.public_id)
