"""The coordinator's hand on a finished run: one of its alternatives takes the place of what was
found, and back again.

A change is made in the run itself, under its lock, and recorded in its figures
(`statistics["by_hand"]`), which say from then on what it took from the proven total. Nobody hears
of it before the run is published. The new pairs are pinned, so that the next run keeps them;
undoing takes these pins away again.

Every change is checked against how things are at that moment, as publishing does; private rules
answer "not available".
"""

from __future__ import annotations

import uuid
from collections import Counter
from dataclasses import dataclass, replace
from statistics import median
from typing import Any
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext as _

from accounts.models import User
from common import audit
from common.errors import DomainError
from matching.domain import inputs, pair_rules, results
from matching.domain.alternatives import Neighbourhood, options
from matching.enums import WORKING_RUN_STATES, RuleKind, RunState
from matching.models import MatchRun, PairRule, Proposal, Unmatched
from matching.solver import PublicReason, build_problem, explain
from pairings import wording
from pairings.domain.locks import lock_enrolments
from programs.enums import EnrolmentState
from programs.models import Enrolment

KEPT = ("pairs", "total", "worst", "median", "unmatched_mentors", "unmatched_mentees", "proven")
SNAPSHOT = ("score", "breakdown", "reasons", "warnings", "alternatives", "by_hand")
LEFT_BY_HAND = {"key": "by_hand", "params": {}}


@dataclass(frozen=True)
class Choice:
    """An alternative of a proposal, as `Proposal.alternatives` has it: public ids of enrolments.

    free: the mentee goes to `mentor`, who has room. swap: to `mentor`, whose mentee `other` comes
    in exchange. instead: the pair's mentor gets `other`, who has nobody.
    """

    kind: str
    mentor: UUID
    other: UUID | None = None

    def is_among(self, alternatives: list[dict[str, Any]]) -> bool:
        """Whether the proposal offers this."""
        wanted = self.kind, str(self.mentor), None if self.other is None else str(self.other)
        return any(
            (option["kind"], option["mentor"], option["other"]) == wanted for option in alternatives
        )


@dataclass(frozen=True)
class Changed:
    """What was done: the run, the pairs as they are now, and what the total lost by it (basis
    points; below 0: gained).
    """

    run: MatchRun
    made: list[Proposal]
    costs: int


@dataclass
class Step:
    """One proposal and the two people it shall have."""

    proposal: Proposal
    mentor: Enrolment
    mentee: Enrolment

    @property
    def people(self) -> set[int]:
        """The enrolments before and after."""
        return {self.proposal.mentor_id, self.proposal.mentee_id, self.mentor.pk, self.mentee.pk}


@transaction.atomic
def change(*, actor: User, proposal: Proposal, choice: Choice, shown: tuple[UUID, UUID]) -> Changed:
    """Make an alternative of the proposal come true in its run, which is done, the newest and not
    published.

    `shown` is the pair (mentor, mentee) that the coordinator had before them. What has been made
    already is not made again. DomainError, in words that say what to do, where somebody else has
    changed these pairs meanwhile (code "stale"), where a pair concerned is pinned, and where a new
    pair breaks a rule as things are now (code "refused").
    """
    run = _changeable(proposal.run_id)
    mine = (
        run.proposals.select_related("mentor__person", "mentee__person")
        .filter(pk=proposal.pk)
        .first()
    )
    if mine is None:
        raise _stale()
    if _is_made(mine, choice, shown):
        return Changed(run, _made_before(run, mine), 0)
    if (mine.mentor.public_id, mine.mentee.public_id) != shown or not choice.is_among(
        mine.alternatives
    ):
        raise _stale()
    steps = _plan(run, mine, choice)
    lock_enrolments(id_ for step in steps for id_ in step.people)
    record = _new_record(choice, steps)
    _part(actor, run, steps, record)
    before = sum(step.proposal.score for step in steps)
    _pair(run, steps)
    record["costs"] = before - sum(step.proposal.score for step in steps)
    _move_unmatched(run, record)
    _pin(actor, run, steps, record)
    _count_anew(run, [*_changes(run), record])
    pairs = [pair["now"] for pair in record["pairs"]]
    audit.record(
        "match_run.changed_by_hand",
        run,
        actor=actor,
        scope=run.program.public_id,
        kind=choice.kind,
        costs=record["costs"],
        pairs=pairs,
    )
    return Changed(run, [step.proposal for step in steps], record["costs"])


