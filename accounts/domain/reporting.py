"""Reporting lines: who is above whom, skip-levels too."""

from __future__ import annotations

from collections.abc import Iterable

from django.db import connection

from accounts.models import User

# No company is deeper. The limit ends the recursion should a cycle ever have come past the import's
# checks.
MAX_DEPTH = 50

ABOVE = """
    WITH RECURSIVE line (person_id, above_id, depth) AS (
        SELECT id, manager_id, 1 FROM accounts_user WHERE id = ANY(%s) AND manager_id IS NOT NULL
      UNION
        SELECT line.person_id, u.manager_id, line.depth + 1
        FROM line JOIN accounts_user u ON u.id = line.above_id
        WHERE u.manager_id IS NOT NULL AND line.depth < %s
    )
    SELECT DISTINCT person_id, above_id FROM line WHERE above_id <> person_id
"""


def ancestors_of(person_ids: Iterable[int]) -> dict[int, set[int]]:
    """For each of the ids, the ids of everybody above that person; empty for the top. One query.

    Deactivated managers count: a line through somebody who has left is still a line.
    """
    ids = list(set(person_ids))
    above: dict[int, set[int]] = {person_id: set() for person_id in ids}
    if ids:
        with connection.cursor() as cursor:
            cursor.execute(ABOVE, [ids, MAX_DEPTH])
            for person_id, above_id in cursor.fetchall():
                above[person_id].add(above_id)
    return above


def in_one_line(a: User, b: User) -> bool:
    """Whether one of the two is above the other, directly or not.

    Nobody is in a line with themselves.
    """
    above = ancestors_of([a.pk, b.pk])
    return a.pk != b.pk and (b.pk in above[a.pk] or a.pk in above[b.pk])


def depths_of(managers: dict[int, int | None]) -> dict[int, int]:
    """The depth of each person in a tree given as {person: manager}: 0 for those without a manager
    in it.

    Somebody in a cycle, or below one, has no depth and is left out. Pure; takes any hashable ids.
    """
    depths: dict[int, int] = {}
    lost: set[int] = set()
    for start in managers:
        path: list[int] = []
        seen: set[int] = set()
        at: int | None = start
        while (
            at is not None
            and at in managers
            and at not in depths
            and at not in lost
            and at not in seen
        ):
            path.append(at)
            seen.add(at)
            at = managers[at]
        if at in lost or at in seen:
            lost.update(path)
            continue
        depth = -1 if at is None else depths.get(at, -1)
        for person in reversed(path):
            depth += 1
            depths[person] = depth
    return depths


def cycles_in(managers: dict[int, int | None]) -> list[list[int]]:
    """The cycles of a tree given as {person: manager}, each once, as the list of those on it.

    Pure.
    """
    done: set[int] = set()
    found: list[list[int]] = []
    for start in managers:
        path: list[int] = []
        position: dict[int, int] = {}
        at: int | None = start
        while at is not None and at in managers and at not in done and at not in position:
            position[at] = len(path)
            path.append(at)
            at = managers[at]
        if at is not None and at in position:
            found.append(path[position[at] :])
        done.update(path)
    return found
