"""One round of everything without Celery: what beat and a worker do every minute, by the same
functions.
"""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand, CommandError

from mentoring import tasks
from notifications.delivery import health, sender


class Command(BaseCommand):
    """`manage.py send_due`: may run beside the workers, and may be run from cron where there are
    none.

    What is still not sent after a step that failed is sent all the same; then CommandError names
    the step, for cron's mail.
    """

    help = "Find what has come due and send every message that is due, once; nothing is sent twice."

    def handle(self, *args: Any, **options: Any) -> None:
        """Say what became of the messages of this round."""
        done = tasks.run_steps(tasks.STEPS)
        counts = sender.send_due()
        health.beat()  # the round of a minute has been made, whoever made it
        if not counts:
            self.stdout.write("Nothing was due.")
        for state, number in sorted(counts.items()):
            self.stdout.write(f"{state}: {number}")
        failed = [name for name, number in done.items() if number is None]
        if failed:
            raise CommandError(
                f"Failed, and is tried again in the next round: {', '.join(failed)}. The log "
                f"says why."
            )
