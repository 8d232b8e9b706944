"""Sign-ins, refused sign-ins and sign-outs are in the audit trail, without what was typed."""

from __future__ import annotations

import json
import time
from typing import Any

import pytest
from django.core import mail
from django.test import Client
from django.urls import reverse

from accounts import idle
from accounts.domain import set_up
from accounts.domain.people import deactivate
from accounts.models import User
from common.models import AuditEntry
from tests.accounts.sign_in_data import ASK_CODE, CONFIRM, LOGIN, PASSWORD, code_in, signed_in
from tests.support.types import AsUser

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("fresh_limits")]
WRONG = "wrong wrong wrong"


def entries(person: User, verb: str) -> list[tuple[int | None, dict[str, Any]]]:
    """Actor and detail of each entry about the person with this verb."""
    found = AuditEntry.objects.filter(
        verb=verb, target_type="accounts.user", target_id=str(person.public_id)
    )
    return [(entry.actor_id, entry.detail) for entry in found.order_by("id")]


def test_sign_in_by_password_is_recorded(client: Client, mia: User) -> None:
    client.post(LOGIN, {"login": mia.email, "password": PASSWORD})
    assert entries(mia, "person.signed_in") == [(mia.pk, {"method": "password"})]


def test_sign_in_by_code_is_recorded(client: Client, mia: User) -> None:
    client.post(ASK_CODE, {"email": mia.email})
    assert entries(mia, "person.signed_in") == []
    client.post(CONFIRM, {"code": code_in(mail.outbox[0])})
    assert entries(mia, "person.signed_in") == [(mia.pk, {"method": "code"})]


def test_sign_in_by_set_up_link_is_recorded(client: Client, mia: User) -> None:
    path = set_up.link_for(mia).partition("8000")[2]
    client.post(path, {"password1": "another quiet river", "password2": "another quiet river"})
    assert signed_in(client)
    assert entries(mia, "person.signed_in") == [(mia.pk, {"method": "set_up_link"})]


def test_wrong_password_is_recorded(client: Client, mia: User) -> None:
    client.post(LOGIN, {"login": mia.email, "password": WRONG})
    refused = {"method": "password", "reason": "wrong_password"}
    assert entries(mia, "person.sign_in_refused") == [(None, refused)]


def test_wrong_code_is_recorded(client: Client, mia: User) -> None:
    client.post(ASK_CODE, {"email": mia.email})
    client.post(CONFIRM, {"code": "WRONG1"})
    refused = {"method": "code", "reason": "wrong_code"}
    assert entries(mia, "person.sign_in_refused") == [(None, refused)]


def test_wrong_password_at_the_question_who_one_is_is_recorded(as_user: AsUser, mia: User) -> None:
    as_user(mia).post(reverse("account_reauthenticate"), {"password": WRONG})
    refused = {"method": "password", "reason": "wrong_password"}
    assert entries(mia, "person.sign_in_refused") == [(None, refused)]


def test_refused_sign_in_of_a_deactivated_person_is_recorded_once(mia: User) -> None:
    deactivate(actor=None, person=mia)
    for _time in range(3):
        Client().post(LOGIN, {"login": mia.email, "password": PASSWORD})
        Client().post(ASK_CODE, {"email": mia.email})
    assert entries(mia, "person.sign_in_refused") == [
        (None, {"method": "password", "reason": "deactivated"}),
        (None, {"method": "code", "reason": "deactivated"}),
    ]
    assert entries(mia, "person.signed_in") == []


def test_sign_out_is_recorded(as_user: AsUser, mia: User) -> None:
    as_user(mia).post("/sign-in/logout/")
    assert entries(mia, "person.signed_out") == [(mia.pk, {"reason": "asked"})]


def test_end_of_a_sign_in_that_is_too_old_is_recorded(as_user: AsUser, mia: User) -> None:
    client = as_user(mia)
    session = client.session
    session[idle.SIGNED_IN_AT] = int(time.time()) - 13 * 3600
    session.save()
    client.get("/me/profile/")
    assert entries(mia, "person.signed_out") == [(mia.pk, {"reason": "old"})]


def test_signing_in_again_for_a_step_up_is_recorded(as_user: AsUser, mia: User) -> None:
    as_user(mia).post("/sign-in/again/by-code/")
    assert entries(mia, "person.signed_out") == [(mia.pk, {"reason": "step_up"})]


@pytest.mark.broad
def test_attempts_for_nobody_leave_no_entry(client: Client) -> None:
    before = AuditEntry.objects.count()
    for _time in range(8):
        client.post(LOGIN, {"login": "nobody@example.com", "password": WRONG})
        client.post(ASK_CODE, {"email": "nobody@example.com"})
        client.post(CONFIRM, {"code": "WRONG1"})
    assert AuditEntry.objects.count() == before


def test_entries_have_no_address_of_mail_or_network(mia: User) -> None:
    client = Client(REMOTE_ADDR="198.51.100.77")
    for _time in range(8):
        client.post(LOGIN, {"login": "MIA@example.com", "password": WRONG})
        client.post(ASK_CODE, {"email": "MIA@example.com"})
    everything = json.dumps(list(AuditEntry.objects.values()), default=str).lower()
    for typed in ("mia@", "example.com", "198.51", WRONG):
        assert typed not in everything
