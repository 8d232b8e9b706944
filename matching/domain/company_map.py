"""Who learns from whom, as flows between departments, levels or places, and as the measures of a
picture of them.

The flows are summed up by the database; the picture is plain arithmetic.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any, Literal

from django.db.models import Avg, Count, Q, QuerySet, Value
from django.db.models.functions import Coalesce

from matching.models import MatchRun, Proposal
from pairings.models import Pairing
from programs.models import Program

By = Literal["department", "grade", "location"]
FIELDS: dict[By, str] = {"department": "department", "grade": "grade__name", "location": "location"}
OTHERS = "\0others"
"""Stands for the groups that are too small to be drawn on their own: no department has this name."""

MOST_GROUPS = 10  # drawn on a side, the others among them
WIDTH = 100.0  # of the picture, stretched to the page; heights are in pixels
BAR = 1.5
FULL_HEIGHT = 420.0  # of all pairs together, without the gaps
SMALLEST = 20.0  # height of a group's place, so that its name fits
GAP = 8.0


@dataclass(frozen=True)
class Flow:
    """So many pairs whose mentor is of `origin` and whose mentee is of `target`; `fit` is their
    mean, in basis points.
    """

    origin: str
    target: str
    pairs: int
    fit: float | None = None

    @property
    def within(self) -> bool:
        """Both of one group, as far as one can tell."""
        return self.origin == self.target and self.origin not in ("", OTHERS)


@dataclass(frozen=True)
class Node:
    """A group on one side: its bar (y, height), and the number of its pairs.

    `merged`: how many groups it stands for.
    """

    name: str
    pairs: int
    y: float
    height: float
    merged: int = 1

    @property
    def middle(self) -> float:
        """Where its name stands."""
        return round(self.y + self.height / 2, 2)


@dataclass(frozen=True)
class Ribbon:
    """One flow as an area: `path` in the units of the picture."""

    flow: Flow
    path: str


@dataclass(frozen=True)
class Picture:
    """Bars on the left (mentors) and on the right (mentees), ribbons between them, largest
    first.
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


def flows_of_run(run: MatchRun, by: By) -> QuerySet[Any]:
    """The proposed pairs by group of mentor and mentee: rows with `origin`, `target`, `pairs`,
    `fit`.
    """
    return _summed(
        Proposal.objects.filter(run=run).order_by(), "mentor__person", "mentee__person", by
    )


def flows_of_program(program: Program, by: By) -> QuerySet[Any]:
    """The same of a program's live pairs."""
    return _summed(
        Pairing.objects.live().filter(program=program).order_by(), "mentor", "mentee", by
    )


def _summed(rows: QuerySet[Any], mentor: str, mentee: str, by: By) -> QuerySet[Any]:
    origin, target = (Coalesce(f"{side}__{FIELDS[by]}", Value("")) for side in (mentor, mentee))
    found: QuerySet[Any] = rows.values(origin=origin, target=target).annotate(
        pairs=Count("pk"), fit=Avg("score")
    )
    return found


def searched(rows: QuerySet[Any], text: str) -> QuerySet[Any]:
    """The flows of which a group's name holds the text."""
    return rows.filter(Q(origin__icontains=text) | Q(target__icontains=text)) if text else rows


def picture(
    flows: Iterable[Flow], *, ranks: dict[str, int] | None = None, most: int = MOST_GROUPS
) -> Picture:
    """Lay the flows out.

    Groups stand by size, or by `ranks` where their names have one; small ones are put together.
    """
    every = list(flows)
    left, merged_left = _merged([(flow.origin, flow.pairs) for flow in every], most)
    right, merged_right = _merged([(flow.target, flow.pairs) for flow in every], most)
    pairs: dict[tuple[str, str], int] = defaultdict(int)
    for flow in every:
        pairs[left[flow.origin], right[flow.target]] += flow.pairs
    total = max(1, sum(pairs.values()))
    origins = _bars(_totals(pairs, 0), ranks or {}, total, merged_left)
    targets = _bars(_totals(pairs, 1), ranks or {}, total, merged_right)
    height = max(
        (nodes[-1].y + max(nodes[-1].height, SMALLEST) for nodes in (origins, targets) if nodes),
        default=0.0,
    )
    return Picture(
        WIDTH,
        round(height, 2),
        BAR,
        tuple(origins),
        tuple(targets),
        _ribbons(pairs, origins, targets, total),
    )


def _merged(pairs: Sequence[tuple[str, int]], most: int) -> tuple[dict[str, str], int]:
    """The name under which each group is drawn, and how many the others are."""
    sizes: dict[str, int] = defaultdict(int)
    for name, number in pairs:
        sizes[name] += number
    kept = sorted(sizes, key=lambda name: (-sizes[name], name.casefold(), name))
    if len(kept) > most:
        kept = kept[: most - 1]
    return {name: name if name in kept else OTHERS for name in sizes}, len(sizes) - len(kept)


def _totals(pairs: dict[tuple[str, str], int], side: int) -> dict[str, int]:
    found: dict[str, int] = defaultdict(int)
    for ends, number in pairs.items():
        found[ends[side]] += number
    return found


def _bars(sizes: dict[str, int], ranks: dict[str, int], total: int, merged: int) -> list[Node]:
    """One below the other, heights proportional, with room for a name at each.

    The others and the unnamed come last.
    """
    order = sorted(
        sizes,
        key=lambda n: (n == OTHERS, n == "", ranks.get(n, 0) if ranks else -sizes[n], n.casefold()),
    )
    nodes, y = [], 0.0
    for name in order:
        height = FULL_HEIGHT * sizes[name] / total
        place = max(height, SMALLEST)
        top = y + (place - height) / 2
        nodes.append(
            Node(
                name, sizes[name], round(top, 2), round(height, 2), merged if name == OTHERS else 1
            )
        )
        y += place + GAP
    return nodes


def _ribbons(
    pairs: dict[tuple[str, str], int], origins: Sequence[Node], targets: Sequence[Node], total: int
) -> tuple[Ribbon, ...]:
    """In each bar the ribbons lie in the order of their other ends, so that they cross as little as
    can be.
    """
    place = [{node.name: at for at, node in enumerate(nodes)} for nodes in (origins, targets)]
    leaves = {node.name: node.y for node in origins}
    arrives = {node.name: node.y for node in targets}
    starts, ends = {}, {}
    for key in sorted(pairs, key=lambda ends: (place[0][ends[0]], place[1][ends[1]])):
        starts[key] = leaves[key[0]]
        leaves[key[0]] += FULL_HEIGHT * pairs[key] / total
    for key in sorted(pairs, key=lambda ends: (place[1][ends[1]], place[0][ends[0]])):
        ends[key] = arrives[key[1]]
        arrives[key[1]] += FULL_HEIGHT * pairs[key] / total
    largest_first = sorted(pairs, key=lambda key: (-pairs[key], key))
    return tuple(
        Ribbon(
            Flow(*key, pairs[key]), _area(starts[key], ends[key], FULL_HEIGHT * pairs[key] / total)
        )
        for key in largest_first
    )


def _area(start: float, end: float, height: float) -> str:
    """A band from the left bars to the right ones, level at both ends."""
    left, right, middle = BAR, WIDTH - BAR, WIDTH / 2
    return (
        f"M{left} {start:.2f}C{middle} {start:.2f} {middle} {end:.2f} {right} {end:.2f}"
        f"V{end + height:.2f}C{middle} {end + height:.2f} {middle} {start + height:.2f} {left} "
        f"{start + height:.2f}Z"
    )
