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
        from mentoring.workflows import channel_test, delivery_watch, needs_you, word_by_hand
        from programs.models import Program

        idle.watch(lambda user: Program.objects.managed_by(user).exists())
        channel_test.register()
        needs_you.register()
        word_by_hand.register()
        delivery_watch.register()
