"""How many more people of the other side, for which topics, would place everybody who is left over.

"Left over" are rows here, the others columns: mentees and mentors, or the other way round.
"""

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from matching.solver.arrays import I64, Flags, counted, flags_at, flags_of
from matching.solver.people import Person
from matching.solver.suggestions.counting import Room, leading_to

TOPICS_TRIED = 12
TOPICS_NAMED = 4


@dataclass(frozen=True)
class Wanted:
    """So many more `people` for a topic ("": whatever it is), and why it: who compete, and what
    there is for them.

    `wanting` of the people who compete for the same partners have the topic, those partners have
    `places` with it.
    """

    topic: str
    people: int
    wanting: int
    places: int


def by_topic(
    allowed: Flags,
    pairs: I64,
    alone: I64,
    people: tuple[Sequence[Person], Sequence[Person]],
    capacity: tuple[I64, I64],
) -> tuple[Wanted, ...]:
    """Newcomers who fit everybody that shares their topic, as many as the rows `alone`, none of
    whom loses anybody.

    Topics first of which those who compete (`alone`, and everybody who could give up a partner for
    them) want more than there is. One newcomer places one person, so that no fewer would do.
    """
    needy = flags_at(alone, len(allowed))
    used = counted(pairs[:, 0], len(allowed))
    places = np.where(needy, np.maximum(used, 1), used)  # only who has nobody needs somebody
    partners, rivals = leading_to(allowed.T, pairs[:, ::-1], needy)
    demand = _Demand(
        wanting=_places_by_topic(people[0], np.where(rivals, places, 0)),
        offered=_places_by_topic(people[1], np.where(partners, capacity[1], 0)),
    )

    topics = demand.scarcest()
    newcomers = _Newcomers(allowed, pairs, places, people[0], topics, len(alone))
    _add_where_short(newcomers, demand)
    return tuple(_named(newcomers, demand))


def _add_where_short(newcomers: "_Newcomers", demand: "_Demand") -> None:
    """First no more newcomers for each topic than are short, then as many as are missing."""
    for at, topic in enumerate(newcomers.topics):
        newcomers.add(at, demand.short(topic))
    for at in range(len(newcomers.topics)):
        newcomers.add(at, newcomers.missing)


@dataclass(frozen=True, eq=False)
class _Demand:
    """Places by topic: of those who compete, and of the partners for whom they do."""

    wanting: Counter[str]
    offered: Counter[str]

    def short(self, topic: str) -> int:
        """How many places are short; below 0 where there are more than are wanted."""
        return self.wanting[topic] - self.offered[topic]

    def scarcest(self) -> list[str]:
        """The topics that are tried, the scarcest first."""

        def scarcest_first(topic: str) -> tuple[int, int, str]:
            return -self.short(topic), -self.wanting[topic], topic

        return sorted(self.wanting, key=scarcest_first)[:TOPICS_TRIED]


def _named(newcomers: "_Newcomers", demand: _Demand) -> Iterator[Wanted]:
    """The newcomers by topic, and those for whom the topic does not matter."""
    for topic, count in newcomers.placed_by.items():
        yield Wanted(topic, count, demand.wanting[topic], demand.offered[topic])
    if newcomers.missing:
        yield Wanted("", newcomers.missing, 0, 0)


class _Newcomers:
    """A table of allowed pairs in which each topic has a column of newcomers.

    The places that are filled stay: a newcomer counts for what nobody who is there could do.
    """

    def __init__(  # noqa: PLR0917 - arrays of equal standing
        self,
        allowed: Flags,
        pairs: I64,
        places: I64,
        people: Sequence[Person],
        topics: Sequence[str],
        missing: int,
    ) -> None:
        self.topics, self.places = topics, places
        self.missing, self.placed = missing, len(pairs)
        self.placed_by: dict[str, int] = {}
        self.filled = counted(pairs[:, 1], allowed.shape[1])
        self.count = np.zeros(len(topics), np.int64)
        newcomers = [_who_have(topic, people) for topic in topics]
        self.room = Room(np.column_stack([allowed, *newcomers]), pairs)

    def add(self, at: int, most: int) -> None:
        """Add newcomers for a topic, no more than place somebody; few topics are named."""
        topic = self.topics[at]
        count = min(self.missing, most)
        if count <= 0 or not self._may_name(topic):
            return

        more = self._placed_by_further(at, count)
        if more:
            self.count[at] += more
            self.missing -= more
            self.placed += more
            self.placed_by[topic] = self.placed_by.get(topic, 0) + more

    def _may_name(self, topic: str) -> bool:
        return topic in self.placed_by or len(self.placed_by) < TOPICS_NAMED

    def _placed_by_further(self, at: int, count: int) -> int:
        """How many more are placed with so many further newcomers for a topic."""
        tried = self.count.copy()
        tried[at] += count
        size = self.room.most(self.places, np.concatenate([self.filled, tried]))
        return size - self.placed


def _who_have(topic: str, people: Sequence[Person]) -> Flags:
    return flags_of(topic in person.topics for person in people)


def _places_by_topic(people: Sequence[Person], capacity: I64) -> Counter[str]:
    """How many places there are with each topic."""
    found: Counter[str] = Counter()
    for person, places in zip(people, capacity.tolist(), strict=True):
        if places:
            found.update(dict.fromkeys(person.topics, places))
    return found
