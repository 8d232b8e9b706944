"""A download with many people in it asks once more who one is."""

from __future__ import annotations

import time
from typing import Any
from urllib.parse import parse_qs, urlencode, urlsplit

import pytest
from django.contrib.auth import SESSION_KEY
from django.test import Client
from django.urls import reverse

from accounts.domain import addresses
from accounts.idle import SIGNED_IN_AT
from accounts.models import AddressChange, DirectoryImport, User
from common.models import AuditEntry
from matching.models import MatchRun
from tests.factories import ProgramFactory, UserFactory
from tests.support.types import AsUser

pytestmark = pytest.mark.django_db
PASSWORD = "correct horse battery"


def downloads() -> list[str]:
    program = ProgramFactory()
    run = MatchRun.objects.create(program=program, state="done", objective="participation")
    of_program = ("programs:enrolment_export", "meetings:session_export", "meetings:pairing_export")
    of_run = ("matching:match_run_export", "matching:match_run_unmatched_export")
    return [
        reverse("accounts:people_export"),
        *(reverse(name, args=[program.public_id]) for name in of_program),
        *(reverse(name, args=[run.public_id]) for name in of_run),
    ]


def signed_in_an_hour_ago(client: Client) -> Client:
    """The same person's browser, whose sign-in is an hour old."""
    session = client.session
    session[SIGNED_IN_AT] = int(time.time()) - 3600
    session.save()
    return client


def hr_admin(*, password: str = "") -> User:
    """An HR admin, who has a password if one is given."""
    person = UserFactory(is_hr_admin=True)
    if password:
        person.set_password(password)
        person.save()
    return person


@pytest.mark.parametrize("number", range(6))
def test_long_after_sign_in_a_download_asks_who_one_is(as_user: AsUser, number: int) -> None:
    url, page = downloads()[number], "/some/list/?page=2"
    coming_from = {"referer": f"http://testserver{page}"}
    back = urlencode({"next": page})

    client = signed_in_an_hour_ago(as_user(hr_admin(password=PASSWORD)))
    answer = client.get(url, headers=coming_from)
    assert answer.headers["Location"] == f"{reverse('account_reauthenticate')}?{back}"

    client = signed_in_an_hour_ago(as_user(hr_admin()))
    answer = client.get(url, headers=coming_from)
    assert answer.headers["Location"].startswith(reverse("account_login"))
    assert parse_qs(urlsplit(answer.headers["Location"]).query) == {"next": [page]}
    assert not AuditEntry.objects.filter(verb__contains="exported").exists()


@pytest.mark.parametrize("referer", ["", "https://evil.example/x", "//evil.example", "nonsense"])
def test_the_way_back_never_leads_elsewhere(as_user: AsUser, referer: str) -> None:
    client = signed_in_an_hour_ago(as_user(hr_admin(password=PASSWORD)))
    answer = client.get(downloads()[0], headers={"referer": referer})
    assert answer.headers["Location"] == f"{reverse('account_reauthenticate')}?next=%2F"


def test_with_the_password_the_download_comes(as_user: AsUser) -> None:
    client = signed_in_an_hour_ago(as_user(hr_admin(password=PASSWORD)))
    url = reverse("accounts:people_export")
    question = client.get(url, headers={"referer": "http://testserver/people/"}, follow=True)
    assert "many people’s data" in question.content.decode()
    form = {"password": PASSWORD, "next": "/people/"}
    answer = client.post(reverse("account_reauthenticate"), form)
    assert answer.headers["Location"] == "/people/"
    assert client.get(url).headers["Content-Type"].startswith("text/csv")


def test_who_has_forgotten_the_password_signs_in_by_code(as_user: AsUser) -> None:
    client = signed_in_an_hour_ago(as_user(hr_admin(password=PASSWORD)))
    page = client.get(reverse("account_reauthenticate"), {"next": "/people/"}).content.decode()
    assert reverse("account_step_up_by_code") in page
    answer = client.post(reverse("account_step_up_by_code"), {"next": "/people/"})
    assert answer.headers["Location"] == f"{reverse('account_login')}?next=/people/"
    assert SESSION_KEY not in client.session


