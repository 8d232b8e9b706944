"""The concerns app."""

from django.apps import AppConfig


class ConcernsConfig(AppConfig):
    """Registered by its package name."""

    name = "concerns"
