"""A chain of managers in numbered columns, such as "Manager - Level 01" to "Manager - Level 09".

Some systems begin the chain with the nearest manager and some with the head of the company. The
chains of the managers themselves tell which. The table gets one column more, with the nearest.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import combinations, islice

from accounts.directory.columns.headings import (
    BRACKETS,
    COLUMNS,
    NEAREST,
    fields_named,
    has_word,
    is_part_of_company,
    words_of,
)
from accounts.directory.files.table import RawRow, Table
from accounts.directory.rows.manager_cells import name_in, name_key, number_in_brackets

LOOKED_AT = 2_000  # rows
LEVEL = re.compile(r"^(.*?)0*(\d{1,2})(\D*)$")


@dataclass(frozen=True)
class Chain:
    """The positions of the columns, in the order of their numbers, and the heading to add."""

    positions: tuple[int, ...]
    heading: str


def with_nearest_manager(table: Table, *, fills_short_rows: bool) -> Table:
    """The table with a column for the nearest manager, where it has a chain of them.

    With `fills_short_rows` (for XLSX), cells that are missing at the end are empty ones.
    """
    chain = find_chain(table.headings)
    if chain is None:
        return table
    rows = [row.cells for row in islice(table.rows(), LOOKED_AT) if not row.broken]
    nearest = place_of_nearest(chain, table.headings, rows)
    if nearest is None:
        unclear = {"key": "chain_unclear", "heading": table.headings[chain.positions[0]]}
        return replace(table, notes=[*table.notes, unclear])
    return with_column(table, chain, nearest, fills_short_rows)


def with_column(table: Table, chain: Chain, nearest: int, fills_short_rows: bool) -> Table:
    """The table with one column more, after the others."""
    width = len(table.headings)
    own = OwnColumns.of(table.headings)

    def rows() -> Iterator[RawRow]:
        for row in table.rows():
            is_whole = fills_short_rows or len(row.cells) >= width
            if is_whole and not row.broken:
                add_cell(row.cells)
            yield row

    def add_cell(cells: list[str]) -> None:
        cells += [""] * (width - len(cells))
        others = others_in_chain(cells, chain, own)
        cells.insert(width, others[nearest] if others else "")

    return replace(table, headings=[*table.headings, chain.heading], rows=rows)


def find_chain(headings: Sequence[str]) -> Chain | None:
    """The longest series of numbered headings that speak of managers; None without one."""
    longest = max(numbered_columns(headings).values(), key=len, default={})
    if len(longest) < 2:
        return None
    in_order = tuple(longest[number] for number in sorted(longest))
    return Chain(in_order, f"{headings[in_order[0]]} … {NEAREST}")


def numbered_columns(headings: Sequence[str]) -> dict[str, dict[int, int]]:
    """{heading without its number: {number: position}} of those that speak of managers."""
    series: dict[str, dict[int, int]] = {}
    for position, heading in enumerate(headings):
        found = LEVEL.match(BRACKETS.sub("", heading).strip())
        is_of_managers = has_word(heading, COLUMNS["chain_words"])
        if found and is_of_managers and not is_part_of_company(heading):
            name = words_of(f"{found[1]} {found[3]}")
            series.setdefault(name, {})[int(found[2])] = position
    return series


def place_of_nearest(
    chain: Chain, headings: Sequence[str], rows: Sequence[Sequence[str]]
) -> int | None:
    """0 where the chains begin with the nearest manager, -1 where they end with it.

    None where the file does not tell.
    """
    own = OwnColumns.of(headings)
    chains: list[list[str]] = []
    chain_of: dict[str, list[str]] = {}
    for cells in rows:
        others = [label_key(label) for label in others_in_chain(cells, chain, own)]
        chains.append(others)
        for own_key in own.keys(cells):
            chain_of.setdefault(own_key, others)

    longer = [others for others in chains if len(others) > 1]
    return decide(longer, chain_of) if longer else 0


def decide(chains: Sequence[list[str]], chain_of: Mapping[str, list[str]]) -> int | None:
    """As `place_of_nearest`, from chains of two and more, and the chain of everybody.

    A manager's own chain is the rest of the chains of those who report to them. Where that tells
    nothing, the end at which fewer people are is the top.
    """
    begin_with = sum(chain_of.get(chain[0]) == chain[1:] for chain in chains)
    end_with = sum(chain_of.get(chain[-1]) == chain[:-1] for chain in chains)
    if begin_with == end_with:
        begin_with = len({chain[0] for chain in chains})
        end_with = len({chain[-1] for chain in chains})
    if begin_with == end_with:
        return None
    return 0 if begin_with > end_with else -1


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


def others_in_chain(cells: Sequence[str], chain: Chain, own: OwnColumns) -> list[str]:
    """The labels of the chain of one row, without the person's own, which some systems add."""
    labels = filled_at(cells, chain.positions)
    own_keys = own.keys(cells) if labels else set()
    return [label for label in labels if label_key(label) not in own_keys]


def label_key(label: str) -> str:
    """The number in brackets behind a name, or the name as it is compared."""
    return number_in_brackets(label) or name_key(name_in(label))
