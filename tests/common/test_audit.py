"""The audit trail: appended to, never changed or deleted."""

from __future__ import annotations

import uuid

import pytest
from django.db import DatabaseError, connection, transaction

from common import audit
from common.models import AuditEntry
from tests.factories import GradeFactory, UserFactory

pytestmark = pytest.mark.django_db


def test_entry_names_actor_verb_and_object() -> None:
    actor, target, scope = UserFactory(), UserFactory(), uuid.uuid4()
    entry = audit.record(
        "people.deactivated", target, actor=actor, scope=scope, fields=["is_active"]
    )
    entry.refresh_from_db()
    assert (entry.actor_id, entry.verb, entry.scope) == (actor.pk, "people.deactivated", scope)
    assert (entry.target_type, entry.target_id) == ("accounts.user", str(target.public_id))
    assert entry.detail == {"fields": ["is_active"]}


def test_entry_of_the_application_itself_and_of_an_object_without_public_id() -> None:
    grade = GradeFactory()
    entry = audit.record("grades.derived", grade, actor=None)
    assert (entry.actor_id, entry.target_id) == (None, str(grade.pk))


def test_database_refuses_to_change_or_delete_an_entry() -> None:
    entry = audit.record("x.y", UserFactory(), actor=None)
    for change in (
        lambda: AuditEntry.objects.filter(pk=entry.pk).update(verb="nothing"),
        entry.save,
        lambda: connection.cursor().execute("UPDATE common_auditentry SET actor_id = 1"),
        entry.delete,
        AuditEntry.objects.all().delete,
        lambda: connection.cursor().execute("DELETE FROM common_auditentry"),
    ):
        with pytest.raises(DatabaseError, match="never changed"), transaction.atomic():
            change()
    assert AuditEntry.objects.get().verb == "x.y"


def test_entry_outlives_its_actor_and_object() -> None:
    actor = UserFactory()
    audit.record("x.y", actor, actor=actor)
    actor.delete()
    assert AuditEntry.objects.count() == 1


def test_entry_goes_when_its_retention_ends() -> None:
    audit.record("x.y", UserFactory(), actor=None)
    with transaction.atomic():
        connection.cursor().execute("SET LOCAL upstream.audit_retention = 'ended'")
        AuditEntry.objects.all().delete()
    assert not AuditEntry.objects.exists()


def test_entry_rolls_back_with_its_action() -> None:
    person = UserFactory()
    with pytest.raises(RuntimeError), transaction.atomic():
        audit.record("x.y", person, actor=None)
        raise RuntimeError
    assert not AuditEntry.objects.exists()
