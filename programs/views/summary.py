"""The answers of an enrolment in words: for their author, and for those who run the program."""

from __future__ import annotations

from dataclasses import dataclass, replace

from django.urls import reverse
from django.utils.translation import gettext as _

from common.timezones import zone_label
from programs.domain import avoidances, wishes
from programs.domain.delegates import shown_delegate
from programs.enums import EnrolmentState, PairRole
from programs.forms.enrol import LEVELS, STANDING
from programs.models import Enrolment
from programs.styles import SLIDERS, WEEKDAYS, Slider, language_name


@dataclass(frozen=True)
class Section:
    """A question, its answer in lines, where it is changed, and who can see it."""

    title: str
    lines: list[str]
    url: str = ""
    who: str = ""
    is_of_people: bool = False

    @property
    def nothing(self) -> str:
        """What stands there without an answer."""
        return _("Nobody.") if self.is_of_people else _("Nothing.")


MIDDLE = 3  # of a slider from 1 to 5
NOT_HANDED_IN = frozenset(
    {EnrolmentState.INVITED, EnrolmentState.VOLUNTEERING, EnrolmentState.WITHDRAWN}
)


def is_handed_in(row: Enrolment) -> bool:
    """Whether others may read the answers: not while they are a draft, nor once withdrawn."""
    return row.state not in NOT_HANDED_IN


def open_sections(row: Enrolment) -> list[Section]:
    """What the people who run the program may read once it is handed in; nothing before.

    Never what is off limits, whom the person avoids or wishes for, or how they rate themselves.
    """
    if not is_handed_in(row):
        return []
    if row.role == PairRole.MENTOR:
        first = [
            Section(_("What I can teach"), topic_lines(row)),
            Section(_("What I want in return"), filled(row.in_return)),
        ]
    else:
        first = [
            Section(_("Topics, the most wanted first"), topic_lines(row)),
            Section(_("What I want to understand, and why"), filled(row.what_for)),
        ]
    return [*first, *practical_sections(row)]


def practical_sections(row: Enrolment) -> list[Section]:
    """Times, languages, style and interests; for mentors also how many people."""
    sections = [
        Section(_("When I have time"), time_lines(row)),
        Section(_("Languages"), filled(", ".join(map(language_name, row.languages)))),
        Section(_("How I like to work"), style_lines(row)),
        Section(_("Interests"), filled(", ".join(row.interests))),
    ]
    if row.role == PairRole.MENTOR:
        sections.append(Section(_("How many people at a time"), [str(row.capacity)]))
    return sections


def filled(text: str) -> list[str]:
    """One line, or none for an empty text."""
    return [text] if text else []


def own_sections(row: Enrolment) -> list[Section]:
    """All answers for their author, page by page, each with its link and who can see it."""
    if row.role == PairRole.MENTOR:
        return [
            *_teaching(row),
            *_boundaries(row),
            *_practical(row, "time"),
            _wish(row),
        ]
    return [
        *_learning(row),
        *_practical(row, "calendar"),
        *_boundaries(row),
        _wish(row),
    ]


def _own(row: Enrolment, section: Section, step: str, who: str) -> Section:
    """A section with the link to the page on which it is changed, and who can see it."""
    url = reverse("programs:enrol", args=[row.public_id, step])
    return replace(section, url=url, who=who)


def _teaching(row: Enrolment) -> list[Section]:
    topics = Section(_("What I can teach"), topic_lines(row))
    in_return = Section(_("What I want in return"), filled(row.in_return))
    return [
        _own(row, topics, "topics", "pair_managers"),
        _own(row, in_return, "return", "pair_managers"),
    ]


def _learning(row: Enrolment) -> list[Section]:
    what_for = Section(_("What I want to understand, and why"), filled(row.what_for))
    topics = Section(_("Topics, the most wanted first"), topic_lines(row))
    today = Section(_("Where I stand today"), standing_lines(row))
    return [
        _own(row, what_for, "wants", "pair_managers"),
        _own(row, topics, "wants", "pair_managers"),
        _own(row, today, "today", "me"),
        _assistant(row),
    ]


def _assistant(row: Enrolment) -> Section:
    delegation = shown_delegate(row.person)
    name = delegation.delegate.name if delegation else ""
    section = Section(_("My assistant"), filled(name), is_of_people=True)
    return _own(row, section, "calendar", "delegate")


def _boundaries(row: Enrolment) -> list[Section]:
    off_limits = Section(_("What is off limits"), filled(row.off_limits))
    names = [person.name for person in avoidances.avoided_by(row.person)]
    avoided = Section(_("Whom I would rather not meet"), names, is_of_people=True)
    return [
        _own(row, off_limits, "boundaries", "pair_later"),
        _own(row, avoided, "boundaries", "matching"),
    ]


def _practical(row: Enrolment, step: str) -> list[Section]:
    return [_own(row, section, step, "pair_managers") for section in practical_sections(row)]


def _wish(row: Enrolment) -> Section:
    names = [person.name for person in wishes.wished_by(row)]
    section = Section(_("Whom I would like to be matched with"), names, is_of_people=True)
    return _own(row, section, "wish", "wish")


def topic_lines(row: Enrolment) -> list[str]:
    """ "Short video (4: others come to me with questions)" for mentors, "1. AI" for mentees."""
    levels = dict(LEVELS)
    lines = []
    for choice in row.topic_choices.all():
        if choice.level:
            lines.append(f"{choice.topic.name} ({levels[choice.level]})")
        else:
            lines.append(f"{choice.priority}. {choice.topic.name}")
    return lines


def standing_lines(row: Enrolment) -> list[str]:
    """The self-assessment."""
    words = dict(STANDING)
    names = {topic.pk: topic.name for topic in row.program.topics.all()}
    lines = []
    for topic, value in row.baseline().items():
        if topic in names:
            lines.append(f"{names[topic]}: {words[value]}")
    return lines


def _windows_by_day(row: Enrolment) -> dict[int, list[str]]:
    """{weekday: its free times as text}."""
    by_day: dict[int, list[str]] = {}
    for day, start, end in row.availability:
        window = f"{clock_text(start)}–{clock_text(end)}"
        by_day.setdefault(day, []).append(window)
    return by_day


def time_lines(row: Enrolment) -> list[str]:
    """ "Monday 09:00–12:00, 14:00–17:00" in the person's own zone, and the zone."""
    by_day = _windows_by_day(row)
    lines = []
    for day, name in enumerate(WEEKDAYS):
        if day in by_day:
            lines.append(f"{name} {', '.join(by_day[day])}")
    if lines:
        lines.append(_("Time zone: %(zone)s") % {"zone": zone_label(row.person.time_zone)})
    return lines


def clock_text(minutes: int) -> str:
    """ "09:30" of 570."""
    return f"{minutes // 60:02}:{minutes % 60:02}"


def style_lines(row: Enrolment) -> list[str]:
    """Where each slider stands, in words."""
    lines = []
    for slider in SLIDERS:
        value = row.working_style.get(slider.key)
        if value:
            lines.append(_style_line(slider, value))
    return lines


def _style_line(slider: Slider, value: int) -> str:
    left, right = _(slider.left), _(slider.right)
    if value < MIDDLE:
        return left
    if value > MIDDLE:
        return right
    return _("%(left)s or %(right)s") % {"left": left, "right": right}
