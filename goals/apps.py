"""The goals app."""

from django.apps import AppConfig


class GoalsConfig(AppConfig):
    """Registered by its package name."""

    name = "goals"
