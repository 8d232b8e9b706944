"""Whether the program in this container is well: `python scripts/container_health.py
web|worker|beat`; status 0 or 1.
"""

from __future__ import annotations

import http.client
import os
import sys
import time
from pathlib import Path
from urllib.parse import urlsplit

ROOT = Path(__file__).resolve().parent.parent
BEAT_SECONDS = 600.0  # beat writes its schedule every three minutes


def web() -> bool:
    """Asked inside the container by the name that the outside uses, since Django answers to no
    other.
    """
    connection = http.client.HTTPConnection(
        "127.0.0.1", int(os.environ.get("PORT", "8000")), timeout=8
    )
    host = urlsplit(os.environ.get("BASE_URL", "")).hostname or "localhost"
    try:
        connection.request("GET", "/healthz", headers={"Host": host})
        return connection.getresponse().status == 200
    except OSError:
        return False
    finally:
        connection.close()


def worker() -> bool:
    """Asks this container's own worker over the broker."""
    sys.path.insert(0, str(ROOT))
    from mentoring.celery import app

    return bool(
        app.control.inspect(timeout=5, destination=[f"celery@{os.uname().nodename}"]).ping()
    )


def beat() -> bool:
    """Beat has no ear; the age of its schedule file tells."""
    files = Path(os.environ["VAR_DIR"]).glob("beat-schedule*")
    return any(time.time() - path.stat().st_mtime < BEAT_SECONDS for path in files)


if __name__ == "__main__":
    sys.exit(0 if {"web": web, "worker": worker, "beat": beat}[sys.argv[1]]() else 1)
