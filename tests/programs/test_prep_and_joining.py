"""The prep pack, open calls, and stepping back."""

from __future__ import annotations

from typing import Any

import pytest
from django.urls import reverse

from common.models import AuditEntry
from mentoring.workflows import stopping
from notifications.models import OutboxMessage
from pairings.enums import PairingState
from pairings.models import Pairing
from programs.enums import EnrolmentState, PairRole, ProgramState
from programs.models import Enrolment, PrepStep, PrepTick, Program
from tests.factories import EnrolmentFactory, PairingFactory, UserFactory
from tests.programs import factories as make
from tests.support.types import AsUser

pytestmark = pytest.mark.django_db
PREP_QUERIES = 11


def prep_of(row: Enrolment) -> str:
    """The address of the pack."""
    return reverse("programs:prep", args=[row.public_id])


def pack(program: Program, count: int = 2, role: str = PairRole.MENTOR) -> list[PrepStep]:
    """Steps to read."""
    return [
        PrepStep.objects.create(
            program=program, role=role, position=at, title=f"Step {at}", body="Text"
        )
        for at in range(1, count + 1)
    ]


@pytest.mark.parametrize("count", [1, 3])
def test_prep_takes_a_constant_number_of_queries(
    count: int, as_user: AsUser, django_assert_num_queries: Any
) -> None:
    row = make.applied(make.enrolling())
    pack(row.program, count)
    client = as_user(row.person)
    with django_assert_num_queries(PREP_QUERIES):
        response = client.get(prep_of(row))
    assert response.context["total"] == count


def test_prep_is_ticked_and_unticked_with_and_without_htmx(as_user: AsUser) -> None:
    row = make.applied(make.enrolling())
    pack(row.program)
    client = as_user(row.person)
    part = client.post(prep_of(row), {"position": "1", "done": "1"}, headers={"HX-Request": "true"})
    assert "<html" not in part.text and "1 of 2 read" in part.text
    client.post(prep_of(row), {"position": "1", "done": "1"})
    assert (
        PrepTick.objects.count() == 1
        and AuditEntry.objects.filter(verb="enrolment.prep_ticked").count() == 1
    )
    plain = client.post(prep_of(row), {"position": "1", "done": "0"})
    assert plain.status_code == 303 and not PrepTick.objects.exists()


@pytest.mark.parametrize("position", ["9", "x", "", "-1"])
def test_prep_step_that_is_none_is_not_found(position: str, as_user: AsUser) -> None:
    row = make.applied(make.enrolling())
    pack(row.program, role=PairRole.MENTEE)  # steps of the other side
    assert (
        as_user(row.person).post(prep_of(row), {"position": position, "done": "1"}).status_code
        == 404
    )


def test_pledge_counts_once(as_user: AsUser) -> None:
    row = make.applied(make.enrolling(), PairRole.MENTEE)
    Enrolment.objects.update(pledged_at=None)
    client = as_user(row.person)
    assert "I promise" in client.get(prep_of(row)).text
    for _ in range(2):
        assert client.post(prep_of(row), {"pledge": "1"}).status_code == 303
    assert Enrolment.objects.get().pledged_at is not None
    assert AuditEntry.objects.filter(verb="enrolment.pledged").count() == 1


def test_open_call_lists_and_joins(as_user: AsUser) -> None:
    program, person = make.enrolling(open_call=True, mentor_label="guide"), UserFactory(junior=True)
    client, url = as_user(person), reverse("programs:join", args=[program.public_id])
    assert url in client.get(reverse("programs:open_call")).text
    assert "Take part as guide" in client.get(url).text
    response = client.post(url, {"role": "mentor"})
    row = Enrolment.objects.get()
    assert response.headers["Location"] == reverse("programs:enrolment", args=[row.public_id])
    assert client.get(url).status_code == 302  # joined already
    assert "Nothing at the moment" in client.get(reverse("programs:open_call")).text


@pytest.mark.parametrize("role", ["mentee", "boss", ""])
def test_join_on_a_side_that_is_not_open_is_refused(role: str, as_user: AsUser) -> None:
    program = make.enrolling(open_call=True)
    url = reverse("programs:join", args=[program.public_id])
    assert as_user(UserFactory(junior=True)).post(url, {"role": role}).status_code == 422
    assert not Enrolment.objects.exists()


def test_join_by_somebody_of_another_grade_says_so(as_user: AsUser) -> None:
    program = make.enrolling(open_call=True, departments=["Nowhere"])
    page = as_user(UserFactory(junior=True)).get(reverse("programs:join", args=[program.public_id]))
    assert "other grades or departments" in page.text


def test_join_asks_for_the_side_where_both_are_open(as_user: AsUser) -> None:
    program = make.enrolling(open_call=True, mentor_max_grade=None, mentee_min_grade=None)
    page = as_user(UserFactory(junior=True)).get(reverse("programs:join", args=[program.public_id]))
    assert "On which side?" in page.text


def test_stepping_back_ends_pairs_without_a_trace_of_who(as_user: AsUser) -> None:
    active = PairingFactory()
    offered = PairingFactory(
        program=active.program,
        mentor_enrolment=active.mentor_enrolment,
        state="offered",
        activated_at=None,
    )
    url = reverse("mentoring:enrolment_withdraw", args=[active.mentor_enrolment.public_id])
    client = as_user(active.mentor)
    page = client.get(url)
    assert "does not say who ended it or why" in page.text
    assert client.post(url).status_code == 303
    states = dict(Pairing.objects.values_list("pk", "state"))
    assert states == {active.pk: PairingState.ENDED, offered.pk: PairingState.VOID}
    assert Enrolment.objects.get(pk=active.mentor_enrolment_id).state == EnrolmentState.WITHDRAWN
    assert client.post(url).status_code == 303  # twice changes nothing
    told = OutboxMessage.objects.filter(recipient=active.mentee)
    assert told.exists() and not any("stepped back" in message.text for message in told)


def test_stepping_back_after_the_end_changes_nothing(as_user: AsUser) -> None:
    row = EnrolmentFactory(program__state=ProgramState.CLOSED)
    url = reverse("mentoring:enrolment_withdraw", args=[row.public_id])
    assert "has ended already" in as_user(row.person).post(url, follow=True).text
    assert Enrolment.objects.get(pk=row.pk).state == EnrolmentState.APPROVED


def test_cancelling_a_program_ends_what_hangs_on_it(as_user: AsUser) -> None:
    active = PairingFactory()
    PairingFactory()  # of another program
    program, client = active.program, as_user(make.hr())
    url = reverse("mentoring:program_cancel", args=[program.public_id])
    assert "2 people get a mail" in client.get(url).text
    assert client.post(url).status_code == 422  # not without the tick
    assert client.post(url, {"sure": "1"}).status_code == 303
    assert Program.objects.get(pk=program.pk).state == ProgramState.CANCELLED
    assert sorted(Pairing.objects.values_list("state", flat=True)) == ["active", "ended"]
    assert OutboxMessage.objects.filter(kind="programs.cancelled").count() == 2
    assert client.post(url, {"sure": "1"}).status_code == 422
    assert "can no longer be cancelled" in client.get(url).text


def test_cancelling_is_all_or_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    active = PairingFactory()

    def fail(**_: Any) -> None:
        raise RuntimeError("in the middle")

    monkeypatch.setattr(stopping.pausing, "end_for_program", fail)
    with pytest.raises(RuntimeError):
        stopping.cancel_program(actor=make.hr(), program=active.program)
    assert Program.objects.get(pk=active.program_id).state == ProgramState.RUNNING
    assert not OutboxMessage.objects.exists()
