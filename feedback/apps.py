"""The feedback app."""

from django.apps import AppConfig


class FeedbackConfig(AppConfig):
    """Registered by its package name."""

    name = "feedback"

    def ready(self) -> None:
        """Tell notifications what this app's messages are; load the permissions."""
        from feedback import mail, permissions  # noqa: F401

        mail.register()