@transaction.atomic
def undo(*, actor: User, run: MatchRun, change_id: str) -> MatchRun:
    """Put the pairs of a change back as they were, with their figures; its pins go.

    What is undone already stays so.

    Which pairs hold is looked at when the run is published, so that undoing tells nothing of
    anybody. DomainError for a run that can no longer be changed, and where a later change has moved
    the same people (code "stale").
    """
    locked = _changeable(run.pk)
    record = next((one for one in _changes(locked) if one["id"] == change_id), None)
    if record is None:
        return locked
    steps = _way_back(locked, record)
    lock_enrolments(id_ for step in steps for id_ in step.people)
    _unpin(actor, locked, record)
    for step, pair in zip(steps, record["pairs"], strict=True):
        row = step.proposal
        row.mentor, row.mentee = step.mentor, step.mentee
        for name in SNAPSHOT:
            setattr(row, name, pair["was"][name])
        row.save()
    _require_room(locked, [step.mentor for step in steps] + [step.mentee for step in steps])
    _unmatched_back(locked, steps, record)
    _count_anew(locked, [one for one in _changes(locked) if one["id"] != change_id])
    pairs = [pair["was"]["pair"] for pair in record["pairs"]]
    audit.record(
        "match_run.change_undone", locked, actor=actor, scope=locked.program.public_id, pairs=pairs
    )
    return locked


def is_changeable(run: MatchRun) -> bool:
    """Whether pages should offer changes: a finished run that no other one has followed.

    `change` looks again, under lock.
    """
    gone = [RunState.FAILED, RunState.CANCELLED]
    later = MatchRun.objects.after(run).exclude(state__in=gone)
    return run.state == RunState.DONE and not later.exists()


def _changeable(run_id: int) -> MatchRun:
    """The run, locked; DomainError unless its pairs may be changed by hand now."""
    run: MatchRun = (
        MatchRun.objects.select_for_update(of=("self",)).select_related("program").get(pk=run_id)
    )
    if run.state == RunState.PUBLISHED:
        raise DomainError(
            _("These pairs have been published, so they can no longer be changed here."),
            code="wrong_state",
        )
    if run.state != RunState.DONE:
        raise DomainError(_("Pairs can be changed once the run is done."), code="wrong_state")
    later = MatchRun.objects.after(run)
    if later.finished().exists():
        raise DomainError(
            _("There is a newer run. Open that one and change its pairs."), code="not_newest"
        )
    if later.filter(state__in=WORKING_RUN_STATES).exists():
        raise DomainError(
            _("Matching is running again. Wait for the result and change the pairs there."),
            code="busy",
        )
    return run


def _stale() -> DomainError:
    return DomainError(
        _(
            "Somebody has changed these pairs since you opened the page, so nothing was done. "
            "Look at them as they are now."
        ),
        code="stale",
    )


def _is_made(mine: Proposal, choice: Choice, shown: tuple[UUID, UUID]) -> bool:
    """Whether this very change has been made already: the button was pressed twice."""
    if not mine.by_hand:
        return False
    wanted = (shown[0], choice.other) if choice.kind == "instead" else (choice.mentor, shown[1])
    return (mine.mentor.public_id, mine.mentee.public_id) == wanted != shown


def _made_before(run: MatchRun, mine: Proposal) -> list[Proposal]:
    ids = [
        pair["proposal"]
        for record in _changes(run)
        if any(pair["proposal"] == str(mine.public_id) for pair in record["pairs"])
        for pair in record["pairs"]
    ]
    return list(
        run.proposals.filter(public_id__in=ids).select_related("mentor__person", "mentee__person")
    )


