"""The meetings app."""

from django.apps import AppConfig


class MeetingsConfig(AppConfig):
    """Registered by its package name."""

    name = "meetings"

    def ready(self) -> None:
        """Permissions, and the kinds of messages that this app sends."""
        from meetings import permissions as _permissions  # noqa: F401 - importing it registers
        from meetings.mail import kinds

        kinds.register()
