"""Changes by hand that are refused, and what holds for those that are made."""

from __future__ import annotations

from typing import Any

import pytest

from accounts.models import PairBlock, User
from common.errors import DomainError
from matching.domain import by_hand, pair_rules, publishing, runs
from matching.domain.by_hand import Choice
from matching.domain.refusal import PairRefusedError
from matching.enums import RuleKind, RunState
from matching.models import MatchRun, PairRule
from matching.wording.by_hand import change_refused
from pairings.enums import PairingState
from programs.enums import EnrolmentState
from programs.models import Avoidance
from tests import factories as make
from tests.matching.hand_data import (
    all_of,
    choice_of,
    make_it,
    option_of,
    pairs_of,
    shown,
    with_option,
)
from tests.matching.matching_data import Pool, pool


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


@pytest.mark.broad
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
@pytest.mark.parametrize("kind", ["free", "swap", "replace", "other"])
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
    assert not [option for option in stronger.alternatives if option["kind"] != "replace"]


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


@pytest.mark.broad
@pytest.mark.django_db
def test_a_change_takes_a_number_of_queries_that_does_not_grow(
    django_assert_max_num_queries: Any,
) -> None:
    for size in (3, 9):
        some = pool(size, size)
        run = some.run()
        with django_assert_max_num_queries(75):
            make_it(run, some.hr, "swap")