def _plan(run: MatchRun, mine: Proposal, choice: Choice) -> list[Step]:
    """Which proposals get which people; stale where the others are not where the alternative has
    them.
    """
    ids = [id_ for id_ in (choice.mentor, choice.other) if id_]
    found = {
        e.public_id: e
        for e in Enrolment.objects.filter(public_id__in=ids, program=run.program).select_related(
            "person"
        )
    }
    if len(found) < len(ids):
        raise _stale()
    mentor, other = found[choice.mentor], found[choice.other] if choice.other else None
    if choice.kind == "free":
        steps = [Step(mine, mentor, mine.mentee)]
        _require_room(run, [mentor], more=1)
    elif choice.kind == "swap" and other is not None:
        theirs = (
            run.proposals.select_related("mentor__person", "mentee__person")
            .filter(mentor=mentor, mentee=other)
            .first()
        )
        if theirs is None:
            raise _stale()
        steps = [Step(mine, mentor, mine.mentee), Step(theirs, mine.mentor, other)]
    elif choice.kind == "instead" and other is not None:
        if run.proposals.filter(mentee=other).exists():
            raise _stale()
        steps = [Step(mine, mine.mentor, other)]
        _require_room(run, [other], more=1)
    else:
        raise _stale()
    if any(run.proposals.filter(mentor=step.mentor, mentee=step.mentee).exists() for step in steps):
        raise _stale()
    return steps


def _require_room(run: MatchRun, people: list[Enrolment], *, more: int = 0) -> None:
    """DomainError unless each has places for their pairs of this run, and `more`."""
    taken = inputs.places_taken(run.program, among=[person.pk for person in people])
    pairs = run.proposals.values_list("mentor", "mentee")
    here = Counter(id_ for pair in pairs for id_ in pair)
    for person in people:
        if here[person.pk] + more > person.capacity - taken[person.pk]:
            text = _(
                "%(name)s has been given to somebody else meanwhile. Look at the pairs as they "
                "are now."
            )
            raise DomainError(text % {"name": person.person.name}, code="stale")


def _new_record(choice: Choice, steps: list[Step]) -> dict[str, Any]:
    """What undoing needs: the rows as they were."""
    pairs = []
    for step in steps:
        row = step.proposal
        was = {name: getattr(row, name) for name in SNAPSHOT}
        was["pair"] = [str(row.mentor.public_id), str(row.mentee.public_id)]
        now = [str(step.mentor.public_id), str(step.mentee.public_id)]
        pairs.append({"proposal": str(row.public_id), "was": was, "now": now})
    return {
        "id": uuid.uuid4().hex,
        "kind": choice.kind,
        "pairs": pairs,
        "pins": [],
        "unpinned": [],
        "left": [],
        "placed": [],
    }


def _part(actor: User, run: MatchRun, steps: list[Step], record: dict[str, Any]) -> None:
    """Let the pairs go that were: pins of earlier changes end with them, a coordinator's own pin
    stands in the way.
    """
    own = {tuple(pin) for one in _changes(run) for pin in one["pins"]}
    for step in steps:
        row = step.proposal
        rules = PairRule.objects.filter(
            program=run.program, mentor=row.mentor, mentee=row.mentee, kind=RuleKind.PIN
        )
        pair = (str(row.mentor.public_id), str(row.mentee.public_id))
        rule = rules.select_related("program").first()
        if rule and pair in own:
            pair_rules.remove_rule(actor=actor, rule=rule)
            record["unpinned"].append(list(pair))
        elif rule:
            text = _(
                "%(mentor)s and %(mentee)s are pinned. Remove the pin first if they shall part."
            )
            raise DomainError(
                text % {"mentor": row.mentor.person.name, "mentee": row.mentee.person.name},
                code="pinned",
            )


