"""Seconds by the clock and of the processor."""

import time


class Clock:
    """The seconds since it was made, by the clock and of this process (all threads)."""

    def __init__(self) -> None:
        self.start = time.perf_counter(), time.process_time()

    def read(self, name: str) -> dict[str, float]:
        """The two, by name."""
        wall, cpu = self.start
        return {name: time.perf_counter() - wall, f"{name}_cpu": time.process_time() - cpu}
