"""Alternatives made true by hand in a finished run: once, under lock, by the rules, and back
again.
"""

from __future__ import annotations

from typing import Any
from uuid import UUID

import pytest

from accounts.models import PairBlock, User
from common.errors import DomainError
from common.models import AuditEntry
from matching.domain import by_hand, pair_rules, publishing, runs
from matching.domain.by_hand import Choice
from matching.domain.refusal import PairRefusedError
from matching.enums import RuleKind, RunState
from matching.models import MatchRun, PairRule, Proposal
from matching.solver import build_problem, explain
from matching.wording.by_hand import change_refused
from pairings.enums import PairingState
from pairings.models import Pairing
from programs.enums import EnrolmentState
from programs.models import Avoidance
from tests import factories as make
from tests.matching.matching_data import Pool, pool


def option_of(proposal: Proposal, kind: str) -> dict[str, Any]:
    """The first alternative of this kind."""
    return next(option for option in proposal.alternatives if option["kind"] == kind)


def choice_of(option: dict[str, Any]) -> Choice:
    return Choice(
        option["kind"], UUID(option["mentor"]), UUID(option["other"]) if option["other"] else None
    )


def shown(proposal: Proposal) -> tuple[UUID, UUID]:
    return proposal.mentor.public_id, proposal.mentee.public_id


def with_option(run: MatchRun, kind: str) -> Proposal:
    """A pair of the run that has such an alternative."""
    rows = run.proposals.select_related("mentor__person", "mentee__person").order_by("pk")
    return next(row for row in rows if any(option["kind"] == kind for option in row.alternatives))


def make_it(run: MatchRun, actor: User, kind: str) -> tuple[Proposal, by_hand.Changed]:
    proposal = with_option(run, kind)
    option = option_of(proposal, kind)
    return proposal, by_hand.change(
        actor=actor, proposal=proposal, choice=choice_of(option), shown=shown(proposal)
    )


def world(kind: str) -> Pool:
    """A program whose runs have an alternative of this kind."""
    return {"free": lambda: pool(3, 2), "swap": lambda: pool(2, 2), "instead": lambda: pool(2, 3)}[
        kind
    ]()


def pairs_of(run: MatchRun) -> set[tuple[int, int]]:
    return set(run.proposals.values_list("mentor", "mentee"))


def all_of(run: MatchRun) -> Any:
    """Everything of a run that a change could touch."""
    run.refresh_from_db()
    fields = (
        "mentor",
        "mentee",
        "score",
        "breakdown",
        "reasons",
        "warnings",
        "alternatives",
        "by_hand",
        "pinned",
    )
    left = run.unmatched.order_by("enrolment").values_list("enrolment", "reason")
    return list(run.proposals.order_by("pk").values_list(*fields)), list(left), run.statistics


@pytest.mark.django_db
@pytest.mark.parametrize("kind", ["free", "swap", "instead"])
def test_each_kind_of_alternative_is_made_and_costs_what_it_said(kind: str) -> None:
    some = world(kind)
    run = some.run()
    option = option_of(with_option(run, kind), kind)
    before, total = pairs_of(run), run.statistics["total"]
    proposal, changed = make_it(run, some.coordinator, kind)
    run.refresh_from_db()
    after = pairs_of(run)
    assert len(after) == len(before)
    assert len(after - before) == (2 if kind == "swap" else 1)
    assert changed.costs == option["costs"]
    figures = run.statistics
    scores = sorted(run.proposals.values_list("score", flat=True))
    assert (figures["total"], figures["worst"], figures["pairs"]) == (
        total - option["costs"],
        scores[0],
        len(scores),
    )
    assert run.figures_as_found["total"] - figures["total"] == option["costs"]
    assert run.figures_as_found["total"] == total
    made = run.hand_changes.get()
    assert (made.kind, made.costs, made.made_by) == (kind, option["costs"], some.coordinator)
    assert figures["proven"] is False
    row = run.proposals.get(pk=proposal.pk)
    assert row.by_hand
    assert row.score == option["score"] == sum(row.breakdown.values())
    assert (
        AuditEntry.objects.filter(
            verb="match_run.changed_by_hand", actor_id=some.coordinator.pk
        ).count()
        == 1
    )


