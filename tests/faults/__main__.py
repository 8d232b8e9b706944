"""`python -m tests.faults NAME FOLDER DATABASE [--quick]`: one fault in a process of its own; its
tally as JSON.

For scripts/faults.py, which makes the database and looks after what is left behind.
"""

from __future__ import annotations

import argparse
import json
import sys
import time
import traceback
from dataclasses import asdict
from pathlib import Path

from tests.faults.catalogue import FAULTS
from tests.faults.ledger import Tally
from tests.faults.site import Site


def main() -> None:
    """Run it; the last line of the output is the tally."""
    parser = argparse.ArgumentParser()
    parser.add_argument("name", choices=FAULTS)
    parser.add_argument("folder", type=Path)
    parser.add_argument("database")
    parser.add_argument("--quick", action="store_true")
    given = parser.parse_args()
    started = time.monotonic()
    with Site(given.folder, given.database, quick=given.quick) as site:
        crashed = False
        try:
            tally = FAULTS[given.name].load()(site)
        except Exception:  # noqa: BLE001 - whatever it is, the promise is not shown
            tally, crashed = Tally(problems=[traceback.format_exc()]), True
        if not tally.held:
            sys.stderr.write(site.logs())
    result = {
        **asdict(tally),
        "held": tally.held,
        "crashed": crashed,
        "seconds": round(time.monotonic() - started, 1),
    }
    sys.stdout.write(json.dumps(result) + "\n")


if __name__ == "__main__":
    main()
