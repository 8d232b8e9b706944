"""What those who run a program learn of messages that no page lists: one line, and a button that
always says the same.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest
from django.urls import reverse

from common import clock
from mentoring.messages.unlisted import DAYS, unlisted_of
from notifications.delivery import digest, resending
from notifications.enums import MessageState
from notifications.models import OutboxMessage, Resending
from pairings.models import Pairing
from programs.models import Program
from tests.factories import (
    EnrolmentFactory,
    PairingFactory,
    ProgramFactory,
    ProgramStaffFactory,
    UserFactory,
)
from tests.meetings.session_data import book
from tests.support.types import AsUser, At

pytestmark = pytest.mark.django_db
NOON = datetime.fromisoformat("2027-02-03T12:00:00+01:00")
MANY = "pairs or more did not get something"


@pytest.fixture
def program(at: At) -> Program:
    at(NOON)
    return ProgramFactory(state="running")


def pairs(program: Program, number: int, **fields: Any) -> list[Pairing]:
    return [PairingFactory(program=program, **fields) for _number in range(number)]


def lost(pairing: Pairing, side: str = "mentor", **fields: Any) -> OutboxMessage:
    values = {
        "recipient": getattr(pairing, side),
        "kind": "pairings.match_void",
        "scope": pairing.program.public_id,
        "dedupe_key": str(uuid4()),
        "data": {"pairing": str(pairing.public_id)},
        "subject": "S",
        "text": "T",
        "due_at": clock.now() - timedelta(days=2),
        "try_at": clock.now() - timedelta(days=1),
        "expires_at": clock.now() + timedelta(days=9),
        "state": MessageState.FAILED,
    }
    return OutboxMessage.objects.create(**values | fields)


@pytest.mark.parametrize(("number", "many"), [(0, False), (4, False), (5, True)])
def test_pairs_are_counted_from_the_smallest_group_on(
    program: Program, number: int, many: bool
) -> None:
    for pairing in pairs(program, number):
        lost(pairing, "mentor")
        lost(pairing, "mentee")
    assert unlisted_of(program).many is many
    assert unlisted_of(None).many is many


def test_smallest_group_is_the_program_s(program: Program) -> None:
    Program.objects.update(anonymity_k=7)
    program.refresh_from_db()
    for pairing in pairs(program, 6):
        lost(pairing)
    assert not unlisted_of(program).many
    assert not unlisted_of(None).many, "the strictest program's, over all"


def test_one_person_with_many_pairs_is_one(program: Program) -> None:
    busy = EnrolmentFactory(program=program, role="mentee", capacity=3)
    for pairing in pairs(program, 6, mentee_enrolment=busy):
        lost(pairing, "mentee")
    assert not unlisted_of(program).many


@pytest.mark.parametrize(
    "fields",
    [
        {"state": "sent", "sent_at": NOON, "text": ""},
        {"state": "suppressed", "text": ""},
        {"state": "cancelled", "text": ""},
        {"state": "unknown", "resend_allowed": True},
        {"kind": "pairings.match_active"},
        {"kind": "mentoring.delivery_late"},
        {"try_at": NOON - timedelta(hours=1)},
        {"try_at": NOON - timedelta(days=DAYS + 1)},
        {"scope": UUID("00000000-0000-4000-8000-000000000009")},
    ],
    ids=str,
)
def test_what_does_not_count(program: Program, fields: dict[str, Any]) -> None:
    for pairing in pairs(program, 5):
        lost(pairing, **fields)
    assert not unlisted_of(program).many


@pytest.mark.parametrize("about", ["session", "round", "nothing"])
def test_whatever_it_is_about_and_whoever_of_the_two_it_was_for(
    program: Program, about: str
) -> None:
    found = []
    for number, pairing in enumerate(pairs(program, 5)):
        data = {about: str(uuid4())}
        if about == "session":
            data = {
                about: str(book(pairing, day=(NOON + timedelta(days=9)).date()).public_id),
                "sequence": 0,
            }
        lost(pairing, "mentor" if number % 2 else "mentee", kind="feedback.reminder", data=data)
        found.append(unlisted_of(program).many)
    assert found == [False, False, False, False, True]


def test_people_who_are_in_no_pair_count_by_themselves(program: Program) -> None:
    for _number in range(5):
        enrolment = EnrolmentFactory(program=program, state="invited")
        data = {"enrolment": str(enrolment.public_id)}
        row = PairingFactory.build()
        row.program, row.mentor = program, enrolment.person
        lost(row, kind="tests.enrol", data=data)
    assert unlisted_of(program).many


@pytest.mark.parametrize(("number", "many"), [(4, False), (5, True)])
def test_page_says_it_and_after_the_button_nothing(
    program: Program, as_user: AsUser, number: int, many: bool, at: At
) -> None:
    rows = [lost(pairing) for pairing in pairs(program, number)]
    client = as_user(ProgramStaffFactory(program=program, person=UserFactory()).person)
    page = reverse("mentoring:program_messages", args=[program.public_id])
    assert (MANY in client.get(page).content.decode()) is many
    key = str(uuid4())
    for _twice in range(2):
        answer = client.post(
            reverse("mentoring:messages_resend", args=[program.public_id]),
            {"press": key},
            follow=True,
        )
        assert "is being sent again, if there is anything" in answer.content.decode()
    assert Resending.objects.count() == 1
    for _time in ("before it is done", "after"):
        text = client.get(page).content.decode()
        assert MANY not in text
        assert "Today somebody has asked" in text
        resending.resend_asked()
    assert {OutboxMessage.objects.get(pk=row.pk).state for row in rows} == {"queued"}
    at(clock.now() + timedelta(days=1))
    assert "Today somebody has asked" not in client.get(page).content.decode()


def test_button_without_its_key_does_nothing(program: Program, as_user: AsUser) -> None:
    client = as_user(ProgramStaffFactory(program=program, person=UserFactory()).person)
    answer = client.post(
        reverse("mentoring:messages_resend", args=[program.public_id]), {"press": "x"}, follow=True
    )
    assert "once more" in answer.content.decode()
    assert not Resending.objects.exists()


def test_hr_presses_for_all(program: Program, as_user: AsUser) -> None:
    other = ProgramFactory(state="running")
    rows = [lost(pairing) for one in (program, other) for pairing in pairs(one, 3)]
    client = as_user(UserFactory(is_hr_admin=True))
    assert MANY in client.get(reverse("mentoring:all_messages")).content.decode()
    assert (
        client.post(reverse("mentoring:all_messages"), {"press": str(uuid4())}).status_code == 303
    )
    resending.resend_asked()
    assert {OutboxMessage.objects.get(pk=row.pk).state for row in rows} == {"queued"}
    assert unlisted_of(program).many is None


def test_hr_sees_which_programs_have_listed_trouble(program: Program, as_user: AsUser) -> None:
    lost(pairs(program, 1)[0], kind="pairings.match_active")
    text = (
        as_user(UserFactory(is_hr_admin=True))
        .get(reverse("mentoring:all_messages"))
        .content.decode()
    )
    assert program.name in text
    assert "1 message" in text


@pytest.mark.parametrize("number", [1, 3])
def test_queries_do_not_grow(
    program: Program, as_user: AsUser, number: int, django_assert_num_queries: Any
) -> None:
    for _number in range(number):
        lost(pairs(ProgramFactory(), 1)[0], kind="pairings.match_active")
    client = as_user(UserFactory(is_hr_admin=True))
    client.get(reverse("mentoring:all_messages"))
    with django_assert_num_queries(10):
        client.get(reverse("mentoring:all_messages"))


def test_line_does_not_change_within_a_day_when_old_mails_come_back(program: Program) -> None:
    """Those of yesterday's summary and yesterday's mails that turn out today not to have arrived
    count from tomorrow on.
    """
    for pairing in pairs(program, 6):
        summary = lost(pairing, kind="notifications.digest", scope=None, data={}, text="")
        lost(pairing, state="digested", digest=summary, text="")
    digest.settle()
    assert set(
        OutboxMessage.objects.filter(kind="pairings.match_void").values_list("state", flat=True)
    ) == {"failed"}
    assert not unlisted_of(program).many
    clock.move_to(NOON + timedelta(days=1))
    assert unlisted_of(program).many
