"""The programs app."""

from django.apps import AppConfig


class ProgramsConfig(AppConfig):
    """Registered by its package name."""

    name = "programs"

    def ready(self) -> None:
        """Permissions, kinds of messages and a role of sign-in make themselves known."""
        from accounts import second_factor
        from notifications.mail import origin
        from programs import permissions as _permissions  # noqa: F401 - importing it registers
        from programs.mail import enrolments, staff
        from programs.mail.origin import origin_of
        from programs.models import ProgramStaff

        enrolments.register()
        staff.register()
        origin.watch(origin_of)
        second_factor.name_role(
            "safe_contacts",
            lambda user: ProgramStaff.objects.who_listen().filter(person=user).exists(),
        )
