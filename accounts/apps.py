"""The accounts app."""

from django.apps import AppConfig


class AccountsConfig(AppConfig):
    """Registered by its package name."""

    name = "accounts"
