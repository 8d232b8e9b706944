"""The page of a program's messages: kind, recipient, state, error; sending again; never a text,
never a secret.
"""

from __future__ import annotations

import re
from datetime import timedelta
from typing import Any

import pytest
from django.urls import reverse

from accounts.models import Absence
from common import clock
from mentoring.messages import samples
from notifications import kinds, outbox
from notifications.delivery import sender
from notifications.enums import FINAL_STATES, MessageState
from notifications.models import MessagePreferences, OutboxMessage, SuppressedAddress, Webhook
from programs.models import Enrolment, Program
from tests.factories import EnrolmentFactory, ProgramFactory, ProgramStaffFactory, UserFactory
from tests.support.types import AsUser

pytestmark = pytest.mark.django_db


@pytest.fixture
def program() -> Program:
    return ProgramFactory(state="enrolling")


@pytest.fixture
def coordinator(program: Program, as_user: AsUser) -> Any:
    return as_user(ProgramStaffFactory(program=program, person=UserFactory()).person)


def url_of(program: Program, **query: str) -> str:
    url = reverse("mentoring:program_messages", args=[program.public_id])
    return url + ("?" + "&".join(f"{key}={value}" for key, value in query.items()) if query else "")


def message(program: Program, name: str = "Mara Lindqvist", **fields: Any) -> OutboxMessage:
    """A message of the program in any state."""
    enrolment = EnrolmentFactory(program=program, person=UserFactory(name=name), state="invited")
    values = {
        "recipient": enrolment.person,
        "kind": "programs.invitation",
        "scope": program.public_id,
        "dedupe_key": f"key {enrolment.pk}",
        "data": {"enrolment": str(enrolment.public_id)},
        "subject": "SUBJECT-WORDS",
        "expires_at": clock.now() + timedelta(days=1),
        "state": MessageState.QUEUED,
        "text": "BODY-WORDS",
    } | fields
    if values["state"] in FINAL_STATES:
        values["text"] = ""
    return OutboxMessage.objects.create(**values)


def test_page_tells_kind_recipient_state_and_error_and_no_words(
    program: Program, coordinator: Any
) -> None:
    message(program, state=MessageState.FAILED, last_error="554 5.7.1 Looks like spam")
    page = coordinator.get(url_of(program)).content.decode()
    for words in (
        "Invitation to a program",
        "Mara Lindqvist",
        "Refused by the mail server",
        "Looks like spam",
    ):
        assert words in page
    for words in ("BODY-WORDS", "SUBJECT-WORDS"):
        assert words not in page


@pytest.mark.broad
@pytest.mark.parametrize("kind", kinds.keys_where(lambda kind: not kind.listed))
def test_kind_that_is_not_to_be_told_is_on_no_page(
    program: Program, coordinator: Any, kind: str
) -> None:
    message(program, kind=kind, state=MessageState.FAILED)
    for query in ({}, {"kind": kind}, {"q": "Mara"}, {"state": "failed"}, {"state": "trouble"}):
        page = coordinator.get(url_of(program, **query))
        assert "Mara Lindqvist" not in page.content.decode(), query


def test_kind_that_nobody_has_registered_is_on_no_page(program: Program, coordinator: Any) -> None:
    message(program, kind="concerns.thread")
    assert "Mara" not in coordinator.get(url_of(program)).content.decode()


def test_other_program_s_messages_are_not_there(program: Program, coordinator: Any) -> None:
    message(ProgramFactory())
    assert "Mara" not in coordinator.get(url_of(program)).content.decode()


@pytest.mark.parametrize(
    ("query", "names"),
    [
        ({}, {"Mara", "Jonas"}),
        ({"q": "lind"}, {"Mara"}),
        ({"q": "nobody"}, set()),
        ({"kind": "programs.invitation"}, {"Mara"}),
        ({"kind": "programs.nudge"}, {"Jonas"}),
        ({"state": "missed"}, {"Jonas"}),
        ({"state": "trouble"}, {"Jonas"}),
        ({"channel": "inbox"}, set()),
        ({"kind": "nonsense"}, {"Mara", "Jonas"}),
    ],
)
def test_filters(
    program: Program, coordinator: Any, query: dict[str, str], names: set[str]
) -> None:
    message(program)
    message(program, "Jonas Becker", kind="programs.nudge", state=MessageState.MISSED)
    page = coordinator.get(url_of(program, **query)).content.decode()
    assert {name for name in ("Mara", "Jonas") if name in page} == names


@pytest.mark.parametrize("number", [1, 3])
def test_queries_do_not_grow(
    program: Program, coordinator: Any, number: int, django_assert_num_queries: Any
) -> None:
    for count in range(number):
        message(program, f"Person {count}", state=MessageState.FAILED)
    coordinator.get(url_of(program))
    with django_assert_num_queries(7):
        coordinator.get(url_of(program))


