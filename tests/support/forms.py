"""All forms of the project."""

from __future__ import annotations

import importlib
import pkgutil
from typing import Any

from django.apps import apps
from django.conf import settings
from django.forms import BaseForm

from common.changes import SEEN, NoticesChanges
from common.templatetags.ui import forms_of


def all_forms() -> list[type[BaseForm]]:
    """Every form class that a module of the project defines, whichever module it is."""
    for app in apps.get_app_configs():
        if app.module and str(app.path).startswith(str(settings.BASE_DIR / app.name)):
            for found in pkgutil.walk_packages([app.path], f"{app.name}."):
                importlib.import_module(found.name)
    return sorted(_below(BaseForm), key=lambda form: (form.__module__, form.__qualname__))


def says_what_it_showed(page: Any) -> bool:
    """Whether a page with a form that notices changes carries what that form showed."""
    contexts = page.context or []
    if not isinstance(contexts, list):
        contexts = [contexts]  # as the client answers where one template alone was rendered
    for context in contexts:
        for form in forms_of(context):
            if isinstance(form, NoticesChanges) and _lacks_what_it_showed(form, page):
                return False
    return True


def _lacks_what_it_showed(form: NoticesChanges, page: Any) -> bool:
    """Whether the fields of a form stand on a page without the hidden one."""
    text = page.content.decode()
    is_there = any(f'name="{name}"' in text for name in form.fields if name != SEEN)
    return is_there and f'name="{SEEN}"' not in text


def _below(form: type[BaseForm]) -> set[type[BaseForm]]:
    ours = {app.name for app in apps.get_app_configs() if "." not in app.name}
    found = set()
    for child in form.__subclasses__():
        found |= _below(child)
        if child.__module__.split(".")[0] in ours - {"allauth", "csp", "rules"}:
            found.add(child)
    return found
