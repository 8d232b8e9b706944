"""What each page saves, and when it may."""

from __future__ import annotations

from datetime import timedelta
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from accounts.models import Delegation
from common import clock
from common.errors import DomainError
from common.models import AuditEntry
from programs import availability
from programs.domain import answers, avoidances
from programs.domain.answers import save_step
from programs.enums import EnrolmentState, PairRole, ProgramState
from programs.models import Avoidance, Enrolment, Program
from tests.factories import EnrolmentFactory, TopicFactory, UserFactory
from tests.programs import factories as make


@pytest.mark.django_db
def test_topics_outside_the_program_and_empty_levels_are_left_out() -> None:
    row = make.invited(make.enrolling())
    first, second = make.topics_of(row.program)
    levels = {first.pk: 5, second.pk: 0, TopicFactory().pk: 3}
    for _ in range(2):
        save_step(actor=row.person, enrolment=row, step="topics", answers={"levels": levels})
    assert list(row.topic_choices.values_list("topic", "level", "priority")) == [
        (first.pk, 5, None)
    ]


@pytest.mark.django_db
def test_wants_keep_their_order_without_doubles() -> None:
    row = make.invited(make.enrolling(), PairRole.MENTEE)
    first, second = make.topics_of(row.program)
    wants = {"what_for": " Why ", "priorities": [second.pk, first.pk, second.pk]}
    save_step(actor=row.person, enrolment=row, step="wants", answers=wants)
    assert list(row.topic_choices.values_list("topic", "priority")) == [
        (second.pk, 1),
        (first.pk, 2),
    ]
    assert Enrolment.objects.get(pk=row.pk).what_for == "Why"


@pytest.mark.django_db
@pytest.mark.parametrize("role", list(PairRole))
def test_all_pages_make_an_application_complete(role: str) -> None:
    row = make.invited(make.enrolling(), role)
    assert set(answers.missing_steps(row)) == (
        {"topics", "time"} if role == "mentor" else {"wants", "calendar"}
    )
    row = make.answer(row)
    assert answers.missing_steps(row) == {} and row.step == len(answers.STEPS[role])


@pytest.mark.django_db
def test_a_draft_moves_nobody_on_and_leaves_no_audit_entry() -> None:
    row = make.invited(make.enrolling())
    save_step(
        actor=row.person,
        enrolment=row,
        step="return",
        answers={"in_return": "A view"},
        finished=False,
    )
    saved = Enrolment.objects.get(pk=row.pk)
    assert (saved.in_return, saved.step) == ("A view", 0)
    assert not AuditEntry.objects.filter(verb="enrolment.saved").exists()


@pytest.mark.django_db
def test_an_application_already_handed_in_stays_complete() -> None:
    row = make.applied(make.enrolling())
    with pytest.raises(DomainError, match="at least one topic"):
        save_step(
            actor=row.person, enrolment=row, step="topics", answers={"levels": {}}, finished=False
        )
    assert row.topic_choices.count() == 1


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("program_state", "state", "open_steps"),
    [
        ("enrolling", "invited", {"topics", "return", "boundaries", "time", "wish"}),
        ("enrolling", "approved", {"topics", "return", "boundaries", "time", "wish"}),
        ("matching", "approved", {"boundaries", "time", "wish"}),
        ("running", "approved", {"boundaries", "time", "wish"}),
        ("running", "invited", set()),
        ("closed", "approved", set()),
        ("cancelled", "approved", set()),
        ("draft", "invited", set()),
        ("enrolling", "declined", set()),
        ("enrolling", "withdrawn", set()),
    ],
)
def test_which_pages_can_be_changed_when(
    program_state: str, state: str, open_steps: set[str]
) -> None:
    row = EnrolmentFactory(program=make.draft(state=program_state), state=state)
    assert answers.editable_steps(row) == open_steps
    if "topics" not in open_steps:
        with pytest.raises(DomainError, match="cannot be changed"):
            save_step(actor=row.person, enrolment=row, step="topics", answers={"levels": {}})


