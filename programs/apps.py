"""The programs app."""

from django.apps import AppConfig


class ProgramsConfig(AppConfig):
    """Registered by its package name."""

    name = "programs"

    def ready(self) -> None:
        """Permissions and the kinds of messages make themselves known."""
        from programs import permissions as _permissions  # noqa: F401 - importing it registers
        from programs.mail import enrolments, staff

        enrolments.register()
        staff.register()
