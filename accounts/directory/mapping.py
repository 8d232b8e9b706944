"""Which column of the file is what: guessed from headings and contents, corrected by a person."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Mapping, Sequence

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.directory.data import load
from accounts.domain.names import plain
from common.errors import DomainError

# What can be read, in the order of the page. The headings are compared after `key()`; the first
# that fits wins.
FIELDS: dict[str, str | Promise] = {
    "employee_id": gettext_lazy("Employee id"),
    "email": gettext_lazy("E-mail address"),
    "name": gettext_lazy("Full name"),
    "first_name": gettext_lazy("First name"),
    "last_name": gettext_lazy("Last name"),
    "preferred_name": gettext_lazy("What people call them"),
    "job_title": gettext_lazy("Job title"),
    "department": gettext_lazy("Department"),
    "location": gettext_lazy("Location"),
    "city": gettext_lazy("City"),
    "country": gettext_lazy("Country"),
    "time_zone": gettext_lazy("Time zone"),
    "grade": gettext_lazy("Grade"),
    "manager_id": gettext_lazy("Manager’s employee id"),
    "manager_email": gettext_lazy("Manager’s e-mail address"),
    "manager_name": gettext_lazy("Manager’s name"),
    "hired_on": gettext_lazy("Hired on"),
    "status": gettext_lazy("Status (active or left)"),
}
NAME_FIELDS = {"name", "first_name", "last_name"}


def key(heading: str) -> str:
    """A heading as it is compared: "EMPLOYEE_ID" and "Employee-ID" are both "employeeid"."""
    text = heading.replace("'", "").replace("’", "").replace("#", " number ")
    return "".join(re.findall(r"[a-z0-9]+", plain(text)))


# heading -> the field that it names, and how good a name it is: 0 is best
KNOWN: dict[str, tuple[str, int]] = {
    key(heading): (field, place)
    for field, headings in load("headings").items()
    for place, heading in enumerate(headings)
}


def guess(headings: Sequence[str], sample: Sequence[Sequence[str]] = ()) -> dict[str, str]:
    """{field: heading} as far as headings and a few rows tell. Each heading is used once."""
    mapping = known_headings(headings)
    columns = {
        heading: [row[at].strip() for row in sample if at < len(row)]
        for at, heading in enumerate(headings)
    }
    guess_email(mapping, columns)
    settle_manager(mapping, columns)
    settle_name(mapping)
    return mapping


def known_headings(headings: Sequence[str]) -> dict[str, str]:
    """{field: heading} by headings alone; where several name a field, the best of them."""
    best: dict[str, tuple[int, str]] = {}
    for heading in headings:
        known = KNOWN.get(key(heading))
        if known is None:
            continue
        field, place = known
        if field not in best or place < best[field][0]:
            best[field] = (place, heading)
    return {field: best[field][1] for field in FIELDS if field in best}


def guess_email(mapping: dict[str, str], columns: Mapping[str, Sequence[str]]) -> None:
    """Find the addresses by their cells, where no heading told them or the heading was wrong."""
    if "email" in mapping:
        cells = filled_cells("email", mapping, columns)
        if not cells or share(cells, has_at) > 0:
            return
    taken = set(mapping.values())
    for heading, column in columns.items():
        if heading not in taken and share(column, has_at) >= 0.5:
            mapping["email"] = heading
            return


def settle_manager(mapping: dict[str, str], columns: Mapping[str, Sequence[str]]) -> None:
    """A column "Manager" may hold ids, addresses or names: its cells decide.

    Where there are several, all are kept.
    """
    ids = set(filled_cells("employee_id", mapping, columns))
    for field in ("manager_id", "manager_name", "manager_email"):
        cells = filled_cells(field, mapping, columns)
        if not cells:
            continue
        right = manager_field(field, cells, ids)
        if right != field and right not in mapping:
            mapping[right] = mapping.pop(field)


def filled_cells(
    field: str, mapping: Mapping[str, str], columns: Mapping[str, Sequence[str]]
) -> list[str]:
    """The cells with anything in them in the column of a field; none without a column."""
    heading = mapping.get(field, "")
    return [cell for cell in columns.get(heading, ()) if cell]


def manager_field(field: str, cells: Sequence[str], ids: set[str]) -> str:
    """The field that the cells of a manager's column fit; `ids` are the employee ids."""
    if share(cells, has_at) > 0.5:
        return "manager_email"
    if share(cells, str.isdigit) > 0.5 or share(cells, ids.__contains__) > 0.5:
        return "manager_id"
    has_names = field == "manager_id" and share(cells, has_blank) > 0.5
    return "manager_name" if field == "manager_email" or has_names else field


def settle_name(mapping: dict[str, str]) -> None:
    """Where first names have a column, "Name" is the family name or is not needed."""
    if "first_name" not in mapping:
        return
    # "Name, Vorname": the name alone is the family name
    name_is_last_name = "last_name" not in mapping and key(mapping.get("name", "")) == "name"
    if name_is_last_name:
        mapping["last_name"] = mapping.pop("name")
    if "last_name" in mapping:
        mapping.pop("name", None)


def has_at(cell: str) -> bool:
    """Whether a cell looks like an address."""
    return "@" in cell


def has_blank(cell: str) -> bool:
    """Whether a cell has several words."""
    return " " in cell


def share(cells: Sequence[str], test: Callable[[str], bool]) -> float:
    """The part of the cells with anything in them for which `test` holds."""
    filled = [cell for cell in cells if cell]
    if not filled:
        return 0.0
    return sum(map(test, filled)) / len(filled)


def checked(mapping: Mapping[str, str], headings: Sequence[str]) -> dict[str, str]:
    """The mapping without empty entries.

    DomainError if it cannot work, with the field's name in the message.
    """
    chosen = {field: heading for field, heading in mapping.items() if heading}
    for field, heading in chosen.items():
        check_exists(field, heading, headings)
    check_needed(chosen)
    check_used_once(chosen)
    return chosen


def check_exists(field: str, heading: str, headings: Sequence[str]) -> None:
    """DomainError unless there are such a field and such a column."""
    if field not in FIELDS:
        raise DomainError(
            _("“%(field)s” is not a field. The fields are: %(fields)s."),
            params={"field": field, "fields": ", ".join(FIELDS)},
        )
    if heading not in headings:
        raise DomainError(
            _("The file has no column “%(heading)s” (chosen for %(field)s)."),
            params={"heading": heading, "field": FIELDS[field]},
        )


def check_needed(chosen: Mapping[str, str]) -> None:
    """DomainError unless there are addresses and names: nobody is here without them."""
    if "email" not in chosen:
        raise DomainError(
            _("Say which column holds the e-mail addresses: people sign in with them.")
        )
    if NAME_FIELDS.isdisjoint(chosen):
        raise DomainError(
            _("Say which columns hold the names: one with full names, or first and last name.")
        )


def check_used_once(chosen: Mapping[str, str]) -> None:
    """DomainError for a column that is chosen for two fields."""
    for heading, uses in Counter(chosen.values()).items():
        if uses > 1:
            raise DomainError(
                _("The column “%(heading)s” is chosen twice. Choose it once."),
                params={"heading": heading},
            )
