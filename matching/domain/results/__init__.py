"""What a run has found: proposals with reasons, people without a partner, figures."""

from __future__ import annotations

from matching.domain.results.collecting import Outcome, UnprovenError, collect
from matching.domain.results.describing import describe
from matching.domain.results.storing import store

__all__ = ["Outcome", "UnprovenError", "collect", "describe", "store"]
