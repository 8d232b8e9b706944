"""Reporting lines and grades."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from accounts.domain import grades
from accounts.domain.grades import Rung
from accounts.domain.reporting import ancestors_of, cycles_in, depths_of, in_one_line
from accounts.models import Grade, User
from common.errors import DomainError
from common.models import AuditEntry
from tests.factories import GradeFactory, UserFactory


@pytest.fixture
def line(db: None) -> list[User]:
    """Five people, each the manager of the next."""
    people = [UserFactory(manager=None)]
    for _n in range(4):
        people.append(UserFactory(manager=people[-1]))
    return people


def test_everybody_above_is_found_in_one_query(
    line: list[User], django_assert_num_queries: Any
) -> None:
    with django_assert_num_queries(1):
        above = ancestors_of([line[0].pk, line[4].pk])
    assert above == {line[0].pk: set(), line[4].pk: {person.pk for person in line[:4]}}


def test_nobody_asked_nothing_queried(db: None, django_assert_num_queries: Any) -> None:
    with django_assert_num_queries(0):
        assert ancestors_of([]) == {}


def test_skip_levels_are_one_line_in_both_directions(line: list[User]) -> None:
    assert in_one_line(line[0], line[4])
    assert in_one_line(line[4], line[1])
    assert not in_one_line(line[2], line[2])
    assert not in_one_line(line[4], UserFactory(manager=line[0]))


def test_a_line_through_somebody_who_left_is_still_a_line(line: list[User]) -> None:
    User.objects.filter(pk=line[2].pk).update(is_active=False)
    assert in_one_line(line[0], line[4])


def test_a_cycle_in_the_data_ends(line: list[User]) -> None:
    User.objects.filter(pk=line[0].pk).update(manager=line[4])
    assert ancestors_of([line[2].pk])[line[2].pk] == {
        person.pk for person in line if person.pk != line[2].pk
    }


@pytest.mark.broad
@given(st.dictionaries(st.integers(1, 12), st.none() | st.integers(1, 12), max_size=12))
def test_depths_and_cycles_agree(managers: dict[int, int | None]) -> None:
    depths, on_cycle = (
        depths_of(managers),
        {node for cycle in cycles_in(managers) for node in cycle},
    )
    assert not on_cycle & set(depths)
    for person, manager in managers.items():
        if person in depths:
            assert depths[person] == (depths[manager] + 1 if manager in managers else 0)
        else:
            assert person in on_cycle or manager not in depths


def test_a_long_line_is_no_trouble() -> None:
    managers: dict[int, int | None] = {
        number: number - 1 if number else None for number in range(50_000)
    }
    assert depths_of(managers)[49_999] == 49_999
    assert cycles_in(managers) == []


def test_grades_come_from_the_depth_of_the_tree() -> None:
    rungs: list[Rung] = []
    placed = grades.by_depth(rungs, {1: 0, 2: 1, 3: 2})
    assert [(rung.name, rung.rank) for rung in rungs] == [
        ("Level 3", 1),
        ("Level 2", 2),
        ("Level 1 (top)", 3),
    ]
    assert placed[1].name == "Level 1 (top)"


def test_a_deeper_tree_gets_new_grades_below_and_the_others_keep_their_names() -> None:
    rungs = [Rung(1, "Staff", 1), Rung(2, "Board", 2)]
    placed = grades.by_depth(rungs, {1: 0, 2: 1, 3: 2})
    assert [placed[person].name for person in (1, 2, 3)] == ["Board", "Staff", "Level 3"]
    assert [rung.rank for rung in rungs] == [1, 2, 3]


@pytest.mark.parametrize(
    ("named", "depths", "ladder"),
    [
        ({1: "G3", 2: "G2", 3: "G1"}, {1: 0, 2: 1, 3: 2}, ["G1", "G2", "G3"]),
        (
            {1: "G1", 2: "G2", 3: "G3"},
            {1: 0, 2: 1, 3: 2},
            ["G3", "G2", "G1"],
        ),  # here the tree says that 1 is the top
        ({1: "G1", 2: "G2", 3: "G10"}, {}, ["G1", "G2", "G10"]),
        (
            {1: "Director", 2: "Manager", 3: "Clerk"},
            {1: 0, 2: 1, 3: 2},
            ["Clerk", "Manager", "Director"],
        ),
        ({1: "Director", 2: "director", 3: "Clerk"}, {1: 0, 2: 0, 3: 2}, ["Clerk", "Director"]),
    ],
)
def test_new_grades_are_put_in_order(
    named: dict[int, str], depths: dict[int, int], ladder: list[str]
) -> None:
    rungs: list[Rung] = []
    grades.by_name(rungs, named, depths)
    assert [rung.name for rung in rungs] == ladder
    assert [rung.rank for rung in rungs] == sorted({rung.rank for rung in rungs})


def test_a_new_grade_goes_between_those_that_are_there() -> None:
    rungs = [Rung(1, "Clerk", 1), Rung(2, "Director", 2)]
    grades.by_name(rungs, {1: "Director", 2: "Manager", 3: "Clerk"}, {1: 0, 2: 1, 3: 2})
    assert [(rung.name, rung.rank) for rung in rungs] == [
        ("Clerk", 1),
        ("Manager", 2),
        ("Director", 3),
    ]


def test_saving_a_ladder_moves_ranks_out_of_the_way(db: None) -> None:
    clerk, director = GradeFactory(rank=1, name="Clerk"), GradeFactory(rank=2, name="Director")
    rungs = grades.ladder()
    grades.insert(rungs, 1, "Manager")
    grades.save_ladder(rungs)
    assert list(Grade.objects.values_list("name", "rank")) == [
        ("Clerk", 1),
        ("Manager", 2),
        ("Director", 3),
    ]
    assert {rung.id for rung in rungs} >= {clerk.pk, director.pk}


def test_grades_are_renamed_moved_added_and_removed(db: None) -> None:
    hr = UserFactory(is_hr_admin=True, grade=None)
    low, high = GradeFactory(rank=1, name="Low"), GradeFactory(rank=4, name="High")
    grades.move(actor=hr, grade=low, up=True)
    assert list(Grade.objects.values_list("name", "rank")) == [("High", 1), ("Low", 4)]
    grades.move(actor=hr, grade=low, up=True)  # it is at the top already
    grades.rename(actor=hr, grade=high, name=" Higher ")
    top = grades.add(actor=hr, name="Top")
    assert list(Grade.objects.values_list("name", flat=True)) == ["Higher", "Low", "Top"]
    grades.remove(actor=hr, grade=top)
    assert AuditEntry.objects.filter(verb__startswith="grade.").count() == 4


@pytest.mark.parametrize("name", ["", "  ", "low", "x" * 81])
def test_a_grade_needs_a_name_of_its_own(db: None, name: str) -> None:
    hr, high = UserFactory(is_hr_admin=True, grade=None), GradeFactory(rank=2, name="High")
    GradeFactory(rank=1, name="Low")
    with pytest.raises(DomainError):
        grades.add(actor=hr, name=name)
    with pytest.raises(DomainError):
        grades.rename(actor=hr, grade=high, name=name)


def test_a_grade_that_people_have_stays(db: None) -> None:
    person = UserFactory()
    with pytest.raises(DomainError, match="cannot be removed"):
        grades.remove(actor=person, grade=person.grade)
