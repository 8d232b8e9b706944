"""Writing what a plan says: in bulk, and in the caller's one transaction."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from typing import Any

from allauth.account.models import EmailAddress
from django.db import connection
from django.db.models import F
from django.utils.crypto import get_random_string

from accounts.directory.planning.difference import Outcome, Plan
from accounts.directory.planning.known import Known, load_known
from accounts.domain import addresses, grades
from accounts.enums import DirectoryState
from accounts.models import User
from accounts.models.people import normalise
from common import audit

BATCH = 1_000
# The columns that an import may change, with their types in the database.
COLUMNS = {
    "name": "text",
    "last_name": "text",
    "preferred_name": "text",
    "employee_id": "text",
    "job_title": "text",
    "department": "text",
    "location": "text",
    "time_zone": "text",
    "hired_on": "date",
    "grade_id": "bigint",
    "grade_is_derived": "boolean",
    "manager_id": "bigint",
    "is_active": "boolean",
    "directory_state": "text",
    "sort_key": "text",
    "search_text": "text",
}
FILLED = {"sort_key", "search_text"}  # by `normalise`
SETS = ", ".join(f"{name} = new.{name}" for name in COLUMNS)
ARRAYS = ", ".join(f"%s::{kind}[]" for kind in ("bigint", *COLUMNS.values()))
NAMES = ", ".join(("id", *COLUMNS))
UPDATE = (
    f"UPDATE accounts_user SET {SETS} FROM unnest({ARRAYS}) AS new ({NAMES}) "  # noqa: S608
    "WHERE accounts_user.id = new.id"
)
NEXT_IDS = (
    "SELECT nextval(pg_get_serial_sequence('accounts_user', 'id')) FROM generate_series(1, %s)"
)

Progress = Callable[[int, int], None]


class StaleError(Exception):
    """Somebody has changed one of the people since the plan was made.

    Nothing may be written: plan again.
    """


def no_progress(done: int, total: int) -> None:
    """The default for `progress`: report nothing."""


def apply_plan(
    plan: Plan,
    *,
    actor: User | None,
    uploaded_by: User | None = None,
    locale: str,
    progress: Progress = no_progress,
) -> list[int]:
    """Write the plan; returns the ids of those who have left. `uploaded_by` chose the file.

    Must run in the transaction in which the plan was made. `progress` is called with how many
    people are done, of how many. New people can sign in by mailed code at once.
    """
    total = len(plan.new) + len(plan.changed) + len(plan.leaving)
    if plan.new or plan.changed:
        grades.save_ladder(plan.rungs)
        write_people(plan, locale, lambda done: progress(done, total))

    note_returned(plan.changed, actor=actor)
    deactivate_leavers(plan.leaving, actor=actor)
    write_address_changes(plan, actor=actor, uploaded_by=uploaded_by)
    progress(total, total)
    return [person.id for person in plan.leaving]


def write_people(plan: Plan, locale: str, report: Callable[[int], None]) -> None:
    """Write the new and the changed people; `report` is called with how many are done."""
    ids = new_ids(plan.new)
    done = 0
    for batch in batches(plan.new):
        create(batch, ids, locale)
        done += len(batch)
        report(done)
    for batch in batches(plan.changed):
        update(batch, ids)
        done += len(batch)
        report(done)


def write_address_changes(plan: Plan, *, actor: User | None, uploaded_by: User | None) -> None:
    """Propose the changes that the file names, and withdraw those that it no longer names.

    Whoever uploaded the file has asked for them. Whoever applies it has had the columns read in
    their way, so neither of the two confirms them.
    """
    changes = [(person.id, person.email, email) for person, email in plan.addresses]
    addresses.propose(actor=uploaded_by or actor, changes=changes, is_import=True, applied_by=actor)
    addresses.withdraw(person_ids=plan.withdrawn)


def batches(rows: Sequence[Outcome]) -> Iterator[Sequence[Outcome]]:
    """Slices of BATCH."""
    for start in range(0, len(rows), BATCH):
        yield rows[start : start + BATCH]


def new_ids(new: Sequence[Outcome]) -> dict[int, int]:
    """{node: id} for people who are not saved yet.

    Known beforehand, so that a manager may come after the people who report to them.
    """
    if not new:
        return {}
    with connection.cursor() as cursor:
        cursor.execute(NEXT_IDS, [len(new)])
        rows = cursor.fetchall()
    return {outcome.node: row[0] for outcome, row in zip(new, rows, strict=True)}


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
    people = [new_person(outcome, ids, locale) for outcome in batch]
    User.objects.bulk_create(people)
    add_addresses(people)


def new_person(outcome: Outcome, ids: dict[int, int], locale: str) -> User:
    """Somebody new, unsaved."""
    assert outcome.entry is not None  # somebody new comes from a row
    person = User(
        pk=ids[outcome.node],
        email=outcome.entry.row.email,
        # what set_unusable_password writes, without its cost
        password=f"!{get_random_string(40)}",
        locale=locale,
        **fields_of(outcome.values, ids),
    )
    return normalise(person)


def add_addresses(people: Sequence[User]) -> None:
    """Verified primary addresses, in place of those that others have left behind."""
    EmailAddress.objects.filter(email__in=[person.email for person in people]).delete()
    EmailAddress.objects.bulk_create(
        EmailAddress(user=person, email=person.email, verified=True, primary=True)
        for person in people
    )


def update(batch: Sequence[Outcome], ids: dict[int, int]) -> None:
    """Write the changed people.

    StaleError if one of them is no longer as the plan knew them.
    """
    require_unchanged(batch)
    write_changed([changed_person(outcome, ids) for outcome in batch])


def changed_person(outcome: Outcome, ids: dict[int, int]) -> User:
    """Somebody as they will be, unsaved."""
    known = outcome.known
    assert known is not None  # only somebody who is here can have changed
    changes = fields_of(outcome.values, ids)
    person = User(pk=known.id, email=known.email)
    for name in COLUMNS:
        if name not in FILLED:
            setattr(person, name, changes.get(name, getattr(known, name)))
    return normalise(person)


def write_changed(people: list[User]) -> None:
    """Write COLUMNS of people who are saved, in one statement with an array per column.

    In SQL, as 20,000 people then take 4 seconds. They take 33 with an upsert (`bulk_create` with
    `update_conflicts`) and 226 with `bulk_update`: benchmarks/directory_update.py.
    """
    arrays = [[getattr(person, name) for person in people] for name in ("id", *COLUMNS)]
    with connection.cursor() as cursor:
        cursor.execute(UPDATE, arrays)


def require_unchanged(batch: Sequence[Outcome]) -> None:
    """Lock the people and compare them with the plan, all but whether they have signed in."""
    people = load_known(lock=[outcome.node for outcome in batch])
    for outcome in batch:
        now, planned = people[outcome.node], outcome.known
        if planned is None or now != replace(planned, has_signed_in=now.has_signed_in):
            raise StaleError


def note_returned(changed: Sequence[Outcome], *, actor: User | None) -> None:
    """Tell the audit trail who is back with the company."""
    ids = [outcome.node for outcome in changed if outcome.returns]
    people = User.objects.filter(pk__in=ids).only("pk", "public_id")
    audit.record_many("person.returned", people, actor=actor)


def deactivate_leavers(leaving: Sequence[Known], *, actor: User | None) -> None:
    """They can no longer sign in, and their sign-ins end. The directory may bring them back."""
    people = User.objects.filter(pk__in=[person.id for person in leaving], is_active=True)
    audit.record_many("person.left", list(people.only("pk", "public_id")), actor=actor)
    people.update(
        is_active=False, directory_state=DirectoryState.LEFT, session_epoch=F("session_epoch") + 1
    )
