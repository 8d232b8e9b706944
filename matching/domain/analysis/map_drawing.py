"""A drawing of the flows between groups. Plain arithmetic, without the database."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from typing import Any

from matching.domain.analysis.company_map import OTHERS, Flow

Ends = tuple[str, str]
"""The names of the groups at both ends of a ribbon: origin, target."""
ORIGIN, TARGET = 0, 1
MOST_GROUPS = 10  # drawn on a side, the others among them
WIDTH = 100.0  # of the picture, stretched to the page; heights are in pixels
BAR = 1.5
FULL_HEIGHT = 420.0  # of all pairs together, without the gaps
SMALLEST = 20.0  # height of a group's place, so that its name fits
GAP = 8.0


@dataclass(frozen=True)
class Node:
    """A group on one side: its bar (y, height), and the number of its pairs.

    `merged` is the number of groups that it represents.
    """

    name: str
    pairs: int
    y: float
    height: float
    merged: int = 1

    @property
    def middle(self) -> float:
        """The height at which its name is written."""
        return round(self.y + self.height / 2, 2)


@dataclass(frozen=True)
class Ribbon:
    """One flow as an area: `path` in the units of the picture."""

    flow: Flow
    path: str


@dataclass(frozen=True)
class Picture:
    """Bars on the left (mentors) and on the right (mentees), and ribbons between them.

    The largest ribbon comes first, so that smaller ones are drawn on top.
    """

    width: float
    height: float
    bar: float
    origins: tuple[Node, ...]
    targets: tuple[Node, ...]
    ribbons: tuple[Ribbon, ...]

    @property
    def right(self) -> float:
        """Where the bars on the right begin."""
        return self.width - self.bar


def draw(
    flows: Iterable[Flow], *, ranks: dict[str, int] | None = None, most: int = MOST_GROUPS
) -> Picture:
    """Draw the flows.

    Groups are ordered by size, or by `ranks` where their names have one; small ones are merged.
    """
    pairs = _pairs_between_groups(flows)
    origin_names = _drawn_names(_totals(pairs, ORIGIN), most)
    target_names = _drawn_names(_totals(pairs, TARGET), most)
    drawn = _merge_groups(pairs, origin_names, target_names)

    scale = FULL_HEIGHT / max(1, sum(drawn.values()))
    origins = _bars(_totals(drawn, ORIGIN), origin_names, ranks, scale)
    targets = _bars(_totals(drawn, TARGET), target_names, ranks, scale)
    height = max(_bottom(origins), _bottom(targets))
    ribbons = _ribbons(drawn, origins, targets, scale)
    return Picture(WIDTH, round(height, 2), BAR, tuple(origins), tuple(targets), ribbons)


def _pairs_between_groups(flows: Iterable[Flow]) -> dict[Ends, int]:
    pairs: dict[Ends, int] = defaultdict(int)
    for flow in flows:
        pairs[flow.origin, flow.target] += flow.pairs
    return pairs


def _merge_groups(
    pairs_between: dict[Ends, int], origin_names: dict[str, str], target_names: dict[str, str]
) -> dict[Ends, int]:
    """How many pairs there are between each two groups that are drawn."""
    drawn: dict[Ends, int] = defaultdict(int)
    for (origin, target), pairs in pairs_between.items():
        drawn[origin_names[origin], target_names[target]] += pairs
    return drawn


def _bottom(bars: list[Node]) -> float:
    if not bars:
        return 0.0
    return bars[-1].y + max(bars[-1].height, SMALLEST)


def _drawn_names(sizes: dict[str, int], most: int) -> dict[str, str]:
    """The name under which each group is drawn: its own, or OTHERS."""
    kept = sorted(sizes, key=lambda name: (-sizes[name], name.casefold(), name))
    if len(kept) > most:
        kept = kept[: most - 1]
    return {name: name if name in kept else OTHERS for name in sizes}


def _totals(drawn: dict[Ends, int], side: int) -> dict[str, int]:
    """The pairs of each group on one side."""
    totals: dict[str, int] = defaultdict(int)
    for ends, pairs in drawn.items():
        totals[ends[side]] += pairs
    return totals


def _bars(
    sizes: dict[str, int], drawn_names: dict[str, str], ranks: dict[str, int] | None, scale: float
) -> list[Node]:
    """Bars below each other, heights proportional, with room for a name beside each."""
    merged = list(drawn_names.values()).count(OTHERS)
    bars = []
    y = 0.0
    for name in _in_order(sizes, ranks):
        bar = _bar(name, sizes[name], y, scale)
        if name == OTHERS:
            bar = replace(bar, merged=merged)
        bars.append(bar)
        y += max(scale * sizes[name], SMALLEST) + GAP
    return bars


def _bar(name: str, pairs: int, y: float, scale: float) -> Node:
    """The bar of one group, in the middle of its place, which begins at `y`."""
    height = scale * pairs
    place = max(height, SMALLEST)
    top = y + (place - height) / 2
    return Node(name, pairs, round(top, 2), round(height, 2))


def _in_order(sizes: dict[str, int], ranks: dict[str, int] | None) -> list[str]:
    """The groups by rank or, without ranks, by size; the merged and the unnamed come last."""

    def order(name: str) -> tuple[Any, ...]:
        by_size_or_rank = ranks.get(name, 0) if ranks else -sizes[name]
        return name == OTHERS, name == "", by_size_or_rank, name.casefold()

    return sorted(sizes, key=order)


def _ribbons(
    drawn: dict[Ends, int], origins: Sequence[Node], targets: Sequence[Node], scale: float
) -> tuple[Ribbon, ...]:
    """One ribbon per pair of groups, the largest first."""
    starts = _stacked(drawn, ORIGIN, origins, targets, scale)
    ends_at = _stacked(drawn, TARGET, targets, origins, scale)
    ribbons = []
    for ends in sorted(drawn, key=lambda ends: (-drawn[ends], ends)):
        area = _area(starts[ends], ends_at[ends], scale * drawn[ends])
        ribbons.append(Ribbon(Flow(*ends, drawn[ends]), area))
    return tuple(ribbons)


def _stacked(
    drawn: dict[Ends, int],
    side: int,
    bars: Sequence[Node],
    bars_opposite: Sequence[Node],
    scale: float,
) -> dict[Ends, float]:
    """Where each ribbon begins at the bars of one side.

    In each bar they are in the order of the opposite bars, so that few of them cross.
    """
    opposite = TARGET if side == ORIGIN else ORIGIN
    place = {bar.name: position for position, bar in enumerate(bars_opposite)}
    next_y = {bar.name: bar.y for bar in bars}
    found = {}
    for ends in sorted(drawn, key=lambda ends: place[ends[opposite]]):
        found[ends] = next_y[ends[side]]
        next_y[ends[side]] += scale * drawn[ends]
    return found


def _area(start: float, end: float, height: float) -> str:
    """A band from the left bars to the right ones, level at both ends."""
    left, right, middle = BAR, WIDTH - BAR, WIDTH / 2
    start_below, end_below = start + height, end + height
    upper = f"M{left} {start:.2f}C{middle} {start:.2f} {middle} {end:.2f} {right} {end:.2f}"
    back = f"C{middle} {end_below:.2f} {middle} {start_below:.2f} {left} {start_below:.2f}"
    return f"{upper}V{end_below:.2f}{back}Z"
