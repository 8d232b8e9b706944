"""A pytest plugin for tests marked `browser`: they run where a Chromium is found, and it is said
loudly where none is.

REQUIRE_BROWSER=1 turns a missing Chromium into a failure of the run. CHROMIUM names one that is not
on the PATH.
"""

from __future__ import annotations

import os
import shutil
from functools import cache
from pathlib import Path
from typing import Any

import pytest

NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
MISSING = "no Chromium was found (apt-get install chromium, or set CHROMIUM to its path)"


@cache
def chromium_path() -> str | None:
    """The browser's program: $CHROMIUM, one on the PATH, or the one that Playwright has
    downloaded.
    """
    candidates = [os.environ.get("CHROMIUM", ""), *(shutil.which(name) or "" for name in NAMES)]
    downloads = Path(
        os.environ.get("PLAYWRIGHT_BROWSERS_PATH") or Path.home() / ".cache" / "ms-playwright"
    )
    candidates += [str(path) for path in sorted(downloads.glob("chromium-*/chrome-linux*/chrome"))]
    return next((path for path in candidates if path and Path(path).exists()), None)


def launch_args() -> dict[str, Any]:
    """What Playwright's `chromium.launch` needs here: the fixture `browser_type_launch_args`
    returns it.
    """
    args = [
        "--disable-background-networking",
        "--disable-component-update",
        "--disable-dev-shm-usage",
    ]
    args += ["--disable-default-apps", "--disable-sync", "--no-first-run"]
    if os.geteuid() == 0:
        args.append("--no-sandbox")  # Chromium's sandbox refuses root
    return {"executable_path": chromium_path(), "args": args}


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Skip the browser's tests, or refuse the whole run, where there is no browser."""
    theirs = [item for item in items if item.get_closest_marker("browser")]
    if not theirs:
        return
    if chromium_path():
        os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = (
            "1"  # Playwright's loop runs in the thread of the test
        )
        return
    if os.environ.get("REQUIRE_BROWSER") == "1":
        raise pytest.UsageError(f"REQUIRE_BROWSER=1, but {MISSING}.")
    for item in theirs:
        item.add_marker(pytest.mark.skip(reason=MISSING))


def pytest_terminal_summary(terminalreporter: Any) -> None:
    """At the end, where nobody overlooks it; the controller counts what its workers skipped."""
    skipped = terminalreporter.stats.get("skipped", [])
    count = sum(MISSING in str(report.longrepr) for report in skipped)
    if count:
        terminalreporter.section("BROWSER TESTS DID NOT RUN", sep="!", red=True)
        terminalreporter.write_line(f"{count} tests were left out: {MISSING}.", red=True)
