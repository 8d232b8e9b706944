"""Survey rounds open and close by themselves. Each function may run twice: nothing changes."""

from __future__ import annotations

import secrets
from typing import Any

import structlog
from django.db import connection, transaction
from django.db.models import Q
from django.utils.translation import gettext as _

from accounts.domain import company
from accounts.models import User
from common import audit, clock
from common.errors import DomainError
from feedback import mail
from feedback.domain.audiences import (
    asks_too_few,
    groups_of,
    people_to_ask,
    require_enough,
    roles_in,
)
from feedback.domain.freezing import freeze
from feedback.domain.plan import Occurrence, from_today, move_on, occurrences
from feedback.domain.storage import unlink
from feedback.enums import Label, RoundState
from feedback.models import (
    Participation,
    Question,
    SurveyPlanItem,
    SurveyRound,
)
from notifications import outbox
from notifications.outbox.due import LONGEST
from programs.domain.programs import lock_k
from programs.domain.states import lock
from programs.enums import ProgramState
from programs.labels import with_labels
from programs.models import Program

log = structlog.get_logger(__name__)
CLOSING_LOCK = 0x5355_5256  # the number of closing a round among Postgres' advisory locks
ASKING = (ProgramState.RUNNING, ProgramState.CLOSING)


def open_due_rounds() -> int:
    """Open every planned round that is due; the number opened.

    A round whose whole time has passed is not opened late. A round without anybody to ask waits for
    the next minute.
    """
    now = clock.now()
    may_open = Q(program__state__in=ASKING) | Q(program=None, opens_on__isnull=False)
    items = SurveyPlanItem.objects.filter(may_open, is_active=True)
    opened = 0
    for item in items.select_related("program").prefetch_related("questions", "rounds"):
        for due in _unopened(item):
            if due.opens_at <= now < due.closes_at and open_round(item=item, due=due):
                opened += 1
            elif due.closes_at <= now:
                move_on(item)
    return opened


def _unopened(item: SurveyPlanItem) -> list[Occurrence]:
    """The occurrences that have no round. Needs the item's program and its rounds."""
    known = {survey_round.number for survey_round in item.rounds.all()}
    return [due for due in occurrences(item) if due.number not in known]


def skipped(item: SurveyPlanItem) -> list[Occurrence]:
    """Occurrences of the last weeks that did not take place.

    Nothing ran for as long as they would have been open, or nobody was there to be asked. Needs the
    item's program and its rounds.
    """
    if not item.is_active or item.program is None or item.program.state not in ASKING:
        return []
    now = clock.now()
    found = []
    for due in _unopened(item):
        has_just_passed = now - LONGEST < due.closes_at <= now
        if has_just_passed and due.opens_at > item.created_at:
            found.append(due)
    return found


@transaction.atomic
def open_round(
    *, item: SurveyPlanItem, due: Occurrence, actor: User | None = None
) -> SurveyRound | None:
    """Open one round: copy the questions, fix label and k, and ask everybody in the audience.

    None if it has been opened already or nobody is there to be asked; of a staff survey, too few.
    From the first round on the k of the program (or company) is locked, because the invitation
    has promised it.
    """
    _lock(item)
    if SurveyRound.objects.filter(plan_item=item, number=due.number).exists():
        return None
    people = list(people_to_ask(item))
    if not people or asks_too_few(item, len(people)):
        return None

    survey_round = round_as_planned(item, due, k=_lock_k(item, actor), asked=len(people))
    survey_round.save()
    survey_round.readers.set(item.readers.all())
    _ask(survey_round, people)
    move_on(item)
    _record("survey_round.opened", survey_round, actor, asked=len(people))
    return survey_round


def _lock(item: SurveyPlanItem) -> None:
    """Nobody else opens a round of it meanwhile."""
    if item.program is None:
        SurveyPlanItem.objects.select_for_update().get(pk=item.pk)
    else:
        item.program = lock(item.program)


def _lock_k(item: SurveyPlanItem, actor: User | None) -> int:
    """The k that holds for the round, fixed from now on."""
    if item.program is None:
        return company.lock_k(actor=actor)
    return lock_k(actor=actor, program=item.program)


def _next_number(item: SurveyPlanItem) -> int:
    """The number of the next planned round that has not opened, or the one after all."""
    known = set(item.rounds.values_list("number", flat=True))
    planned = occurrences(item)
    for due in planned:
        if due.opens_at > clock.now() and due.number not in known:
            return due.number
    return max({len(planned), *known}) + 1