def _pair(run: MatchRun, steps: list[Step]) -> None:
    """Give the proposals their new people, with the score and reasons that matching has for them
    today.
    """
    nearby = _look(run, steps)
    for step in steps:
        row = step.proposal
        found = results.describe(
            nearby.given, nearby.problem, nearby.at(step.mentee.pk, step.mentor.pk)
        )
        row.mentor, row.mentee, row.by_hand, row.refusal = step.mentor, step.mentee, True, ""
        row.score, row.breakdown = found.score, found.breakdown
        row.reasons, row.warnings = found.reasons, found.warnings
        row.save()
    for step in steps:
        step.proposal.alternatives = options(run, nearby, step.proposal)
        step.proposal.save(update_fields=["alternatives"])


def _look(run: MatchRun, steps: list[Step]) -> Neighbourhood:
    """A small problem of the people concerned, with the rules as they are now; DomainError where a
    new pair breaks one.
    """
    mentors, mentees = Neighbourhood.needed(run, [step.proposal for step in steps])
    ids = mentors | mentees | {id_ for step in steps for id_ in (step.mentor.pk, step.mentee.pk)}
    given = inputs.build(run, among=ids)
    gap = max(given.rules.grade_gap, run.program.grade_gap)
    problem = build_problem(given.people, replace(given.rules, pinned=(), grade_gap=gap))
    nearby = Neighbourhood(given, problem, mentors, mentees)
    for step in steps:
        if why := _refusal(run, nearby, step):
            names = {
                "mentor": step.mentor.person.name,
                "mentee": step.mentee.person.name,
                "why": wording.REASONS[why],
            }
            text = _(
                "%(mentor)s and %(mentee)s cannot be a pair any more: %(why)s. Choose another, "
                "or run matching again."
            )
            raise DomainError(text % names, code="refused")
    return nearby


def _refusal(run: MatchRun, nearby: Neighbourhood, step: Step) -> str:
    """The public reason against a pair as things are now; empty if there is none."""
    for side in (step.mentor, step.mentee):
        if side.pk not in nearby.given.enrolments:
            taking_part = side.state == EnrolmentState.APPROVED and side.person.is_active
            return "no_capacity" if taking_part else "not_taking_part"
    found = explain(nearby.problem, *nearby.at(step.mentee.pk, step.mentor.pk))
    if not found.allowed:
        return str(found.reasons[0])
    least = inputs.minimum_of(run)
    return str(PublicReason.BELOW_MINIMUM) if least and (found.score or 0) < least else ""


def _move_unmatched(run: MatchRun, record: dict[str, Any]) -> None:
    """Whom the change places leaves the list of those without a partner; whom it leaves alone joins
    it.
    """
    moved = Enrolment.objects.filter(public_id__in=_moved(record), program=run.program)
    everybody = set(moved.values_list("pk", flat=True))
    having = {id_ for pair in run.proposals.values_list("mentor", "mentee") for id_ in pair}
    having |= set(inputs.places_taken(run.program, among=everybody))
    for row in Unmatched.objects.filter(run=run, enrolment__in=everybody & having).select_related(
        "enrolment"
    ):
        record["placed"].append({"enrolment": str(row.enrolment.public_id), "reason": row.reason})
        row.delete()
    for enrolment in Enrolment.objects.filter(pk__in=everybody - having):
        if Unmatched.objects.get_or_create(
            run=run, enrolment=enrolment, defaults={"reason": LEFT_BY_HAND}
        )[1]:
            record["left"].append(str(enrolment.public_id))


def _pin(actor: User, run: MatchRun, steps: list[Step], record: dict[str, Any]) -> None:
    for step in steps:
        if not PairRule.objects.filter(
            program=run.program, mentor=step.mentor, mentee=step.mentee
        ).exists():
            pair_rules.set_rule(
                actor=actor,
                program=run.program,
                mentor=step.mentor,
                mentee=step.mentee,
                kind=RuleKind.PIN,
            )
            record["pins"].append([str(step.mentor.public_id), str(step.mentee.public_id)])


