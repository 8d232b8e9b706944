"""The fields that can be read from a file, and which columns a person may choose for them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.directory.files.table import UNNAMED
from common.errors import DomainError

# What can be read, in the order of the page.
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
    "person_key": gettext_lazy("What managers are named by, if not the employee id"),
    "hired_on": gettext_lazy("Hired on"),
    "left_on": gettext_lazy("Last day"),
    "status": gettext_lazy("Status (active or left)"),
    "primary": gettext_lazy("Main contract (yes or no), where people have several rows"),
}
NAME_FIELDS = {"name", "first_name", "last_name"}


def checked(mapping: Mapping[str, str], headings: Sequence[str]) -> dict[str, str]:
    """The mapping without empty entries.

    DomainError if it cannot work, with the field's name in the message.
    """
    chosen = {field: heading for field, heading in mapping.items() if heading}
    for field, heading in chosen.items():
        check_exists(field, heading, headings)
    check_needed(chosen, headings)
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


def check_needed(chosen: Mapping[str, str], headings: Sequence[str]) -> None:
    """DomainError unless there are addresses and names: nobody is here without them."""
    if "email" not in chosen and headings[:1] == [f"{UNNAMED} 1"]:
        raise DomainError(
            _(
                "The file has no row of headings, or they are unknown, and no column with e-mail "
                "addresses was found. Add them: people sign in with their address."
            )
        )
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
