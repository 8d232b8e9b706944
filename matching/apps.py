"""The matching app."""

from django.apps import AppConfig


class MatchingConfig(AppConfig):
    """Registered by its package name."""

    name = "matching"

    def ready(self) -> None:
        """Permissions."""
        from matching import permissions as _permissions  # noqa: F401 - importing it registers
