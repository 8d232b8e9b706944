"""Closing a program from its page completes its pairs."""

from __future__ import annotations

import pytest
from django.urls import reverse

from pairings.models import Pairing
from programs.models import Program
from tests.factories import PairingFactory, ProgramFactory, UserFactory
from tests.support.types import AsUser
from tests.url_matrix.world import scheduled_session

pytestmark = pytest.mark.django_db


def test_program_close_completes_pairs_and_cancels_what_is_ahead(
    as_user: AsUser,
) -> None:
    program = ProgramFactory(state="closing")
    active, paused = (
        PairingFactory(program=program),
        PairingFactory(program=program, state="paused"),
    )
    offered = PairingFactory(
        program=program,
        state="offered",
        mentor_accepted_at=None,
        mentee_accepted_at=None,
        activated_at=None,
    )
    other = PairingFactory()
    session = scheduled_session(active)
    client = as_user(UserFactory(is_hr_admin=True))
    detail, url = (
        reverse(name, args=[program.public_id])
        for name in ("programs:program_detail", "mentoring:program_close")
    )
    assert f'href="{url}"' in client.get(detail).text
    assert client.get(url).status_code == 200
    assert Program.objects.get(pk=program.pk).state == "closing", "asking changes nothing"
    assert client.post(url).status_code in {302, 303}
    assert Program.objects.get(pk=program.pk).state == "closed"
    states = dict(Pairing.objects.values_list("pk", "state"))
    assert [states[pair.pk] for pair in (active, paused, offered, other)] == [
        "completed",
        "completed",
        "void",
        "active",
    ]
    session.refresh_from_db()
    assert session.state == "cancelled"


def test_program_close_in_another_state_says_so_and_ends_no_pair(
    as_user: AsUser,
) -> None:
    pairing = PairingFactory(program__state="running")
    client = as_user(UserFactory(is_hr_admin=True))
    response = client.post(reverse("mentoring:program_close", args=[pairing.program.public_id]))
    assert response.status_code == 422
    assert "cannot be done now" in response.text
    pairing.refresh_from_db()
    assert pairing.state == "active"


def test_program_close_has_no_second_door_past_its_pairs(as_user: AsUser) -> None:
    program = ProgramFactory(state="closing")
    client = as_user(UserFactory(is_hr_admin=True))
    assert (
        client.post(
            reverse("programs:program_state", args=[program.public_id, "close"])
        ).status_code
        == 404
    )
