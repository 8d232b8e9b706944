"""What HR says about talking to someone, and the one figure that HR is told."""

from __future__ import annotations

from django.db import transaction
from django.db.models import Count
from django.db.models.functions import ExtractYear
from django.utils.translation import gettext as _

from accounts.models import User
from common import audit
from concerns.models import Concern, TalkSettings

STEP = 5


def talk_settings() -> TalkSettings:
    """Those of the company, unsaved while HR has said nothing."""
    return TalkSettings.objects.first() or TalkSettings(id=1)


@transaction.atomic
def save_settings(*, actor: User, outside_line: str, is_statutory: bool) -> TalkSettings:
    """Say which line outside the company there is, and whether this is the statutory channel."""
    saved, _made = TalkSettings.objects.select_for_update().get_or_create(id=1)
    saved.outside_line, saved.is_statutory = outside_line, is_statutory
    saved.save()
    audit.record("concerns.settings_changed", saved, actor=actor)
    return saved


def threads_by_year() -> list[tuple[int, str]]:
    """(year, how many threads were begun, in fives), the newest year first."""
    years = Concern.objects.annotate(year=ExtractYear("written_on")).values("year")
    counted = years.annotate(number=Count("pk")).order_by("-year")
    return [(row["year"], in_fives(row["number"])) for row in counted]


def in_fives(number: int) -> str:
    """ "0 to 4", "5 to 9": none is not told from a few."""
    first = number // STEP * STEP
    return _("%(first)s to %(last)s") % {"first": first, "last": first + STEP - 1}
