"""What the preview says about the columns that were used, and about those that were not."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from django.utils.translation import gettext as _


def chain_unclear(note: Mapping[str, Any]) -> str:
    """Nobody can tell which end of a chain is the person's own manager."""
    return (
        _(
            "It can’t be told whether “%(heading)s” is the nearest manager or the top of the "
            "company. Choose the column of the nearest one as the manager’s name."
        )
        % note
    )


def no_managers(note: Mapping[str, Any]) -> str:
    """Nothing tells who reports to whom."""
    text = _(
        "This file does not say who reports to whom: no column with managers was recognised, or it "
        "is empty. Without managers, somebody new can be matched with their own boss. Choose the "
        "column with the managers, or export the file again with it."
    )
    if note.get("unused"):
        columns = ", ".join(note["unused"])
        text += " " + _("These columns name people of the file: %(columns)s.") % {
            "columns": columns
        }
    return text


def managers_without_zeros(note: Mapping[str, Any]) -> str:
    """The ids of managers have lost the zeros in front, or those of people have."""
    return (
        _(
            "Managers’ ids differ from people’s ids in the zeros in front (rows: %(count)s; the "
            "first: “%(value)s”). They were matched without zeros where only one person fits."
        )
        % note
    )


def managers_by_column(note: Mapping[str, Any]) -> str:
    """Managers' ids refer to a column of which only the cells say so."""
    return (
        _(
            "Managers were found by the column “%(heading)s”. If that is wrong, choose the columns "
            "again."
        )
        % note
    )


def managers_unused(note: Mapping[str, Any]) -> str:
    """Further columns seem to name managers."""
    return (
        _(
            "Managers come from “%(used)s”. These columns seem to name managers too and were not "
            "used: %(unused)s."
        )
        % note
    )


def nobody_has_left(note: Mapping[str, Any]) -> str:
    """No status and no last day, or only kinds of work in them."""
    text = _("No column tells who has left. Everybody in this file is taken as working here.")
    if note["unused"]:
        return f"{text} " + (
            _("If one of these columns tells it, choose it as status or last day: %(unused)s.")
            % note
        )
    return f"{text} " + _("If there are people in it who have left, leave their rows out.")


def leavers_unused(note: Mapping[str, Any]) -> str:
    """Further columns say that people have left."""
    return (
        _(
            "Who has left comes from %(used)s. These columns say it of further people (rows), and "
            "were not used: %(unused)s."
        )
        % note
    )


def status_by_cells(note: Mapping[str, Any]) -> str:
    """A column is the status because of its cells."""
    return (
        _(
            "The cells of “%(heading)s” tell who has left (rows: %(count)d). If that is wrong, "
            "choose the columns again."
        )
        % note
    )


def empty_is_left(note: Mapping[str, Any]) -> str:
    """Only those who work here have a mark."""
    return (
        _(
            "“%(heading)s” has a mark for people who work here; the others are taken as people who "
            "have left (rows: %(count)d)."
        )
        % note
    )


def empty_is_here(note: Mapping[str, Any]) -> str:
    """Some have no status."""
    return (
        _(
            "“%(heading)s” is empty in some rows (%(count)d). These people are taken as working "
            "here, unless their last day is over."
        )
        % note
    )


def departments_unused(note: Mapping[str, Any]) -> str:
    """Further columns name parts of the company."""
    if note["used"]:
        return (
            _(
                "Departments come from “%(used)s”. These columns name parts of the company too and "
                "were not used: %(unused)s."
            )
            % note
        )
    return (
        _(
            "No column with departments was recognised. These columns seem to name parts of the "
            "company: %(unused)s. Choose one, or people can be matched within their own team."
        )
        % note
    )


def private_addresses(note: Mapping[str, Any]) -> str:
    """Most addresses are at providers of private mail."""
    return (
        _(
            "Most addresses in “%(heading)s” look private. Sign-in codes and invitations go to "
            "them: choose the column with the addresses for work if there is one."
        )
        % note
    )


def names_of_one_word(note: Mapping[str, Any]) -> str:
    """First or last names are missing."""
    return (
        _(
            "Most names in “%(heading)s” have one word. If the first or last names are in another "
            "column, choose it too."
        )
        % note
    )


def few_name_managers(note: Mapping[str, Any]) -> str:
    """Most cells of the manager's column are empty."""
    return _(
        "Only %(named)d of the %(people)d people in this file have a manager in it. Without their "
        "manager, people can be matched with their own boss. Check which column holds the "
        "managers, or export the file again with all of them."
    ) % {"named": note["named"], "people": note["people"]}


def few_managers(note: Mapping[str, Any]) -> str:
    """Many managers are nobody that is known."""
    return _(
        "Only %(found)d of the %(named)d managers named in this file were found. Without their "
        "manager, people can be matched with their own boss. Check which column holds the "
        "managers, and that the file contains everybody."
    ) % {"found": note["found"], "named": note["named"]}


# by the key of the note
COLUMN_NOTES: dict[str, Callable[[Mapping[str, Any]], str]] = {
    "chain_unclear": chain_unclear,
    "no_managers": no_managers,
    "managers_without_zeros": managers_without_zeros,
    "managers_by_column": managers_by_column,
    "managers_unused": managers_unused,
    "nobody_has_left": nobody_has_left,
    "leavers_unused": leavers_unused,
    "status_by_cells": status_by_cells,
    "empty_is_left": empty_is_left,
    "empty_is_here": empty_is_here,
    "departments_unused": departments_unused,
    "private_addresses": private_addresses,
    "names_of_one_word": names_of_one_word,
    "few_name_managers": few_name_managers,
    "few_managers": few_managers,
}
