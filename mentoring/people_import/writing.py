"""Writing a plan of a directory import, with what follows from it in other apps."""

from __future__ import annotations

from django.db import connection

from accounts.directory.apply import Progress, apply_plan, no_progress
from accounts.directory.planning.difference import Plan
from accounts.domain.company import company
from accounts.models import User
from mentoring.workflows import leavers, reporting_lines

LOCK = 0x5550_4952  # the number of directory imports among Postgres' advisory locks
APPLYING = 0


def try_lock(number: int = APPLYING) -> bool:
    """Take the lock for applying, or for checking the import of this number; whether it was free.

    It is held until the end of the transaction. One import is applied at a time, and each is
    checked by one worker at a time.
    """
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_xact_lock(%s, %s)", [LOCK, number])
        return bool(cursor.fetchone()[0])


def write_plan(
    plan: Plan,
    *,
    actor: User | None,
    uploaded_by: User | None = None,
    progress: Progress = no_progress,
) -> dict[str, int]:
    """Apply a plan, then pause the pairs of leavers and of new reporting lines; the counts.

    Must run in the transaction in which the plan was made.
    """
    gone = apply_plan(
        plan,
        actor=actor,
        uploaded_by=uploaded_by,
        locale=company().locale,
        progress=progress,
    )
    lines_may_differ = plan.changed or plan.new
    return {
        **plan.counts(),
        "pairs_of_leavers": leavers.settle(gone),
        "pairs_in_line": reporting_lines.recheck_pairs() if lines_may_differ else 0,
    }
