"""The mentoring app."""

from django.apps import AppConfig


class MentoringConfig(AppConfig):
    """Registered by its package name."""

    name = "mentoring"
