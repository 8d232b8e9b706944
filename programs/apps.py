"""The programs app."""

from django.apps import AppConfig


class ProgramsConfig(AppConfig):
    """Registered by its package name."""

    name = "programs"

    def ready(self) -> None:
        """Permissions and the kinds of messages make themselves known."""
        from notifications.mail import origin
        from programs import permissions as _permissions  # noqa: F401 - importing it registers
        from programs.mail import enrolments, staff
        from programs.mail.origin import origin_of

        enrolments.register()
        staff.register()
        origin.watch(origin_of)
