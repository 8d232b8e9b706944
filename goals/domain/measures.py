"""What the value of a measure is called."""

from __future__ import annotations

from decimal import Decimal

from django.utils.formats import number_format
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from goals.enums import MeasureKind

LEAST, MOST = 1, 5  # of a scale
NOT_YET, YES = Decimal(0), Decimal(1)


def plain(number: Decimal) -> Decimal:
    """A number without zeros at its end: 1.00 as 1, and 1.50 as 1.5."""
    if number == number.to_integral():
        return number.quantize(Decimal(1))
    return number.normalize()


def in_words(kind: str, value: Decimal | None, unit: str) -> str:
    """A value with its unit, "3 of 5", "yes" or "not yet"; empty without a value."""
    if value is None:
        return ""
    if kind == MeasureKind.YES_NO:
        return pgettext("measure", "yes") if value >= YES else pgettext("measure", "not yet")
    if kind == MeasureKind.SCALE:
        return _("%(value)s of 5") % {"value": number_format(plain(value))}
    return f"{number_format(plain(value))} {unit}".strip()


def fits(kind: str, value: Decimal) -> bool:
    """Whether the measure has this value."""
    if kind == MeasureKind.YES_NO:
        return value in {NOT_YET, YES}
    if kind == MeasureKind.SCALE:
        return value == value.to_integral() and LEAST <= value <= MOST
    return True
