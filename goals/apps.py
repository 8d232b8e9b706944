"""The goals app."""

from django.apps import AppConfig


class GoalsConfig(AppConfig):
    """Registered by its package name."""

    name = "goals"

    def ready(self) -> None:
        """Permissions, and the kinds of messages that this app sends."""
        from goals import mail
        from goals import permissions as _permissions  # noqa: F401 - importing it registers

        mail.register()
