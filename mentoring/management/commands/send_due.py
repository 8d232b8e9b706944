"""One round of sending without Celery: what the worker does every minute, by the same functions."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand

from notifications import sender


class Command(BaseCommand):
    """`manage.py send_due`: may run beside the workers, and may be run from cron where there are none."""

    help = "Send every message that is due, once; nothing is sent twice."

    def handle(self, *args: Any, **options: Any) -> None:
        """Say what became of the messages of this round."""
        counts = sender.send_due()
        if not counts:
            self.stdout.write("Nothing was due.")
        for state, number in sorted(counts.items()):
            self.stdout.write(f"{state}: {number}")
