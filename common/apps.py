"""The common app."""

from django.apps import AppConfig

from common import wording

wording.use()  # fields take their sentences when a form is defined, so this comes before all forms


class CommonConfig(AppConfig):
    """Registered by its package name."""

    name = "common"
