"""How many queries an import takes, that it overwrites nobody, and `manage.py import_people`."""

from __future__ import annotations

import io
import json
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command

from accounts.models import User
from mentoring.people_import.import_now import import_now
from tests.mentoring.directory import ANNA, BOSS, CARL, COMPANY, changed, run, table

pytestmark = pytest.mark.django_db


def big(count: int) -> bytes:
    return table(
        [
            [
                f"E{number}",
                f"First{number} Last{number % 97}",
                f"p{number}@example.com",
                f"D{number % 9}",
                "Berlin",
                f"E{(number - 1) // 7}" if number else "",
            ]
            for number in range(count)
        ]
    )


@pytest.mark.broad
def test_the_number_of_queries_does_not_follow_the_number_of_people(
    django_assert_max_num_queries: Any,
) -> None:
    with django_assert_max_num_queries(45):
        assert import_now(content=big(3_000)).applied
    User.objects.update(department="old")
    with django_assert_max_num_queries(30):
        assert import_now(content=big(3_000)).plan.counts()["changed"] == 3_000
    with django_assert_max_num_queries(12):
        assert import_now(content=big(3_000)).plan.changes_nothing


@pytest.mark.slow
def test_20_000_people_need_few_queries(django_assert_max_num_queries: Any) -> None:
    with django_assert_max_num_queries(20 + 20 * 6):
        assert import_now(content=big(20_000)).applied
    assert User.objects.count() == 20_000


def test_somebody_who_changes_meanwhile_is_not_overwritten(monkeypatch: pytest.MonkeyPatch) -> None:
    from accounts.directory import apply
    from mentoring.people_import import writing

    run(COMPANY)
    plain = writing.apply_plan

    def meanwhile(*args: Any, **options: Any) -> list[int]:
        User.objects.filter(employee_id="2").update(preferred_name="Anni")
        return plain(*args, **options)

    monkeypatch.setattr(writing, "apply_plan", meanwhile)
    with pytest.raises(apply.StaleError):
        run([BOSS, changed(ANNA, department="Service"), CARL])


def command(*args: str) -> tuple[int, str]:
    out = io.StringIO()
    try:
        call_command("import_people", *args, stdout=out, stderr=io.StringIO())
    except SystemExit as stop:
        return int(stop.code or 0), out.getvalue()
    return 0, out.getvalue()


def test_the_command_imports_and_says_so(tmp_path: Path) -> None:
    file = tmp_path / "people.csv"
    file.write_bytes(table(COMPANY))
    code, text = command(str(file), "--dry-run")
    assert (code, "3 new" in text, "dry run" in text, User.objects.count()) == (0, True, True, 0)
    code, text = command(str(file), "--json")
    said = json.loads(text)
    assert (code, said["applied"], said["counts"]["new"], said["mapping"]["employee_id"]) == (
        0,
        True,
        3,
        "Id",
    )
    assert json.loads(command(str(file), "--json")[1])["counts"]["unchanged"] == 3


def test_the_command_stops_with_1(tmp_path: Path) -> None:
    file = tmp_path / "people.csv"
    file.write_bytes(table([BOSS, changed(ANNA, manager="99")]))
    code, text = command(str(file), "--json", "--confirm-managers")
    said = json.loads(text)
    assert (code, said["stopped_by"], said["problems"][0]["code"]) == (
        1,
        "errors",
        "manager_unknown",
    )
    assert not User.objects.exists()
    assert command(str(file), "--skip-errors", "--confirm-managers")[0] == 0
    assert command(str(file), "--json", "--map", "shoe=Size")[0] == 1
    with pytest.raises(CommandError, match="FIELD=HEADING"):
        command(str(file), "--map", "nonsense")
    with pytest.raises(CommandError, match="can’t be read"):
        command(str(tmp_path / "missing.csv"))


def test_the_command_takes_columns_by_hand(tmp_path: Path) -> None:
    file = tmp_path / "people.csv"
    file.write_bytes(table([["Anna Berg", "a@example.com", "Blue"]], ["Wer", "Wohin", "Team"]))
    assert command(str(file), "--map", "name=Wer", "email=Wohin", "department=")[0] == 0
    assert User.objects.get().department == ""
