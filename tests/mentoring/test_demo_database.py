"""The demo's tables follow the migrations: made anew when those have changed, else kept."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from django.core.management import CommandError, call_command
from django.db import connection

from accounts.models import User
from mentoring.demo import database
from mentoring.demo.people import DOMAIN
from tests.factories import UserFactory

pytestmark = [pytest.mark.slow, pytest.mark.django_db(transaction=True)]


@pytest.fixture(autouse=True)
def schema_of_the_tests() -> Iterator[None]:
    """The next tests get the schema as the first one did: with a cache table, without comment."""
    yield
    call_command("createcachetable")
    database.store_fingerprint("")


def messages_of_an_update() -> list[str]:
    said: list[str] = []
    database.bring_up_to_date(said.append)
    return said


@pytest.mark.parametrize("stored", ["", "of an older version"])
def test_tables_of_other_migrations_are_made_anew(stored: str) -> None:
    UserFactory(email=f"ada@{DOMAIN}")
    database.store_fingerprint(stored)
    with connection.cursor() as cursor:
        cursor.execute("CREATE TABLE pairings_of_an_older_version (id integer)")

    assert len(messages_of_an_update()) == 1

    assert not User.objects.exists()
    assert "pairings_of_an_older_version" not in connection.introspection.table_names()
    assert database.stored_fingerprint() == database.fingerprint()


def test_tables_of_the_present_migrations_are_kept() -> None:
    database.store_fingerprint(database.fingerprint())
    UserFactory(email=f"ada@{DOMAIN}")

    assert messages_of_an_update() == []

    assert User.objects.exists()


def test_people_who_are_not_the_demos_are_never_dropped() -> None:
    UserFactory(email="ada@company.com")
    database.store_fingerprint("of an older version")

    with pytest.raises(CommandError, match="not the demo's"):
        messages_of_an_update()

    assert User.objects.exists()
