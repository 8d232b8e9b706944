"""The programs app."""

from django.apps import AppConfig


class ProgramsConfig(AppConfig):
    """Registered by its package name."""

    name = "programs"
