"""What every app builds on: public ids and the audit trail."""

from __future__ import annotations

import uuid

from django.db import models
from django.utils.translation import gettext_lazy as _

from common import clock


class PublicModel(models.Model):
    """A row with an unguessable id for URLs, and the time at which it was created."""

    public_id = models.UUIDField(_("public id"), default=uuid.uuid4, unique=True, editable=False)
    created_at = models.DateTimeField(_("made at"), default=clock.now, editable=False)

    class Meta:
        abstract = True


class AuditEntry(models.Model):
    """Who did what to which object, and when.

    Appended by domain functions, refused any change by the database.

    The actor is named by id alone, without a foreign key, so that an entry outlives the person;
    null means the application itself. `scope` is the public id of the program. `detail` never holds
    free text that somebody wrote.
    """

    at = models.DateTimeField(_("when"), default=clock.now, db_index=True)
    actor_id = models.BigIntegerField(_("actor"), null=True, blank=True)
    verb = models.CharField(_("verb"), max_length=60)
    target_type = models.CharField(_("kind of object"), max_length=60)
    target_id = models.CharField(_("object"), max_length=60)
    scope = models.UUIDField(_("program"), null=True, blank=True)
    detail = models.JSONField(_("detail"), default=dict)

    class Meta:
        indexes = [
            models.Index(fields=["target_type", "target_id"], name="audit_target"),
            models.Index(fields=["scope", "at"], name="audit_scope"),
        ]

    def __str__(self) -> str:
        return f"{self.at:%Y-%m-%d %H:%M} {self.verb} {self.target_type} {self.target_id}"
