"""The sliders, languages and times of day that the enrolment pages offer."""

from __future__ import annotations

from dataclasses import dataclass

from django.conf.locale import LANG_INFO
from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _
from django.utils.translation import gettext_noop


@dataclass(frozen=True)
class Slider:
    """A scale from 1 (`left`) to 5 (`right`). `key` is what `Enrolment.working_style` stores."""

    key: str
    left: str
    right: str


SLIDERS = (
    Slider(
        "structure",
        gettext_noop("A plan for every meeting"),
        gettext_noop("See where the talk goes"),
    ),
    Slider("practice", gettext_noop("Talk it through"), gettext_noop("Try it out together")),
    Slider("directness", gettext_noop("Tell me gently"), gettext_noop("Tell me straight")),
    Slider("pace", gettext_noop("Time to think first"), gettext_noop("Think aloud")),
)

# (key, label, first minute, last minute) of a day in the person's own zone;
# \u2060 keeps the times on one line
SLOTS = (
    ("morning", format_lazy("{}, 9\u2060–\u206012", _("Morning")), 9 * 60, 12 * 60),
    ("midday", format_lazy("{}, 12\u2060–\u206014", _("Midday")), 12 * 60, 14 * 60),
    ("afternoon", format_lazy("{}, 14\u2060–\u206017", _("Afternoon")), 14 * 60, 17 * 60),
    ("late", format_lazy("{}, 17\u2060–\u206019", _("Late")), 17 * 60, 19 * 60),
)
WEEKDAYS = (
    _("Monday"),
    _("Tuesday"),
    _("Wednesday"),
    _("Thursday"),
    _("Friday"),
    _("Saturday"),
    _("Sunday"),
)

OFFERED_LANGUAGES = (
    *("en", "de", "fr", "es", "it", "pt", "nl", "pl", "cs", "sv"),
    *("da", "tr", "uk", "ru", "ar", "he", "hi", "zh-hans", "ja", "ko"),
)


def language_name(code: str) -> str:
    """What speakers of the language call it; the code itself where Django knows no name."""
    info = LANG_INFO.get(code, {})
    return str(info.get("name_local") or code).capitalize()
