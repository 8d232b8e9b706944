"""The mentoring app."""

from django.apps import AppConfig


class MentoringConfig(AppConfig):
    """Registered by its package name."""

    name = "mentoring"

    def ready(self) -> None:
        """Register kinds of messages, and end idle sign-ins of coordinators as those of HR.

        The apps below cannot know who coordinates a program and so sees other people's data.
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
