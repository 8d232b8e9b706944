"""Dates of which nobody can tell the day from the month are asked about and never guessed."""

from __future__ import annotations

from datetime import date

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.core.management import call_command
from django.urls import reverse

from accounts.enums import ImportState
from accounts.models import DirectoryImport, User
from common.errors import DomainError
from mentoring.people_import import steps
from mentoring.people_import.import_now import import_now
from mentoring.people_import.worker import work_on
from tests.factories import UserFactory
from tests.support.pages import text_of
from tests.support.types import AsUser

pytestmark = pytest.mark.django_db
CSV = (
    "Id,Name,Email,Hire Date,Manager ID\n"
    "1,Berta,b@x.example,03/04/2019,\n"
    "2,Anna,a@x.example,11/12/2020,1\n"
)


@pytest.fixture(autouse=True)
def no_bells(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(steps, "enqueue", lambda item: None)


def hired() -> list[date | None]:
    people = User.objects.exclude(employee_id=None).order_by("employee_id")
    return list(people.values_list("hired_on", flat=True))


@pytest.mark.parametrize(
    ("order", "days"),
    [
        ("day", [date(2019, 4, 3), date(2020, 12, 11)]),
        ("month", [date(2019, 3, 4), date(2020, 11, 12)]),
    ],
)
def test_the_order_is_chosen_before_anything_is_written(order: str, days: list[date]) -> None:
    result = import_now(content=CSV.encode())
    assert (result.applied, result.stopped_by) == (False, "dates")
    assert result.plan.unclear_date == "03/04/2019"
    assert import_now(content=CSV.encode(), date_order=order).applied
    assert hired() == days


@pytest.mark.parametrize("other", ["Last Day", "Contract End Date"])
def test_a_day_that_the_rest_of_its_column_explains_is_not_asked_about(other: str) -> None:
    content = (
        f"Id,Name,Email,Hire Date,Manager ID,{other}\n"
        "1,Berta,b@x.example,2019-04-03,,03/04/2025\n"
        "2,Anna,a@x.example,2020-12-11,1,31/12/2027\n"
    )
    result = import_now(content=content.encode(), dry_run=True)
    assert result.plan.unclear_date == ""


def test_an_unclear_file_does_not_propose_to_empty_the_dates() -> None:
    import_now(content=CSV.encode(), date_order="day")
    plan = import_now(content=CSV.encode()).plan
    assert (plan.unchanged, plan.changed) == (2, [])


def test_the_preview_asks_and_the_answer_is_checked_again(as_user: AsUser) -> None:
    client = as_user(UserFactory(is_hr_admin=True, email="hr@example.com"))
    file = SimpleUploadedFile("people.csv", CSV.encode())
    client.post(reverse("mentoring:people_import"), {"file": file})
    item = DirectoryImport.objects.get()
    client.post(reverse("mentoring:people_import_columns", args=[item.public_id]), item.mapping)
    assert work_on(item.pk)

    page = reverse("mentoring:people_import_detail", args=[item.public_id])
    shown = text_of(client.get(page))
    assert "03/04/2019" in shown
    assert "Apply this import" not in shown
    item.refresh_from_db()
    with pytest.raises(DomainError, match="day or the month"):
        steps.begin_apply(actor=item.uploaded_by, item=item)
    assert client.post(page, {"date_order": "year"}).status_code != 303

    assert client.post(page, {"date_order": "day"}).status_code == 303
    assert work_on(item.pk)
    item.refresh_from_db()
    assert (item.state, item.preview["unclear_date"]) == (ImportState.CHECKED, "")
    assert "2019-04-03" in str(item.differences)
    assert "Apply this import" in text_of(client.get(page))


TWO_DIGITS = CSV.replace("03/04/2019", "20-03-11").replace("11/12/2020", "21-05-09")


@pytest.mark.parametrize(
    ("order", "days"),
    [
        ("day", [date(2011, 3, 20), date(2009, 5, 21)]),
        ("year", [date(2020, 3, 11), date(2021, 5, 9)]),
    ],
)
def test_the_place_of_a_year_of_two_digits_is_asked_for(
    as_user: AsUser, order: str, days: list[date]
) -> None:
    client = as_user(UserFactory(is_hr_admin=True, email="hr@example.com"))
    file = SimpleUploadedFile("people.csv", TWO_DIGITS.encode())
    client.post(reverse("mentoring:people_import"), {"file": file})
    item = DirectoryImport.objects.get()
    client.post(reverse("mentoring:people_import_columns", args=[item.public_id]), item.mapping)
    assert work_on(item.pk)

    page = reverse("mentoring:people_import_detail", args=[item.public_id])
    shown = text_of(client.get(page))
    assert "20-03-11" in shown
    assert "March 20, 2011" in shown
    assert "March 11, 2020" in shown
    assert client.post(page, {"date_order": "month"}).status_code != 303
    assert client.post(page, {"date_order": order}).status_code == 303
    assert work_on(item.pk)
    item.refresh_from_db()
    assert item.preview["unclear_date"] == ""

    import_now(content=TWO_DIGITS.encode(), date_order=order)
    assert hired()[:2] == days


def test_the_command_asks_for_the_order(
    tmp_path: object, capsys: pytest.CaptureFixture[str]
) -> None:
    path = f"{tmp_path}/people.csv"
    with open(path, "w") as file:  # noqa: PTH123
        file.write(CSV)
    with pytest.raises(SystemExit):
        call_command("import_people", path)
    assert "--date-order" in capsys.readouterr().out
    call_command("import_people", path, "--date-order", "month")
    assert hired()[0] == date(2019, 3, 4)