def _unpin(actor: User, run: MatchRun, record: dict[str, Any]) -> None:
    """Take the pins of a change away, and give those back that it took away."""
    for mentor, mentee in record["pins"]:
        pins = PairRule.objects.filter(
            program=run.program, mentor__public_id=mentor, mentee__public_id=mentee
        )
        for rule in pins.filter(kind=RuleKind.PIN).select_related("program"):
            pair_rules.remove_rule(actor=actor, rule=rule)
    for mentor, mentee in record["unpinned"]:
        sides = {
            str(e.public_id): e for e in Enrolment.objects.filter(public_id__in=[mentor, mentee])
        }
        pair = {"program": run.program, "mentor": sides[mentor], "mentee": sides[mentee]}
        if not PairRule.objects.filter(**pair).exists():
            pair_rules.set_rule(actor=actor, kind=RuleKind.PIN, **pair)


def _way_back(run: MatchRun, record: dict[str, Any]) -> list[Step]:
    """The steps that undo a change; stale where a later one has moved the same people: from the
    last one back, all fits.
    """
    rows = run.proposals.select_related("mentor__person", "mentee__person")
    found = {
        str(row.public_id): row
        for row in rows.filter(public_id__in=[pair["proposal"] for pair in record["pairs"]])
    }
    people = {
        str(e.public_id): e
        for e in Enrolment.objects.filter(public_id__in=_moved(record)).select_related("person")
    }
    changes = _changes(run)
    later = changes[changes.index(record) + 1 :]
    still = all(
        pair["proposal"] in found
        and [
            str(found[pair["proposal"]].mentor.public_id),
            str(found[pair["proposal"]].mentee.public_id),
        ]
        == pair["now"]
        for pair in record["pairs"]
    )
    if (
        not still
        or people.keys() != _moved(record)
        or any(_moved(record) & _moved(one) for one in later)
    ):
        text = _(
            "These people have been moved again since. Undo the later change first, or run "
            "matching again."
        )
        raise DomainError(text, code="stale")
    return [
        Step(found[pair["proposal"]], *(people[name] for name in pair["was"]["pair"]))
        for pair in record["pairs"]
    ]


def _moved(record: dict[str, Any]) -> set[str]:
    """Everybody whom a change concerns."""
    return {name for pair in record["pairs"] for name in (*pair["was"]["pair"], *pair["now"])}


def _unmatched_back(run: MatchRun, steps: list[Step], record: dict[str, Any]) -> None:
    having = {id_ for pair in run.proposals.values_list("mentor", "mentee") for id_ in pair}
    Unmatched.objects.filter(run=run, enrolment__in=having).delete()
    reasons = {row["enrolment"]: row["reason"] for row in record["placed"]}
    for enrolment in Enrolment.objects.filter(public_id__in=reasons, program=run.program).exclude(
        pk__in=having
    ):
        defaults = {"reason": reasons[str(enrolment.public_id)]}
        Unmatched.objects.get_or_create(run=run, enrolment=enrolment, defaults=defaults)


def _changes(run: MatchRun) -> list[dict[str, Any]]:
    """The changes that stand, in the order in which they were made."""
    return list((run.statistics.get("by_hand") or {}).get("changes", []))


def _count_anew(run: MatchRun, changes: list[dict[str, Any]]) -> None:
    """The run's figures as its pairs are now; what was proven stands beside them as long as
    anything is changed.
    """
    figures = {name: value for name, value in run.statistics.items() if name != "by_hand"}
    was = (run.statistics.get("by_hand") or {}).get("was") or {
        name: figures.get(name) for name in KEPT
    }
    if not changes:
        run.statistics = {**figures, **was}
        run.save(update_fields=["statistics"])
        return
    scores = list(run.proposals.values_list("score", flat=True))
    roles = Counter(run.unmatched.values_list("enrolment__role", flat=True))
    now = {
        "pairs": len(scores),
        "total": sum(scores),
        "worst": min(scores, default=None),
        "median": median(scores) if scores else None,
        "unmatched_mentors": roles["mentor"],
        "unmatched_mentees": roles["mentee"],
        "proven": False,
    }
    by_hand = {"changes": changes, "was": was, "below": (was["total"] or 0) - sum(scores)}
    run.statistics = {**figures, **now, "by_hand": by_hand}
    run.save(update_fields=["statistics"])
