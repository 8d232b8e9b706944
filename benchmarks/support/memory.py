"""How much memory a process has had."""

from __future__ import annotations

import re
import resource
import sys
from pathlib import Path

STATUS = Path("/proc/self/status")


def peak_megabytes() -> float:
    """The most memory that this process has had.

    What Linux tells by getrusage has its parent's in it.
    """
    if STATUS.exists():
        found = re.search(r"VmHWM:\s+(\d+) kB", STATUS.read_text())
        if found:
            return int(found[1]) / 2**10
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss  # in kB; on macOS in bytes
    return peak / (2**20 if sys.platform == "darwin" else 2**10)
