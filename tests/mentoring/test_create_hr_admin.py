"""`manage.py create_hr_admin EMAIL` and the one-time link that it prints."""

from __future__ import annotations

import io
import re
import threading
from datetime import timedelta

import pytest
import time_machine
from django.contrib.auth import SESSION_KEY
from django.core.management import CommandError, call_command
from django.db import connection
from django.test import Client
from django.utils import timezone

from accounts.domain import set_up
from accounts.domain.people import create_person, deactivate
from accounts.models import User
from common.errors import DomainError
from common.models import AuditEntry
from tests.factories import UserFactory
from tests.support.types import AsUser

PASSWORD = "a long and quiet river"
PASSWORDS = {"password1": PASSWORD, "password2": PASSWORD}


def command(*words: str) -> tuple[str, str]:
    """What it says, and the path of the link."""
    out = io.StringIO()
    call_command("create_hr_admin", *words, stdout=out)
    found = re.search(r"^https?://[^/]+(/sign-in/set-up/\S+)$", out.getvalue(), re.MULTILINE)
    assert found, out.getvalue()
    return out.getvalue(), found[1]


@pytest.mark.django_db
def test_command_makes_an_hr_admin_and_prints_a_link(settings: object) -> None:
    said, _path = command("Anna.Schmidt@Example.com", "--name", "Anna Schmidt")
    person = User.objects.get()
    assert (person.email, person.name, person.is_hr_admin) == (
        "anna.schmidt@example.com",
        "Anna Schmidt",
        True,
    )
    assert not person.has_usable_password()
    assert "a new HR admin" in said
    assert "3 days" in said


@pytest.mark.django_db
def test_command_guesses_a_name() -> None:
    command("anna.schmidt@example.com")
    assert User.objects.get().name == "Anna Schmidt"


@pytest.mark.django_db
def test_command_promotes_somebody_who_is_here() -> None:
    person = create_person(actor=None, email="mia@example.com", name="Mia Okafor")
    said, path = command("MIA@example.com")
    person.refresh_from_db()
    assert person.is_hr_admin
    assert person.name == "Mia Okafor"
    assert "now an HR admin" in said
    assert AuditEntry.objects.filter(verb="person.hr_admin_made", actor_id=None).exists()
    assert Client().get(path).status_code == 200


@pytest.mark.django_db
@pytest.mark.parametrize("address", ["no address", "left@example.com"])
def test_command_says_why_not(address: str) -> None:
    deactivate(
        actor=None, person=create_person(actor=None, email="left@example.com", name="Lena Left")
    )
    with pytest.raises(CommandError):
        command(address)
    assert not User.objects.filter(is_hr_admin=True).exists()


@pytest.mark.django_db
def test_opening_the_link_changes_nothing(client: Client) -> None:
    _, path = command("anna@example.com")
    for _visit in range(3):
        response = client.get(path)
        assert response.status_code == 200
        assert "no-store" in response.headers["Cache-Control"]
    assert not User.objects.get().has_usable_password()
    assert SESSION_KEY not in client.session


@pytest.mark.django_db
def test_link_sets_the_password_signs_in_and_leads_to_the_setup(client: Client) -> None:
    _, path = command("anna@example.com")
    response = client.post(path, PASSWORDS, follow=True)
    assert User.objects.get().check_password(PASSWORD)
    assert response.redirect_chain[-1][0] == "/setup/"
    assert response.status_code == 200


@pytest.mark.django_db
def test_link_works_once(client: Client) -> None:
    _, path = command("anna@example.com")
    client.post(path, PASSWORDS)
    other = {"password1": "another quiet river", "password2": "another quiet river"}
    assert client.get(path).status_code == 410
    assert Client().post(path, other).status_code == 410
    assert User.objects.get().check_password(PASSWORD)


@pytest.mark.django_db
def test_link_is_used_up_by_signing_in_another_way(client: Client, as_user: AsUser) -> None:
    _, path = command("anna@example.com")
    as_user(User.objects.get())
    assert Client().get(path).status_code == 410


@pytest.mark.django_db
@pytest.mark.parametrize(("days", "status"), [(2.9, 200), (3.1, 410)])
def test_link_expires(client: Client, days: float, status: int) -> None:
    _, path = command("anna@example.com")
    with time_machine.travel(timezone.now() + timedelta(days=days), tick=False):
        assert client.get(path).status_code == status


@pytest.mark.django_db
def test_link_of_one_person_opens_nobody_else(client: Client) -> None:
    _, path = command("anna@example.com")
    anna = User.objects.get()
    other = UserFactory()
    assert client.get(path.replace(str(anna.public_id), str(other.public_id))).status_code == 410
    assert client.get(path[:-3] + "aa/").status_code == 410


@pytest.mark.django_db
def test_link_of_a_deactivated_person_is_over(client: Client) -> None:
    _, path = command("anna@example.com")
    User.objects.update(is_active=False)
    assert client.get(path).status_code == 410


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("data", "field"),
    [
        ({"password1": "short", "password2": "short"}, "password1"),
        ({"password1": PASSWORD, "password2": "something else entirely"}, "password2"),
        ({}, "password1"),
        ({"password1": "anna@example.com", "password2": "anna@example.com"}, "password1"),
    ],
)
def test_weak_or_different_passwords_are_refused(
    client: Client, data: dict[str, str], field: str
) -> None:
    _, path = command("anna@example.com")
    response = client.post(path, data)
    assert response.status_code == 422 if data else 200
    if data:
        assert f'href="#id_{field}"' in response.content.decode()
    assert not User.objects.get().has_usable_password()


@pytest.mark.django_db(transaction=True)
def test_two_who_send_the_same_link_at_once_do_not_both_win() -> None:
    command("anna@example.com")
    person = User.objects.get()
    token = set_up.tokens.make_token(person)
    barrier, won, lost = threading.Barrier(2), [], []

    def send(password: str) -> None:
        barrier.wait()
        try:
            set_up.set_first_password(person=person, token=token, password=password)
            won.append(password)
        except DomainError:
            lost.append(password)
        finally:
            connection.close()

    threads = [threading.Thread(target=send, args=(f"{PASSWORD} {number}",)) for number in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert (len(won), len(lost)) == (1, 1)
    assert User.objects.get().check_password(won[0])
