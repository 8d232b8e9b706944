"""Writing what a plan says: in bulk, and in the caller's one transaction."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from typing import Any

from allauth.account.models import EmailAddress
from django.db import connection
from django.db.models import F
from django.utils.crypto import get_random_string

from accounts.directory.difference import Outcome, Plan
from accounts.directory.match import Known, load_known
from accounts.domain import addresses, grades
from accounts.enums import DirectoryState
from accounts.models import User
from accounts.models.people import normalise
from common import audit

BATCH = 1_000
# The columns that an import may change, with their types in the database.
COLUMNS = {
    "name": "text", "preferred_name": "text", "employee_id": "text", "job_title": "text", "department": "text",
    "location": "text", "time_zone": "text", "hired_on": "date", "grade_id": "bigint", "grade_is_derived": "boolean",
    "manager_id": "bigint", "is_active": "boolean", "directory_state": "text", "sort_key": "text", "search_text": "text",
}  # fmt: skip
UPDATE = (
    "UPDATE accounts_user AS u SET {sets} FROM unnest({arrays}) AS v (id, {names}) WHERE u.id = "
    "v.id"
).format(
    sets=", ".join(f"{name} = v.{name}" for name in COLUMNS),
    arrays=", ".join(f"%s::{kind}[]" for kind in ("bigint", *COLUMNS.values())),
    names=", ".join(COLUMNS),
)

Progress = Callable[[int, int], None]


class StaleError(Exception):
    """Somebody has changed one of the people since the plan was made.

    Nothing may be written: plan again.
    """


def no_progress(done: int, total: int) -> None:
    """Tells nobody."""


def apply_plan(
    plan: Plan, *, actor: User | None, locale: str, progress: Progress = no_progress
) -> list[int]:
    """Write the plan; returns the ids of those who have left.

    Must run in a transaction, with the plan made in it.

    `progress` is called with how many people are done, of how many. New people can sign in by
    mailed code at once.
    """
    total = len(plan.new) + len(plan.changed) + len(plan.leaving)
    if plan.new or plan.changed:
        grades.save_ladder(plan.rungs)
    ids = new_ids(plan.new)
    done = 0
    for batch in batches(plan.new):
        create(batch, ids, locale)
        done += len(batch)
        progress(done, total)
    for batch in batches(plan.changed):
        update(batch, ids)
        done += len(batch)
        progress(done, total)
    returned = User.objects.filter(
        pk__in=[outcome.node for outcome in plan.changed if outcome.returns]
    )
    audit.record_many("person.returned", returned.only("pk", "public_id"), actor=actor)
    deactivate_leavers(plan.leaving, actor=actor)
    addresses.propose(
        actor=actor, changes=[(person.id, person.email, email) for person, email in plan.addresses]
    )
    addresses.withdraw(person_ids=plan.withdrawn)
    progress(total, total)
    return [person.id for person in plan.leaving]


def batches(rows: Sequence[Outcome]) -> Iterator[Sequence[Outcome]]:
    """Slices of BATCH."""
    for start in range(0, len(rows), BATCH):
        yield rows[start : start + BATCH]


def new_ids(new: Sequence[Outcome]) -> dict[int, int]:
    """{node: id} for people that do not exist yet, so that managers can be written in whatever
    order they come.
    """
    if not new:
        return {}
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT nextval(pg_get_serial_sequence('accounts_user', 'id')) FROM "
            "generate_series(1, %s)",
            [len(new)],
        )
        return {outcome.node: row[0] for outcome, row in zip(new, cursor.fetchall(), strict=True)}


def fields_of(values: dict[str, Any], ids: dict[int, int]) -> dict[str, Any]:
    """The values as User's attributes take them: nodes and rungs become ids."""
    fields = {name: value for name, value in values.items() if name not in {"manager", "grade"}}
    if "manager" in values:
        node = values["manager"]
        fields["manager_id"] = ids.get(node, node) if node else None
    if "grade" in values:
        fields["grade_id"] = values["grade"].id if values["grade"] else None
    return fields


def create(batch: Sequence[Outcome], ids: dict[int, int], locale: str) -> None:
    """Insert people with their verified primary addresses."""
    people = []
    for outcome in batch:
        entry = outcome.entry
        assert entry is not None  # somebody new comes from a row
        person = User(
            pk=ids[outcome.node],
            email=entry.row.email,
            # what set_unusable_password writes, without its cost
            password=f"!{get_random_string(40)}",
            locale=locale,
            **fields_of(outcome.values, ids),
        )
        people.append(normalise(person))
    User.objects.bulk_create(people)
    emails = [person.email for person in people]
    EmailAddress.objects.filter(email__in=emails).delete()  # left behind by nobody who still has it
    EmailAddress.objects.bulk_create(
        [
            EmailAddress(user=person, email=person.email, verified=True, primary=True)
            for person in people
        ]
    )


def update(batch: Sequence[Outcome], ids: dict[int, int]) -> None:
    """Write the changed people in one statement.

    StaleError if one of them is no longer as the plan knew them.
    """
    require_unchanged(batch)
    arrays: list[list[Any]] = [[] for _ in range(len(COLUMNS) + 1)]
    for outcome in batch:
        known = outcome.known
        assert known is not None
        fields = fields_of(outcome.values, ids)
        person = User(
            email=known.email,
            **{
                name: fields.get(name, getattr(known, name))
                for name in COLUMNS
                if name not in {"sort_key", "search_text"}
            },
        )
        normalise(person)
        for array, value in zip(
            arrays, [known.id, *(getattr(person, name) for name in COLUMNS)], strict=True
        ):
            array.append(value)
    with connection.cursor() as cursor:
        cursor.execute(UPDATE, arrays)


def require_unchanged(batch: Sequence[Outcome]) -> None:
    """Lock the people and compare them with the plan, all but whether they have signed in."""
    now = load_known(lock=[outcome.node for outcome in batch])
    for outcome in batch:
        if outcome.known is None or now[outcome.node] != replace(
            outcome.known, has_signed_in=now[outcome.node].has_signed_in
        ):
            raise StaleError


def deactivate_leavers(leaving: Sequence[Known], *, actor: User | None) -> None:
    """They can no longer sign in, every sign-in of theirs ends, and the directory may bring them
    back.
    """
    people = User.objects.filter(pk__in=[person.id for person in leaving], is_active=True)
    audit.record_many("person.left", list(people.only("pk", "public_id")), actor=actor)
    people.update(
        is_active=False, directory_state=DirectoryState.LEFT, session_epoch=F("session_epoch") + 1
    )
