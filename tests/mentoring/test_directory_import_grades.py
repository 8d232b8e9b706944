"""Without a column of grades, those of the reporting tree are proposed and asked for."""

from __future__ import annotations

from typing import Any

import pytest
from django.urls import reverse

from accounts.models import DirectoryImport, Grade, User
from mentoring.people_import import steps
from mentoring.people_import.steps import choose_columns, upload
from mentoring.people_import.worker import work_on
from tests.factories import UserFactory
from tests.mentoring.directory import ANNA, BOSS, COMPANY, changed, get, run, table
from tests.support.pages import text_of
from tests.support.types import AsUser

pytestmark = pytest.mark.django_db


def keys(result: Any) -> list[str]:
    return [note["key"] for note in result.plan.notes]


def test_grades_of_the_tree_are_proposed_and_not_given() -> None:
    result = run(COMPANY)
    assert "grades_proposed" in keys(result)
    assert (Grade.objects.count(), get("1").grade) == (0, None)


def test_nobody_is_put_on_the_grades_of_the_company() -> None:
    for rank, name in enumerate(["Junior", "Senior", "Partner"], start=1):
        Grade.objects.create(name=name, rank=rank)
    result = run(COMPANY)
    proposed = next(note for note in result.plan.notes if note["key"] == "grades_proposed")
    assert proposed["levels"] == [["Partner", 1], ["Senior", 1], ["Junior", 1]]
    assert proposed["own"]
    assert not User.objects.exclude(grade=None).exists()
    assert [grade.name for grade in Grade.objects.order_by("rank")] == [
        "Junior",
        "Senior",
        "Partner",
    ]


def test_they_are_given_when_somebody_says_so_and_then_follow_the_tree() -> None:
    assert "grades_by_depth" in keys(run(COMPANY, grades_by_depth=True))
    assert get("1").grade.rank > get("2").grade.rank > get("3").grade.rank
    run([BOSS, ANNA, changed(COMPANY[2], manager="1")])
    assert get("3").grade == get("2").grade


@pytest.mark.broad
def test_the_preview_asks_and_shows_what_it_would_be(
    as_user: AsUser, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(steps, "enqueue", lambda item: None)
    hr = UserFactory(is_hr_admin=True, email="hr@example.com")
    client = as_user(hr)
    item = upload(actor=hr, file_name="people.csv", content=table(COMPANY))
    choose_columns(actor=hr, item=item, mapping=item.mapping)
    page = reverse("mentoring:people_import_detail", args=[item.public_id])

    shown = after_check(item, client, page)
    assert "Give these grades" in shown
    assert "this import changes none" in shown

    assert client.post(page, {"grades_by_depth": "yes"}).status_code == 303
    assert "Give no grades" in after_check(item, client, page)
    assert client.post(page, {"grades_by_depth": "no"}).status_code == 303
    assert "Give these grades" in after_check(item, client, page)

    client.post(page, {"grades_by_depth": "yes"})
    work_on(item.pk)
    assert client.post(page).status_code == 303
    work_on(item.pk)
    assert get("1").grade.rank > get("2").grade.rank


def after_check(item: DirectoryImport, client: Any, page: str) -> str:
    work_on(item.pk)
    return text_of(client.get(page))
