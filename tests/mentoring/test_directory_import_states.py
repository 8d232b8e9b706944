"""The import's states, its worker, two at once, a worker that dies, and what is wiped."""

from __future__ import annotations

import csv
import io
import threading
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.db import IntegrityError, connection, transaction

from accounts.directory.files.table import DirectoryFileError
from accounts.domain import people
from accounts.enums import ImportState
from accounts.models import DirectoryImport, User
from common import clock
from common.errors import DomainError
from common.models import AuditEntry
from mentoring.people_import import steps, worker, writing
from mentoring.people_import.import_now import import_now
from mentoring.people_import.steps import begin_apply, choose_columns, discard, read_again, upload
from mentoring.people_import.worker import resume_imports, work_on
from tests.factories import UserFactory

ROWS = [
    ["Id", "Name", "Email", "Manager ID"],
    ["1", "Berta", "b@example.com", ""],
    ["2", "Anna", "a@example.com", "1"],
]


def table(rows: list[list[str]] = ROWS) -> bytes:
    stream = io.StringIO()
    csv.writer(stream).writerows(rows)
    return stream.getvalue().encode()


@pytest.fixture
def hr(db: None) -> User:
    return UserFactory(is_hr_admin=True, email="hr@example.com")


@pytest.fixture(autouse=True)
def enqueued(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """The imports that were enqueued."""
    found: list[int] = []
    monkeypatch.setattr(steps, "enqueue", lambda item: found.append(item.pk))
    return found


@pytest.fixture
def checked(hr: User) -> DirectoryImport:
    return check(hr)


def check(hr: User, content: bytes = b"", **options: Any) -> DirectoryImport:
    item = upload(actor=hr, file_name="people.csv", content=content or table())
    choose_columns(actor=hr, item=item, mapping=item.mapping, **options)
    assert work_on(item.pk)
    item.refresh_from_db()
    assert item.state == ImportState.CHECKED, item.problem
    return item


def test_from_upload_to_applied(hr: User, enqueued: list[int]) -> None:
    item = check(hr)
    assert item.preview["counts"]["new"] == 2
    assert [line["kind"] for line in item.differences] == ["new", "new"]
    begin_apply(actor=hr, item=item)
    assert enqueued == [item.pk, item.pk]
    assert work_on(item.pk)
    item.refresh_from_db()
    assert (item.state, item.progress, item.applied_by) == (ImportState.APPLIED, 100, hr)
    assert (item.content, item.differences) == (None, []), "what was uploaded is wiped"
    assert User.objects.count() == 3
    assert not work_on(item.pk), "a second call finds nothing to do"
    assert list(
        AuditEntry.objects.filter(verb__startswith="import.")
        .order_by("pk")
        .values_list("verb", flat=True)
    ) == [
        "import.uploaded",
        "import.confirmed",
        "import.applied",
    ]


def test_a_file_that_is_no_table_leaves_nothing_behind(hr: User) -> None:
    with pytest.raises(DirectoryFileError):
        upload(actor=hr, file_name="people.pdf", content=b"%PDF-1.7")
    assert not DirectoryImport.objects.exists()


def test_columns_can_be_changed_after_the_check(hr: User, checked: DirectoryImport) -> None:
    choose_columns(actor=hr, item=checked, mapping={"name": "Name", "email": "Email"})
    checked.refresh_from_db()
    assert (checked.state, checked.preview, checked.fingerprint) == (ImportState.CHECKING, {}, "")


def test_another_encoding_reads_the_headings_again(hr: User) -> None:
    item = upload(
        actor=hr,
        file_name="people.csv",
        content="Überschrift,Email\nŽofie,z@example.com\n".encode("cp1250"),
    )
    read_again(actor=hr, item=item, encoding="cp1250")
    item.refresh_from_db()
    assert (item.headings[0], item.options["encoding"]) == ("Überschrift", "cp1250")


def test_a_file_that_breaks_in_the_middle_fails_in_words(hr: User) -> None:
    content = table() + b'3,"Carl,c@example.com,\n' + b"4,Dora,d@example.com,\n" * 4000
    item = upload(actor=hr, file_name="people.csv", content=table())
    DirectoryImport.objects.filter(pk=item.pk).update(content=content)
    choose_columns(actor=hr, item=item, mapping=item.mapping)
    work_on(item.pk)
    item.refresh_from_db()
    assert (item.state, item.content) == (ImportState.FAILED, None)
    assert "never closed" in item.problem


@pytest.mark.parametrize("state", ["applied", "failed", "discarded", "applying"])
@pytest.mark.parametrize("step", ["columns", "again", "apply", "discard"])
def test_no_step_from_a_state_that_does_not_allow_it(hr: User, state: str, step: str) -> None:
    item = DirectoryImport.objects.create(
        file_name="people.csv",
        state=state,
        content=table() if state == "applying" else None,
        headings=ROWS[0],
    )
    steps: dict[str, Callable[[], Any]] = {
        "columns": lambda: choose_columns(
            actor=hr, item=item, mapping={"name": "Name", "email": "Email"}
        ),
        "again": lambda: read_again(actor=hr, item=item, encoding=""),
        "apply": lambda: begin_apply(actor=hr, item=item),
        "discard": lambda: discard(actor=hr, item=item),
    }
    with pytest.raises(DomainError, match="no longer possible"):
        steps[step]()


@pytest.mark.parametrize("state", ["applied", "failed", "discarded"])
def test_the_database_keeps_no_content_past_the_end(db: None, state: str) -> None:
    with pytest.raises(IntegrityError), transaction.atomic():
        DirectoryImport.objects.create(file_name="x", state=state, content=b"x")


def test_discarding_wipes(hr: User, checked: DirectoryImport) -> None:
    discard(actor=hr, item=checked)
    checked.refresh_from_db()
    assert (checked.state, checked.content, checked.differences) == (
        ImportState.DISCARDED,
        None,
        [],
    )


def test_errors_and_leavers_are_confirmed_separately(hr: User) -> None:
    import_now(content=table())
    item = check(hr, table([ROWS[0], ROWS[1], ["9", "", "none", ""]]))
    assert (item.preview["counts"]["error_rows"], item.preview["counts"]["leaving"]) == (1, 1)
    needed = ["confirm_managers", "confirm_leavers", "confirm_errors"]
    for missing in needed:
        options = {name: name != missing for name in needed}
        with pytest.raises(DomainError) as refused:
            begin_apply(actor=hr, item=item, **options)
        assert refused.value.code == missing
    begin_apply(actor=hr, item=item, **dict.fromkeys(needed, True))
    work_on(item.pk)
    assert not User.objects.get(employee_id="2").is_active


def test_what_changed_since_the_preview_is_shown_again(hr: User, checked: DirectoryImport) -> None:
    people.create_person(actor=hr, email="a@example.com", name="Anna")
    begin_apply(actor=hr, item=checked)
    work_on(checked.pk)
    checked.refresh_from_db()
    assert checked.state == ImportState.CHECKED
    assert "once more" in checked.problem
    assert checked.preview["counts"]["changed"] == 1
    assert User.objects.count() == 2, "nothing was written"
    begin_apply(actor=hr, item=checked)
    work_on(checked.pk)
    checked.refresh_from_db()
    assert checked.state == ImportState.APPLIED


def test_a_second_import_waits_for_the_first(hr: User, checked: DirectoryImport) -> None:
    second = check(hr)
    begin_apply(actor=hr, item=checked)
    with pytest.raises(DomainError, match="Another import"):
        begin_apply(actor=hr, item=second)
    work_on(checked.pk)
    begin_apply(actor=hr, item=second)
    work_on(second.pk)
    second.refresh_from_db()
    assert second.preview["counts"]["unchanged"] == 2 or "once more" in second.problem


def test_a_worker_that_dies_leaves_nothing_and_is_followed_by_another(
    hr: User, checked: DirectoryImport, enqueued: list[int], monkeypatch: pytest.MonkeyPatch
) -> None:
    begin_apply(actor=hr, item=checked)

    def die(*_args: Any, **_options: Any) -> None:
        raise KeyboardInterrupt  # as good as a killed process: nobody cleans up

    with monkeypatch.context() as patched:
        patched.setattr(writing.reporting_lines, "recheck_pairs", die)
        with pytest.raises(KeyboardInterrupt):
            work_on(checked.pk)
    checked.refresh_from_db()
    assert checked.state == ImportState.APPLYING
    assert User.objects.count() == 1, "nothing half-imported"
    enqueued.clear()
    assert resume_imports() == 1
    assert enqueued == [checked.pk]
    work_on(checked.pk)
    checked.refresh_from_db()
    assert checked.state == ImportState.APPLIED


def test_an_import_that_kills_three_workers_fails(hr: User, checked: DirectoryImport) -> None:
    begin_apply(actor=hr, item=checked)
    DirectoryImport.objects.filter(pk=checked.pk).update(attempts=3)
    work_on(checked.pk)
    checked.refresh_from_db()
    assert (checked.state, checked.content) == (ImportState.FAILED, None)
    assert "three times" in checked.problem
    assert User.objects.count() == 1


def test_an_unforeseen_error_ends_in_words(
    hr: User, checked: DirectoryImport, monkeypatch: pytest.MonkeyPatch
) -> None:
    begin_apply(actor=hr, item=checked)

    def fail(*_args: Any, **_options: Any) -> None:
        raise ZeroDivisionError

    monkeypatch.setattr(worker, "plan_table", fail)
    work_on(checked.pk)
    checked.refresh_from_db()
    assert checked.state == ImportState.FAILED
    assert "nothing was changed" in checked.problem


def test_abandoned_imports_and_old_errors_go(
    hr: User, checked: DirectoryImport, at: Callable[..., None]
) -> None:
    DirectoryImport.objects.filter(pk=checked.pk).update(row_errors=[{"row": 1, "code": "no_name"}])
    at(clock.now() + timedelta(days=6))
    assert resume_imports() == 0
    at(clock.now() + timedelta(days=2))
    assert resume_imports() == 1
    checked.refresh_from_db()
    assert (checked.state, checked.content, checked.row_errors) == (ImportState.DISCARDED, None, [])
    assert resume_imports() == 0


def in_thread(work: Callable[[], Any]) -> list[Any]:
    """Run on a connection of its own; [result or exception]."""
    answer: list[Any] = []

    def call() -> None:
        try:
            answer.append(work())
        except Exception as error:  # noqa: BLE001 - handed to the test
            answer.append(error)
        finally:
            connection.close()

    thread = threading.Thread(target=call)
    thread.start()
    thread.join(60)
    return answer


@pytest.mark.django_db(transaction=True, databases=["default", "progress"])
def test_two_workers_at_once_apply_once(monkeypatch: pytest.MonkeyPatch, settings: Any) -> None:
    settings.PROGRESS_DATABASE = "progress"
    hr = UserFactory(is_hr_admin=True)
    item = check(hr)
    begin_apply(actor=hr, item=item)
    seen: dict[str, Any] = {}
    plain = worker.write_plan

    def meanwhile(*args: Any, **options: Any) -> dict[str, int]:
        seen["worker"] = in_thread(lambda: work_on(item.pk))
        seen["command"] = in_thread(lambda: import_now(content=table()))
        seen["progress"] = in_thread(
            lambda: DirectoryImport.objects.values_list("progress", "attempts").get(pk=item.pk)
        )
        seen["people"] = in_thread(User.objects.count)
        return plain(*args, **options)

    monkeypatch.setattr(worker, "write_plan", meanwhile)
    assert work_on(item.pk)
    assert seen["worker"] == [False], "the second worker goes away"
    assert isinstance(seen["command"][0], DomainError)
    assert seen["progress"] == [(20, 1)], "progress is seen from outside before the commit"
    assert seen["people"] == [1], "and nobody else is"
    item.refresh_from_db()
    assert (item.state, User.objects.count()) == (ImportState.APPLIED, 3)


@pytest.mark.broad
@pytest.mark.django_db(transaction=True)
def test_two_people_cannot_begin_at_once() -> None:
    hr = UserFactory(is_hr_admin=True)
    items = [check(hr), check(hr)]
    with transaction.atomic():
        begin_apply(actor=hr, item=items[0])
        answers: list[Any] = []
        thread = threading.Thread(
            target=lambda: answers.extend(in_thread(lambda: begin_apply(actor=hr, item=items[1])))
        )
        thread.start()
        thread.join(0.5)
        assert answers == [], "it waits for the first to commit"
    thread.join(60)
    assert isinstance(answers[0], DomainError)
    assert DirectoryImport.objects.filter(state=ImportState.APPLYING).count() == 1
