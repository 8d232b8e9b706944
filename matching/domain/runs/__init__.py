"""Match runs: started by a coordinator, executed by a worker under a lease.

The database holds the state: `resume_runs` enqueues a run again if it is still queued, or if its
worker has died (its lease has expired).
"""

from __future__ import annotations

from matching.domain.runs.executing import execute_run
from matching.domain.runs.resuming import resume_runs
from matching.domain.runs.starting import cancel_run, start_run
from matching.domain.runs.weights import set_weights

__all__ = ["cancel_run", "execute_run", "resume_runs", "set_weights", "start_run"]