@pytest.mark.django_db
def test_score_and_reasons_are_those_that_the_whole_problem_gives() -> None:
    some = pool(4, 4)
    for at, enrolment in enumerate([*some.mentors, *some.mentees]):
        enrolment.interests = ["chess", "running"][: at % 3]
        enrolment.working_style = {"pace": 1 + at % 5}
        enrolment.save()
    run = some.run()
    _proposal, changed = make_it(run, some.hr, "swap")
    given = runs.inputs.build(run)
    problem = build_problem(given.people, given.rules)
    for row in changed.made:
        (i,) = (at for at, p in enumerate(problem.mentees) if p.ref == row.mentee_id)
        (j,) = (at for at, p in enumerate(problem.mentors) if p.ref == row.mentor_id)
        found = explain(problem, i, j)
        assert row.score == found.score
        assert row.breakdown == {part.component: part.points for part in found.contributions}
        assert row.reasons


@pytest.mark.django_db
def test_the_unmatched_move_with_a_change() -> None:
    some = pool(3, 2)
    run = some.run()
    alone = run.unmatched.get().enrolment_id
    proposal, _changed = make_it(run, some.hr, "free")
    assert run.proposals.get(pk=proposal.pk).mentor_id == alone
    left = run.unmatched.get()
    assert left.enrolment_id == proposal.mentor_id
    assert left.reason["key"] == "by_hand"
    run.refresh_from_db()
    assert (run.statistics["unmatched_mentors"], run.statistics["unmatched_mentees"]) == (1, 0)


@pytest.mark.django_db
@pytest.mark.parametrize("kind", ["free", "swap", "instead"])
def test_pressed_twice_is_made_once(kind: str) -> None:
    some = world(kind)
    run = some.run()
    proposal = with_option(run, kind)
    choice, before = choice_of(option_of(proposal, kind)), shown(proposal)
    first = by_hand.change(actor=some.hr, proposal=proposal, choice=choice, shown=before)
    once = all_of(run)
    second = by_hand.change(
        actor=some.hr, proposal=Proposal.objects.get(pk=proposal.pk), choice=choice, shown=before
    )
    assert all_of(run) == once
    assert {row.pk for row in first.made} == {row.pk for row in second.made}
    assert AuditEntry.objects.filter(verb="match_run.changed_by_hand").count() == 1


@pytest.mark.django_db
@pytest.mark.parametrize("kind", ["free", "swap", "instead"])
def test_undone_everything_is_as_it_was(kind: str) -> None:
    some = world(kind)
    run = some.run()
    before = all_of(run)
    _proposal, changed = make_it(run, some.hr, kind)
    made = run.hand_changes.get()
    assert PairRule.objects.filter(kind=RuleKind.PIN).count() == len(changed.made)
    for _ in range(2):  # twice changes nothing
        by_hand.undo(actor=some.hr, change=made)
        assert all_of(run) == before
        assert not PairRule.objects.exists()
    assert AuditEntry.objects.filter(verb="match_run.change_undone").count() == 1


@pytest.mark.django_db
def test_a_later_change_is_undone_first() -> None:
    some = pool(4, 2)
    run = some.run()
    untouched = all_of(run)
    proposal, _ = make_it(run, some.hr, "free")
    middle = all_of(run)
    again = run.proposals.select_related("mentor", "mentee").get(pk=proposal.pk)
    by_hand.change(
        actor=some.hr,
        proposal=again,
        choice=choice_of(option_of(again, "free")),
        shown=shown(again),
    )
    run.refresh_from_db()
    assert PairRule.objects.count() == 1, "the pin of the pair that was parted again has gone"
    first, second = run.hand_changes.all()
    with pytest.raises(DomainError, match="Undo the later change first"):
        by_hand.undo(actor=some.hr, change=first)
    by_hand.undo(actor=some.hr, change=second)
    assert all_of(run) == middle
    assert PairRule.objects.count() == 1
    by_hand.undo(actor=some.hr, change=first)
    assert all_of(run) == untouched
    assert not PairRule.objects.exists()


@pytest.mark.django_db
def test_the_next_run_keeps_what_was_changed() -> None:
    some = pool(4, 4)
    run = some.run()
    _, changed = make_it(run, some.hr, "swap")
    made = {(row.mentor_id, row.mentee_id) for row in changed.made}
    again = some.run()
    assert made <= pairs_of(again)
    assert again.proposals.filter(pinned=True).count() == 2
    assert not again.hand_changes.exists()


@pytest.mark.django_db
def test_new_pairs_have_alternatives_of_their_own() -> None:
    some = pool(4, 3)
    run = some.run()
    total = run.statistics["total"]
    proposal, changed = make_it(run, some.hr, "swap")
    row = run.proposals.get(pk=proposal.pk)
    assert row.alternatives
    back = next(
        option for option in row.alternatives if option["mentor"] == str(proposal.mentor.public_id)
    )
    assert (back["kind"], back["costs"]) == ("swap", -changed.costs)
    by_hand.change(actor=some.hr, proposal=row, choice=choice_of(back), shown=shown(row))
    run.refresh_from_db()
    assert run.statistics["total"] == total


