"""Django's settings for the database and the mail server, from their addresses."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, unquote, urlsplit

from cryptography.fernet import Fernet

MAIL_PORTS = {"smtp": 25, "smtps": 465, "smtp+tls": 587}


def database(url: str, *, pool_size: int) -> dict[str, Any]:
    """An entry of DATABASES, for postgresql://user:password@host:5432/name?sslmode=require.

    A pool size of 0 means one connection per thread, without a pool.
    """
    parts = urlsplit(url)
    options = {key: values[-1] for key, values in parse_qs(parts.query).items()}
    return {
        "ENGINE": "django.db.backends.postgresql",
        "NAME": unquote(parts.path.lstrip("/")) or "postgres",
        "USER": unquote(parts.username or ""),
        "PASSWORD": unquote(parts.password or ""),
        "HOST": options.pop("host", "") or parts.hostname or "",
        "PORT": str(parts.port or ""),
        "CONN_MAX_AGE": 0,
        "OPTIONS": {**options, "pool": _pool(pool_size)},
        "TEST": {"NAME": None},
    }


def _pool(size: int) -> dict[str, int] | bool:
    """The options of psycopg's pool, or False for none."""
    if size == 0:
        return False
    # The pool's default minimum of 4 per process would use up a small server's connections.
    return {"min_size": 0, "max_size": size, "timeout": 10}


@dataclass(frozen=True)
class MailServer:
    """Where mail goes: a mail server, or a folder of files."""

    backend: str
    folder: str = ""
    host: str = ""
    port: int = 0
    user: str = ""
    password: str = ""
    ssl: bool = False
    starttls: bool = False


def mail_server(url: str, *, folder: Path) -> MailServer:
    """For smtp://, smtps://, smtp+tls:// or file:///folder.

    Without an address, mails become files in `folder`.
    """
    parts = urlsplit(url or "file://")
    if parts.scheme == "file":
        return MailServer(
            backend="django.core.mail.backends.filebased.EmailBackend",
            folder=unquote(parts.path) or str(folder),
        )
    return MailServer(
        backend="django.core.mail.backends.smtp.EmailBackend",
        host=parts.hostname or "localhost",
        port=parts.port or MAIL_PORTS[parts.scheme],
        user=unquote(parts.username or ""),
        password=unquote(parts.password or ""),
        ssl=parts.scheme == "smtps",
        starttls=parts.scheme == "smtp+tls",
    )


def fernet_keys(value: str) -> list[str]:
    """Comma-separated Fernet keys. ValueError if one of them is not a key."""
    keys = [key.strip() for key in value.split(",") if key.strip()]
    for key in keys:
        Fernet(key.encode())
    return keys


def roles_with_second_factor(value: str) -> list[str]:
    """Roles, comma-separated, or "nobody". ValueError if one of them is unknown."""
    roles = [role.strip() for role in value.split(",") if role.strip()]
    if roles == ["nobody"]:
        return []
    if not set(roles) <= {"hr_admins", "safe_contacts", "everybody"}:
        raise ValueError
    return roles
