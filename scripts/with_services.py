"""Run a command in the environment of the tests, or in one like production's.

    with_services.py COMMAND...               with the tests' Postgres, Valkey and secrets
    with_services.py --secrets COMMAND...     with the tests' secrets alone; starts nothing
    with_services.py --production COMMAND...  with every variable that production must set, but no
                                              server behind them

Ends with the command's status.
"""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from mentoring import embedded  # noqa: E402 - needs the path above
from tests.services import Services  # noqa: E402

PRODUCTION = {
    "BASE_URL": "https://upstream.example.com",
    "DATABASE_URL": "postgresql://upstream:invented@127.0.0.1:1/upstream",
    "REDIS_URL": "redis://127.0.0.1:1/0",
    "EMAIL_URL": "smtp+tls://upstream:invented@127.0.0.1:1",
    "MAIL_FROM": "Upstream <upstream@example.com>",
}


def main(words: list[str]) -> int:
    """The status of the command."""
    mode = words.pop(0) if words[0].startswith("--") else ""
    services = Services()
    os.environ |= embedded.new_secrets()
    if mode == "--production":
        os.environ |= PRODUCTION
        for name in ("TESTING", "DEMO", "DEBUG"):
            os.environ.pop(name, None)
    else:
        os.environ["TESTING"] = "1"
        os.environ.setdefault("VAR_DIR", str(ROOT / "var" / "test"))
    try:
        if not mode:
            services.start()
        return subprocess.run([sys.executable, *words], cwd=ROOT, check=False).returncode
    finally:
        services.stop()


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
