"""The tables of the demo. They are dropped and made anew when the migrations have changed."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

from django.apps import apps
from django.conf import settings
from django.core.management import CommandError, call_command
from django.db import connection

from mentoring.demo.people import DOMAIN


def bring_up_to_date(say: Callable[[str], None]) -> None:
    """Create the demo's tables, or keep them if they are of the present migrations.

    CommandError if they are not, but hold people who are not the demo's: those are not dropped.
    """
    wanted = fingerprint()
    if is_outdated(wanted):
        require_invented_people()
        say("The demo's data is from another version of Upstream, so it is made anew.")
        drop_tables()
    call_command("migrate", interactive=False, verbosity=0)
    store_fingerprint(wanted)


def is_outdated(wanted: str) -> bool:
    """Whether there are tables that other migrations have made."""
    return has_tables() and stored_fingerprint() != wanted


def fingerprint() -> str:
    """A digest of all migrations of this project's apps, by name and content."""
    digest = hashlib.sha256()
    for path in _migrations():
        digest.update(f"{path.relative_to(settings.BASE_DIR)}\n".encode())
        digest.update(path.read_bytes())
    return digest.hexdigest()


def _migrations() -> Iterator[Path]:
    """The migrations of this project, app by app."""
    for app in sorted(apps.get_app_configs(), key=lambda app: app.label):
        folder = Path(app.path)
        if folder.is_relative_to(settings.BASE_DIR):
            yield from sorted((folder / "migrations").glob("*.py"))


def has_tables() -> bool:
    """Whether somebody has migrated this database before."""
    return "django_migrations" in connection.introspection.table_names()


def stored_fingerprint() -> str:
    """The fingerprint of the migrations that made the tables; empty if it is not known."""
    return _value("SELECT obj_description('public'::regnamespace, 'pg_namespace')") or ""


def _value(query: str, *parameters: str) -> Any:
    """The one value that a query finds."""
    with connection.cursor() as cursor:
        cursor.execute(query, parameters)
        return cursor.fetchone()[0]


def store_fingerprint(value: str) -> None:
    """Keep the fingerprint with the tables, as the comment of their schema."""
    with connection.cursor() as cursor:
        cursor.execute("COMMENT ON SCHEMA public IS %s", [value])


def require_invented_people() -> None:
    """CommandError if the database has people in it who are not the demo's."""
    if has_other_people():
        raise CommandError(
            "This database has people in it who are not the demo's. Use an empty one, or unset "
            "DEMO."
        )


def has_other_people() -> bool:
    """Whether anybody has an address outside the demo's domain."""
    if "accounts_user" not in connection.introspection.table_names():
        return False
    query = "SELECT EXISTS (SELECT FROM accounts_user WHERE email NOT LIKE %s)"
    return bool(_value(query, f"%@{DOMAIN}"))


def drop_tables() -> None:
    """Drop everything in the schema."""
    with connection.cursor() as cursor:
        cursor.execute("DROP SCHEMA public CASCADE")
        cursor.execute("CREATE SCHEMA public")
