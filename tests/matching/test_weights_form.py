"""What counts in a match, as sliders and cards; the smallest fit; wishes."""

from __future__ import annotations

import re
from typing import Any

import pytest
from django.db import IntegrityError, transaction
from django.test import Client
from django.urls import reverse

from common.errors import DomainError
from common.models import AuditEntry
from matching.domain import runs
from matching.domain.run_settings import minimum_of
from matching.enums import RuleKind
from matching.models import PairRule
from matching.solver import COMPONENTS
from programs.enums import Objective
from programs.models import Program
from tests.matching.matching_data import Pool, add, pool
from tests.support.types import AsUser

WEIGHTS = {
    "topics": 40,
    "overlap": 20,
    "style": 10,
    "language": 10,
    "interests": 10,
    "distance": 5,
    "wish": 5,
}

pytestmark = pytest.mark.django_db


def save(client: Client, some: Pool, **changed: Any) -> Any:
    """The answer to the form, followed."""
    data = {**WEIGHTS, "objective": "participation", "floor": "on", "minimum": "0", **changed}
    return client.post(
        reverse("matching:match_weights", args=[some.program.public_id]), data, follow=True
    )


def page_of(client: Client, some: Pool) -> str:
    return client.get(
        reverse("matching:match_run_list", args=[some.program.public_id])
    ).content.decode()


def test_each_weight_is_a_slider_that_says_what_it_means(as_user: AsUser) -> None:
    some = pool()
    client = as_user(some.coordinator)
    save(client, some)
    page = page_of(client, some)
    assert (
        len(re.findall(r'<input type="range"[^>]*min="0"[^>]*max="100"', page))
        == len(COMPONENTS)
        == 7
    )
    assert page.count("<output") == 7
    for words in (
        "= 40 % of the score",
        "= 5 % of the score",
        "0: Any topic will do",
        "100: As far apart as can be",
    ):
        assert words in page
    assert "Whose wish it was is told to nobody." in page
    for name in COMPONENTS:
        for described in (f"id_{name}_meaning", f"id_{name}_ends"):
            assert f'id="{described}"' in page
    assert 'data-shares="%v = %s % of the score"' in page


def test_shares_are_of_what_was_typed_when_the_form_comes_back(as_user: AsUser) -> None:
    some = pool()
    page = save(
        as_user(some.coordinator), some, topics="lots", objective="nonsense"
    ).content.decode()
    assert "There is a problem" in page
    assert "= 0 % of the score" in page
    assert "= 33 % of the score" in page, "20 of the 60 that are left"


@pytest.mark.parametrize(
    ("objective", "floor", "kept", "told"),
    [
        ("participation", "on", True, False),
        ("participation", "off", False, False),
        ("participation", "", False, False),
        ("score", "off", False, False),
        ("score", "on", False, True),
    ],
)
def test_a_floor_goes_with_as_many_as_possible_alone(
    objective: str, floor: str, kept: bool, told: bool, as_user: AsUser
) -> None:
    some = pool()
    page = save(as_user(some.coordinator), some, objective=objective, floor=floor).content.decode()
    some.program.refresh_from_db()
    assert (some.program.objective, some.program.floor) == (objective, kept)
    assert ("so it is switched off" in page) is told
    run = some.run()
    assert (run.objective, run.floor) == (objective, kept)


@pytest.mark.parametrize(("typed", "stored"), [("0", 0), ("55", 5500), ("100", 10_000), ("", 7)])
def test_the_smallest_fit_is_asked_in_points_and_kept_in_basis_points(
    typed: str, stored: int, as_user: AsUser
) -> None:
    some = pool(minimum_score=7)
    save(as_user(some.coordinator), some, objective="score", minimum=typed)
    some.program.refresh_from_db()
    assert some.program.minimum_score == stored


@pytest.mark.parametrize("typed", ["-1", "101", "half"])
def test_a_smallest_fit_that_cannot_be_is_refused_and_stays_typed(
    typed: str, as_user: AsUser
) -> None:
    some = pool()
    response = save(as_user(some.coordinator), some, objective="score", minimum=typed)
    assert response.status_code == 422
    assert f'value="{typed}"' in response.content.decode()
    some.program.refresh_from_db()
    assert some.program.minimum_score == 0


@pytest.mark.parametrize("points", [-1, 10_001])
def test_neither_domain_nor_database_takes_a_wrong_smallest_fit(points: int) -> None:
    some = pool(1, 1)
    aim = Objective.SCORE
    with pytest.raises(DomainError, match="0 to 100"):
        runs.set_weights(
            actor=some.hr,
            program=some.program,
            weights=WEIGHTS,
            objective=aim,
            floor=False,
            minimum_score=points,
        )
    with pytest.raises(IntegrityError), transaction.atomic():
        Program.objects.filter(pk=some.program.pk).update(minimum_score=points)


