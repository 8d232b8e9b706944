"""One round without Celery: what beat and a worker do every minute, by the same functions."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand, CommandError

from mentoring import tasks
from notifications.delivery import health, sender


class Command(BaseCommand):
    """`manage.py send_due`, for cron where there are no workers. It may run beside workers too.

    A step that fails does not stop the others; at the end, CommandError names it for cron's mail.
    """

    help = "Find what is due and send every message that is due, once; nothing is sent twice."

    def handle(self, *args: Any, **options: Any) -> None:
        """Print how many messages of this round have which state."""
        done = tasks.run_steps(tasks.STEPS)
        counts = sender.send_due()
        health.beat()  # for monitoring, this is the round of this minute

        if not counts:
            self.stdout.write("Nothing was due.")
        for state, number in sorted(counts.items()):
            self.stdout.write(f"{state}: {number}")
        name_failures(done)


def name_failures(done: dict[str, int | None]) -> None:
    """CommandError if a step has failed."""
    failed = [name for name, number in done.items() if number is None]
    if failed:
        names = ", ".join(failed)
        raise CommandError(
            f"Failed, and is tried again in the next round: {names}. The log says why."
        )
