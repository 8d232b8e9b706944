"""Choices of threads with a safe contact."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class ConcernState(models.TextChoices):
    """open → acknowledged → answered → closed; what the author writes opens it again."""

    OPEN = "open", _("Not read yet")
    ACKNOWLEDGED = "acknowledged", _("Read, not answered yet")
    ANSWERED = "answered", _("Answered")
    CLOSED = "closed", _("Closed")


WAITING = (ConcernState.OPEN, ConcernState.ACKNOWLEDGED)


class Side(models.TextChoices):
    """Who wrote an entry. The author has no name."""

    AUTHOR = "author", _("Author")
    CONTACT = "contact", _("Safe contact")
    DEPUTY = "deputy", _("Deputy of the safe contact")


class Helped(models.TextChoices):
    """What the author says once the thread is closed."""

    YES = "yes", _("Yes")
    PARTLY = "partly", _("In part")
    NO = "no", _("No")
