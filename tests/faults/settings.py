"""The settings of the processes of tests/faults: as in production, with shorter waits, so that a
fault takes seconds.
"""

from __future__ import annotations

import os
from datetime import timedelta

from tests.e2e.real_settings import *  # noqa: F403 - a settings module is a list of names
from tests.e2e.real_settings import CELERY_BEAT_SCHEDULE

EMAIL_TIMEOUT = 2
OUTBOX_LEASE = timedelta(seconds=float(os.environ.get("FAULTS_LEASE_SECONDS", "8")))
OUTBOX_BACKOFF = timedelta(seconds=0.5), timedelta(seconds=2)
OUTBOX_AWAY = timedelta(seconds=1)

if os.environ.get("FAULTS_BREAK") == "bell-only":  # see broken.py
    del CELERY_BEAT_SCHEDULE["send-due"]