@pytest.mark.django_db
def test_after_the_last_day_nothing_is_filled_in_any_more() -> None:
    row = make.invited(make.enrolling())
    Program.objects.update(enrolment_deadline=clock.today(make.ZONE) - timedelta(days=1))
    with pytest.raises(DomainError):
        save_step(actor=row.person, enrolment=row, step="return", answers={"in_return": "x"})


@pytest.mark.django_db
def test_avoid_list_is_encrypted_and_leaves_no_trace() -> None:
    row, other = make.invited(make.enrolling()), UserFactory(name="Otto Other")
    data = {"off_limits": "My manager's plans", "avoid": [other, row.person]}
    save_step(actor=row.person, enrolment=row, step="boundaries", answers=data)
    assert avoidances.avoided_by(row.person) == [other]
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT people FROM programs_avoidance UNION ALL SELECT off_limits FROM "
            "programs_enrolment"
        )
        stored = " ".join(str(value) for (value,) in cursor.fetchall())
    assert str(other.public_id) not in stored and "manager" not in stored
    trail = str(list(AuditEntry.objects.values_list("verb", "detail", "target_type")))
    assert "avoid" not in trail.lower() and str(other.pk) not in trail


@pytest.mark.django_db
def test_an_empty_avoid_list_is_no_row_and_leavers_drop_out() -> None:
    person, other = UserFactory(), UserFactory()
    avoidances.replace(person=person, people=[other])
    other.is_active = False
    other.save()
    assert avoidances.avoided_by(person) == []
    avoidances.replace(person=person, people=[])
    assert not Avoidance.objects.exists()


@pytest.mark.django_db
def test_assistant_is_named_replaced_and_taken_off() -> None:
    row = make.invited(make.enrolling(), PairRole.MENTEE)
    first, second = UserFactory(), UserFactory()
    for delegate, expected in ((first, [first]), (second, [second]), (None, [])):
        save_step(
            actor=row.person,
            enrolment=row,
            step="calendar",
            answers={**make.TIME, "delegate": delegate},
        )
        assert [
            given.delegate for given in Delegation.objects.filter(mentee=row.person)
        ] == expected


@pytest.mark.parametrize("windows", [[[0, 600, 600]], [[7, 0, 60]], [[0, -1, 60]], [[0, 0, 1441]]])
def test_windows_that_make_no_sense_are_refused(windows: list[list[int]]) -> None:
    with pytest.raises(ValueError, match="not a window"):
        availability.normalise(windows)


WINDOW = st.tuples(st.integers(0, 6), st.integers(0, 1380), st.integers(1, 600)).map(
    lambda w: [w[0], w[1], min(1440, w[1] + w[2])]
)


@pytest.mark.broad
@given(st.lists(WINDOW, max_size=12))
def test_normalised_windows_cover_the_same_minutes_and_never_touch(
    windows: list[list[int]],
) -> None:
    joined = availability.normalise(windows)
    assert minutes(joined) == minutes(windows)
    for before, after in pairwise(joined):
        assert before[0] < after[0] or before[2] < after[1]


SLOTS = st.sets(st.sampled_from([key for key, *_rest in availability.SLOTS])).map(sorted)
OWN = st.none() | st.tuples(st.integers(0, 1000), st.integers(1, 400)).map(
    lambda w: (w[0], w[0] + w[1])
)


@pytest.mark.broad
@given(st.dictionaries(st.integers(0, 6), st.builds(availability.DayChoice, slots=SLOTS, own=OWN)))
def test_what_is_ticked_comes_back_as_the_same_time(
    choices: dict[int, availability.DayChoice],
) -> None:
    windows = availability.from_choices(choices)
    assert availability.from_choices(availability.to_choices(windows)) == windows


def minutes(windows: list[list[int]]) -> set[tuple[int, int]]:
    """Every minute that is covered."""
    return {(day, minute) for day, start, end in windows for minute in range(start, end)}


def test_states_are_named_right() -> None:
    assert answers.NOT_YET_APPLIED | answers.TAKING_PART | {
        EnrolmentState.DECLINED,
        EnrolmentState.WITHDRAWN,
    } == set(EnrolmentState)
    assert ProgramState.ENROLLING == "enrolling"
