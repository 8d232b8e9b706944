"""Doing several things at the same moment."""

from __future__ import annotations

import threading
from collections.abc import Callable

from django.db import connections


def at_once(*deeds: Callable[[], object]) -> list[object]:
    """What each deed returned or raised; each ran in a thread with its own database connection.

    The test must be transactional: `django_db(transaction=True)`.
    """
    gate = threading.Barrier(len(deeds))
    results: list[object] = [None] * len(deeds)

    def run(index: int, deed: Callable[[], object]) -> None:
        try:
            gate.wait(timeout=10)
            results[index] = deed()
        except BaseException as error:  # noqa: BLE001 - whatever is raised is the result
            results[index] = error
        finally:
            connections.close_all()

    threads = [threading.Thread(target=run, args=item) for item in enumerate(deeds)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=30)
    return results
