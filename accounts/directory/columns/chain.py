"""A chain of managers in numbered columns, such as "Manager - Level 01" to "Manager - Level 09".

Some systems begin the chain with the nearest manager and some with the head of the company. The
chains of the managers themselves tell which. The table gets one column more, with the nearest.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import combinations, islice

from accounts.directory.columns.headings import (
    COLUMNS,
    NEAREST,
    fields_named,
    has_word,
    is_part_of_company,
)
from accounts.directory.columns.series import longest_series, with_added_column
from accounts.directory.files.table import Table
from accounts.directory.values.manager_cells import name_in, name_key, number_in_brackets

LOOKED_AT = 2_000  # rows


def with_nearest_manager(table: Table, *, fills_short_rows: bool) -> Table:
    """The table with a column for the nearest manager, where it has a chain of them.

    With `fills_short_rows` (for XLSX), cells that are missing at the end are empty ones.
    """
    chain = longest_series(table.headings, is_level_of_managers)
    if not chain:
        return table

    first_heading = table.headings[chain[0]]
    own = OwnColumns.of(table.headings)
    nearest = place_of_nearest(table, chain, own)
    if nearest is None:
        unclear = {"key": "chain_unclear", "heading": first_heading}
        return replace(table, notes=[*table.notes, unclear])

    def nearest_manager(cells: Sequence[str]) -> str:
        others = others_in_chain(cells, chain, own)
        return others[nearest] if others else ""

    heading = f"{first_heading} … {NEAREST}"
    return with_added_column(table, heading, nearest_manager, fills_short_rows=fills_short_rows)


def is_level_of_managers(heading: str) -> bool:
    """Whether a numbered heading speaks of managers, and not of a part of the company."""
    return has_word(heading, COLUMNS["chain_words"]) and not is_part_of_company(heading)


def place_of_nearest(table: Table, chain: Sequence[int], own: OwnColumns) -> int | None:
    """0 where the chains begin with the nearest manager, -1 where they end with it.

    None where the file does not tell.
    """
    chains: list[list[str]] = []
    chain_of: dict[str, list[str]] = {}
    for row in islice(table.rows(), LOOKED_AT):
        if row.broken:
            continue
        labels = list(map(label_key, others_in_chain(row.cells, chain, own)))
        chains.append(labels)
        for own_key in own.keys(row.cells):
            chain_of.setdefault(own_key, labels)

    longer = [labels for labels in chains if len(labels) > 1]
    return decide(longer, chain_of) if longer else 0


def decide(chains: Sequence[list[str]], chain_of: Mapping[str, list[str]]) -> int | None:
    """As `place_of_nearest`, from chains of two and more, and the chain of everybody.

    A manager's own chain is the rest of the chains of those who report to them. Where that tells
    nothing, the end at which fewer people are is the top.
    """
    begin_with = sum(chain_of.get(chain[0]) == chain[1:] for chain in chains)
    end_with = sum(chain_of.get(chain[-1]) == chain[:-1] for chain in chains)
    if begin_with != end_with:
        return 0 if begin_with > end_with else -1

    first_people = {chain[0] for chain in chains}
    last_people = {chain[-1] for chain in chains}
    if len(first_people) == len(last_people):
        return None
    return 0 if len(first_people) > len(last_people) else -1


@dataclass(frozen=True)
class OwnColumns:
    """The columns that hold the person's own id and name."""

    ids: tuple[int, ...]
    names: tuple[int, ...]
    parts: tuple[int, ...]  # first and last names

    @classmethod
    def of(cls, headings: Sequence[str]) -> OwnColumns:
        """These columns, by their headings."""
        fields = [fields_named(heading).keys() for heading in headings]
        return cls(
            ids=positions(fields, "employee_id"),
            names=positions(fields, "name", "preferred_name"),
            parts=positions(fields, "first_name", "last_name", "preferred_name"),
        )

    def keys(self, cells: Sequence[str]) -> set[str]:
        """What the person of a row may be named by, as labels are compared."""
        names = filled_at(cells, self.names)
        parts = filled_at(cells, self.parts)
        names += [f"{first} {last}" for first, last in combinations(parts, 2)]
        return {*filled_at(cells, self.ids), *map(name_key, names)}


def filled_at(cells: Sequence[str], positions: Iterable[int]) -> list[str]:
    """The texts at these positions, without empty ones."""
    texts = [cells[at].strip() for at in positions if at < len(cells)]
    return [text for text in texts if text]


def positions(fields: Sequence[Collection[str]], *wanted: str) -> tuple[int, ...]:
    """The columns that may be one of these fields."""
    return tuple(at for at, named in enumerate(fields) if set(wanted) & set(named))


def others_in_chain(cells: Sequence[str], chain: Sequence[int], own: OwnColumns) -> list[str]:
    """The labels of the chain of one row, without the person's own, which some systems add."""
    labels = filled_at(cells, chain)
    own_keys = own.keys(cells) if labels else set()
    return [label for label in labels if label_key(label) not in own_keys]


def label_key(label: str) -> str:
    """The number in brackets behind a name, or the name as it is compared."""
    return number_in_brackets(label) or name_key(name_in(label))
