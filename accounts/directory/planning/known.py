"""The people here, as the database has them before an import."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, fields
from datetime import date

from django.db.models import Q

from accounts.enums import DirectoryState
from accounts.models import User


@dataclass(slots=True, frozen=True)
class Known:
    """A person as the database has them."""

    id: int
    employee_id: str | None
    email: str
    name: str
    last_name: str
    preferred_name: str
    job_title: str
    department: str
    location: str
    time_zone: str
    grade_id: int | None
    grade_is_derived: bool
    manager_id: int | None
    hired_on: date | None
    is_active: bool
    is_hr_admin: bool
    directory_state: str
    has_signed_in: bool

    @property
    def may_leave(self) -> bool:
        """Here by way of the directory, so that missing from it means something."""
        return self.is_active and self.directory_state == DirectoryState.LISTED

    @property
    def has_left(self) -> bool:
        """Left the directory with an earlier import, so that a row brings them back."""
        return not self.is_active and self.directory_state == DirectoryState.LEFT


KNOWN_FIELDS = [field.name for field in fields(Known)]


def load_known(*, lock: Sequence[int] = ()) -> dict[int, Known]:
    """Everybody; with `lock` these alone, locked until the transaction ends. One query."""
    people = User.objects.order_by()
    if lock:
        people = User.objects.select_for_update().filter(pk__in=lock).order_by("pk")
    rows = people.annotate(has_signed_in=Q(last_login__isnull=False)).values(*KNOWN_FIELDS)
    return {row["id"]: Known(**row) for row in rows.iterator(chunk_size=5_000)}
