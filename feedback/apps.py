"""The feedback app."""

from django.apps import AppConfig


class FeedbackConfig(AppConfig):
    """Registered by its package name."""

    name = "feedback"
