"""The plan of a directory import: how the people here differ from the file."""

from __future__ import annotations

from collections.abc import Mapping

from accounts.directory.files.table import Table
from accounts.directory.planning.difference import Context, Plan
from accounts.directory.planning.plan import make_plan
from accounts.domain.company import company


def plan_table(
    table: Table,
    *,
    mapping: Mapping[str, str],
    is_text: bool,
    partial: bool,
    actor_id: int | None,
    date_order: str = "",
    grades_by_depth: bool = False,
) -> Plan:
    """Compare a table with the people here, now.

    `mapping` is {field: heading}. `partial`: nobody leaves because they are not in the file.
    `date_order`: what comes first in a date, "day", "month" or "year", where the file does not
    tell. `grades_by_depth`: people without a grade get that of their level in the reporting tree.
    """
    context = Context(
        mapping=dict(mapping),
        time_zone=company().time_zone,
        partial=partial,
        date_order=date_order,
        grades_by_depth=grades_by_depth,
        actor=actor_id,
    )
    return make_plan(table, context, strict_width=is_text)
