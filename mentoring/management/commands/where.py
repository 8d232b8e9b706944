"""`manage.py where /goals/new/`: the view, the template and the tests behind an address."""

from __future__ import annotations

import inspect
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.urls import Resolver404, resolve


class Command(BaseCommand):
    """For whoever sees a page and looks for its code."""

    help = "Show which view, template and tests belong to an address."

    def add_arguments(self, parser: CommandParser) -> None:
        """One address."""
        parser.add_argument("path", help="the address after the host name, such as /people/")

    def handle(self, *args: Any, **options: Any) -> None:
        """Print one line for each of them."""
        try:
            match = resolve(options["path"])
        except Resolver404:
            raise CommandError(f"No page has the address {options['path']}") from None

        view = inspect.unwrap(match.func)
        self.stdout.write(f"URL name  {match.view_name}")
        self.stdout.write(f"view      {place_of(view)} {view.__name__}")
        self.stdout.write(f"templates {', '.join(templates_in(view))}")
        self.stdout.write(f"tests     grep -rn '{match.view_name}' tests/")


def place_of(view: Any) -> str:
    """The view's file and line."""
    path = Path(inspect.getsourcefile(view) or "").relative_to(settings.BASE_DIR)
    _lines, first_line = inspect.getsourcelines(view)
    return f"{path}:{first_line}"


def templates_in(view: Any) -> list[str]:
    """The templates that the view's module names, those of this very view first."""
    source = inspect.getsource(inspect.getmodule(view) or view)
    found = [name for name in _template_names() if f'"{name}"' in source]
    return sorted(found, key=lambda name: Path(name).stem != view.__name__) or ["none"]


def _template_names() -> list[str]:
    folder = Path(settings.BASE_DIR, "templates")
    return sorted(str(path.relative_to(folder)) for path in folder.rglob("*.html"))
