"""The pairings app."""

from django.apps import AppConfig


class PairingsConfig(AppConfig):
    """Registered by its package name."""

    name = "pairings"

    def ready(self) -> None:
        """Permissions, and the kinds of messages that this app sends."""
        from pairings import (
            mail,
            mail_agreement,
            mail_cancellations,
            mail_commitments,
            mail_sessions,
        )
        from pairings import permissions as _permissions  # noqa: F401 - importing them registers
        from pairings import permissions_sessions as _permissions_sessions  # noqa: F401
        from pairings.domain import booking_nudges

        mail.register()
        mail_sessions.register()
        mail_agreement.register()
        mail_cancellations.register()
        mail_commitments.register()
        booking_nudges.register()
