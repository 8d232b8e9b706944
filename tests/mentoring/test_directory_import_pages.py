"""The import in the browser: upload, columns, preview, apply, result, downloads."""

from __future__ import annotations

from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.http import HttpResponse
from django.test import Client
from django.urls import reverse

from accounts.models import DirectoryImport, User
from mentoring.people_import import steps
from mentoring.people_import.import_now import import_now
from mentoring.people_import.worker import work_on
from tests.factories import UserFactory
from tests.support.pages import text_of
from tests.support.types import AsUser

pytestmark = pytest.mark.django_db

CSV = "Id;Name;Email;Manager ID\n1;Berta Boss;b@example.com;\n2;Jörg Berg;j@example.com;1\n"


@pytest.fixture(autouse=True)
def no_bells(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(steps, "enqueue", lambda item: None)


@pytest.fixture
def client(as_user: AsUser) -> Client:
    return as_user(UserFactory(is_hr_admin=True, email="hr@example.com"))


def send(client: Client, content: bytes, name: str = "people.csv") -> HttpResponse:
    return client.post(
        reverse("mentoring:people_import"), {"file": SimpleUploadedFile(name, content)}
    )


def uploaded(client: Client, content: bytes = CSV.encode()) -> DirectoryImport:
    response = send(client, content)
    assert response.status_code == 303, text_of(response)
    item = DirectoryImport.objects.get()
    assert response.headers["Location"] == reverse(
        "mentoring:people_import_columns", args=[item.public_id]
    )
    return item


def go(item: DirectoryImport, name: str = "detail") -> str:
    return reverse(f"mentoring:people_import_{name}", args=[item.public_id])


def checked(client: Client, content: bytes = CSV.encode(), **columns: str) -> DirectoryImport:
    item = uploaded(client, content)
    response = client.post(go(item, "columns"), {**item.mapping, **columns})
    assert response.status_code == 303, text_of(response)
    assert 'hx-trigger="every 2s"' in text_of(client.get(go(item)))
    work_on(item.pk)
    item.refresh_from_db()
    return item


def test_people_import_from_file_to_result(client: Client) -> None:
    item = checked(client)
    shown = text_of(client.get(go(item)))
    assert "Jörg Berg" in shown
    assert "deepest being the most junior" in shown
    assert 'hx-trigger="every' not in shown, "the asking stops"
    assert client.post(go(item)).status_code == 303
    working = text_of(client.get(go(item)))
    assert 'http-equiv="refresh"' in working, "it moves without JavaScript"
    work_on(item.pk)
    done = text_of(client.get(go(item)))
    assert "The import is done" in done
    assert "Next: start a program" in done, "step 2 follows step 1"
    assert User.objects.get(employee_id="2").manager.name == "Berta Boss"
    assert "people.csv" in text_of(client.get(reverse("mentoring:people_import_list")))


def test_people_import_columns_shows_the_guess_and_the_first_rows(client: Client) -> None:
    shown = text_of(client.get(go(uploaded(client), "columns")))
    assert '<option value="Manager ID" selected>' in shown
    assert "Jörg Berg" in shown


def test_people_import_columns_with_another_encoding(client: Client) -> None:
    item = uploaded(client, CSV.encode("cp850"))
    response = client.post(go(item, "columns"), {**item.mapping, "encoding": "cp850"}, follow=True)
    assert "Jörg Berg" in text_of(response)


def test_people_import_columns_that_cannot_work_are_shown_again(client: Client) -> None:
    item = uploaded(client)
    response = client.post(go(item, "columns"), {"name": "Name"})
    assert response.status_code == 422
    assert "e-mail addresses" in text_of(response)


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"%PDF-1.7", "PDF"),
        (b"", "empty"),
        (b"<html>", "web page"),
        (b"Name,Mail\n" + b"x" * 21 * 1024 * 1024, "at most 20 MB"),
    ],
    ids=["pdf", "empty", "html", "large"],
)
def test_people_import_of_a_bad_file_says_what_to_do(
    client: Client, content: bytes, words: str
) -> None:
    response = send(client, content)
    assert response.status_code == 422
    assert words in text_of(response)
    assert not DirectoryImport.objects.exists()


def test_people_import_without_a_file_is_shown_again(client: Client) -> None:
    response = client.post(reverse("mentoring:people_import"))
    assert response.status_code == 422
    assert "Choose a file" in text_of(response)


def test_people_import_with_errors_asks_first(client: Client) -> None:
    item = checked(client, (CSV + '3;"=HYPERLINK(""x"")";x@example.com;1\n').encode())
    shown = text_of(client.get(go(item)))
    assert "The cell contains a formula" in shown
    response = client.post(go(item))
    assert response.status_code == 422
    assert "Confirm that the rows with errors are not imported" in text_of(response)
    rows = text_of(client.get(go(item, "errors")))
    assert '4,"Name","\'=HYPERLINK' in rows, "the download holds no formula"
    assert client.post(go(item), {"confirm_errors": "on"}).status_code == 303


def test_people_import_with_many_leavers_asks_twice(client: Client) -> None:
    import_now(content=CSV.encode())
    item = checked(
        client, CSV.splitlines(keepends=True)[0].encode() + b"1;Berta Boss;b@example.com;\n"
    )
    page = text_of(client.get(go(item)))
    assert "1 of 3 people have left" in page
    assert "tile-danger" in page
    assert "1 of 3 people would leave." in page
    assert client.post(go(item)).status_code == 422
    assert client.post(go(item), {"confirm_leavers": "on"}).status_code == 303


def test_people_import_of_nothing_new_offers_nothing_to_apply(client: Client) -> None:
    import_now(content=CSV.encode())
    item = checked(client)
    shown = text_of(client.get(go(item)))
    assert "nothing to apply" in shown
    assert "Apply this import" not in shown


def test_people_import_changes_can_be_downloaded(client: Client) -> None:
    item = checked(client)
    text = text_of(client.get(go(item, "changes")))
    row = '"New",3,"2","Jörg Berg","j@example.com","Manager","","Berta Boss"'
    assert row in text


def test_people_import_discard(client: Client) -> None:
    item = checked(client)
    response = client.post(go(item, "discard"), follow=True)
    assert "Nothing was changed" in text_of(response)
    assert "discarded" in text_of(client.get(go(item)))
    assert client.post(go(item, "discard")).status_code == 303, (
        "a second time leads back to the page"
    )


def test_people_import_failed_says_why(client: Client) -> None:
    item = uploaded(client)
    DirectoryImport.objects.filter(pk=item.pk).update(
        state="failed", content=None, problem="The file broke."
    )
    assert "The file broke." in text_of(client.get(go(item)))
    assert client.get(go(item, "columns")).status_code == 302


def test_text_of_a_file_is_escaped(client: Client) -> None:
    rows = "Name,Email,Manager ID\n<script>alert(1)</script>,a@example.com,<b>boss</b>\n"
    item = checked(client, rows.encode())
    shown = text_of(client.get(go(item)))
    assert "<script>alert" not in shown
    assert "<b>boss" not in shown


@pytest.mark.parametrize("count", [1, 3])
def test_people_import_list_queries(
    client: Client, count: int, django_assert_num_queries: Any
) -> None:
    for _n in range(count):
        send(client, CSV.encode())
    with django_assert_num_queries(6):
        client.get(reverse("mentoring:people_import_list"))
