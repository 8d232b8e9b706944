"""The pairings app."""

from django.apps import AppConfig


class PairingsConfig(AppConfig):
    """Registered by its package name."""

    name = "pairings"

    def ready(self) -> None:
        """Permissions, and the kinds of messages that this app sends."""
        from pairings import permissions as _permissions  # noqa: F401 - importing it registers
        from pairings.mail import kinds

        kinds.register()
