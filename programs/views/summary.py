"""Answers in words: for "check your answers" and, without what is private, for those who run the
program.
"""

from __future__ import annotations

from dataclasses import dataclass

from django.urls import reverse
from django.utils.translation import gettext as _

from programs.domain import avoidances, wishes
from programs.domain.delegates import shown_delegate
from programs.enums import EnrolmentState, PairRole
from programs.forms.enrol import LEVELS, STANDING
from programs.models import Enrolment, TopicRating
from programs.styles import SLIDERS, WEEKDAYS, language_name


@dataclass(frozen=True)
class Section:
    """A question, its answer in lines, where it is changed, and who can see it."""

    title: str
    lines: list[str]
    url: str = ""
    who: str = ""


NOT_HANDED_IN = frozenset(
    {EnrolmentState.INVITED, EnrolmentState.VOLUNTEERING, EnrolmentState.WITHDRAWN}
)


def is_handed_in(row: Enrolment) -> bool:
    """What is only saved while somebody types, or was taken back, is nobody else's to read."""
    return row.state not in NOT_HANDED_IN


def open_sections(row: Enrolment) -> list[Section]:
    """What the people who run the program may read, once it is handed in; nothing before.

    Never what is off limits, whom one avoids or wishes for, or how one rates oneself.
    """
    if not is_handed_in(row):
        return []
    mentor = row.role == PairRole.MENTOR
    sections = [
        Section(
            _("What I can teach") if mentor else _("Topics, the most wanted first"),
            topic_lines(row),
        ),
        Section(_("What I want in return"), [row.in_return])
        if mentor
        else Section(_("What I want to understand, and why"), [row.what_for]),
        Section(_("When I have time"), time_lines(row)),
        Section(_("Languages"), [", ".join(language_name(code) for code in row.languages)]),
        Section(_("How I like to work"), style_lines(row)),
        Section(_("Interests"), [", ".join(row.interests)]),
    ]
    if mentor:
        sections.append(Section(_("How many people at a time"), [str(row.capacity)]))
    return [
        Section(section.title, [line for line in section.lines if line]) for section in sections
    ]


def own_sections(row: Enrolment) -> list[Section]:
    """Everything, for its author, page by page."""

    def section(title: str, lines: list[str], step: str, who: str) -> Section:
        return Section(
            title,
            [line for line in lines if line],
            reverse("programs:enrol", args=[row.public_id, step]),
            who,
        )

    mentor = row.role == PairRole.MENTOR
    last = "time" if mentor else "calendar"
    avoided = [person.name for person in avoidances.avoided_by(row.person)]
    boundaries = [
        section(_("What is off limits"), [row.off_limits], "boundaries", "pair_later"),
        section(_("Whom I would rather not meet"), avoided, "boundaries", "matching"),
    ]
    if mentor:
        first = [
            section(_("What I can teach"), topic_lines(row), "topics", "pair_managers"),
            section(_("What I want in return"), [row.in_return], "return", "pair_managers"),
            *boundaries,
        ]
    else:
        delegation = shown_delegate(row.person)
        first = [
            section(
                _("What I want to understand, and why"), [row.what_for], "wants", "pair_managers"
            ),
            section(_("Topics, the most wanted first"), topic_lines(row), "wants", "pair_managers"),
            section(_("Where I stand today"), standing_lines(row), "today", "me"),
            section(
                _("My assistant"),
                [delegation.delegate.name] if delegation else [],
                last,
                "delegate",
            ),
        ]
    rest = [
        section(_("When I have time"), time_lines(row), last, "pair_managers"),
        section(
            _("Languages"),
            [", ".join(language_name(code) for code in row.languages)],
            last,
            "pair_managers",
        ),
        section(_("How I like to work"), style_lines(row), last, "pair_managers"),
        section(_("Interests"), [", ".join(row.interests)], last, "pair_managers"),
    ]
    if mentor:
        rest.append(
            section(_("How many people at a time"), [str(row.capacity)], last, "pair_managers")
        )
    wished = [person.name for person in wishes.wished_by(row)]
    wish = section(_("Whom I would like to be matched with"), wished, "wish", "wish")
    return [*first, *rest, *([] if mentor else boundaries), wish]


def topic_lines(row: Enrolment) -> list[str]:
    """ "Short video (4: others come to me with questions)", or the topics numbered."""
    words = dict(LEVELS)
    return [
        f"{choice.topic.name} ({words[choice.level]})"
        if choice.level
        else f"{choice.priority}. {choice.topic.name}"
        for choice in row.topic_choices.all()
    ]


def standing_lines(row: Enrolment) -> list[str]:
    """The self-assessment."""
    words = dict(STANDING)
    names = {topic.pk: topic.name for topic in row.program.topics.all()}
    return [
        f"{names[rating.topic_id]}: {words[rating.value]}"
        for rating in row.ratings.all()
        if rating.moment == TopicRating.Moment.BASELINE and rating.topic_id in names
    ]


def time_lines(row: Enrolment) -> list[str]:
    """ "Monday 09:00–12:00, 14:00–17:00", in the person's own zone."""
    lines = []
    for day, name in enumerate(WEEKDAYS):
        windows = [
            f"{clock_text(start)}–{clock_text(end)}"
            for at, start, end in row.availability
            if at == day
        ]
        if windows:
            lines.append(f"{name} {', '.join(windows)}")
    return [*lines, _("Time zone: %(zone)s") % {"zone": row.person.time_zone}] if lines else []


def clock_text(minutes: int) -> str:
    """ "09:30" of 570."""
    return f"{minutes // 60:02}:{minutes % 60:02}"


def style_lines(row: Enrolment) -> list[str]:
    """Where each slider stands, in words."""
    lines = []
    for slider in SLIDERS:
        value = row.working_style.get(slider.key)
        if value:
            left, right = _(slider.left), _(slider.right)
            lines.append(
                left
                if value < 3
                else right
                if value > 3
                else _("%(left)s or %(right)s") % {"left": left, "right": right}
            )
    return lines
