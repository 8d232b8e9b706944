"""Two runs side by side: what both have, what one has, what was different, and that private reasons
stay private.
"""

from __future__ import annotations

import re
from typing import Any

import pytest
from django.urls import reverse

from accounts.models import PairBlock, User
from matching.domain.analysis import comparing, run_figures
from matching.domain.analysis.left_over import left_over_only_in
from matching.enums import RuleKind
from matching.models import MatchRun, PairRule, Proposal
from pairings.enums import PairingState
from programs.models import Avoidance
from tests import factories as make
from tests.matching.matching_data import Pool, add, pool
from tests.support.pages import without_random
from tests.support.types import AsUser

WEIGHTS = {"topics": 50, "overlap": 12, "style": 10, "language": 5, "interests": 5, "distance": 8}


def address(run: MatchRun, name: str = "match_compare") -> str:
    return reverse(f"matching:{name}", args=[run.public_id])


def two_runs(size: int = 2) -> tuple[Pool, MatchRun, MatchRun]:
    """The second run must do without a pair of the first, and has one mentee more."""
    some = pool(size, size)
    first = some.run()
    pair = first.proposals.first()
    assert pair is not None
    PairRule.objects.create(
        program=some.program, mentor=pair.mentor, mentee=pair.mentee, kind=RuleKind.FORBID
    )
    add(some, "mentee", "Senior Z")
    return some, first, some.run()


def rows_of(
    first: MatchRun, second: MatchRun
) -> dict[tuple[int, int], tuple[int | None, int | None]]:
    return {
        (row.mentor_id, row.mentee_id): (row.first_score, row.second_score)
        for row in comparing.pairs_of(first, second)
    }


@pytest.mark.django_db
def test_every_pair_stands_once_with_both_scores() -> None:
    _, first, second = two_runs(3)
    before = {(row.mentor_id, row.mentee_id): row.score for row in first.proposals.all()}
    after = {(row.mentor_id, row.mentee_id): row.score for row in second.proposals.all()}
    found = rows_of(first, second)
    assert found == {pair: (before.get(pair), after.get(pair)) for pair in before | after}
    overlap = comparing.overlap(first, second)
    assert overlap == comparing.Overlap(
        len(before.keys() & after), len(before.keys() - after), len(after.keys() - before)
    )
    assert overlap.only_first >= 1
    for where, number in (
        ("both", overlap.both),
        ("first", overlap.only_first),
        ("second", overlap.only_second),
    ):
        assert comparing.only(comparing.pairs_of(first, second), where).count() == number  # type: ignore[arg-type]
    assert rows_of(second, first) == {pair: (b, a) for pair, (a, b) in found.items()}


@pytest.mark.django_db
def test_figures_are_those_of_the_run_and_follow_changes_by_hand() -> None:
    some, first, second = two_runs(3)
    for run, counted in zip((first, second), run_figures.figures(first, second), strict=True):
        kept = run.statistics
        assert (counted.pairs, counted.total, counted.worst) == (
            kept["pairs"],
            kept["total"],
            kept["worst"],
        )
        assert counted.median == kept["median"]
        assert (counted.left_mentors, counted.left_mentees) == (
            kept["unmatched_mentors"],
            kept["unmatched_mentees"],
        )
    Proposal.objects.filter(run=second).order_by("score").first().delete()  # type: ignore[union-attr]
    left = second.unmatched.get().enrolment
    Proposal.objects.create(
        run=second, mentor=add(some, "mentor", "Junior Y"), mentee=left, score=1234
    )
    _, after = run_figures.figures(first, second)
    assert (after.pairs, after.worst, after.left_mentees) == (3, 1234, 0)


@pytest.mark.django_db
def test_run_without_pairs_has_figures() -> None:
    some = pool(1, 1)
    runs = [
        MatchRun.objects.create(program=some.program, state="done", objective="participation")
        for _ in range(2)
    ]
    assert run_figures.figures(*runs)[0] == run_figures.Figures(0, 0, 0, None, None, 0, 0)
    assert comparing.overlap(*runs) == comparing.Overlap(0, 0, 0)
    assert run_figures.parts(*runs)[0]["topics"] is None


@pytest.mark.parametrize(
    ("mine", "theirs", "same"),
    [
        (WEIGHTS, WEIGHTS, True),
        (WEIGHTS, {name: 2 * value for name, value in WEIGHTS.items()}, True),
        (WEIGHTS, {**WEIGHTS, "topics": 49}, False),
        ({}, {}, True),
    ],
)
def test_only_the_relation_of_weights_is_the_measure(
    mine: dict[str, int], theirs: dict[str, int], same: bool
) -> None:
    assert comparing.same_measure(MatchRun(weights=mine), MatchRun(weights=theirs)) is same


