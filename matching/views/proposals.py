"""One proposed pair in full; pinning and excluding pairs."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from accounts.requests import AuthenticatedHttpRequest
from common.errors import DomainError
from common.http import page_of, redirect_htmx, require, respond
from matching.domain import pair_rules
from matching.domain.by_hand import is_changeable
from matching.domain.results.alternatives import PairsNow
from matching.enums import AlternativeKind, RuleKind
from matching.forms.actions import RuleForm
from matching.models import PairRule, Proposal
from matching.views.posted import incomplete_form, posted_pair
from matching.wording import by_hand as by_hand_words
from matching.wording import runs as run_words
from matching.wording import scores
from pairings import wording
from programs.models import Enrolment, Program


@require_GET
def proposal_detail(request: AuthenticatedHttpRequest, public_id: UUID) -> HttpResponse:
    """Why this pair: every part of its score, the alternatives and their costs, pin and exclude."""
    rows = Proposal.objects.visible_to(request.user).select_related(
        "run__program", "mentor__person__grade", "mentee__person__grade"
    )
    proposal = get_object_or_404(rows, public_id=public_id)
    run, program = proposal.run, proposal.run.program
    rules = pair_rules.rules_of(program)
    alternatives = _alternatives(proposal, rules)
    may_change = request.user.has_perm("matching.change_by_hand", proposal)
    context = {
        "program": program,
        "run": run,
        "proposal": proposal,
        **_explanation(proposal),
        "alternatives": [one for one in alternatives if one["kind"] != AlternativeKind.REPLACE],
        "replacements": [one for one in alternatives if one["kind"] == AlternativeKind.REPLACE],
        "rule": rules.get((proposal.mentor_id, proposal.mentee_id)),
        "rules_words": by_hand_words.rules_words(rules.values()),
        "may_set_rules": request.user.has_perm("matching.set_pair_rule", proposal),
        "may_publish": is_changeable(run) and may_change,
        "change": by_hand_words.undo_of(by_hand_words.run_words(run), proposal),
    }
    return respond(request, "matching/proposal_detail.html", context)


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


def _alternatives(
    proposal: Proposal, rules: dict[tuple[int, int], PairRule]
) -> list[dict[str, Any]]:
    """The alternatives with names, costs in points, and whether they are still possible."""
    people = _people_of_alternatives(proposal)
    now = PairsNow(proposal, list(people.values()))
    found = []
    for option in proposal.alternatives:
        mentor, other = people.get(option["mentor"]), people.get(option["other"])
        if mentor is None or (option["other"] and other is None):
            continue
        words = _alternative(option, mentor, other)
        words["possible"] = now.allow(option)
        words["rule"] = rules.get((mentor.pk, proposal.mentee_id))
        found.append(words)
    return found


def _people_of_alternatives(proposal: Proposal) -> dict[str, Enrolment]:
    """Everybody whom the alternatives of a pair name, by public id."""
    ids = set()
    for option in proposal.alternatives:
        ids.update({option["mentor"], option["other"]})
    rows = Enrolment.objects.filter(public_id__in=ids - {None}).select_related("person")
    return {str(row.public_id): row for row in rows}


def _alternative(
    option: dict[str, Any], mentor: Enrolment, other: Enrolment | None
) -> dict[str, Any]:
    at_least = option["costs_at_least"]
    return {
        **option,
        "mentor": mentor,
        "other": other,
        "points": option["score"] / 100,
        "costs": abs(option["costs"]) / 100,
        "gains": option["costs"] < 0,
        "costs_at_least": None if at_least is None else at_least / 100,
    }


@require_POST
def pair_rule_set(request: AuthenticatedHttpRequest, public_id: UUID) -> HttpResponse:
    """Pin or exclude a pair of a program, and return to the page with the button."""
    program = get_object_or_404(Program.objects.managed_by(request.user), public_id=public_id)
    require(request.user, "matching.set_pair_rule", program)
    form = RuleForm(request.POST)
    if not form.is_valid():
        return incomplete_form()
    mentor, mentee = posted_pair(program, form)
    kind = RuleKind(form.cleaned_data["kind"])
    try:
        pair_rules.set_rule(
            actor=request.user, program=program, mentor=mentor, mentee=mentee, kind=kind
        )
    except DomainError as error:
        messages.error(request, " ".join(error.messages))
    else:
        messages.success(request, _set_words(kind))
    return redirect_htmx(request, _next_page(request, _rules_page(program)))


def _set_words(kind: RuleKind) -> str:
    if kind == RuleKind.PIN:
        return _("Pinned. The next run keeps this pair.")
    return _("Excluded. No run will propose this pair again.")


@require_GET
def pair_rule_list(request: AuthenticatedHttpRequest, public_id: UUID) -> HttpResponse:
    """The pinned and excluded pairs of a program."""
    program = get_object_or_404(Program.objects.managed_by(request.user), public_id=public_id)
    rules = PairRule.objects.filter(program=program).select_related(
        "mentor__person", "mentee__person"
    )
    context = {
        "program": program,
        "rules_words": by_hand_words.rules_words(rules),
        "page": page_of(request, rules.order_by("kind", "mentor__person__sort_key", "id")),
        "may_set_rules": request.user.has_perm("matching.set_pair_rule", program),
    }
    return respond(request, "matching/match_rule_list.html", context)


@require_POST
def pair_rule_remove(request: AuthenticatedHttpRequest, public_id: UUID) -> HttpResponse:
    """Remove a pin or an exclusion.

    Where somebody else has removed it already, the page says so instead of answering 404.
    """
    if request.POST.get("next") and not PairRule.objects.filter(public_id=public_id).exists():
        messages.info(request, _("That was removed already."))
        return redirect_htmx(request, _next_page(request, "/"))
    rules = PairRule.objects.visible_to(request.user).select_related("program")
    rule = get_object_or_404(rules, public_id=public_id)
    require(request.user, "matching.set_pair_rule", rule)
    pair_rules.remove_rule(actor=request.user, rule=rule)
    messages.success(request, _("Removed. The next run decides about these two."))
    return redirect_htmx(request, _next_page(request, _rules_page(rule.program)))


def _rules_page(program: Program) -> str:
    return reverse("matching:pair_rule_list", args=[program.public_id])


def _next_page(request: AuthenticatedHttpRequest, otherwise: str) -> str:
    """The page that the form names, if it is one of ours."""
    target = request.POST.get("next", "")
    is_ours = target.startswith("/") and url_has_allowed_host_and_scheme(target, allowed_hosts=None)
    return target if is_ours else otherwise
