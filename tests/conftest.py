"""What all tests share."""

from __future__ import annotations

import copy
import gc
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import hypothesis
import pytest
from django.core.management.commands import flush
from django.db import connection, transaction
from django.db.backends.postgresql.operations import DatabaseOperations
from django.http import HttpRequest, HttpResponse
from django.test import Client
from django.utils import timezone
from django.views import defaults

from accounts.models import User
from common import clock, outgoing
from tests.https import HttpsSink
from tests.smtp import SmtpSink
from tests.support.types import AsUser, At
from tests.url_matrix.world import World, build

# The same examples at every run, and no complaint about a machine that is slow at the moment.
hypothesis.settings.register_profile(
    "same",
    derandomize=True,
    database=None,
    deadline=None,
    suppress_health_check=[hypothesis.HealthCheck.too_slow],
)
hypothesis.settings.load_profile("same")
WRITTEN_BY_MIGRATE = {"django_content_type", "auth_permission"}


def pytest_collection_finish() -> None:
    """All that has been imported stays: the garbage collector need not look at it again and again.

    With Python's own settings it takes a tenth of the tests' time.
    """
    gc.collect()
    gc.freeze()
    gc.set_threshold(20_000, 20, 20)


@pytest.fixture(scope="session")
def django_db_setup(django_db_setup: None, django_db_blocker: Any) -> Iterator[None]:
    """As pytest-django does it; at the end nobody may hold the database that is to be dropped (a
    thread's connection).
    """
    with django_db_blocker.unblock(), connection.cursor() as cursor:
        cursor.execute("SELECT current_setting('is_superuser')")
        may_skip_triggers = cursor.fetchone() == ("on",)
    with pytest.MonkeyPatch.context() as patch:
        if may_skip_triggers:
            patch.setattr(DatabaseOperations, "sql_flush", delete_all)
            patch.setattr(flush, "emit_post_migrate_signal", lambda *args, **options: None)
        yield
    with django_db_blocker.unblock(), connection.cursor() as cursor:
        cursor.execute(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
            " WHERE datname = current_database() AND pid <> pg_backend_pid()"
        )


def delete_all(
    operations: DatabaseOperations, style: Any, tables: list[str], **options: Any
) -> list[str]:
    """The SQL that empties all tables after a test that commits.

    It replaces Django's TRUNCATE, which takes twenty times as long for tables of a few rows.
    The lock waits for transactions that are still open, as TRUNCATE does. Names of models and
    permissions stay, so that Django need not write them again after each test.
    """
    names = [operations.quote_name(table) for table in tables if table not in WRITTEN_BY_MIGRATE]
    return [
        "SET LOCAL session_replication_role = replica",  # neither triggers nor foreign keys
        f"LOCK TABLE {', '.join(names)} IN EXCLUSIVE MODE",
        "; ".join(f"DELETE FROM {name}" for name in names),
    ]


@pytest.fixture(autouse=True)
def own_clock(tmp_path: Path, settings: Any) -> Iterator[None]:
    """Each test has a clock file of its own, so that moving time in one moves it in no other."""
    settings.CLOCK_FILE = str(tmp_path / "clock-offset")
    yield


@pytest.fixture(autouse=True)
def quick_passwords(settings: Any) -> None:
    """Hashing that is slow on purpose would take half of the tests' time."""
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]


@pytest.fixture
def at() -> Iterator[At]:
    """`at(moment)` moves the application's clock."""
    yield clock.move_to
    clock.reset()


@pytest.fixture
def still_clock(monkeypatch: pytest.MonkeyPatch) -> None:
    """Time stands still, except when `at` moves it: for tests that compare pages letter by letter.

    Without it such a test fails when a minute begins between the two pages.
    """
    moment = timezone.now()
    monkeypatch.setattr(timezone, "now", lambda: moment)


@pytest.fixture
def as_user(client: Client) -> AsUser:
    """`as_user(person)` is the test client, signed in."""

    def sign_in(person: User) -> Client:
        client.force_login(person, backend="allauth.account.auth_backends.AuthenticationBackend")
        return client

    return sign_in


@pytest.fixture
def smtp_sink(settings: Any) -> Iterator[SmtpSink]:
    """A real SMTP server, that Django's settings name."""
    with SmtpSink() as sink:
        for name, value in sink.settings().items():
            setattr(settings, name, value)
        yield sink


@pytest.fixture
def https_sink(settings: Any, monkeypatch: pytest.MonkeyPatch) -> Iterator[HttpsSink]:
    """A real HTTPS server of this machine, which the operator has allowed by name."""
    settings.OUTGOING_INTERNAL_HOSTS = ["localhost"]
    with HttpsSink() as sink:
        monkeypatch.setattr(outgoing, "tls", sink.trust)
        yield sink


@pytest.fixture
def short_error_pages(monkeypatch: pytest.MonkeyPatch) -> None:
    """The first 404 and the first 403 of a test are the real pages, the others have no text.

    For tests that are refused hundreds of pages: those pages name nothing of what was asked for.
    """
    for status, page in ((403, defaults.permission_denied), (404, defaults.page_not_found)):
        answer = _first_in_full(page, status)
        monkeypatch.setattr(f"mentoring.urls.handler{status}", answer, raising=False)


def _first_in_full(page: Callable[..., HttpResponse], status: int) -> Callable[..., HttpResponse]:
    in_full = iter([page])

    def answer(request: HttpRequest, exception: Exception) -> HttpResponse:
        for first in in_full:
            return first(request, exception)
        return HttpResponse(status=status)

    return answer


@pytest.fixture(scope="module")
def shared_world(django_db_setup: None, django_db_blocker: Any) -> Iterator[World]:
    """The company of tests/url_matrix, built once per module and rolled back after its last test.

    Use `world`, which keeps the tests apart.
    """
    with django_db_blocker.unblock(), transaction.atomic():
        yield build()
        transaction.set_rollback(True)


@pytest.fixture
def world(shared_world: World, db: None) -> World:
    """A copy of the company for one test; what the test writes is rolled back to a savepoint."""
    return copy.deepcopy(shared_world)