@pytest.mark.django_db
def test_who_is_left_over_in_one_run_only() -> None:
    some = pool(1, 2)
    first = some.run()
    left = first.unmatched.get().enrolment
    extra = add(some, "mentor", "Junior Z")
    some.mentees[0].state = "withdrawn"
    other = some.mentees[0] if some.mentees[0] != left else some.mentees[1]
    type(other).objects.filter(pk=other.pk).update(state="withdrawn")
    second = some.run()
    assert [(row.enrolment, row.placed) for row in left_over_only_in(first, second)] == [(left, 1)]
    assert {row.enrolment for row in left_over_only_in(second, first)} <= {
        extra,
        *some.mentors,
    }
    assert all(
        not row.placed or row.enrolment in some.mentors for row in left_over_only_in(second, first)
    )


@pytest.mark.broad
@pytest.mark.django_db
def test_page_compares_with_the_run_before_unless_asked_otherwise(as_user: AsUser) -> None:
    some, first, second = two_runs()
    third = some.run()
    client = as_user(some.coordinator)
    page = client.get(address(third))
    assert (page.context["first"], page.context["second"]) == (second, third)
    assert "same aim, weights and rules" in page.content.decode()
    asked = client.get(
        address(third), {"first": str(third.public_id), "second": str(first.public_id)}
    )
    assert (asked.context["first"], asked.context["second"]) == (third, first)
    oldest = client.get(address(first))
    assert (oldest.context["first"], oldest.context["second"]) == (first, second)


@pytest.mark.broad
@pytest.mark.django_db
def test_page_names_pairs_and_what_was_different(as_user: AsUser) -> None:
    some, first, second = two_runs()
    client = as_user(some.coordinator)
    gone = comparing.only(comparing.pairs_of(first, second), "first").first()
    page = client.get(address(second)).content.decode()
    assert f"{gone.mentor.person.name} → {gone.mentee.person.name}" in page
    assert "Total fit" in page
    MatchRun.objects.filter(pk=second.pk).update(weights={**second.weights, "topics": 77})
    page = client.get(address(second)).content.decode()
    assert f"Topics: {first.weights['topics']} → 77" in page
    assert "their totals are not shown" in page
    kept = client.get(address(second), {"show": "both", "sort": "loss"}).content.decode()
    assert (
        kept.count('<span class="state state-none">both</span>')
        == comparing.overlap(first, second).both
    )
    people = client.get(address(second), {"show": "left_second"}).content.decode()
    assert "In the other run" in people
    for state in ("first", "second", "both", "left_first", "nonsense"):
        for order in ("", "mentor", "best", "loss"):
            assert (
                client.get(
                    address(second), {"show": state, "sort": order, "q": "junior"}
                ).status_code
                == 200
            )


@pytest.mark.django_db
def test_page_searches_in_place(as_user: AsUser) -> None:
    some, first, second = two_runs(3)
    asked = {
        "first": str(first.public_id),
        "second": str(second.public_id),
        "show": "second",
        "q": "senior",
    }
    part = as_user(some.hr).get(
        address(second), asked, headers={"HX-Request": "true", "HX-Target": "rows"}
    )
    text = part.content.decode()
    assert "<html" not in text
    assert text.count('<th scope="row">') == comparing.overlap(first, second).only_second
    assert f"first={first.public_id}" in text, "the download carries what was chosen"


@pytest.mark.broad
@pytest.mark.django_db
def test_one_run_alone_says_what_to_do(as_user: AsUser) -> None:
    some = pool()
    run = some.run()
    page = as_user(some.coordinator).get(address(run)).content.decode()
    assert "There is nothing to compare" in page
    twice = {"first": str(run.public_id), "second": str(run.public_id)}
    assert as_user(some.coordinator).get(address(run), twice).status_code == 200
    assert (
        "Compared with the previous run"
        not in as_user(some.coordinator).get(address(run, "match_run_detail")).content.decode()
    )


@pytest.mark.broad
@pytest.mark.django_db
def test_runs_of_other_programs_and_unfinished_ones_cannot_be_chosen(as_user: AsUser) -> None:
    some, first, second = two_runs()
    elsewhere = pool().run()
    client = as_user(some.coordinator)
    page = client.get(
        address(second), {"first": str(elsewhere.public_id), "second": str(second.public_id)}
    )
    assert page.context["first"] == first
    assert str(elsewhere.public_id) not in page.content.decode()
    assert client.get(address(elsewhere)).status_code == 404
    MatchRun.objects.filter(pk=first.pk).update(state="cancelled")
    assert client.get(address(first)).status_code == 404
    assert "There is nothing to compare" in client.get(address(second)).content.decode()


