"""`manage.py create_hr_admin EMAIL`: the first HR admin, or one more, by a one-time set-up link."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from accounts.domain import set_up
from common.errors import DomainError


class Command(BaseCommand):
    help = (
        "Make an HR admin of a new or known person and print a one-time link with which they "
        "choose a password."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("email", help="the work address, which signs in")
        parser.add_argument(
            "--name", default="", help="the person's name; made from the address when left out"
        )

    def handle(self, *_args: Any, email: str, name: str, **_options: Any) -> None:
        try:
            person, new = set_up.make_hr_admin(email=email, name=name)
        except DomainError as error:
            raise CommandError(" ".join(error.messages)) from error

        now = "a new" if new else "now an"
        self.stdout.write(f"{person.name} <{person.email}> is {now} HR admin.")
        self.stdout.write(f"Give them this link; it works once, for {set_up.GOOD_FOR.days} days:")
        self.stdout.write(set_up.link_for(person))