@pytest.mark.broad
def test_no_pair_below_the_smallest_fit_is_made_and_the_run_says_so(as_user: AsUser) -> None:
    some = pool(3, 3, objective="score", floor=False)
    scores = sorted(some.run().proposals.values_list("score", flat=True))
    assert scores[0] < scores[-1]
    least = (scores[0] // 100 + 1) * 100
    Program.objects.filter(pk=some.program.pk).update(minimum_score=least)
    run = some.run()
    assert minimum_of(run) == least
    assert 0 < run.proposals.count() < 3
    assert min(run.proposals.values_list("score", flat=True)) >= least
    client = as_user(some.coordinator)
    page = client.get(reverse("matching:match_run_detail", args=[run.public_id])).content.decode()
    assert f"No pair with a fit below {least // 100} was made" in page
    Program.objects.filter(pk=some.program.pk).update(minimum_score=0)
    run.refresh_from_db()
    assert minimum_of(run) == least, "a run keeps what it was told"
    Program.objects.filter(pk=some.program.pk).update(
        minimum_score=least, objective="participation"
    )
    assert minimum_of(some.run()) is None, "as many as possible has no such limit"


def test_pins_hold_below_the_smallest_fit() -> None:
    some = pool(2, 2, objective="score", floor=False, minimum_score=10_000)
    PairRule.objects.create(
        program=some.program, mentor=some.mentors[0], mentee=some.mentees[0], kind=RuleKind.PIN
    )
    run = some.run()
    assert list(run.proposals.values_list("mentor", "pinned")) == [(some.mentors[0].pk, True)]
    assert run.statistics["refused_pins"] == []


def wish(of: Any, whom: Any) -> None:
    """`of` names `whom`."""
    of.wishes = [str(whom.person.public_id)]
    of.save()


@pytest.mark.parametrize("side", ["mentor", "mentee", "both"])
def test_a_wish_counts_and_whose_it_was_is_stored_nowhere(side: str) -> None:
    some = pool(2, 2, weights={**WEIGHTS, "wish": 50})
    mentor, mentee = some.mentors[0], some.mentees[1]
    if side != "mentee":
        wish(mentor, mentee)
    if side != "mentor":
        wish(mentee, mentor)
    run = some.run()
    row = run.proposals.get(mentor=mentor)
    assert row.mentee_id == mentee.pk, "without the wish the names decide otherwise"
    (told,) = (reason for reason in row.reasons if reason["key"] == "wish")
    assert told["params"] == {"mutual": side == "both"}
    assert "by_mentor" not in repr(row.reasons)


@pytest.mark.parametrize("mutual", [False, True])
def test_the_two_read_of_a_wish_only_where_both_had_it(mutual: bool, as_user: AsUser) -> None:
    some = pool(1, 1)
    wish(some.mentors[0], some.mentees[0])
    if mutual:
        wish(some.mentees[0], some.mentors[0])
    (offer,) = some.published()
    page = (
        as_user(offer.mentor)
        .get(reverse("pairings:offer_detail", args=[offer.public_id]))
        .content.decode()
    )
    assert ("You asked for each other" in page) is mutual
    assert not re.search(
        r"\bwish", page.lower()
    )  # as a word: a token of the form may hold its letters by chance


def test_a_wish_for_somebody_outside_or_kept_apart_changes_nothing() -> None:
    some = pool(2, 2)
    plain = list(some.run().proposals.order_by("mentor").values_list("mentor", "mentee", "score"))
    stranger = add(pool(1, 1), "mentor", "Somebody Else")
    wish(some.mentees[0], stranger)
    assert (
        list(some.run().proposals.order_by("mentor").values_list("mentor", "mentee", "score"))
        == plain
    )


@pytest.mark.broad
def test_running_uses_what_is_on_the_page(as_user: AsUser) -> None:
    some = pool()
    client = as_user(some.coordinator)
    page = page_of(client, some)
    first, run = (
        re.search(pattern, page)
        for pattern in (r'<button form="weights"[^>]*>', r'<button[^>]*name="run"[^>]*>')
    )
    assert (
        first and run and first.start() < run.start()
    )  # Enter in a field presses the first: it saves and does not run
    save(client, some, run="1", topics="90")
    made = some.program.match_runs.get()
    assert (made.state, made.weights["topics"]) == ("queued", 90)
    assert "already running" in save(client, some, run="1").content.decode()
    assert (
        "something has to count"
        in save(client, some, run="1", **dict.fromkeys(WEIGHTS, 0)).content.decode()
    )
    assert some.program.match_runs.count() == 1


def test_saving_what_is_so_already_leaves_no_trace(as_user: AsUser) -> None:
    some = pool()
    client = as_user(some.coordinator)
    for _ in range(2):
        assert "Saved." in save(client, some).content.decode()
    assert AuditEntry.objects.filter(verb="program.weights_set").count() == 1
