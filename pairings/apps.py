"""The pairings app."""

from django.apps import AppConfig


class PairingsConfig(AppConfig):
    """Registered by its package name."""

    name = "pairings"
