"""An import in which managers are missing says so first, and is applied only when confirmed."""

from __future__ import annotations

import io
from pathlib import Path
from typing import Any

import pytest
from django.core.management import call_command
from django.test import Client
from django.urls import reverse

from accounts.enums import ImportState
from accounts.models import DirectoryImport, User
from common.errors import DomainError
from mentoring.people_import import steps
from mentoring.people_import.steps import begin_apply, choose_columns, upload
from mentoring.people_import.worker import work_on
from tests.factories import UserFactory
from tests.mentoring.directory import codes, run, table
from tests.support.pages import text_of
from tests.support.types import AsUser

pytestmark = pytest.mark.django_db

HEAD = ["Id", "Name", "Email", "Manager ID"]


def people(count: int) -> list[list[str]]:
    """The first is the manager of all the others."""
    rows = [[str(n), f"Person Number{n}", f"p{n}@example.com", "1"] for n in range(1, count + 1)]
    rows[0][3] = ""
    return rows


def without_column() -> bytes:
    return table([row[:3] for row in people(4)], HEAD[:3])


def unknown_heading() -> bytes:
    return table([[*row[:3], f"x{row[3]}"] for row in people(4)], [*HEAD[:3], "Zugeordnet"])


def empty_column() -> bytes:
    return table([[*row[:3], ""] for row in people(4)], HEAD)


def few_found() -> bytes:
    rows = people(11)
    for row in rows[9:]:
        row[3] = "99"
    return table(rows, HEAD)


def mostly_empty() -> bytes:
    rows = people(9)
    for row in rows[4:]:
        row[3] = ""
    return table(rows, HEAD)


DANGEROUS = {
    "no column": (without_column, "does not say who reports to whom"),
    "unknown heading": (unknown_heading, "does not say who reports to whom"),
    "empty column": (empty_column, "does not say who reports to whom"),
    "few found": (few_found, "Only 8 of the 10 managers named in this file were found"),
    "mostly empty": (mostly_empty, "Only 3 of the 9 people in this file have a manager"),
}


@pytest.fixture(autouse=True)
def no_tasks(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(steps, "enqueue", lambda item: None)


@pytest.fixture
def hr() -> User:
    return UserFactory(is_hr_admin=True, email="hr@example.com")


def checked(hr: User, content: bytes) -> DirectoryImport:
    item = upload(actor=hr, file_name="people.csv", content=content)
    choose_columns(actor=hr, item=item, mapping=item.mapping)
    work_on(item.pk)
    item.refresh_from_db()
    assert item.state == ImportState.CHECKED, item.problem
    return item


def detail(item: DirectoryImport) -> str:
    return reverse("mentoring:people_import_detail", args=[item.public_id])


@pytest.mark.parametrize("kind", DANGEROUS)
def test_missing_managers_are_the_first_sentence_and_have_to_be_confirmed(
    hr: User, as_user: AsUser, kind: str
) -> None:
    content, words = DANGEROUS[kind]
    item = checked(hr, content())
    client: Client = as_user(hr)
    shown = text_of(client.get(detail(item)))
    preview = shown[shown.index('id="import-body"') :]
    first = preview[preview.index("<p>") :]
    assert words in first[:300], "the first sentence of the preview"
    assert "notice-error" in preview[: preview.index(words)]
    assert 'name="confirm_managers"' in preview

    ticked = {"confirm_errors": "on"}
    refused = client.post(detail(item), ticked)
    assert refused.status_code == 422
    assert "Confirm that managers are missing" in text_of(refused)
    assert client.post(detail(item), {**ticked, "confirm_managers": "on"}).status_code == 303


def test_the_domain_refuses_it_too(hr: User) -> None:
    item = checked(hr, without_column())
    with pytest.raises(DomainError) as refused:
        begin_apply(actor=hr, item=item)
    assert refused.value.code == "confirm_managers"
    begin_apply(actor=hr, item=item, confirm_managers=True)


@pytest.mark.parametrize("count", [1, 12])
def test_nothing_is_asked_where_managers_are_found(hr: User, as_user: AsUser, count: int) -> None:
    rows = people(count)
    rows[-1][3] = "" if count == 1 else "99"
    shown = text_of(as_user(hr).get(detail(checked(hr, table(rows, HEAD)))))
    assert 'id="managers"' not in shown
    assert "confirm_managers" not in shown


@pytest.mark.parametrize("named", ["2", "Anna Alt", "Anna Alt (2)", "anna@example.com"])
def test_a_manager_who_has_left_is_named_as_such(named: str) -> None:
    rows = [
        ["1", "Berta Boss", "b@example.com", "", "active"],
        ["2", "Anna Alt", "anna@example.com", "1", "left"],
        ["3", "Carl Dorn", "c@example.com", named, "active"],
    ]
    result = run(rows, [*HEAD, "Status"])
    assert codes(result) == [(4, "manager_gone")]


def test_an_unknown_manager_is_not_taken_for_one_who_has_left() -> None:
    rows = [
        ["1", "Berta Boss", "b@example.com", "", "active"],
        ["2", "Anna Alt", "anna@example.com", "1", "left"],
        ["3", "Carl Dorn", "c@example.com", "Zoe Zett", "active"],
    ]
    assert codes(run(rows, [*HEAD, "Status"])) == [(4, "manager_unknown")]


@pytest.mark.parametrize("kind", DANGEROUS)
def test_the_command_says_it_first_and_needs_an_option(tmp_path: Path, kind: str) -> None:
    content, words = DANGEROUS[kind]
    file = tmp_path / "people.csv"
    file.write_bytes(content())
    code, text = command(str(file), "--skip-errors")
    assert words in text.splitlines()[0]
    assert (code, "--confirm-managers" in text, User.objects.count()) == (1, True, 0)
    assert command(str(file), "--skip-errors", "--confirm-managers")[0] == 0
    assert User.objects.exists()


def command(*args: Any) -> tuple[int, str]:
    out = io.StringIO()
    try:
        call_command("import_people", *args, stdout=out, stderr=io.StringIO())
    except SystemExit as stop:
        return int(stop.code or 0), out.getvalue()
    return 0, out.getvalue()
