"""The goals app."""

from django.apps import AppConfig


class GoalsConfig(AppConfig):
    """Registered by its package name."""

    name = "goals"

    def ready(self) -> None:
        """Permissions."""
        from goals import permissions  # noqa: F401 - importing registers them
