"""How many more people of the other side, for which topics, would place everybody who is left over.

"Left over" are rows here, the others columns: mentees and mentors, or the other way round.
"""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from matching.solver.arrays import I64, Flags
from matching.solver.counting import Room, leading_to
from matching.solver.people import Person

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
    n, m = allowed.shape
    used = np.bincount(pairs[:, 0], minlength=n)
    needy = np.zeros(n, np.bool_)
    needy[alone] = True
    want = np.where(needy, np.maximum(used, 1), used)  # only those who have nobody need somebody
    partners, rivals = leading_to(allowed.T, pairs[:, ::-1], needy)
    wanting = _places(people[0], np.where(rivals, want, 0))
    offered = _places(people[1], np.where(partners, capacity[1], 0))
    tried = sorted(
        wanting, key=lambda topic: (offered[topic] - wanting[topic], -wanting[topic], topic)
    )[:TOPICS_TRIED]
    sharing = [
        np.array([topic in person.topics for person in people[0]], np.bool_) for topic in tried
    ]
    table = np.column_stack([allowed, *sharing]) if tried else allowed
    room, extra = Room(table, pairs), np.zeros(len(tried), np.int64)
    placed, missing = len(pairs), len(alone)
    found: dict[str, int] = {}
    for scarce in (True, False):
        for at, topic in enumerate(tried):
            short = wanting[topic] - offered[topic]
            if (
                not missing
                or (scarce and short <= 0)
                or (topic not in found and len(found) == TOPICS_NAMED)
            ):
                continue
            before = extra[at]
            extra[at] += min(missing, short) if scarce else missing
            size = room.most(want, np.concatenate([_filled(pairs, m), extra]))
            extra[at] = before + size - placed
            if size > placed:
                found[topic] = found.get(topic, 0) + size - placed
            missing, placed = missing - (size - placed), size
    named = [Wanted(topic, count, wanting[topic], offered[topic]) for topic, count in found.items()]
    return (*named, *([Wanted("", missing, 0, 0)] if missing else []))


def _filled(pairs: I64, count: int) -> I64:
    """The places that are filled: a newcomer is counted for what nobody who is there could do."""
    return np.bincount(pairs[:, 1], minlength=count)


def _places(people: Sequence[Person], capacity: I64) -> Counter[str]:
    """Places by topic."""
    found: Counter[str] = Counter()
    for person, places in zip(people, capacity.tolist(), strict=True):
        if places:
            found.update(dict.fromkeys(person.topics, places))
    return found
