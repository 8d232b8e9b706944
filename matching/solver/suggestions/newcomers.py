"""How many more people of the other side, for which topics, would place everybody who is left over.

"Left over" are rows here, the others columns: mentees and mentors, or the other way round.
"""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from matching.solver.arrays import I64, Flags
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
    n = len(allowed)
    used = np.bincount(pairs[:, 0], minlength=n)
    needy = np.zeros(n, np.bool_)
    needy[alone] = True
    places = np.where(needy, np.maximum(used, 1), used)  # only who has nobody needs somebody
    partners, rivals = leading_to(allowed.T, pairs[:, ::-1], needy)
    wanting = _places_by_topic(people[0], np.where(rivals, places, 0))
    offered = _places_by_topic(people[1], np.where(partners, capacity[1], 0))

    def scarcest_first(topic: str) -> tuple[int, int, str]:
        return offered[topic] - wanting[topic], -wanting[topic], topic

    topics = sorted(wanting, key=scarcest_first)[:TOPICS_TRIED]
    newcomers = _Newcomers(allowed, pairs, places, people[0], topics, len(alone))
    for at, topic in enumerate(topics):  # no more of each than is short
        short = wanting[topic] - offered[topic]
        if short > 0:
            newcomers.add(at, short)
    for at in range(len(topics)):
        newcomers.add(at, newcomers.missing)

    found = [
        Wanted(topic, count, wanting[topic], offered[topic])
        for topic, count in newcomers.placed_by.items()
    ]
    if newcomers.missing:
        found.append(Wanted("", newcomers.missing, 0, 0))
    return tuple(found)


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
        self.filled = np.bincount(pairs[:, 1], minlength=allowed.shape[1])
        self.count = np.zeros(len(topics), np.int64)
        has_topic = [np.array([topic in p.topics for p in people], np.bool_) for topic in topics]
        self.room = Room(np.column_stack([allowed, *has_topic]), pairs)

    def add(self, at: int, most: int) -> None:
        """Add newcomers for a topic, no more than place somebody; few topics are named."""
        topic = self.topics[at]
        too_many = topic not in self.placed_by and len(self.placed_by) == TOPICS_NAMED
        if not self.missing or too_many:
            return

        before = self.count[at]
        self.count[at] += min(self.missing, most)
        size = self.room.most(self.places, np.concatenate([self.filled, self.count]))
        more = size - self.placed
        self.count[at] = before + more
        if more:
            self.placed_by[topic] = self.placed_by.get(topic, 0) + more
        self.missing, self.placed = self.missing - more, size


def _places_by_topic(people: Sequence[Person], capacity: I64) -> Counter[str]:
    """How many places there are with each topic."""
    found: Counter[str] = Counter()
    for person, places in zip(people, capacity.tolist(), strict=True):
        if places:
            found.update(dict.fromkeys(person.topics, places))
    return found
