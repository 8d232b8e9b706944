"""What the comparison, the fairness panel and the map of a run say in words."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.utils import formats
from django.utils.dateparse import parse_date
from django.utils.dates import WEEKDAYS
from django.utils.text import capfirst, get_text_list
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from accounts.models import User
from common.timezones import moment_in_words
from matching.domain.analysis.company_map import OTHERS, Flow
from matching.domain.analysis.comparing import Setting
from matching.domain.analysis.fairness import MUCH_LESS_SHARE, Answer, Group, Kind
from matching.domain.analysis.map_drawing import Node
from matching.domain.inputs.people import times_of
from matching.models import MatchRun, Proposal
from matching.solver.scoring.weekdays import days_apart
from pairings.wording import COMPONENT_NAMES, score_points, warning_words
from programs.enums import Objective, PairRole
from programs.models import Program

WITHIN = {
    "department": gettext_lazy("within one department"),
    "grade": gettext_lazy("within one grade"),
    "location": gettext_lazy("within one place"),
}
ACROSS = {
    "department": gettext_lazy("across departments"),
    "grade": gettext_lazy("across grades"),
    "location": gettext_lazy("across places"),
}
ROLES = {PairRole.MENTOR: gettext_lazy("{Mentors}"), PairRole.MENTEE: gettext_lazy("{Mentees}")}
BRIEF, LONG = 15, 34  # letters of a name in a picture, on a phone and on a wide page


def run_label(run: MatchRun, reader: User) -> str:
    """When a run was started (in the reader's zone), what it found, and its state."""
    moment = moment_in_words(run.created_at, reader.time_zone or "UTC")
    number = run.statistics.get("pairs", 0)
    pairs = ngettext("%(number)d pair", "%(number)d pairs", number) % {"number": number}
    return f"{moment} · {pairs} · {run.get_state_display()}"


def group_words(dimension: str, name: str) -> str:
    """A group as people call it. Roles are {Mentors} and {Mentees}: see `programs.labels`."""
    if dimension == "role":
        return str(ROLES.get(name, name))  # type: ignore[call-overload]
    return name or _("Not stated")


def setting_name(setting: Setting) -> str:
    """What a setting of a run is called."""
    if setting.kind == "weight":
        return str(COMPONENT_NAMES.get(setting.key, setting.key))
    fields = {field.name: field for field in Program._meta.get_fields()}
    if setting.key not in fields:
        return setting.key
    return capfirst(str(fields[setting.key].verbose_name))  # type: ignore[union-attr]


def setting_value(setting: Setting, value: Any) -> str:
    """The value of a setting of one run."""
    if setting.key == "objective":
        return str(Objective(value).label)
    if setting.key == "minimum_score":
        return str(score_points(value or 0))
    if isinstance(value, bool):
        return _("Yes") if value else _("No")
    day = _as_day(value)
    if day is not None:
        return formats.date_format(day, _("D j M Y"))
    return "–" if value is None else str(value)


def _as_day(value: Any) -> date | None:
    """The date that a text is, such as 2026-12-31."""
    if isinstance(value, str) and len(value) == len("2026-12-31"):
        return parse_date(value)
    return None


def percent(share: float) -> str:
    """A share from 0 to 1, never rounded to nothing or to everything."""
    if 0 < share < 0.005:
        return _("under 1%%") % {}
    if 0.995 <= share < 1:
        return _("over 99%%") % {}
    return _("%(number)d%%") % {"number": round(share * 100)}


def warnings_of(proposal: Proposal, program: Program) -> list[str]:
    """What to look at in a proposed pair; with little common time, also the workdays without any.

    These days are read from what the two say now. An allowed pair has no private reason that they
    could betray.
    """
    words = []
    for warning in proposal.warnings:
        days = _days_apart(proposal, program) if warning.get("key") == "little_overlap" else []
        words += [_little_overlap(days)] if days else warning_words([warning])
    return words


def _little_overlap(days: list[str]) -> str:
    text = _("Little common time, none on %(days)s")
    return text % {"days": get_text_list(days, _("and"))}


def _days_apart(proposal: Proposal, program: Program) -> list[str]:
    """The workdays on which the two have no common time, by name."""
    days = days_apart(
        times_of(proposal.mentee, "mentee"),
        times_of(proposal.mentor, "mentor"),
        program.starts_on,
        program.ends_on,
    )
    return [str(WEEKDAYS[day]) for day in days]


def headline(answer: Answer) -> tuple[str, list[str]]:
    """Is any group left behind? One sentence, and the figures for it."""
    if not answer.people:
        return _("There is nobody to look at in this run."), []
    if answer.behind:
        sentences = [sentence(group, kind) for group in answer.behind for kind in group.behind]
        return _left_behind(len(answer.behind)), sentences
    if answer.paired == answer.people:
        return _(
            "Nobody is left behind: everybody has a match, and no group has clearly weaker ones."
        ), []
    if not any(group.judged for group in answer.groups):
        return _("There are too few people in this run to tell whether a group is left behind."), []
    return _("No group is clearly left behind."), _widest(answer.widest)


def _left_behind(number: int) -> str:
    words = ngettext(
        "%(number)d group is left behind.", "%(number)d groups are left behind.", number
    )
    return words % {"number": number}


def _widest(group: Group | None) -> list[str]:
    if group is None:
        return []
    gap = sentence(group, "places")
    if group.excess < MUCH_LESS_SHARE:
        return [_("The widest gap is small. %(gap)s") % {"gap": gap}]
    return [_("The widest gap: %(gap)s With so few people, that can be chance.") % {"gap": gap}]


def sentence(group: Group, kind: Kind) -> str:
    """How a group fares beside the others."""
    name = group_words(group.dimension, group.name)
    if kind == "fit":
        return _("%(group)s: the median fit is %(here)d of 100; elsewhere it is %(there)d.") % {
            "group": name,
            "here": score_points(round(group.median or 0)),
            "there": score_points(round(group.others_median or 0)),
        }
    words = ngettext(
        "%(group)s: %(left)d of %(people)d people is without a match; elsewhere %(share)s of "
        "those in the same role.",
        "%(group)s: %(left)d of %(people)d people are without a match; elsewhere %(share)s of "
        "those in the same role.",
        group.left,
    )
    return words % {
        "group": name,
        "left": group.left,
        "people": group.people,
        "share": percent(group.elsewhere),
    }


def verdict(group: Group) -> tuple[str, str]:
    """A group's answer in a word or two, and its tone."""
    if group.behind == ("fit",):
        return _("Weaker matches"), "bad"
    if group.behind:
        return _("Left behind"), "bad"
    if group.judged:
        return _("As elsewhere"), "none"
    return ("", "") if group.dimension == "role" else (_("Too few to tell"), "none")


def node_words(node: Node, dimension: str) -> str:
    """The name of a group in a picture."""
    if node.name == OTHERS:
        return ngettext("%(number)d other", "%(number)d others", node.merged) % {
            "number": node.merged
        }
    return group_words(dimension, node.name)


def flow_words(flow: Flow, dimension: str) -> str:
    """A flow in words: from whom to whom, and how many."""
    words = ngettext(
        "%(origin)s → %(target)s: %(number)d pair",
        "%(origin)s → %(target)s: %(number)d pairs",
        flow.pairs,
    )
    origin, target = _end(flow.origin, dimension), _end(flow.target, dimension)
    return words % {"origin": origin, "target": target, "number": flow.pairs}


def _end(name: str, dimension: str) -> str:
    return _("others") if name == OTHERS else group_words(dimension, name)


def across_words(pairs: int, across: int, dimension: str) -> str:
    """How many of the pairs join two groups."""
    words = {
        "department": ngettext(
            "%(across)d of %(pairs)d pair joins two departments (%(share)s).",
            "%(across)d of %(pairs)d pairs join two departments (%(share)s).",
            pairs,
        ),
        "grade": ngettext(
            "%(across)d of %(pairs)d pair joins two grades (%(share)s).",
            "%(across)d of %(pairs)d pairs join two grades (%(share)s).",
            pairs,
        ),
        "location": ngettext(
            "%(across)d of %(pairs)d pair joins two places (%(share)s).",
            "%(across)d of %(pairs)d pairs join two places (%(share)s).",
            pairs,
        ),
    }
    return words[dimension] % {
        "across": across,
        "pairs": pairs,
        "share": percent(across / pairs if pairs else 0),
    }


def shortened(words: str, letters: int) -> str:
    """At most so many letters."""
    return words if len(words) <= letters else f"{words[: letters - 1].rstrip()}…"
