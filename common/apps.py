"""The common app."""

from django.apps import AppConfig


class CommonConfig(AppConfig):
    """Registered by its package name."""

    name = "common"
