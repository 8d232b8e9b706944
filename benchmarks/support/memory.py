"""How much memory a process has had."""

from __future__ import annotations

import re
from pathlib import Path

STATUS = Path("/proc/self/status")


def peak_megabytes() -> float:
    """The most memory that this process has had. RuntimeError where the system does not tell.

    What getrusage tells has the parent's in it, so nothing stands in for what Linux keeps in /proc.
    """
    status = STATUS.read_text() if STATUS.exists() else ""
    found = re.search(r"VmHWM:\s+(\d+) kB", status)
    if found is None:
        raise RuntimeError(f"peak memory is read from {STATUS}, which Linux alone has")
    return int(found[1]) / 2**10