@transaction.atomic
def open_now(*, actor: User, item: SurveyPlanItem) -> SurveyRound:
    """Open the next planned round today instead of on its day, or one more after the last.

    DomainError while one is open, before or after the program runs, and where nobody can be asked.
    """
    _lock(item)
    if item.program and item.program.state not in ASKING:
        raise DomainError(_("Surveys open while the program is running."))
    if item.rounds.filter(state=RoundState.OPEN).exists():
        raise DomainError(_("A round of this survey is open already."))

    require_enough(item)
    due = from_today(item, _next_number(item))
    opened = open_round(item=item, due=due, actor=actor)
    if opened is None:
        raise DomainError(_("Nobody can be asked yet: no pair is active."))
    return opened


def _record(verb: str, survey_round: SurveyRound, actor: User | None, **detail: Any) -> None:
    """Write to the audit trail of the round's program."""
    audit.record(verb, survey_round, actor=actor, scope=survey_round.scope, **detail)


def round_as_planned(
    item: SurveyPlanItem, due: Occurrence, *, k: int, asked: int = 0
) -> SurveyRound:
    """A round with its own copy of the plan: later changes of the plan do not reach it. Not stored
    yet.
    """
    program = item.program
    return SurveyRound(
        program=program,
        plan_item=item,
        number=due.number,
        kind=item.kind,
        title=with_labels(item.title, program),
        intro=with_labels(item.intro, program),
        label=item.label,
        audience=item.audience,
        departments=item.departments,
        locations=item.locations,
        grades=item.grades,
        k=k,
        questions=[_copied(question, program) for question in item.questions.all()],
        opens_at=due.opens_at,
        closes_at=due.closes_at,
        asked=asked,
        banded_on=clock.now().date(),
    )


def _copied(question: Question, program: Program | None) -> dict[str, Any]:
    return {
        "id": str(question.public_id),
        "key": str(question.key),
        "text": question.text,
        "kind": question.kind,
        "options": [with_labels(option, program) for option in question.options],
        "low": with_labels(question.low, program),
        "high": with_labels(question.high, program),
        "required": question.required,
    }


def _ask(survey_round: SurveyRound, people: list[User]) -> None:
    """Store who is asked and in which groups, in random order, and invite each of them by mail."""
    roles = roles_in(survey_round.program) if survey_round.program else {}
    asked = []
    for person in people:
        groups = groups_of(person, roles.get(person.pk, ""))
        asked.append(Participation(round=survey_round, person=person, **groups))
    secrets.SystemRandom().shuffle(asked)
    Participation.objects.bulk_create(asked)
    mail.invite(asked)


def close_due_rounds() -> int:
    """Close every round whose time is up; the number closed.

    If one fails, the others still close.
    """
    due = SurveyRound.objects.filter(state=RoundState.OPEN, closes_at__lte=clock.now())
    closed = 0
    for pk in list(due.values_list("pk", flat=True)):
        try:
            closed += close_round(pk=pk)
        except Exception:
            log.exception("survey_round_close_failed", round=pk)
    return closed


@transaction.atomic
def close_round(*, pk: int, actor: User | None = None) -> bool:
    """Close a round and freeze the only results that will ever exist; False when it was closed
    already.

    One transaction: tables and comments are made, drafts and the single answers of an anonymous
    round are deleted, and its participations are written anew under new ids in random order. After
    it, `storage.rewrite_tables` takes what was deleted off the disk.
    """
    _close_one_by_one()
    rounds = SurveyRound.objects.select_for_update()
    survey_round = rounds.filter(pk=pk, state=RoundState.OPEN).first()
    if survey_round is None:
        return False

    freeze(survey_round)
    survey_round.participations.update(draft=None)
    if survey_round.label == Label.ANONYMOUS:
        unlink(survey_round)
    outbox.cancel(key_prefix=f"survey:{survey_round.public_id}:", reason="closed")
    _record("survey_round.closed", survey_round, actor)
    return True


def _close_one_by_one() -> None:
    """Wait until no other round is being closed: each is compared with those closed before."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [CLOSING_LOCK])


@transaction.atomic
def publish_told_us(*, actor: User, survey_round: SurveyRound, text: str) -> None:
    """Tell those who were asked what was heard and what changes.

    Only for closed rounds, and never empty.
    """
    survey_round = SurveyRound.objects.select_for_update().get(pk=survey_round.pk)
    text = text.strip()
    _require_publishable(survey_round, text)

    survey_round.told_us = text
    survey_round.told_us_at = clock.now()
    survey_round.save(update_fields=["told_us", "told_us_at"])
    _record("survey_round.told_us", survey_round, actor)
    if survey_round.asked <= mail.AT_ONCE:  # more are written to by the minute's search
        asked = survey_round.participations.select_related("person", "round__program")
        outbox.enqueue_many(mail.told_us(participation) for participation in asked)


def _require_publishable(survey_round: SurveyRound, text: str) -> None:
    if survey_round.state != RoundState.CLOSED:
        raise DomainError(_("The round is still open. Publish this once it has closed."))
    if not text:
        raise DomainError(_("Write what you heard and what will change."))
