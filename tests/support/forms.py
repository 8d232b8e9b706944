"""All forms of the project."""

from __future__ import annotations

import importlib
import pkgutil

from django.apps import apps
from django.conf import settings
from django.forms import BaseForm


def all_forms() -> list[type[BaseForm]]:
    """Every form class that a module of the project defines, whichever module it is."""
    for app in apps.get_app_configs():
        if app.module and str(app.path).startswith(str(settings.BASE_DIR / app.name)):
            for found in pkgutil.walk_packages([app.path], f"{app.name}."):
                importlib.import_module(found.name)
    return sorted(_below(BaseForm), key=lambda form: (form.__module__, form.__qualname__))


def _below(form: type[BaseForm]) -> set[type[BaseForm]]:
    ours = {app.name for app in apps.get_app_configs() if "." not in app.name}
    found = set()
    for child in form.__subclasses__():
        found |= _below(child)
        if child.__module__.split(".")[0] in ours - {"allauth", "csp", "rules"}:
            found.add(child)
    return found