@pytest.mark.django_db
def test_publishing_offers_the_changed_pairs() -> None:
    some = pool(3, 3)
    run = some.run()
    make_it(run, some.hr, "swap")
    wanted = pairs_of(run)
    offered = publishing.publish_run(actor=some.hr, run=run)
    assert {(pair.mentor_enrolment_id, pair.mentee_enrolment_id) for pair in offered} == wanted
    changed = Pairing.objects.filter(proposal__by_hand=True)
    assert changed.count() == 2
    assert all(
        pair.score == pair.proposal.score and pair.reasons == pair.proposal.reasons
        for pair in changed
    )


@pytest.mark.django_db
@pytest.mark.parametrize("state", ["published", "newer", "running again", "failed"])
def test_only_the_newest_finished_run_is_changed(state: str) -> None:
    some = pool(3, 2)
    run = some.run()
    proposal = with_option(run, "free")
    before = pairs_of(run)
    if state == "published":
        publishing.publish_run(actor=some.hr, run=run)
    elif state == "newer":
        some.run()
    elif state == "running again":
        runs.start_run(actor=some.hr, program=some.program)
    else:
        MatchRun.objects.filter(pk=run.pk).update(state=RunState.FAILED)
    with pytest.raises(DomainError) as refused:
        by_hand.change(
            actor=some.hr,
            proposal=proposal,
            choice=choice_of(option_of(proposal, "free")),
            shown=shown(proposal),
        )
    assert refused.value.code in {"wrong_state", "not_newest", "busy"}
    assert pairs_of(run) == before


def now_forbidden(some: Pool, what: str, mentor: Any, mentee: Any) -> None:
    """Something that happens to two people after the run."""
    people = sorted([mentor.person, mentee.person], key=lambda person: person.pk)
    if what == "withdrawn":
        type(mentor).objects.filter(pk=mentor.pk).update(state=EnrolmentState.WITHDRAWN)
    elif what == "left":
        User.objects.filter(pk=mentor.person.pk).update(is_active=False)
    elif what == "line":
        User.objects.filter(pk=mentor.person.pk).update(manager=mentee.person)
    elif what == "grade":
        User.objects.filter(pk=mentor.person.pk).update(grade=make.GradeFactory(rank=6))
    elif what == "gap":
        type(some.program).objects.filter(pk=some.program.pk).update(grade_gap=9)
    elif what == "never":
        pair_rules.set_rule(
            actor=some.hr, program=some.program, mentor=mentor, mentee=mentee, kind=RuleKind.FORBID
        )
    elif what == "avoided by the mentor":
        Avoidance.objects.create(person=mentor.person, people=[str(mentee.person.public_id)])
    elif what == "avoided by the mentee":
        Avoidance.objects.create(person=mentee.person, people=[str(mentor.person.public_id)])
    elif what == "blocked":
        PairBlock.objects.create(first=people[0], second=people[1])
    elif what == "no common time":
        type(mentor).objects.filter(pk=mentor.pk).update(availability=[[6, 0, 60]])
    elif what == "a pair before":
        make.PairingFactory(
            program=(other := make.ProgramFactory()),
            mentor_enrolment=make.EnrolmentFactory(program=other, person=mentor.person),
            mentee_enrolment=make.EnrolmentFactory(
                program=other, person=mentee.person, role="mentee"
            ),
            state=PairingState.COMPLETED,
        )


PRIVATE = [
    "avoided by the mentor",
    "avoided by the mentee",
    "blocked",
    "no common time",
    "a pair before",
]


def refused_after(what: str) -> str:
    """What a coordinator reads who swaps two people to whom this has happened."""
    some = pool(3, 2)
    run = some.run()
    proposal = with_option(run, "free")
    option = option_of(proposal, "free")
    mentor = next(one for one in some.mentors if str(one.public_id) == option["mentor"])
    before = all_of(run)
    now_forbidden(some, what, mentor, proposal.mentee)
    rules = PairRule.objects.count()
    with pytest.raises(PairRefusedError) as refused:
        by_hand.change(
            actor=some.hr, proposal=proposal, choice=choice_of(option), shown=shown(proposal)
        )
    assert refused.value.code == "refused"
    assert all_of(run) == before
    assert PairRule.objects.count() == rules
    return (
        change_refused(refused.value)
        .replace(mentor.person.name, "M")
        .replace(proposal.mentee.person.name, "S")
    )


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("what", "words"),
    [
        ("withdrawn", "no longer taking part"),
        ("left", "no longer taking part"),
        ("line", "in one reporting line"),
        ("grade", "too close in grade"),
        ("gap", "too close in grade"),
        ("never", "excluded by you"),
        *((what, "not available") for what in PRIVATE),
    ],
)
def test_a_change_that_breaks_a_rule_now_is_refused(what: str, words: str) -> None:
    assert words in refused_after(what)


