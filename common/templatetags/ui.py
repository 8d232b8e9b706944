"""Template tags for every page. They are builtins, so no {% load %} is needed.

{% crumb url label %}            a step of the breadcrumb
{% local_time moment %}          date, time and zone, in the reader's zone
{% local_date day_or_moment %}   the date only
{% state_badge value label %}    a state as a word in a quiet colour
{% who_sees "pair" %}            who can see what is written here
{% error_prefix %}               "Error: " in front of the title when a form has errors
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, date, datetime
from typing import Any
from zoneinfo import ZoneInfo

from django import template
from django.core.paginator import Page
from django.forms import BaseForm
from django.forms.boundfield import BoundField
from django.forms.formsets import BaseFormSet
from django.template import Context
from django.urls import reverse
from django.utils import formats
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from common.markdown import html_of
from common.timezones import moment_in_words, moment_without_zone, to_wall, zone_label

register = template.Library()

# The labels of fields and pages: who can see what is written there. Tests compare them with the
# queries.
WHO_SEES = {
    "me": gettext_lazy("Only you can see this."),
    "pair": gettext_lazy("Only the two of you can see this."),
    "pair_times": gettext_lazy(
        "The two of you can see this, and a delegate. Coordinators and HR see when sessions are "
        "and whether they took place."
    ),
    "pair_goal": gettext_lazy(
        "The two of you can see this. Coordinators and HR see how many goals there are and how "
        "they ended, never what they say."
    ),
    "pair_later": gettext_lazy(
        "Only the person you are paired with can see this, once you are paired."
    ),
    "pair_managers": gettext_lazy(
        "The program's coordinators and HR can see this, and the person whom you are offered as "
        "a match."
    ),
    "managers": gettext_lazy("You, the program's coordinators and HR can see this."),
    "hr": gettext_lazy("HR can see this."),
    "anonymous": gettext_lazy(
        "Nobody can see who answered. Results appear only for groups, after the round has closed."
    ),
    "named_readers": gettext_lazy(
        "Only the readers named here can see your answers and your name."
    ),
    "attributed": gettext_lazy(
        "The program's coordinators and HR can see your answers and your name."
    ),
    "matching": gettext_lazy("Only you can see this. Matching uses it, and nobody can read it."),
    "wish": gettext_lazy(
        "Only you can see this. Matching uses it; those who run the program see that a wish "
        "counted for a pair, never whose. "
        "The people you name learn of it only if they have named you, too, and you are matched."
    ),
    "absence": gettext_lazy(
        "The person you are paired with sees until when you are away. Nobody is told why."
    ),
    "delegate": gettext_lazy(
        "A delegate sees the name of the person you are paired with, times, places and links. "
        "Nothing else."
    ),
    "by_delegate": gettext_lazy(
        "As a delegate you see who meets whom, times, places and links. Nothing else."
    ),
    "personal_mail": gettext_lazy(
        "Only those it goes to can read this. Others who run the program see that you wrote, "
        "when and to whom, never what."
    ),
    "concern": gettext_lazy(
        "The one safe contact whom you choose can see this, and their deputy once a promised day "
        "is over. Nobody is told who you are."
    ),
    "concern_author": gettext_lazy(
        "Whoever has the reply code can see this, and the safe contact; their deputy once a "
        "promised day is over."
    ),
    "everyone": gettext_lazy("Everyone in the company can see this."),
}

# The colour of a state's badge: what needs the reader, mostly somebody who runs things, is amber.
# States that are not listed are neutral, such as those that wait for somebody else.
TONES = {
    "good": "active approved accepted held met partly done completed published open sent "
    "delivered running on_track scheduled confirmed",
    "wait": "applied checked waiting due pending at_risk paused",
    "bad": "failed missed bounced not_met overdue error expired off_track",
}
TONE_OF = {state: tone for tone, states in TONES.items() for state in states.split()}


def reader_zone(context: Context) -> str:
    """The zone of the signed-in person; UTC for others."""
    user = getattr(context.get("request"), "user", None) or context.get("user")
    return str(getattr(user, "time_zone", "") or "UTC")


@register.simple_tag(takes_context=True)
def crumb(context: Context, url: str, label: object) -> str:
    """A step of the breadcrumb; the frame itself begins with Home."""
    if url == reverse("mentoring:home"):
        return ""
    return format_html('<li class="breadcrumb-item"><a href="{}">{}</a></li>', url, label)


@register.simple_tag(takes_context=True)
def local_time(
    context: Context, moment: datetime | None, zone: str = "", *, with_zone: bool = True
) -> str:
    """ "Fri 12 Mar 2027, 14:00 (Berlin time)": an aware moment in `zone`, or the reader's zone.

    Without the zone's name in lists: components/zone.html says it once above them.
    """
    if moment is None:
        return ""
    in_words = moment_in_words if with_zone else moment_without_zone
    text = in_words(moment, zone or reader_zone(context))
    machine_readable = moment.astimezone(UTC).isoformat(timespec="seconds")
    return format_html('<time datetime="{}">{}</time>', machine_readable, text)


@register.simple_tag(takes_context=True)
def time_there(context: Context, moment: datetime, zone: str, name: str = "") -> str:
    """ "18:00 for Mia Okafor", or "18:00": a moment by the clock of somebody in another zone.

    Empty where both clocks show the same. With the day where that differs, too.
    """
    here, there = to_wall(moment, reader_zone(context)), to_wall(moment, zone)
    if here.replace(tzinfo=None) == there.replace(tzinfo=None):
        return ""
    time = formats.date_format(there, "H:i" if here.date() == there.date() else _("D j M, H:i"))
    words = _("%(time)s for %(name)s") % {"time": time, "name": name} if name else time
    return format_html('<span class="hint">{}</span>', words)


@register.simple_tag(takes_context=True)
def local_date(context: Context, day: date | None) -> str:
    """ "Fri 12 Mar 2027": a day, or the day of a moment in the reader's zone."""
    if day is None:
        return ""
    if isinstance(day, datetime):
        day = day.astimezone(ZoneInfo(reader_zone(context))).date()
    text = formats.date_format(day, _("D j M Y"))
    return format_html('<time datetime="{}">{}</time>', day.isoformat(), text)


