"""The mentoring app."""

from django.apps import AppConfig


class MentoringConfig(AppConfig):
    """Registered by its package name."""

    name = "mentoring"

    def ready(self) -> None:
        """What the floors below cannot know: coordinators see other people's data, so their
        sign-ins end when idle.
        """
        from accounts import idle
        from mentoring.messages import channel_test
        from mentoring.needs import daily_mail, personal_mail
        from mentoring.workflows import delivery_watch
        from programs.models import Program

        idle.watch(lambda user: Program.objects.managed_by(user).exists())
        channel_test.register()
        daily_mail.register()
        personal_mail.register()
        delivery_watch.register()
