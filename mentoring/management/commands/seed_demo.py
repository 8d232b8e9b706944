"""Make the demo company, once."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.db import transaction

from accounts.models import User
from mentoring.celery import app as celery_app
from mentoring.demo import story
from mentoring.demo.people import DOMAIN, PASSWORD


class Command(BaseCommand):
    """`manage.py seed_demo`: make the demo company; print a sign-in for each kind of person.

    Does nothing to a database that has the demo already. Refuses a database with other people, and
    any installation that is not a demo.
    """

    help = "Fill an empty database with the demo company (DEMO=1 only)."

    def handle(self, *args: Any, **options: Any) -> None:
        """Seed unless it was done before, then print the sign-ins."""
        if not (settings.DEMO or settings.TESTING):
            raise CommandError(
                "seed_demo is for the demo alone: set DEMO=1, and never on an installation with "
                "real people."
            )
        if User.objects.exists():
            require_demo()
        else:
            self.seed()
        self.print_sign_ins()

    def print_sign_ins(self) -> None:
        """One line for each kind of person, and the password."""
        for one in story.cast():
            self.stdout.write(f"{one.kind:<26}{one.email}")
        self.stdout.write(f"{'Password of all of them':<26}{PASSWORD}")

    def seed(self) -> None:
        """Make the company in one transaction: all of it, or nothing if it is interrupted."""
        self.stderr.write("Making the demo company: this takes about a minute, once.")
        with transaction.atomic():
            story.tell()
        # The tasks of a whole year; the minute's round finds what is still due.
        celery_app.control.purge()


def require_demo() -> None:
    """CommandError if the people in the database are not the demo's."""
    if not User.objects.filter(email__endswith=f"@{DOMAIN}").exists():
        raise CommandError(
            "This database has people in it who are not the demo's. Use an empty one, or "
            "unset DEMO."
        )
