"""One proposed pair in full."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.http import HttpResponse
from django.shortcuts import get_object_or_404
from django.views.decorators.http import require_GET

from accounts.requests import AuthenticatedHttpRequest
from common.http import respond
from matching.domain import pair_rules
from matching.domain.by_hand import is_changeable
from matching.domain.results.alternatives import PairsNow
from matching.enums import AlternativeKind
from matching.models import PairRule, Proposal
from matching.wording import by_hand as by_hand_words
from matching.wording import runs as run_words
from matching.wording import scores
from pairings import wording
from programs.models import Enrolment


@require_GET
def proposal_detail(request: AuthenticatedHttpRequest, public_id: UUID) -> HttpResponse:
    """Why this pair: every part of its score, the alternatives and their costs, pin and exclude."""
    rows = Proposal.objects.visible_to(request.user).select_related(
        "run__program", "mentor__person__grade", "mentee__person__grade"
    )
    proposal = get_object_or_404(rows, public_id=public_id)
    context = {
        "program": proposal.run.program,
        "run": proposal.run,
        "proposal": proposal,
        **_explanation(proposal),
        **_rules_and_alternatives(proposal),
        **_verbs(request, proposal),
        "change": by_hand_words.undo_of(by_hand_words.run_words(proposal.run), proposal),
    }
    return respond(request, "matching/proposal_detail.html", context)


def _rules_and_alternatives(proposal: Proposal) -> dict[str, Any]:
    """Whether the pair is pinned or excluded, and who else is possible."""
    rules = pair_rules.rules_of(proposal.run.program)
    return {
        "rule": rules.get(proposal.pair_ids),
        "rules_words": by_hand_words.rules_words(rules.values()),
        **_alternatives_by_kind(proposal, rules),
    }


def _verbs(request: AuthenticatedHttpRequest, proposal: Proposal) -> dict[str, bool]:
    """What the reader may do with the pair."""
    may_change = request.user.has_perm("matching.change_by_hand", proposal)
    return {
        "may_set_rules": request.user.has_perm("matching.set_pair_rule", proposal),
        "may_publish": is_changeable(proposal.run) and may_change,
    }


def _explanation(proposal: Proposal) -> dict[str, Any]:
    """Why these two: score, reasons, warnings, and the topics of both."""
    return {
        "points": proposal.score / 100,
        "parts": _parts(proposal),
        "reasons": wording.reasons_words(proposal.reasons),
        "warnings": run_words.warnings_of(proposal, proposal.run.program),
        "refusal": scores.refusal_words(proposal.refusal) if proposal.refusal else "",
        "offers": list(proposal.mentor.topic_choices.select_related("topic")),
        "wants": list(proposal.mentee.topic_choices.select_related("topic")),
    }


def _parts(proposal: Proposal) -> list[dict[str, Any]]:
    """The parts of the score, in points of 100."""
    rows = scores.breakdown_rows(proposal.breakdown, proposal.run.weights)
    for row in rows:
        row["points"] /= 100
        row["most"] /= 100
    return rows


def _alternatives_by_kind(
    proposal: Proposal, rules: dict[tuple[int, int], PairRule]
) -> dict[str, list[dict[str, Any]]]:
    """Other mentors for the mentee, and mentees who could take the mentee's place."""
    other_mentors: list[dict[str, Any]] = []
    replacements: list[dict[str, Any]] = []
    for option in _alternatives(proposal, rules):
        side = replacements if option["kind"] == AlternativeKind.REPLACE else other_mentors
        side.append(option)
    return {"alternatives": other_mentors, "replacements": replacements}


def _alternatives(
    proposal: Proposal, rules: dict[tuple[int, int], PairRule]
) -> list[dict[str, Any]]:
    """The alternatives with names, costs in points, and whether they are still possible."""
    people = Enrolment.objects.by_public_id(proposal.people_of_alternatives())
    now = PairsNow(proposal, list(people.values()))
    found = []
    for option in proposal.alternatives:
        if not _are_known(option, people):
            continue
        words = _alternative(option, people)
        words["possible"] = now.allow(option)
        words["rule"] = rules.get((words["mentor"].pk, proposal.mentee_id))
        found.append(words)
    return found


def _are_known(option: dict[str, Any], people: dict[str, Enrolment]) -> bool:
    """Whether everybody whom an alternative names still exists."""
    named = {option["mentor"], option["other"]} - {None}
    return named <= people.keys()


def _alternative(option: dict[str, Any], people: dict[str, Enrolment]) -> dict[str, Any]:
    at_least = option["costs_at_least"]
    return {
        **option,
        "mentor": people[option["mentor"]],
        "other": people.get(option["other"]),
        "points": option["score"] / 100,
        "costs": abs(option["costs"]) / 100,
        "gains": option["costs"] < 0,
        "costs_at_least": None if at_least is None else at_least / 100,
    }
