"""The messages of the faults. Workers load this by `-I tests.faults.kinds`."""

from __future__ import annotations

from notifications.kinds import registry
from tests.faults import broken

NEWS, NUDGE = "faults.news", "faults.nudge"

registry.register(NEWS, label="News")
registry.register(NUDGE, label="Nudge", is_nudge=True)
broken.apply()
