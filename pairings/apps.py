"""The pairings app."""

from django.apps import AppConfig


class PairingsConfig(AppConfig):
    """Registered by its package name."""

    name = "pairings"

    def ready(self) -> None:
        """Permissions, and the kinds of messages that this app sends."""
        from pairings import mail, mail_sessions, permissions, permissions_sessions  # noqa: F401 - importing them registers

        mail.register()
        mail_sessions.register()
