"""One proposed pair in full, and what a coordinator lays down for two people."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse, HttpResponseBadRequest
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from accounts.requests import AuthenticatedHttpRequest
from common.errors import DomainError
from common.http import page_of, redirect_htmx, require
from matching.domain import pair_rules
from matching.domain.alternatives import still_possible
from matching.domain.by_hand import is_changeable
from matching.enums import RuleKind
from matching.forms.runs import RuleForm
from matching.models import PairRule, Proposal
from matching.wording import by_hand as by_hand_words
from matching.wording import runs as run_words
from matching.wording import scores
from pairings import wording
from programs.models import Enrolment, Program


@require_GET
def proposal_detail(request: AuthenticatedHttpRequest, public_id: UUID) -> HttpResponse:
    """Why this pair: every part of the score, what else was possible and what that costs, pin and
    never.
    """
    rows = Proposal.objects.visible_to(request.user).select_related(
        "run__program", "mentor__person__grade", "mentee__person__grade"
    )
    proposal = get_object_or_404(rows, public_id=public_id)
    program = proposal.run.program
    run, rules = proposal.run, pair_rules.rules_of(program)
    by_hand = by_hand_words.run_words(run)
    others = _alternatives(proposal, rules)
    topics = {
        side.role: list(side.topic_choices.select_related("topic"))
        for side in (proposal.mentor, proposal.mentee)
    }
    context = {
        "program": program,
        "run": run,
        "proposal": proposal,
        "points": proposal.score / 100,
        "parts": [
            {**part, "points": part["points"] / 100, "most": part["most"] / 100}
            for part in scores.breakdown_rows(proposal.breakdown, run.weights)
        ],
        "reasons": wording.reasons_words(proposal.reasons),
        "warnings": run_words.warnings_of(proposal, program),
        "refusal": scores.refusal_words(proposal.refusal) if proposal.refusal else "",
        "offers": topics["mentor"],
        "wants": topics["mentee"],
        "alternatives": [option for option in others if option["kind"] != "instead"],
        "instead": [option for option in others if option["kind"] == "instead"],
        "rule": rules.get((proposal.mentor_id, proposal.mentee_id)),
        "rules_words": by_hand_words.rules_words(rules.values()),
        "may_set_rules": request.user.has_perm("matching.set_pair_rule", proposal),
        "may_publish": is_changeable(run)
        and request.user.has_perm("matching.change_by_hand", proposal),
        "change": by_hand_words.undo_of(by_hand, proposal),
    }
    return render(request, "matching/proposal_detail.html", context)


def _alternatives(
    proposal: Proposal, rules: dict[tuple[int, int], PairRule]
) -> list[dict[str, Any]]:
    """What else there is for the two, with names, costs in points, and whether changes by hand have
    left it possible.
    """
    kept = proposal.alternatives
    ids = {option[name] for option in kept for name in ("mentor", "other") if option.get(name)}
    people = {
        str(e.public_id): e
        for e in Enrolment.objects.filter(public_id__in=ids).select_related("person")
    }
    still = still_possible(proposal, list(people.values()))
    return [
        {
            **option,
            "mentor": people[option["mentor"]],
            "other": people.get(option["other"] or ""),
            "points": option["score"] / 100,
            "costs": abs(option["costs"]) / 100,
            "gains": option["costs"] < 0,
            "costs_at_least": None
            if option["costs_at_least"] is None
            else option["costs_at_least"] / 100,
            "possible": still(option),
            "rule": rules.get((people[option["mentor"]].pk, proposal.mentee_id)),
        }
        for option in kept
        if option["mentor"] in people and (option["other"] or option["mentor"]) in people
    ]


@require_POST
def pair_rule_set(request: AuthenticatedHttpRequest, public_id: UUID) -> HttpResponse:
    """Pin or forbid two people of a program; leads back to where one came from."""
    program = get_object_or_404(Program.objects.managed_by(request.user), public_id=public_id)
    require(request.user, "matching.set_pair_rule", program)
    form = RuleForm(request.POST)
    if not form.is_valid():
        return HttpResponseBadRequest(
            _("This form is not complete. Go back and load the page again.")
        )
    sides = Enrolment.objects.filter(program=program)
    mentor = get_object_or_404(sides, public_id=form.cleaned_data["mentor"])
    mentee = get_object_or_404(sides, public_id=form.cleaned_data["mentee"])
    kind = RuleKind(form.cleaned_data["kind"])
    try:
        pair_rules.set_rule(
            actor=request.user, program=program, mentor=mentor, mentee=mentee, kind=kind
        )
    except DomainError as error:
        messages.error(request, " ".join(error.messages))
    else:
        pinned, never = (
            _("Pinned. The next run keeps this pair."),
            _("Excluded. No run will propose this pair again."),
        )
        messages.success(request, pinned if kind == RuleKind.PIN else never)
    return redirect_htmx(
        request, _back(request, reverse("matching:pair_rule_list", args=[program.public_id]))
    )


@require_GET
def pair_rule_list(request: AuthenticatedHttpRequest, public_id: UUID) -> HttpResponse:
    """Everything that is laid down for the next run."""
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
    return render(request, "matching/match_rule_list.html", context)


@require_POST
def pair_rule_remove(request: AuthenticatedHttpRequest, public_id: UUID) -> HttpResponse:
    """Leave two people to matching again.

    A rule that somebody has removed meanwhile is no reason for a closed door.
    """
    if request.POST.get("next") and not PairRule.objects.filter(public_id=public_id).exists():
        messages.info(request, _("That was removed already."))
        return redirect_htmx(request, _back(request, "/"))
    rule = get_object_or_404(
        PairRule.objects.visible_to(request.user).select_related("program"), public_id=public_id
    )
    require(request.user, "matching.set_pair_rule", rule)
    pair_rules.remove_rule(actor=request.user, rule=rule)
    messages.success(request, _("Removed. The next run decides about these two."))
    return redirect_htmx(
        request, _back(request, reverse("matching:pair_rule_list", args=[rule.program.public_id]))
    )


def _back(request: AuthenticatedHttpRequest, otherwise: str) -> str:
    """The page that the form names as the way back, if it is one of ours."""
    target = request.POST.get("next", "")
    return (
        target
        if target.startswith("/") and url_has_allowed_host_and_scheme(target, allowed_hosts=None)
        else otherwise
    )
