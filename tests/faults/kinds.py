"""The messages of the faults. Workers load this by `-I tests.faults.kinds`."""

from __future__ import annotations

from notifications import kinds
from notifications.kinds import MessageKind
from tests.faults import broken

NEWS, NUDGE = "faults.news", "faults.nudge"

kinds.register(
    MessageKind(key=NEWS, label="News"),
    MessageKind(key=NUDGE, label="Nudge", nudges=2),
)
broken.apply()
