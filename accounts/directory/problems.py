"""What may be wrong with a row, and what to do about it.

Kept as a code with parameters; worded when it is shown.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

Words = str | Promise

# code -> (problem, what to do). Both may contain "%(value)s" and other parameters.
ERRORS: dict[str, tuple[Words, Words]] = {
    "broken": (_("The row can’t be read: %(why)s"), _("Correct the row in the file.")),
    "too_many_cells": (
        _("The row has %(cells)s cells, the headings have %(headings)s."),
        _(
            "A separator inside a cell has probably moved the rest: put that cell in quotation "
            "marks."
        ),
    ),
    "too_few_cells": (
        _("The row has %(cells)s cells, the headings have %(headings)s."),
        _("Add empty cells, so that no column is mistaken for another."),
    ),
    "formula": (
        _("The cell contains a formula."),
        _("Put the value itself there: copy the column and paste it as values."),
    ),
    "excel_error": (
        _("The cell contains a spreadsheet error."),
        _("Correct the formula, then paste the column as values."),
    ),
    "shortened_id": (
        _("A spreadsheet program has shortened the id to “%(value)s”."),
        _("Format the column as text and export the file again."),
    ),
    "lost_letter": (
        _("A letter was lost (�)."),
        _("Export the file again as UTF-8, or correct the cell."),
    ),
    "too_long": (_("The cell is longer than %(max)s characters."), _("Shorten it.")),
    "no_email": (
        _("There is no e-mail address."),
        _("Add one: people sign in with it. Who has none can’t take part."),
    ),
    "bad_email": (_("“%(value)s” is not an e-mail address."), _("Correct it.")),
    "odd_email": (
        _("“%(value)s” is not an e-mail address: there is %(what)s."),
        _("Type the address again in place of copying it."),
    ),
    "no_name": (_("There is no name."), _("Add one.")),
    "bad_date": (
        _("“%(value)s” is not a date that we can read."),
        _("Write it as 2026-03-31, or leave the column “Hired on” out."),
    ),
    "future_date": (
        _("“%(value)s” is more than a year ahead."),
        _("Correct the year, or leave the column “Hired on” out."),
    ),
    "bad_time_zone": (
        _("“%(value)s” is not a time zone."),
        _(
            "Use a name such as Europe/Berlin, or leave the column out: city and country then "
            "decide."
        ),
    ),
    "bad_status": (
        _("“%(value)s” does not say whether somebody works here or has left."),
        _("Use “active” or “left”."),
    ),
    "same_id": (
        _("The employee id “%(value)s” is in rows %(rows)s."),
        _("Keep one of them. None of them is imported until then."),
    ),
    "same_email": (
        _("The address “%(value)s” is in rows %(rows)s."),
        _("Keep one of them. None of them is imported until then."),
    ),
    "same_person": (
        _("Rows %(rows)s are about one person: one by employee id, the other by e-mail address."),
        _("Keep one of them. None of them is imported until then."),
    ),
    "address_of_other": (
        _("The address “%(value)s” belongs to somebody else here (%(who)s)."),
        _("Correct it, or change the other person’s address first."),
    ),
    "address_has_other_id": (
        _("The address “%(value)s” belongs to %(who)s with the employee id %(id)s."),
        _(
            "Same person with a new id: change the id on their page. Somebody new with an "
            "address used before: give that "
            "address up on the earlier person’s page first."
        ),
    ),
    "id_of_other": (
        _("The employee id “%(value)s” belongs to %(who)s, who has another name and address."),
        _(
            "If it was given to somebody else, change the id on the earlier person’s page first. "
            "If it is the same person, correct the name on their page first."
        ),
    ),
    "manager_unknown": (
        _("The manager “%(value)s” is neither in this file nor known here."),
        _(
            "Add the manager to the file, correct the cell, or empty it for somebody without a "
            "manager."
        ),
    ),
    "manager_is_title": (
        _("“%(value)s” is a job title in this file, not a person."),
        _("Choose the column with the names or ids of the managers, or correct the cell."),
    ),
    "manager_odd": (
        _("Nobody is known as “%(value)s”: there is %(what)s, which looks like another letter."),
        _("Type it again in place of copying it."),
    ),
    "manager_in_other_order": (
        _("Nobody is called “%(value)s”. There is “%(other)s”, who may be somebody else."),
        _("If they are meant, write the name in the same order as the others in this column."),
    ),
    "manager_gone": (
        _("The manager “%(value)s” has left, as the file itself says."),
        _("Name the present manager, or empty the cell for somebody without one."),
    ),
    "manager_not_unique": (
        _("“%(value)s” fits several people, so we can’t tell who the manager is."),
        _("Use a column with the manager’s employee id or e-mail address."),
    ),
    "managers_differ": (
        _("The columns about managers name different people; one of them is “%(other)s”."),
        _(
            "Correct the row. If the ids of managers are those of another numbering, leave that "
            "column out."
        ),
    ),
    "manager_out": (
        _("The manager “%(value)s” is not imported because of an error in row %(other)s."),
        _("Correct that row. This one is then imported too."),
    ),
    "cycle": (
        _("The reporting line is a circle: %(chain)s."),
        _("Correct the manager of one of them. None of them is imported until then."),
    ),
}
WARNINGS: dict[str, tuple[Words, Words]] = {
    "cleaned": (
        _("Line breaks or invisible characters were removed (cells: %(count)s). First: %(what)s."),
        _("Check the text if it looks wrong."),
    ),
    "no_person": (
        _("This row is no person (“%(value)s”)."),
        _("It was left out, as sums, remarks and repeated headings are."),
    ),
    "still_active": (
        _("The last day %(value)s is over, but the status says that this person works here."),
        _("The status counts. Correct it if they have left."),
    ),
    "leaves_later": (
        _("The status says “%(value)s”, but the last day %(what)s is not over."),
        _("This person stays until then. A file that is imported later lets them leave."),
    ),
    "state_in_name": (
        _("A text behind the name was read as the status (cells: %(count)s). First: “%(what)s”."),
        _("If that is wrong, take it out of the names, or add a column with the status."),
    ),
    "states_differ": (
        _("“%(value)s” behind the name and the status “%(other)s” say different things."),
        _("The status counts. Correct it if that is wrong."),
    ),
    "look_alike": (
        _("A letter only looks like another one (cells: %(count)s). First: %(what)s."),
        _("Type the text again in place of copying it, or it is not found."),
    ),
    "similar_id": (
        _("There are two ids, “%(value)s” and “%(other)s”, that differ in zeros or separators."),
        _("They stay two people. If that is wrong, format the column as text and export again."),
    ),
    "several_rows": (
        _("Rows %(rows)s say the same about one person."),
        _("They are read as one row."),
    ),
    "several_rows_differ": (
        _("Rows %(rows)s are about one person, and the first is used. They differ: %(what)s."),
        _("Move the row that should count to the top, or delete the others."),
    ),
    "manager_turned": (
        _("“%(value)s” was found by turning the name round (cells: %(count)s)."),
        _("Check the manager, and correct the cell if somebody else is meant."),
    ),
    "several_rows_main": (
        _(
            "Rows %(rows)s are about one person, and row %(used)s is used, as it is the main "
            "contract. They differ: %(what)s."
        ),
        _("If another row should count, mark that one as the main contract."),
    ),
    "own_manager": (_("Names themselves as manager."), _("Read as: has no manager.")),
    "manager_left": (
        _("The manager “%(value)s” has left, or leaves with this import."),
        _("The reporting line is kept."),
    ),
    "kept_hr_admin": (
        _("%(name)s is an HR admin and not in the file."),
        _("They stay. Take their rights away first if they have left."),
    ),
    "kept_self": (
        _("You are not in the file."),
        _("You stay: nobody is locked out by their own import."),
    ),
    "stays_inactive": (
        _("%(name)s was deactivated by hand."),
        _("They stay deactivated. Reactivate them on their page if that is wrong."),
    ),
    "rejected_before": (
        _("The address “%(value)s” was rejected for %(name)s before."),
        _("You are not asked about it again."),
    ),
}


@dataclass(slots=True)
class Problem:
    """Something about one cell or row.

    `row` 0 is about the file; `column` is the file's heading.
    """

    row: int
    code: str
    column: str = ""
    value: str = ""
    params: dict[str, Any] = field(default_factory=dict)

    @property
    def is_error(self) -> bool:
        """Errors keep their row out; warnings do not."""
        return self.code in ERRORS

    def as_json(self) -> dict[str, Any]:
        """What is stored."""
        return {
            "row": self.row,
            "code": self.code,
            "column": self.column,
            "value": self.value[:100],
            "params": self.params,
        }


class ProblemLog(list[Problem]):
    """What is found wrong with a file, in the order in which it is found."""

    def __init__(self, columns: Mapping[str, str]) -> None:
        """`columns` are the headings of the fields."""
        super().__init__()
        self.columns = columns

    def add(self, row: int, code: str, field: str = "", value: str = "", **params: object) -> None:
        """Note a problem of a row, and of the cell of `field` if it is about one."""
        self.append(Problem(row, code, self.columns.get(field, ""), value, params))


def worded(stored: dict[str, Any]) -> dict[str, Any]:
    """A stored problem with `problem` and `advice` in the reader's language."""
    code = stored["code"]
    problem, advice = (ERRORS | WARNINGS).get(code, (code, ""))
    params = {"value": stored.get("value", ""), **stored.get("params", {})}
    return {
        **stored,
        "problem": str(problem) % params,
        "advice": str(advice) % params,
        "is_error": code in ERRORS,
    }
