"""Encrypt everything anew under the first of ENCRYPTION_KEYS, so that an older key can be taken
away.
"""

from __future__ import annotations

from argparse import ArgumentParser
from collections.abc import Iterator
from typing import Any

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
        names = [
            field.name
            for field in model._meta.local_concrete_fields
            if isinstance(field, EncryptedTextField)
        ]
        if names and model._meta.managed:
            yield model, names


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
    """Rotate the fields of one model, BATCH rows a transaction, each row locked; how many values
    were not current.

    Repeatable: what is current already stays. Raises InvalidToken when no key fits a value; its
    batch is left as it was.
    """
    changed, last = 0, 0
    raw = {f"raw_{name}": Cast(name, TextField()) for name in names}  # past the field's decryption
    while True:
        with transaction.atomic():
            rows = model._base_manager.filter(pk__gt=last).order_by("pk")
            batch = list(rows.select_for_update().annotate(**raw).values("pk", *raw)[:BATCH])
            for row in batch:
                stale = {
                    name: row[f"raw_{name}"]
                    for name in names
                    if row[f"raw_{name}"] and not is_current(row[f"raw_{name}"])
                }
                tokens = {
                    name: box().rotate(token.encode("ascii")).decode("ascii")
                    for name, token in stale.items()
                }
                changed += len(tokens)
                if tokens and not dry_run:
                    values = {name: Value(token, TextField()) for name, token in tokens.items()}
                    model._base_manager.filter(pk=row["pk"]).update(**values)
        if not batch:
            return changed
        last = batch[-1]["pk"]


class Command(BaseCommand):
    """`manage.py rotate_encryption [--dry-run]`."""

    help = (
        "Encrypt every encrypted value anew under the first key of ENCRYPTION_KEYS. Can be "
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
        """One line a model."""
        for model, names in encrypted_fields():
            try:
                changed = rotate(model, names, dry_run=options["dry_run"])
            except InvalidToken as error:
                raise CommandError(
                    f"{model._meta.label}: a value fits none of the ENCRYPTION_KEYS. Keep the "
                    f"older keys."
                ) from error
            word = "to do" if options["dry_run"] else "done"
            self.stdout.write(f"{model._meta.label} ({', '.join(names)}): {changed} {word}")
