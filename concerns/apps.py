"""The concerns app."""

from django.apps import AppConfig


class ConcernsConfig(AppConfig):
    """Registered by its package name."""

    name = "concerns"

    def ready(self) -> None:
        """Permissions, and the kinds of messages that this app sends."""
        from concerns import mail
        from concerns import permissions as _permissions  # noqa: F401 - importing it registers

        mail.register()
