"""The five places of a program and the pages in each: the only list of them.

A page belongs to the place whose part names the page's URL name. Those pages extend
programs/program_base.html, which shows the places.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy

from accounts.models import User
from programs.models import Program


@dataclass(frozen=True)
class Part:
    """A page that a place leads to, and the pages behind it."""

    label: str | Promise
    page: str
    args: tuple[str, ...] = ()
    behind: tuple[str, ...] = ()
    hr_only: bool = False

    @property
    def pages(self) -> tuple[str, ...]:
        """The URL names of all its pages."""
        return (self.page, *self.behind)

    def url(self, program: Program) -> str:
        """Where the part's own page is."""
        return reverse(self.page, args=[program.public_id, *self.args])


@dataclass(frozen=True)
class Place:
    """One of the five."""

    label: str | Promise
    parts: tuple[Part, ...]

    def parts_of(self, user: User) -> list[Part]:
        """The parts that this person may open."""
        return [part for part in self.parts if user.is_hr_admin or not part.hr_only]

    def holds(self, page: str) -> bool:
        """Whether a page, given by its URL name, belongs here."""
        return any(page in part.pages for part in self.parts)


OVERVIEW = Place(
    gettext_lazy("Overview"),
    (
        Part(
            gettext_lazy("Overview"),
            "mentoring:program_overview",
            behind=(
                "programs:program_state",
                "mentoring:program_cancel",
                "mentoring:program_close",
                "mentoring:program_close_undo",
            ),
        ),
        Part(
            gettext_lazy("Needs you"),
            "mentoring:needs_you",
            behind=("mentoring:address_works", "mentoring:need_write"),
        ),
    ),
)
PEOPLE = Place(
    gettext_lazy("People"),
    (
        Part(
            gettext_lazy("Enrolment"),
            "programs:enrolment_list",
            behind=("programs:enrolment_detail",),
        ),
        Part(
            gettext_lazy("Invite"),
            "programs:invite",
            behind=("programs:invite_list", "programs:invite_person"),
        ),
    ),
)
PAIRS = Place(
    gettext_lazy("Pairs"),
    (
        Part(
            gettext_lazy("Pairs"),
            "meetings:pairing_list",
            behind=("matching:pairing_map", "matching:free_again", "matching:free_offer"),
        ),
        Part(gettext_lazy("Sessions"), "meetings:session_list"),
        Part(
            gettext_lazy("Matching"),
            "matching:match_run_list",
            behind=(
                "matching:match_weights",
                "matching:match_run_start",
                "matching:match_run_detail",
                "matching:match_run_unmatched",
                "matching:match_run_publish",
                "matching:match_fairness",
                "matching:match_map",
                "matching:match_compare",
                "matching:match_run_undo",
                "matching:proposal_detail",
                "matching:proposal_change",
                "matching:pair_rule_list",
                "matching:pair_rule_set",
            ),
        ),
    ),
)
SURVEYS = Place(
    gettext_lazy("Surveys"),
    (
        Part(
            gettext_lazy("Surveys"),
            "feedback:round_list",
            behind=(
                "feedback:plan_item_new",
                "feedback:plan_item_edit",
                "feedback:plan_item_open",
                "feedback:plan_item_remove",
                "feedback:round_detail",
                "feedback:round_answers",
                "feedback:told_us_edit",
            ),
        ),
    ),
)
SETTINGS = Place(
    gettext_lazy("Settings"),
    (
        Part(
            gettext_lazy("Set-up"),
            "programs:program_wizard",
            args=("review",),
            behind=("programs:mail_preview",),
        ),
        Part(gettext_lazy("Texts"), "programs:text_list", behind=("programs:text_edit",)),
        Part(
            gettext_lazy("Staff"),
            "programs:program_staff",
            hr_only=True,
            behind=("programs:program_staff_remove",),
        ),
        Part(
            gettext_lazy("Messages"),
            "mentoring:program_messages",
            behind=("mentoring:message_samples_list", "mentoring:message_sample"),
        ),
        Part(
            gettext_lazy("Channels"),
            "mentoring:program_channels",
            hr_only=True,
            behind=("mentoring:channel_disconnect", "mentoring:channel_test"),
        ),
    ),
)
PLACES = (OVERVIEW, PEOPLE, PAIRS, SURVEYS, SETTINGS)


def is_in_a_place(page: str) -> bool:
    """Whether a page, given by its URL name, is about one program."""
    return any(place.holds(page) for place in PLACES)


@dataclass(frozen=True)
class Link:
    """A place or a part of it, as the page shows it."""

    label: str | Promise
    url: str
    current: bool


def links_of(program: Program, page: str) -> list[Link]:
    """The five places, for a page given by its URL name."""
    return [Link(place.label, place.parts[0].url(program), place.holds(page)) for place in PLACES]


def part_links_of(program: Program, user: User, page: str) -> Iterator[Link]:
    """What is beside this page in the same place; nothing where it stands alone."""
    for place in PLACES:
        parts = place.parts_of(user)
        if place.holds(page) and len(parts) > 1:
            for part in parts:
                yield Link(part.label, part.url(program), page in part.pages)
