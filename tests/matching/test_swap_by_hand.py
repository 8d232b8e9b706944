"""Alternatives made true by hand in a finished run: once, under lock, by the rules, and back
again.
"""

from __future__ import annotations

import pytest

from common.errors import DomainError
from common.models import AuditEntry
from matching.domain import by_hand, inputs, publishing
from matching.enums import RuleKind
from matching.models import PairRule, Proposal
from matching.solver import build_problem, explain
from pairings.models import Pairing
from tests.matching.hand_data import (
    all_of,
    choice_of,
    make_it,
    option_of,
    pairs_of,
    shown,
    with_option,
    world,
)
from tests.matching.matching_data import pool


@pytest.mark.django_db
@pytest.mark.parametrize("kind", ["free", "swap", "replace"])
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
    given = inputs.build(run)
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
@pytest.mark.parametrize("kind", ["free", "swap", "replace"])
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


@pytest.mark.broad
@pytest.mark.django_db
@pytest.mark.parametrize("kind", ["free", "swap", "replace"])
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


@pytest.mark.broad
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


@pytest.mark.broad
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


@pytest.mark.broad
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


@pytest.mark.broad
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
