"""What an import would do, worked out before anything is written."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from accounts.directory.columns.contents import Column
from accounts.directory.columns.leaver_notes import columns_about_leaving, notes_about_leavers
from accounts.directory.columns.manager_notes import notes_about_managers, unused_managers
from accounts.directory.columns.unused_columns import (
    notes_about_addresses,
    notes_about_departments,
    notes_about_names,
)
from accounts.directory.files.table import Table
from accounts.directory.planning import reporting_lines
from accounts.directory.planning.address_changes import find_address_changes
from accounts.directory.planning.compare import Comparer
from accounts.directory.planning.difference import Context, Plan
from accounts.directory.planning.known import load_known
from accounts.directory.planning.leavers import find_leavers
from accounts.directory.planning.match import Matched, keep_out_doubles, match
from accounts.directory.planning.people_grades import give_grades
from accounts.directory.planning.several_rows import merge_rows
from accounts.directory.planning.similar_ids import note_similar_ids
from accounts.directory.problems import Problem, ProblemLog
from accounts.directory.rows.raw_cells import first_columns
from accounts.directory.rows.reader import Reader
from accounts.domain.grades import Rung


def make_plan(table: Table, context: Context, *, strict_width: bool) -> Plan:
    """The difference. Reads the database with a handful of queries and writes nothing.

    Raises DirectoryFileError for what is wrong with the file as a whole.
    """
    reader = Reader.of(
        table, context.mapping, strict_width=strict_width, date_order=context.date_order
    )
    columns = first_columns(table.headings, reader.raw_rows())
    unused = unused_managers(columns, context.mapping)
    notes = notes_about_columns(reader, columns, context.mapping, unused)

    matched = matched_people(reader)
    if reader.unclear_date:
        context = without_dates(context)
    find_managers(matched, context, reader.problems)

    plan = start_plan(table, matched)
    plan.manager_columns = unused
    plan.unclear_date = reader.unclear_date
    plan.notes += [note for note in notes if is_true_of(note, reader)]
    plan.notes += reporting_lines.notes_about_ids(matched)
    find_changes(plan, matched, context, reader.problems)
    plan.problems = sorted(reader.problems, key=errors_first)
    return plan


def matched_people(reader: Reader) -> Matched:
    """The rows with the people they are about, each person once."""
    problems = reader.problems
    matched = match(reader.rows(), load_known(), problems)
    merge_rows(matched, problems)
    keep_out_doubles(matched.entries, problems)
    note_similar_ids(matched, problems)
    return matched


def find_managers(matched: Matched, context: Context, problems: ProblemLog) -> None:
    """Set everybody's manager, as the file says or as it is here."""
    if context.names_managers:
        reporting_lines.resolve(matched, problems)
    else:
        reporting_lines.keep_managers(matched, problems)


def find_changes(plan: Plan, matched: Matched, context: Context, problems: ProblemLog) -> None:
    """Fill in who leaves, who is new, and what changes."""
    find_leavers(plan, matched, context, problems)
    given = give_grades(plan, matched, context)
    compare(plan, matched, context, given, problems)
    find_address_changes(plan, matched, problems)


def errors_first(problem: Problem) -> tuple[bool, int]:
    """The key for sorting: errors before warnings, and each by row."""
    return not problem.is_error, problem.row


def notes_about_columns(
    reader: Reader, columns: Sequence[Column], mapping: Mapping[str, str], unused: Sequence[str]
) -> list[dict[str, Any]]:
    """What the preview says about the columns that are used and those that are not.

    `unused` are the columns that seem to name managers and are not used.
    """
    about_leaving = columns_about_leaving(columns, mapping)
    together = reader.count_texts(about_leaving)
    return [
        *notes_about_managers(unused, mapping),
        *notes_about_leavers(together, about_leaving, mapping, reader.conventions.last_days.order),
        *notes_about_departments(columns, mapping),
        *notes_about_addresses(columns, mapping),
        *notes_about_names(columns, mapping),
    ]


def is_true_of(note: Mapping[str, Any], reader: Reader) -> bool:
    """Whether a note about columns is still true when all rows are read."""
    return note["key"] != "nobody_has_left" or not reader.has_states_in_names


def without_dates(context: Context) -> Context:
    """As if the file had no dates, until somebody has said what they mean."""
    mapping = {field: heading for field, heading in context.mapping.items() if field != "hired_on"}
    return replace(context, mapping=mapping)


def start_plan(table: Table, matched: Matched) -> Plan:
    """A plan that changes nothing yet, with the figures of the file and the company."""
    return Plan(
        notes=list(table.notes),
        rows=len(matched.entries) + len(matched.gone) + matched.merged_rows,
        active=sum(person.is_active for person in matched.known.values()),
        listed=len(matched.entries),
        managers_named=matched.managers_named,
        managers_found=matched.managers_found,
    )


def compare(
    plan: Plan,
    matched: Matched,
    context: Context,
    given: Mapping[int, Rung | None],
    problems: ProblemLog,
) -> None:
    """Fill in who is new, changed and unchanged."""
    comparer = Comparer(matched, context, given=given, ladder=plan.rungs, problems=problems)
    for entry in matched.entries:
        if not entry.ok:
            continue
        outcome = comparer.outcome(entry)
        if entry.known is None:
            plan.new.append(outcome)
        elif outcome.fields:
            plan.changed.append(outcome)
        else:
            plan.unchanged += 1

    compare_grades(plan, matched, comparer)
    plan.notes.extend(comparer.notes())


def compare_grades(plan: Plan, matched: Matched, comparer: Comparer) -> None:
    """Add those whose place in the tree moved though no row about them is applied."""
    done = {entry.node for entry in matched.entries if entry.ok}
    for node, rung in comparer.given.items():
        is_new = node < 0
        if is_new or node in done:
            continue
        outcome = comparer.only_grade(matched.known[node], rung)
        if outcome.fields:
            plan.changed.append(outcome)
