"""Reporting lines: who is above whom, skip-levels too."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from itertools import chain

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
    """The depth of each person in a tree given as {person: manager}.

    It is 0 for those without a manager in the tree. Somebody in a cycle, or below one, has no depth
    and is left out. Pure.
    """
    level, reports = top_and_reports(managers)
    depths: dict[int, int] = {}
    depth = 0
    while level:
        depths.update(dict.fromkeys(level, depth))
        level = list(chain.from_iterable(reports[person] for person in level))
        depth += 1
    return depths


def top_and_reports(managers: dict[int, int | None]) -> tuple[list[int], dict[int, list[int]]]:
    """Those without a manager in the tree, and {manager: those who report to them}."""
    top: list[int] = []
    reports: dict[int, list[int]] = defaultdict(list)
    for person, manager in managers.items():
        if manager is None or manager not in managers:
            top.append(person)
        else:
            reports[manager].append(person)
    return top, reports


def cycles_in(managers: dict[int, int | None]) -> list[list[int]]:
    """The cycles of a tree given as {person: manager}, each once, as the list of those on it.

    Pure.
    """
    done: set[int] = set()
    cycles: list[list[int]] = []
    for start in managers:
        path, end = path_above(start, managers, done)
        if end in path:
            people = list(path)
            cycles.append(people[people.index(end) :])
        done.update(path)
    return cycles


def path_above(
    start: int, managers: dict[int, int | None], done: set[int]
) -> tuple[dict[int, None], int | None]:
    """`start` and those above, in order, as keys; and the one at whom the way ends.

    That is somebody on the path where it closes a cycle, somebody who is `done`, or nobody.
    """
    path: dict[int, None] = {}
    person: int | None = start
    while person in managers and person not in done and person not in path:
        path[person] = None
        person = managers[person]
    return path, person