@pytest.mark.django_db
def test_private_reasons_are_refused_in_the_same_words() -> None:
    assert len({refused_after(what) for what in PRIVATE}) == 1


@pytest.mark.django_db
def test_a_pair_that_somebody_has_pinned_is_not_parted_by_a_swap() -> None:
    some = pool(2, 2)
    run = some.run()
    proposal = with_option(run, "swap")
    theirs = run.proposals.exclude(pk=proposal.pk).get()
    for row in (proposal, theirs):
        pair_rules.set_rule(
            actor=some.hr,
            program=some.program,
            mentor=row.mentor,
            mentee=row.mentee,
            kind=RuleKind.PIN,
        )
        with pytest.raises(DomainError, match="Remove the pin first"):
            make_it(run, some.hr, "swap")
        PairRule.objects.all().delete()


@pytest.mark.django_db
def test_an_alternative_whose_people_have_moved_is_refused() -> None:
    some = pool(3, 3)
    run = some.run()
    proposal = with_option(run, "swap")
    wanted = choice_of(option_of(proposal, "swap"))
    theirs = run.proposals.get(mentor__public_id=wanted.mentor)
    third = run.proposals.exclude(pk__in=[proposal.pk, theirs.pk]).get()
    option = next(
        one for one in theirs.alternatives if one["mentor"] == str(third.mentor.public_id)
    )
    by_hand.change(actor=some.hr, proposal=theirs, choice=choice_of(option), shown=shown(theirs))
    with pytest.raises(DomainError, match="Look at them as they are now") as refused:
        by_hand.change(actor=some.hr, proposal=proposal, choice=wanted, shown=shown(proposal))
    assert refused.value.code == "stale"


@pytest.mark.django_db
@pytest.mark.parametrize("kind", ["free", "swap", "instead", "other"])
def test_what_is_not_offered_is_not_made(kind: str) -> None:
    some, others = pool(3, 3), pool(1, 1)
    run = some.run()
    proposal = with_option(run, "swap")
    stranger = Choice(kind, others.mentors[0].public_id, others.mentees[0].public_id)
    with pytest.raises(DomainError):
        by_hand.change(actor=some.hr, proposal=proposal, choice=stranger, shown=shown(proposal))


@pytest.mark.django_db
def test_a_mentor_with_two_places_keeps_their_other_mentee() -> None:
    some = pool(2, 3)
    type(some.mentors[1]).objects.filter(pk=some.mentors[1].pk).update(capacity=2)
    run = some.run()
    row = run.proposals.select_related("mentor", "mentee").get(mentor=some.mentors[0])
    by_hand.change(
        actor=some.hr, proposal=row, choice=choice_of(option_of(row, "swap")), shown=shown(row)
    )
    assert run.proposals.get(pk=row.pk).mentor_id == some.mentors[1].pk
    assert sorted(run.proposals.values_list("mentor", flat=True)) == sorted(
        [some.mentors[0].pk, *[some.mentors[1].pk] * 2]
    )
    assert not run.unmatched.exists()


@pytest.mark.django_db
def test_alternatives_of_somebody_with_two_mentors_stand_at_the_weaker_pair() -> None:
    some = pool(3, 1)
    type(some.mentees[0]).objects.filter(pk=some.mentees[0].pk).update(capacity=2)
    run = some.run()
    weaker, stronger = run.proposals.order_by("score", "pk")
    assert weaker.alternatives
    assert not [option for option in stronger.alternatives if option["kind"] != "instead"]


@pytest.mark.django_db
def test_a_minimum_holds_for_changes_too() -> None:
    some = pool(3, 2, objective="score", floor=False)
    run = some.run()
    proposal = with_option(run, "free")
    option = option_of(proposal, "free")
    MatchRun.objects.filter(pk=run.pk).update(
        rules={**run.rules, "minimum_score": option["score"] + 1}
    )
    with pytest.raises(PairRefusedError) as refused:
        by_hand.change(
            actor=some.hr, proposal=proposal, choice=choice_of(option), shown=shown(proposal)
        )
    assert "below the smallest score" in change_refused(refused.value)


@pytest.mark.django_db
def test_a_change_takes_a_number_of_queries_that_does_not_grow(
    django_assert_max_num_queries: Any,
) -> None:
    for size in (3, 9):
        some = pool(size, size)
        run = some.run()
        with django_assert_max_num_queries(75):
            make_it(run, some.hr, "swap")