LONG_LABEL = 28  # a label with more characters may wrap


@register.simple_tag
def state_badge(value: object, label: object = "", tone: str = "") -> str:
    """A state as a word in a colour. `tone` (good, wait, bad, none) overrides the usual one."""
    tone = tone or TONE_OF.get(str(value), "none")
    words = str(label or value)
    long = " state-long" if len(words) > LONG_LABEL else ""
    return format_html('<span class="state state-{}{}">{}</span>', tone, long, words)


@register.simple_tag
def who_sees(key: str) -> str:
    """The label of a key in WHO_SEES. KeyError for a key that is not in it."""
    return format_html(
        '<p class="who-sees"><span class="who-sees-mark" aria-hidden="true"></span>'
        '<span><span class="visually-hidden">{}</span> {}</span></p>',
        _("Who can see this:"),
        WHO_SEES[key],
    )


def forms_of(context: Context) -> Iterator[Any]:
    """Every form and formset that the page was given."""
    values: list[Any] = list(context.flatten().values())
    for value in values:
        items = value if isinstance(value, (list, tuple)) else [value]
        for item in items:
            if isinstance(item, (BaseForm, BaseFormSet)):
                yield item


@register.simple_tag(takes_context=True)
def error_prefix(context: Context) -> str:
    """ "Error: " when a sent form has errors: the first thing that a screen reader reads."""
    wrong = any(form.is_bound and not form.is_valid() for form in forms_of(context))
    return f"{_('Error:')} " if wrong else ""


@register.simple_tag
def error_target(field: BoundField) -> str:
    """The id to which the error summary links: the control, or the first one of a group."""
    if field.id_for_label:
        return str(field.id_for_label)
    is_group = getattr(field.field.widget, "use_fieldset", False)
    return f"{field.auto_id}_0" if is_group else str(field.auto_id)


@register.simple_tag
def page_numbers(page: Page[Any]) -> list[int | str]:
    """1 … 4 5 6 … 20 around the page."""
    numbers = page.paginator.get_elided_page_range(page.number, on_each_side=1, on_ends=1)
    return [number if isinstance(number, int) else "…" for number in numbers]


@register.filter
def filters_set(form: BaseForm) -> int:
    """How many fields of the form above a list have a value."""
    return sum(bool(field.value()) for field in form) if form.is_bound else 0


@register.filter
def markdown(text: str) -> SafeString:
    """A text in Markdown as safe HTML."""
    return html_of(text)


@register.filter
def zone_name(zone: str) -> str:
    """ "Berlin time" of "Europe/Berlin"."""
    return zone_label(zone)


@register.filter
def in_words(moment: datetime | None, zone: str) -> str:
    """The text of `local_time`, for mails and sentences: {{ moment|in_words:person.time_zone }}."""
    return "" if moment is None else moment_in_words(moment, zone)
