"""The accounts app."""

from django.apps import AppConfig


class AccountsConfig(AppConfig):
    """Registered by its package name."""

    name = "accounts"

    def ready(self) -> None:
        """Permissions and messages make themselves known; sign-ins are dated, whichever way they
        came about.
        """
        from django.contrib.auth.signals import user_logged_in

        from accounts import idle, permissions  # noqa: F401
        from accounts.domain import absences
        from accounts.mail import addresses, delegates
        from notifications.preferences import absence

        addresses.register()
        delegates.register()
        absence.watch(absences.back_at)
        user_logged_in.connect(idle.note_sign_in, dispatch_uid="accounts.idle")
