"""The notifications app."""

from django.apps import AppConfig


class NotificationsConfig(AppConfig):
    """Registered by its package name."""

    name = "notifications"
