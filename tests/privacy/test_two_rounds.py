"""Nobody learns what one person said by subtracting one round from another."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import pytest

from accounts.models import User
from feedback.domain import answers, rounds
from feedback.domain.anonymity.rounds import Asked, left_out
from feedback.enums import Cut, Label
from feedback.models import Participation, SurveyRound
from programs.models import Program
from tests.factories import ProgramFactory, UserFactory
from tests.feedback.factories import SCALE, ParticipationFactory, RoundFactory

K = 5


def asked(people: Sequence[int], *, silent: int = 0, cell: str = "Sales") -> list[Asked]:
    """Members of a department, the first ones `silent`."""
    return [
        Asked(person, {"department": cell}, answered=at >= silent)
        for at, person in enumerate(people)
    ]


@pytest.mark.parametrize(
    ("before", "now", "is_left_out"),
    [
        (range(20), range(20), False),
        (range(20), range(1, 20), True),
        (range(20), range(21), True),
        (range(20), range(4, 20), True),
        (range(20), range(5, 20), False),
        (range(20), range(2, 23), False),
    ],
    ids=["same", "one left", "one joined", "four left", "five left", "two left, three joined"],
)
def test_a_group_is_left_out_after_a_few_joined_or_left(
    before: Sequence[int], now: Sequence[int], is_left_out: bool
) -> None:
    found = left_out(now=asked(now), before=asked(before), k=K)
    assert found == ({"department": frozenset({"Sales"})} if is_left_out else {})


@pytest.mark.parametrize(("silent", "is_left_out"), [(1, True), (2, True), (3, False)])
def test_it_is_not_where_one_in_ten_or_more_answered_once(silent: int, is_left_out: bool) -> None:
    found = left_out(now=asked(range(20), silent=silent), before=asked(range(21)), k=K)
    assert bool(found) == is_left_out


def test_it_is_where_the_same_people_never_answer() -> None:
    """Who is in neither table hides nobody."""
    found = left_out(now=asked(range(20), silent=8), before=asked(range(21), silent=8), k=K)
    assert found == {"department": frozenset({"Sales"})}


def test_who_moves_changes_both_groups() -> None:
    before = [*asked(range(20)), *asked(range(20, 40), cell="Legal")]
    now = [*asked(range(19)), *asked(range(19, 40), cell="Legal")]
    found = left_out(now=now, before=before, k=K)
    assert found == {"department": frozenset({"Sales", "Legal"})}


def company(number: int) -> list[User]:
    """People of two departments."""
    return [UserFactory(department=f"D{at % 2}", location="") for at in range(number)]


def hold(
    program: Program | None,
    people: list[User],
    number: int,
    *,
    audience: str = "all",
    **question: Any,
) -> SurveyRound:
    """A round that all of them answer, closed."""
    asks = [{**SCALE, **question}]
    made = RoundFactory(
        program=program,
        questions=asks,
        number=number,
        asked=len(people),
        audience=audience,
    )
    for at, person in enumerate(people):
        participation: Participation = ParticipationFactory(round=made, person=person)
        given = {asks[0]["id"]: 1 + at % 5}
        answers.submit(participation=participation, answers=given)
    rounds.close_round(pk=made.pk)
    return made


def shown(survey_round: SurveyRound) -> set[tuple[str, str]]:
    """The cells that say something."""
    return {(t.cut, t.cell) for t in survey_round.tables.all() if any(t.figures.values())}


TOTAL = (Cut.TOTAL.value, "")
BOTH = {("department", "D0"), ("department", "D1")}


@pytest.mark.broad
@pytest.mark.django_db
def test_a_group_is_hidden_until_more_have_changed_and_the_total_never() -> None:
    """A third round could be subtracted from the first one."""
    program = ProgramFactory()
    people = company(24)
    assert shown(hold(program, people, 1)) == {TOTAL, *BOTH}
    for number in (2, 3):
        assert shown(hold(program, people[1:], number)) == {TOTAL, ("department", "D1")}


@pytest.mark.broad
@pytest.mark.django_db
@pytest.mark.parametrize("second", [ProgramFactory, lambda: None], ids=["program", "staff"])
def test_rounds_of_different_programs_are_compared(second: Any) -> None:
    people = company(24)
    hold(ProgramFactory(), people, 1)
    program = second()
    audience = "all" if program else "staff"
    found = shown(hold(program, people[1:], 1, audience=audience))
    assert found == {TOTAL, ("department", "D1")}
    assert shown(hold(ProgramFactory(), company(24), 1)) == {TOTAL, *BOTH}, "other people"


@pytest.mark.broad
@pytest.mark.django_db
@pytest.mark.parametrize(
    ("question", "is_hidden"),
    [
        ({"id": "new", "text": "Other words?"}, True),
        ({"key": "another"}, False),
    ],
    ids=["reworded", "another question"],
)
def test_a_question_is_the_same_by_its_identity_and_not_by_its_words(
    question: dict[str, str], is_hidden: bool
) -> None:
    program = ProgramFactory()
    people = company(24)
    hold(program, people, 1)
    second = hold(program, people[1:], 2, **question)
    assert (("department", "D0") in shown(second)) != is_hidden


@pytest.mark.broad
@pytest.mark.django_db
def test_a_round_with_names_in_between_changes_nothing() -> None:
    program = ProgramFactory()
    people = company(24)
    hold(program, people, 1)
    named = hold(program, people, 2)
    SurveyRound.objects.filter(pk=named.pk).update(label=Label.ATTRIBUTED)
    assert ("department", "D0") not in shown(hold(program, people[1:], 3))


@pytest.mark.broad
@pytest.mark.django_db
@pytest.mark.parametrize(("of_program", "audience"), [(True, "mentors"), (False, "staff")])
def test_a_round_of_other_people_in_between_changes_nothing(
    of_program: bool, audience: str
) -> None:
    """The one before of the same people counts, and not only the last that asked the question."""
    program = ProgramFactory() if of_program else None
    people, others = company(24), company(12)
    hold(program, people, 1, audience="all" if of_program else "staff")
    between = hold(program, others, 2, audience=audience)
    if not of_program:
        SurveyRound.objects.filter(pk=between.pk).update(departments=["D0"])
    last = hold(program, people[1:], 3, audience="all" if of_program else "staff")
    assert ("department", "D0") not in shown(last)


@pytest.mark.broad
@pytest.mark.django_db
def test_staff_survey_is_no_difference_from_a_program_that_has_asked_all_staff() -> None:
    """A program leaves its coordinators out, whom a staff survey asks."""
    people = company(24)
    hold(ProgramFactory(), people[1:], 1, audience="staff")
    assert ("department", "D0") not in shown(hold(None, people, 1, audience="staff"))
