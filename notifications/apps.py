"""The notifications app."""

from django.apps import AppConfig


class NotificationsConfig(AppConfig):
    """Registered by its package name."""

    name = "notifications"

    def ready(self) -> None:
        """The one kind of message that is this app's own."""
        from notifications.delivery import digest

        digest.register()
