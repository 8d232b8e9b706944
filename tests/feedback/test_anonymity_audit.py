"""Which groups may be shown together: no combination of them tells of fewer than k people."""

from __future__ import annotations

import random
from collections import Counter

import pytest

from benchmarks.support.enumeration import exposes_by_rank
from feedback.domain.anonymity import audit
from feedback.domain.anonymity.audit import exposes, publishable

K = 5


def random_company(seed: int) -> tuple[list[int], dict[str, dict[int, str]]]:
    """A small company with up to four cuts; how many cells each has differs."""
    chance = random.Random(seed)
    people = list(range(chance.randint(6, 26)))
    cuts = {}
    for cut in ("role", "department", "grade", "location")[: chance.randint(2, 4)]:
        cells = "abcdef"[: chance.randint(2, 5)]
        cuts[cut] = {person: chance.choice(cells) for person in people}
    return people, cuts


@pytest.mark.broad
@pytest.mark.parametrize(("k", "answering"), [(5, 1.0), (5, 0.8), (6, 0.8)])
def test_program_agrees_with_enumeration_by_rank(k: int, answering: float) -> None:
    exposed = 0
    for seed in range(80):
        people, cuts = random_company(seed)
        chance = random.Random(seed)
        places = [tuple(cells[person] for cells in cuts.values()) for person in people]
        # Some cells hidden, as they would be: all places at once are nearly always exposed.
        hidden = {
            (cut, cell)
            for cut in range(len(cuts))
            for cell, size in Counter(place[cut] for place in places).items()
            if size <= k or chance.random() < 0.2
        }
        visible = {
            person: tuple("" if (cut, cell) in hidden else cell for cut, cell in enumerate(place))
            for person, place in zip(people, places, strict=True)
        }
        answered = {person for person in people if chance.random() < answering}
        expected = exposes_by_rank(visible, k, answered)
        assert exposes(visible, answered, k) == expected, seed
        exposed += expected
    assert 10 < exposed < 75, "both answers are tried"


@pytest.mark.parametrize(
    ("answered", "asked", "is_shown"), [(4, 9, False), (5, 9, True), (5, 6, True), (5, 5, False)]
)
def test_a_group_needs_k_answers_and_more_than_k_asked(
    answered: int, asked: int, is_shown: bool
) -> None:
    """Of k people asked all would be seen to have answered."""
    department = {p: "A" if p < asked else "B" for p in range(asked + 20)}
    everybody = dict.fromkeys(range(asked), "all")
    assert publishable(range(answered), {"location": everybody}, k=K).total == is_shown
    people = [p for p in department if p < answered or p >= asked]
    shown = publishable(people, {"department": department}, k=K)
    assert ("A" in shown.cells.get("department", ())) == is_shown


@pytest.mark.parametrize("solo_answers", [True, False])
def test_what_is_shown_does_not_tell_whether_the_only_one_of_a_group_answered(
    solo_answers: bool,
) -> None:
    department = {p: "Solo" if p == 0 else "A" if p < 12 else "B" for p in range(30)}
    people = range(0 if solo_answers else 1, 30)
    assert publishable(people, {"department": department}, k=K).cells == {"department": ("B",)}


def test_a_small_group_returns_where_it_was_a_large_one_that_had_to_go() -> None:
    """All mentors but one sit in Berlin, so Berlin goes; Oslo and Rome need not."""
    roles = {p: "mentor" if p < 20 else "mentee" for p in range(50)}
    places = {p: "Berlin" if p < 19 else "Oslo" if p < 30 else "Rome" for p in range(50)}
    places |= dict.fromkeys(range(44, 50), "") | {19: ""}
    shown = publishable(range(50), {"role": roles, "location": places}, k=K)
    assert shown.cells == {"role": ("mentee", "mentor"), "location": ("Oslo", "Rome")}


def test_small_cell_takes_the_next_smallest_with_it() -> None:
    """A hidden cell of 2 could be had as the total less the others; hence one more goes."""
    departments = {p: "A" if p < 10 else "B" if p < 16 else "C" for p in range(18)}
    shown = publishable(range(18), {"department": departments}, k=K)
    assert shown.cells == {"department": ("A",)}


def test_second_cut_is_hidden_where_both_together_isolate() -> None:
    """All but one of the mentors sit in Berlin: mentors less Berlin would be one person."""
    roles = {p: "mentor" if p < 10 else "mentee" for p in range(20)}
    places = {p: "Berlin" if p < 9 else "Oslo" for p in range(20)}
    shown = publishable(range(20), {"role": roles, "location": places}, k=K)
    assert shown.cells == {"role": ("mentee", "mentor")}


def test_crossing_cuts_with_small_atoms_may_be_shown() -> None:
    """Four groups cross in atoms of three people; no sum of rows and columns isolates one."""
    roles = {p: "mentor" if p % 2 else "mentee" for p in range(12)}
    places = {p: "Berlin" if p % 4 < 2 else "Oslo" for p in range(12)}
    shown = publishable(range(12), {"role": roles, "location": places}, k=K)
    assert shown.cells == {"role": ("mentee", "mentor"), "location": ("Berlin", "Oslo")}


def test_cell_that_is_left_out_is_not_had_by_subtraction_of_few() -> None:
    departments = {p: "A" if p < 6 else "B" if p < 12 else "C" for p in range(20)}
    left_out = {"department": frozenset("A")}
    shown = publishable(range(20), {"department": departments}, k=K, left_out=left_out)
    assert shown.cells == {"department": ("B", "C")}


def test_audit_that_needs_too_much_work_shows_less(monkeypatch: pytest.MonkeyPatch) -> None:
    """Two cuts that cross in atoms of four: safe, but only the solver can tell."""
    cuts = {
        "department": {p: "abcde"[p % 5] for p in range(100)},
        "location": {p: "vwxyz"[p // 5 % 5] for p in range(100)},
    }
    assert publishable(range(100), cuts, k=K).cells.keys() == {"department", "location"}
    monkeypatch.setattr(audit, "MOST_WORK", 0.0)
    assert publishable(range(100), cuts, k=K).cells.keys() == {"department"}


def test_same_people_in_another_order_show_the_same() -> None:
    people, cuts = random_company(11)
    again = {cut: dict(reversed(groups.items())) for cut, groups in cuts.items()}
    assert publishable(people, cuts, k=K) == publishable(people[::-1], again, k=K)
