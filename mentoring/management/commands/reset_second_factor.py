"""`manage.py reset_second_factor EMAIL`: where there are no two HR admins who could do it."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from accounts.domain import factor_resets
from accounts.models import User
from common.errors import DomainError


class Command(BaseCommand):
    help = "Take away a lost second factor, and end the person's sign-ins. They are told by mail."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("email", help="the address that signs in")

    def handle(self, *_args: Any, email: str, **_options: Any) -> None:
        person = User.objects.with_email(email).first()
        if person is None:
            raise CommandError("Nobody signs in with this address.")
        try:
            factor_resets.reset_by_command(person=person)
        except DomainError as error:
            raise CommandError(" ".join(error.messages)) from error
        self.stdout.write(f"{person.name} signs in without a second factor until they set one up.")
