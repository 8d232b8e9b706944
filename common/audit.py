"""Writing the audit trail. Called by domain functions inside their own transaction."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any
from uuid import UUID

from django.db import models

from common.models import AuditEntry


def record(
    verb: str,
    target: models.Model,
    *,
    actor: models.Model | None,
    scope: UUID | None = None,
    **detail: Any,
) -> AuditEntry:
    """Append one entry: `actor` (None: the application) did `verb` to `target`.

    `detail` takes ids, states, numbers and field names, never what somebody wrote. Must run inside
    the caller's transaction, so that neither the action nor its entry exists without the other.
    """
    entry = _entry(verb, target, actor=actor, scope=scope, detail=detail)
    entry.save(force_insert=True)
    return entry


def record_many(
    verb: str,
    targets: Iterable[models.Model],
    *,
    actor: models.Model | None,
    scope: UUID | None = None,
    **detail: Any,
) -> int:
    """Append one entry for each target, as `record` does, in few queries; how many entries."""
    entries = [_entry(verb, target, actor=actor, scope=scope, detail=detail) for target in targets]
    return len(AuditEntry.objects.bulk_create(entries, batch_size=1_000))


def _entry(
    verb: str,
    target: models.Model,
    *,
    actor: models.Model | None,
    scope: UUID | None,
    detail: dict[str, Any],
) -> AuditEntry:
    """An entry that is not saved yet."""
    return AuditEntry(
        verb=verb,
        actor_id=None if actor is None else actor.pk,
        target_type=target._meta.label_lower,
        target_id=str(getattr(target, "public_id", target.pk)),
        scope=scope,
        detail=detail,
    )
