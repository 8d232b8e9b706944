"""The programs app."""

from django.apps import AppConfig


class ProgramsConfig(AppConfig):
    """Registered by its package name."""

    name = "programs"

    def ready(self) -> None:
        """Permissions and the kinds of messages make themselves known."""
        from programs import mail, mail_staff, permissions  # noqa: F401

        mail.register()
        mail_staff.register()