def test_only_what_a_broken_mailbox_kept_shows_as_such(program: Program, coordinator: Any) -> None:
    message(program, state=MessageState.SUPPRESSED, last_error="550 5.1.1 No such user")
    page = coordinator.get(url_of(program)).content.decode()
    assert "Not sent to this address" in page
    assert "No such user" in page
    assert "is sent again automatically" in page


@pytest.mark.broad
@pytest.mark.parametrize("kind", [kind.key for kind in samples.offered()])
def test_sample_of_every_kind(program: Program, coordinator: Any, kind: str) -> None:
    page = coordinator.get(reverse("mentoring:message_sample", args=[program.public_id, kind]))
    assert page.status_code == 200
    assert "[[" not in page.content.decode()


def test_list_of_samples_names_them_all(program: Program, coordinator: Any) -> None:
    page = coordinator.get(
        reverse("mentoring:message_samples_list", args=[program.public_id])
    ).content.decode()
    for kind in [kind.key for kind in samples.offered()]:
        assert reverse("mentoring:message_sample", args=[program.public_id, kind]) in page
    assert (
        coordinator.get(
            reverse("mentoring:message_sample", args=[program.public_id, "no.such"])
        ).status_code
        == 404
    )


def test_hr_connects_and_disconnects_a_channel(program: Program, as_user: AsUser) -> None:
    hr = as_user(UserFactory(is_hr_admin=True))
    url = reverse("mentoring:program_channels", args=[program.public_id])
    data = {
        "channel": "slack",
        "label": "#mentoring",
        "address": "https://hooks.slack.com/services/T/B/very-secret",
    }
    wrong = hr.post(url, {**data, "address": "https://evil.example/"})
    assert wrong.status_code == 422
    assert "#mentoring" in wrong.content.decode(), "what was typed stays"
    assert hr.post(url, data).status_code == 303
    page = hr.get(url).content.decode()
    assert "#mentoring" in page
    assert "very-secret" not in page
    webhook = Webhook.objects.get()
    gone = reverse("mentoring:channel_disconnect", args=[program.public_id, webhook.public_id])
    other = reverse(
        "mentoring:channel_disconnect", args=[ProgramFactory().public_id, webhook.public_id]
    )
    assert hr.post(other).status_code == 404
    assert hr.post(gone).status_code == 303
    assert not Webhook.objects.exists()


@pytest.mark.broad
def test_address_that_came_back_is_lifted_from_the_queue(
    program: Program, coordinator: Any
) -> None:
    person = message(program).recipient
    assert person is not None
    SuppressedAddress.objects.create(
        email=person.email, reason="550 5.1.1", until=clock.now() + timedelta(days=7)
    )
    queue = reverse("mentoring:needs_you", args=[program.public_id])
    assert "Mail does not arrive" in coordinator.get(queue).content.decode()
    stranger = reverse("mentoring:address_works", args=[program.public_id, UserFactory().public_id])
    assert coordinator.post(stranger).status_code == 404
    works = reverse("mentoring:address_works", args=[program.public_id, person.public_id])
    assert coordinator.post(works).status_code == 303
    assert not SuppressedAddress.objects.exists()
    assert "Mail does not arrive" not in coordinator.get(queue).content.decode()


def test_message_that_is_put_into_the_outbox_shows_at_once(
    program: Program, coordinator: Any
) -> None:
    person = UserFactory(name="Nina Park")
    EnrolmentFactory(program=program, person=person)
    outbox.enqueue(
        recipient=person,
        kind="programs.applied",
        subject="S",
        text="T",
        dedupe_key="k",
        scope=program.public_id,
        data={},
    )
    assert "Nina Park" in coordinator.get(url_of(program)).content.decode()


@pytest.mark.parametrize("why", ["wanted", "turned off", "away", "no point"])
def test_reminder_tells_nothing_of_its_reader(program: Program, coordinator: Any, why: str) -> None:
    row = message(program, kind="programs.nudge")
    assert row.recipient is not None
    if why == "turned off":
        MessagePreferences.objects.create(person=row.recipient, off=["enrol"])
    elif why == "away":
        today = clock.today(row.recipient.time_zone)
        Absence.objects.create(
            person=row.recipient, starts_on=today, ends_on=today + timedelta(days=30)
        )
    elif why == "no point":
        Enrolment.objects.update(state="applied")
    sender.send_due()
    page = coordinator.get(url_of(program)).content.decode()
    assert "Sent or on its way" in page
    assert not {"Waiting", "No longer needed", "Missed its time"} & set(
        re.findall(r'<span class="state[^>]*>([^<]*)', page)
    )
