"""The settings of the processes of tests/e2e/processes.py: the tests' own, but with nothing made
easier.

TESTING=1 alone would do without the connection pool and would write progress within the one
transaction, because the tests that share the process need it so. Processes of their own do not.
"""

from __future__ import annotations

from mentoring.settings import *  # noqa: F403 - a settings module is a list of names
from mentoring.settings import DATABASE_POOL, DATABASES

for _database in DATABASES.values():
    _database["OPTIONS"]["pool"] = {"min_size": 0, "max_size": DATABASE_POOL, "timeout": 10}  # type: ignore[index]
PROGRESS_DATABASE = "progress"