@pytest.mark.broad
@pytest.mark.parametrize("page", ["address_change_detail", "address_domain", "person_hr_admin"])
def test_the_keys_to_accounts_and_rights_ask_who_one_is(as_user: AsUser, page: str) -> None:
    person = UserFactory(email="p@old.example")
    changes = [(person.pk, person.email, "p@new.example")]
    change = addresses.propose(actor=None, changes=changes)[0]
    arguments: dict[str, list[Any]] = {
        "address_change_detail": [change.public_id],
        "address_domain": ["old.example", "new.example"],
        "person_hr_admin": [person.public_id],
    }
    url = reverse(f"accounts:{page}", args=arguments[page])
    client = signed_in_an_hour_ago(as_user(hr_admin(password=PASSWORD)))
    for method in ("get", "post"):
        answer = getattr(client, method)(url, {"decision": "confirm"})
        assert answer.headers["Location"].startswith(reverse("account_reauthenticate"))
    person.refresh_from_db()
    assert (person.email, person.is_hr_admin) == ("p@old.example", False)


@pytest.mark.parametrize("email", ["p@old.example", "p@new.example"])
def test_entering_another_address_asks_who_one_is(as_user: AsUser, email: str) -> None:
    person = UserFactory(email="p@old.example", employee_id="E-1")
    url = reverse("accounts:person_edit", args=[person.public_id])
    client = signed_in_an_hour_ago(as_user(hr_admin(password=PASSWORD)))
    form = {"email": email, "employee_id": "E-2"}
    answer = client.post(url, form)
    person.refresh_from_db()
    if email == person.email:  # the rest of the form needs no question
        assert person.employee_id == "E-2"
        return
    assert answer.headers["Location"].startswith(reverse("account_reauthenticate"))
    assert person.employee_id == "E-1"
    assert not AddressChange.objects.exists()
    proven = {"password": PASSWORD, "next": url}
    assert client.post(reverse("account_reauthenticate"), proven).headers["Location"] == url
    client.post(url, form)
    assert AddressChange.objects.get().new_email == email


@pytest.mark.parametrize("number", [0, 1])
def test_an_import_that_names_new_addresses_asks_who_one_is(as_user: AsUser, number: int) -> None:
    item = DirectoryImport.objects.create(
        file_name="people.csv",
        content=b"",
        state="checked",
        preview={"counts": {"addresses": number}},
    )
    url = reverse("mentoring:people_import_detail", args=[item.public_id])
    client = signed_in_an_hour_ago(as_user(hr_admin(password=PASSWORD)))
    answer = client.post(url, {})
    item.refresh_from_db()
    assert item.state == ("checked" if number else "applying")
    is_asked = answer.headers["Location"].startswith(reverse("account_reauthenticate"))
    assert is_asked == bool(number)


@pytest.mark.parametrize("name", ["match_fairness_export", "match_map_export"])
def test_figures_are_downloaded_without_a_question(as_user: AsUser, name: str) -> None:
    run = MatchRun.objects.create(program=ProgramFactory(), state="done", objective="participation")
    client = signed_in_an_hour_ago(as_user(hr_admin(password=PASSWORD)))
    assert client.get(reverse(f"matching:{name}", args=[run.public_id])).status_code == 200


@pytest.mark.parametrize("number", range(6))
def test_right_after_sign_in_it_comes_and_leaves_a_trace(as_user: AsUser, number: int) -> None:
    person = UserFactory(is_hr_admin=True)
    answer = as_user(person).get(downloads()[number])
    assert answer.status_code == 200
    assert AuditEntry.objects.filter(verb__contains="exported", actor_id=person.pk).count() == 1


def test_a_first_password_is_not_set_in_somebodys_open_browser(as_user: AsUser) -> None:
    person = hr_admin()
    person.set_unusable_password()
    person.save()
    client = signed_in_an_hour_ago(as_user(person))
    form = {"password1": PASSWORD, "password2": PASSWORD}
    answer = client.post(reverse("account_set_password"), form)
    assert answer.headers["Location"].startswith(reverse("account_login"))
    person.refresh_from_db()
    assert not person.has_usable_password()
