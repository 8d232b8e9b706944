"""The whole directory import at once, without a worker: for the command line, the demo company and
the tests.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from django.db import connection, transaction
from django.utils.translation import gettext as _

from accounts.directory import mapping as directory_mapping
from accounts.directory.difference import Context, Plan
from accounts.directory.files import read_table
from accounts.directory.plan import make_plan
from accounts.domain.company import company
from accounts.models import User
from common import audit
from common.errors import DomainError
from mentoring.workflows.directory_import import LOCK, guess, is_text, write


@dataclass(frozen=True)
class Result:
    """What an import did, or what keeps it from being applied: "errors", "leavers" or ""."""

    plan: Plan
    mapping: dict[str, str]
    applied: bool
    stopped_by: str = ""


@transaction.atomic
def import_now(
    *,
    content: bytes,
    mapping: Mapping[str, str] | None = None,
    dry_run: bool = False,
    partial: bool = False,
    confirm_leavers: bool = False,
    confirm_errors: bool = False,
    actor: User | None = None,
) -> Result:
    """Read, plan and apply; `mapping` corrects the guess of the columns, an empty heading leaves a
    field out.

    Applies nothing where errors or many leavers are not confirmed. Raises DirectoryFileError and
    DomainError as the steps of `directory_import` do, also while another import is being applied.
    """
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_xact_lock(%s, 0)", [LOCK])
        if not cursor.fetchone()[0]:
            raise DomainError(
                _("Another import is being applied. Wait until it is done, then try again.")
            )
    table = read_table(content)
    chosen = directory_mapping.checked({**guess(table), **(mapping or {})}, table.headings)
    context = Context(
        mapping=chosen,
        time_zone=company().time_zone,
        partial=partial,
        actor=actor.pk if actor else None,
    )
    plan = make_plan(table, context, strict_width=is_text(content))
    stopped_by = ""
    if plan.error_rows and not confirm_errors:
        stopped_by = "errors"
    elif plan.many_leave and not confirm_leavers:
        stopped_by = "leavers"
    if dry_run or stopped_by:
        return Result(plan, chosen, applied=False, stopped_by=stopped_by)
    counts = write(plan, actor=actor)
    if not plan.changes_nothing:
        audit.record("directory.imported", company(), actor=actor, **counts)
    return Result(plan, chosen, applied=True)