@pytest.mark.django_db
def test_published_runs_can_be_compared(as_user: AsUser) -> None:
    some = pool(2, 2)
    pairs = some.published()
    again = MatchRun.objects.create(
        program=some.program, state="done", objective="participation", weights=WEIGHTS
    )
    page = as_user(some.coordinator).get(address(again)).content.decode()
    assert f"Only in the first: {len(pairs)}." in page


@pytest.mark.django_db
def test_run_page_leads_to_the_comparison(as_user: AsUser) -> None:
    some, first, second = two_runs(3)
    page = as_user(some.coordinator).get(address(second, "match_run_detail")).content.decode()
    both = comparing.overlap(first, second).both
    assert f"Compared with the previous run: {both} pairs are the same" in page
    assert address(second) in page


@pytest.mark.django_db
def test_download_has_the_pairs_of_the_page(as_user: AsUser) -> None:
    some, first, second = two_runs(3)
    overlap = comparing.overlap(first, second)
    client = as_user(some.hr)
    for show, number in (("", overlap.only_first + overlap.only_second), ("both", overlap.both)):
        response: Any = client.get(address(second, "match_compare_export"), {"show": show})
        lines = b"".join(response.streaming_content).decode().splitlines()
        assert len(lines) == 1 + number
    assert "Fit in the first run" in lines[0]


@pytest.mark.broad
@pytest.mark.django_db
@pytest.mark.parametrize("rows", [1, 3])
def test_comparison_takes_a_constant_number_of_queries(
    rows: int, as_user: AsUser, django_assert_max_num_queries: Any
) -> None:
    some, _, second = two_runs(rows)
    for _number in range(rows):
        some.run()
    client = as_user(some.coordinator)
    with django_assert_max_num_queries(22):
        assert client.get(address(second), {"show": "both"}).status_code == 200


PRIVATE = [
    "avoided by mentor",
    "avoided by mentee",
    "blocked by HR",
    "a pair before",
    "an offer that did not come about",
]


def set_apart(some: Pool, kind: str) -> None:
    """A private reason comes up between the pair of the first run."""
    mentor, mentee = some.mentors[1].person, some.mentees[0].person
    if kind == "avoided by mentor":
        Avoidance.objects.create(person=mentor, people=[str(mentee.public_id)])
    elif kind == "avoided by mentee":
        Avoidance.objects.create(person=mentee, people=[str(mentor.public_id)])
    elif kind == "blocked by HR":
        low, high = sorted([mentor, mentee], key=lambda person: person.pk)
        PairBlock.objects.create(first=low, second=high)
    elif kind == "a pair before":
        other = make.ProgramFactory()
        make.PairingFactory(
            program=other,
            mentor_enrolment=make.EnrolmentFactory(program=other, person=mentor),
            mentee_enrolment=make.EnrolmentFactory(program=other, person=mentee, role="mentee"),
            state=PairingState.COMPLETED,
        )
    else:
        make.PairingFactory(
            program=some.program,
            mentor_enrolment=some.mentors[1],
            mentee_enrolment=some.mentees[0],
            state=PairingState.VOID,
        )


def what_pages_say(kind: str, as_user: AsUser) -> str:
    some = pool(2, 1)
    for at, enrolment in enumerate((*some.mentors, *some.mentees)):
        User.objects.filter(pk=enrolment.person_id).update(
            department=["Sales", "Legal", "Board"][at]
        )
    some.run()
    set_apart(some, kind)
    second = some.run()
    client = as_user(some.coordinator)
    asked = [
        ("match_compare", {"show": show}) for show in ("", "both", "left_first", "left_second")
    ]
    asked += [("match_fairness", {"by": by}) for by in ("department", "role")] + [
        ("match_map", {}),
        ("match_run_detail", {}),
    ]
    pages = "".join(
        client.get(address(second, name), query).content.decode() for name, query in asked
    )
    return re.sub(r"person\d+@", "person@", without_random(pages))


@pytest.mark.broad
@pytest.mark.django_db
@pytest.mark.usefixtures("still_clock")
@pytest.mark.parametrize("kind", PRIVATE)
def test_private_reasons_look_alike_beside_each_other(kind: str, as_user: AsUser) -> None:
    pages = what_pages_say(kind, as_user)
    assert "Junior B" in pages, "the first run had the better pair"
    assert pages == what_pages_say("blocked by HR", as_user)
    for word in ("avoid", "blocked", "former", "private"):
        assert word not in pages.lower().replace("may meet a former partner again", "")
