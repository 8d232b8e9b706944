"""The order in which a pair wants to talk about its topics."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _

from pairings.models.pairing import Pairing
from programs.models import Topic


class PlannedTopic(models.Model):
    """The topic of a pair's n-th session about a topic.

    A pair that has arranged nothing has no rows.
    """

    pairing = models.ForeignKey(Pairing, models.CASCADE, related_name="planned_topics")
    position = models.PositiveSmallIntegerField(_("position"))
    topic = models.ForeignKey(Topic, models.CASCADE, related_name="+", verbose_name=_("topic"))

    class Meta:
        ordering = ["position"]
        constraints = [
            models.UniqueConstraint(fields=["pairing", "position"], name="planned_topic_position"),
            models.UniqueConstraint(fields=["pairing", "topic"], name="planned_topic_once"),
        ]

    def __str__(self) -> str:
        return f"{self.pairing_id}: {self.position}"
