"""The accounts app."""

from django.apps import AppConfig


class AccountsConfig(AppConfig):
    """Registered by its package name."""

    name = "accounts"

    def ready(self) -> None:
        """Register permissions, messages and what other apps ask, and follow signing in."""
        from allauth.account.signals import login_code_rejected, password_reset
        from allauth.mfa import signals as mfa
        from django.contrib.auth.signals import user_logged_in

        from accounts import idle, limits, permissions  # noqa: F401
        from accounts.domain import absences, factors
        from accounts.mail import addresses, delegates, hr_admins
        from accounts.mail import factors as factor_mail
        from notifications.preferences import absence

        addresses.register()
        delegates.register()
        hr_admins.register()
        factor_mail.register()
        absence.watch(absences.back_at)
        user_logged_in.connect(idle.note_sign_in, dispatch_uid="accounts.idle")
        login_code_rejected.connect(limits.note_wrong_code, dispatch_uid="accounts.wrong_code")
        password_reset.connect(limits.note_new_password, dispatch_uid="accounts.new_password")
        mfa.authenticator_added.connect(factors.note_added, dispatch_uid="accounts.added")
        mfa.authenticator_removed.connect(factors.note_removed, dispatch_uid="accounts.removed")
        mfa.authenticator_reset.connect(factors.note_new_codes, dispatch_uid="accounts.new_codes")
        mfa.authentication_failed.connect(factors.note_wrong_code, dispatch_uid="accounts.wrong")
