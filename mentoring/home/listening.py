"""For the home page: what waits for a safe contact or deputy."""

from __future__ import annotations

from typing import Any

from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import Exists, F, QuerySet
from django.db.models.functions import JSONObject

from accounts.models import User
from common.prepared import prepared
from concerns.models import Concern
from programs.enums import RoleAnswer
from programs.models import ProgramStaff


@prepared
def waits_for_listener(person_id: int) -> QuerySet[Any]:
    """One row: `roles` that the person has not answered, and whether `threads` wait for them."""
    person = User(pk=person_id)
    asked = ProgramStaff.objects.asked_of(person).filter(answer=RoleAnswer.OPEN).order_by("pk")
    roles = asked.values(json=JSONObject(id=F("public_id"), program=F("program__name")))
    threads = Concern.objects.visible_to(person).waiting()
    facts: dict[str, Any] = {"roles": ArraySubquery(roles), "threads": Exists(threads)}
    rows: QuerySet[Any] = User.objects.filter(pk=person_id).annotate(**facts).values(*facts)
    return rows
