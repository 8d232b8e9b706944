"""Encrypt everything again under the first of ENCRYPTION_KEYS, so that older keys can go."""

from __future__ import annotations

from argparse import ArgumentParser
from collections.abc import Callable, Iterator
from functools import partial
from typing import Any

from allauth.mfa.models import Authenticator
from cryptography.fernet import Fernet, InvalidToken
from django.apps import apps
from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.db import models, transaction
from django.db.models import TextField, Value
from django.db.models.functions import Cast

from common.crypto import EncryptedTextField, box

BATCH = 500


def encrypted_fields() -> Iterator[tuple[type[models.Model], list[str]]]:
    """Every model with the names of its encrypted fields."""
    for model in apps.get_models():
        names = _encrypted_names(model)
        if names and model._meta.managed:
            yield model, names


def _encrypted_names(model: type[models.Model]) -> list[str]:
    fields = model._meta.local_concrete_fields
    return [field.name for field in fields if isinstance(field, EncryptedTextField)]


def is_current(token: str) -> bool:
    """Whether the newest key made this token."""
    try:
        Fernet(settings.ENCRYPTION_KEYS[0].encode()).decrypt(token.encode("ascii"))
    except InvalidToken:
        return False
    return True


def rotated(token: str) -> str:
    """The token under the newest key. Raises InvalidToken when no key fits."""
    return box().rotate(token.encode("ascii")).decode("ascii")


def rotate(model: type[models.Model], names: list[str], *, dry_run: bool = False) -> int:
    """Rotate the fields of one model; how many values were not current.

    BATCH rows in each transaction, each row locked. Running it again changes nothing. Raises
    InvalidToken when no key fits a value; its batch stays as it was.
    """
    changed, last_pk = 0, 0
    while True:
        with transaction.atomic():
            rows = _encrypted_rows(model, names, after=last_pk)
            for row in rows:
                changed += _rotate_row(model, row, names, dry_run=dry_run)
        if not rows:
            return changed
        last_pk = rows[-1]["pk"]


def _rotate_row(
    model: type[models.Model], row: dict[str, Any], names: list[str], *, dry_run: bool
) -> int:
    """Rotate the values of one row that are not current; how many."""
    tokens = _rotated_tokens(row, names)
    if tokens and not dry_run:
        _write(model, row["pk"], tokens)
    return len(tokens)


def _encrypted_rows(
    model: type[models.Model], names: list[str], *, after: int
) -> list[dict[str, Any]]:
    """The next batch, locked: {"pk": ..., "raw_<name>": the encrypted text}."""
    # The cast reads what is stored; the field itself would decrypt it.
    raw = {f"raw_{name}": Cast(name, TextField()) for name in names}
    rows = model._base_manager.filter(pk__gt=after).order_by("pk").select_for_update()
    return list(rows.annotate(**raw).values("pk", *raw)[:BATCH])


def _rotated_tokens(row: dict[str, Any], names: list[str]) -> dict[str, str]:
    """{field: its new token} of those fields whose token is not current."""
    tokens = {}
    for name in names:
        token = row[f"raw_{name}"]
        if token and not is_current(token):
            tokens[name] = rotated(token)
    return tokens


def _write(model: type[models.Model], pk: int, tokens: dict[str, str]) -> None:
    """Write tokens as they are; the field itself would encrypt them once more."""
    values = {name: Value(token, TextField()) for name, token in tokens.items()}
    model._base_manager.filter(pk=pk).update(**values)


@transaction.atomic
def rotate_factors(*, dry_run: bool = False) -> int:
    """The same for second factors, whose secrets stand in a field of allauth's; how many."""
    changed = 0
    for factor in Authenticator.objects.order_by("pk").select_for_update():
        for name in {"secret", "seed"} & set(factor.data):
            if is_current(factor.data[name]):
                continue
            factor.data[name] = rotated(factor.data[name])
            changed += 1
            if not dry_run:
                factor.save(update_fields=["data"])
    return changed


class Command(BaseCommand):
    """`manage.py rotate_encryption [--dry-run]`."""

    help = (
        "Encrypt every encrypted value again under the first key of ENCRYPTION_KEYS. Can be "
        "stopped and repeated."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        """--dry-run"""
        parser.add_argument(
            "--dry-run",
            action="store_true",
            help="count what an older key has encrypted; change nothing",
        )

    def handle(self, *args: Any, **options: Any) -> None:
        """Print one line for each model."""
        dry_run = options["dry_run"]
        word = "to do" if dry_run else "done"
        for model, names in encrypted_fields():
            rotating = partial(rotate, model, names, dry_run=dry_run)
            self.report(f"{model._meta.label} ({', '.join(names)})", rotating, word)
        self.report("mfa.Authenticator (data)", partial(rotate_factors, dry_run=dry_run), word)

    def report(self, label: str, rotating: Callable[[], int], word: str) -> None:
        """Rotate, and print how many."""
        try:
            changed = rotating()
        except InvalidToken as error:
            raise CommandError(
                f"{label}: a value fits none of the ENCRYPTION_KEYS. Keep the older keys."
            ) from error
        self.stdout.write(f"{label}: {changed} {word}")
