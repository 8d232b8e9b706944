"""Published tables never say anything about fewer than k people, whatever is added and
subtracted.
"""

from __future__ import annotations

from fractions import Fraction
from itertools import combinations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from feedback.domain.suppression import band, safe_tables

K = 5


def mixed(number: int) -> dict[int, int]:
    """Answers of so many people that are not all the same in any group of two or more in a row."""
    return {person: person % 2 for person in range(number)}


def test_fewer_than_k_show_nothing() -> None:
    assert not safe_tables(mixed(4), {}, K).total


def test_k_people_show_their_total() -> None:
    assert safe_tables(mixed(5), {}, K).total


def test_unanimous_total_is_hidden() -> None:
    assert not safe_tables(dict.fromkeys(range(20), 3), {}, K).total


def test_small_cell_takes_the_next_smallest_with_it() -> None:
    """A hidden cell of 2 could be had as the total less the others; hence one more goes."""
    departments = {p: "A" if p < 10 else "B" if p < 16 else "C" for p in range(18)}
    assert safe_tables(mixed(18), {"department": departments}, K).cells == {"department": ("A",)}


def test_unanimous_cell_is_hidden() -> None:
    answers = {p: p % 2 if p < 10 else 4 for p in range(20)}
    departments = {p: "A" if p < 10 else "B" for p in range(20)}
    assert safe_tables(answers, {"department": departments}, K).cells == {}


def test_second_cut_is_hidden_where_both_together_isolate() -> None:
    """All but one of the mentors sit in Berlin: mentors less Berlin would be one person."""
    roles = {p: "mentor" if p < 10 else "mentee" for p in range(20)}
    places = {p: "Berlin" if p < 9 else "Oslo" for p in range(20)}
    assert safe_tables(mixed(20), {"role": roles, "location": places}, K).cells == {
        "role": ("mentee", "mentor")
    }


def rank(rows: list[list[Fraction]]) -> int:
    """Gauss over fractions."""
    rows, found = [row[:] for row in rows], 0
    for column in range(len(rows[0]) if rows else 0):
        pivot = next((i for i in range(found, len(rows)) if rows[i][column]), None)
        if pivot is None:
            continue
        rows[found], rows[pivot] = rows[pivot], rows[found]
        for i in range(found + 1, len(rows)):
            factor = rows[i][column] / rows[found][column]
            rows[i] = [x - factor * y for x, y in zip(rows[i], rows[found], strict=True)]
        found += 1
    return found


@st.composite
def populations(draw: st.DrawFn) -> tuple[dict[int, int], dict[str, dict[int, str]]]:
    number = draw(st.integers(3, 14))
    answers = {p: draw(st.integers(1, 3)) for p in range(number)}
    cuts = {
        cut: {p: draw(st.sampled_from(["", "a", "b", "c"][: 2 + size])) for p in range(number)}
        for cut, size in (("role", 1), ("department", 2))
    }
    return answers, cuts


@settings(max_examples=150, deadline=None, derandomize=True)
@given(populations(), st.integers(2, 3))
def test_subtraction_attack_never_isolates_fewer_than_k(
    population: tuple[dict[int, int], dict[str, dict[int, str]]], k: int
) -> None:
    """The attacker knows who is in which group and combines all published counts linearly.

    A set of people is recovered when its indicator vector lies in the span of the published groups'
    vectors.
    """
    answers, cuts = population
    shown = safe_tables(answers, cuts, k)
    people = sorted(answers)
    groups = [people] if shown.total else []
    for cut, cells in shown.cells.items():
        groups += [[p for p in people if cuts[cut][p] == cell] for cell in cells]
    assert all(len(group) >= k for group in groups)
    matrix = [[Fraction(p in group) for p in people] for group in groups]
    base = rank(matrix)
    for size in range(1, k):
        for few in combinations(people, size):
            assert rank([*matrix, [Fraction(p in few) for p in people]]) > base, (
                f"{few} can be worked out"
            )


@pytest.mark.parametrize(
    ("number", "shown"),
    [(0, "0"), (1, "1–4"), (4, "1–4"), (5, "5–9"), (49, "20–49"), (1000, "100+")],
)
def test_band(number: int, shown: str) -> None:
    assert band(number) == shown
