"""Pinned and excluded pairs of a program."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse, QueryDict
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from accounts.requests import AuthenticatedHttpRequest
from common.forms import announce_refusal, show_refusal
from common.http import form_page, page_of, posted, redirect_htmx, require
from matching.domain import pair_rules
from matching.enums import RuleKind
from matching.forms.actions import RuleForm
from matching.forms.by_name import NamedRuleForm
from matching.models import PairRule
from matching.views.shared import incomplete_form, managed_program, posted_pair
from matching.wording import by_hand as by_hand_words
from programs.models import Program


@require_POST
def pair_rule_set(request: AuthenticatedHttpRequest, public_id: UUID) -> HttpResponse:
    """Pin or exclude a pair of a program, and return to the page with the button."""
    program = managed_program(request, public_id, "matching.set_pair_rule")
    form = RuleForm(request.POST)
    if not form.is_valid():
        return incomplete_form()
    with announce_refusal(request):
        _set(request, program, form)
    return redirect_htmx(request, _next_page(request, _rules_page(program)))


def _set(request: AuthenticatedHttpRequest, program: Program, form: RuleForm) -> None:
    """Set the rule, and say what it does."""
    mentor, mentee = posted_pair(program, form)
    kind = RuleKind(form.cleaned_data["kind"])
    pair_rules.set_rule(
        actor=request.user, program=program, mentor=mentor, mentee=mentee, kind=kind
    )
    messages.success(request, _set_words(kind))


def _set_words(kind: RuleKind) -> str:
    if kind == RuleKind.PIN:
        return _("Pinned. The next run keeps this pair.")
    return _("Excluded. No run will propose this pair again.")


def pair_rule_list(request: AuthenticatedHttpRequest, public_id: UUID) -> HttpResponse:
    """The pinned and excluded pairs of a program; a POST sets a rule for two people by name."""
    program = managed_program(request, public_id)
    form = NamedRuleForm(_posted_by_those_who_may(request, program), program=program)
    if form.is_valid():
        with show_refusal(form):
            pair_rules.set_rule(actor=request.user, program=program, **_named_rule(form))
            messages.success(request, _set_words(_named_rule(form)["kind"]))
            return redirect_htmx(request, _rules_page(program))
    rules = PairRule.objects.filter(program=program).with_people()
    in_order = rules.order_by("kind", "mentor__person__sort_key", "id")
    context = {
        "program": program,
        "rules_words": by_hand_words.rules_words(rules),
        "page": page_of(request, in_order),
        "may_set_rules": request.user.has_perm("matching.set_pair_rule", program),
    }
    return form_page(request, "matching/match_rule_list.html", form, context)


def _posted_by_those_who_may(
    request: AuthenticatedHttpRequest, program: Program
) -> QueryDict | None:
    """What was sent, if anything. 403 for those who may only look."""
    data = posted(request)
    if data is not None:
        require(request.user, "matching.set_pair_rule", program)
    return data


def _named_rule(form: NamedRuleForm) -> dict[str, Any]:
    data = form.cleaned_data
    return {"mentor": data["mentor"], "mentee": data["mentee"], "kind": RuleKind(data["kind"])}


@require_POST
def pair_rule_remove(request: AuthenticatedHttpRequest, public_id: UUID) -> HttpResponse:
    """Remove a pin or an exclusion.

    Where somebody else has removed it already, the page says so instead of answering 404.
    """
    is_known = PairRule.objects.filter(public_id=public_id).exists()
    if request.POST.get("next") and not is_known:
        messages.info(request, _("That was removed already."))
        return redirect_htmx(request, _next_page(request, "/"))

    rule = _rule_or_404(request, public_id)
    pair_rules.remove_rule(actor=request.user, rule=rule)
    messages.success(request, _("Removed. The next run decides about these two."))
    return redirect_htmx(request, _next_page(request, _rules_page(rule.program)))


def _rule_or_404(request: AuthenticatedHttpRequest, public_id: UUID) -> PairRule:
    """A rule that the person may remove: 404 for one that they may not see, else 403."""
    rules = PairRule.objects.visible_to(request.user).select_related("program")
    rule = get_object_or_404(rules, public_id=public_id)
    require(request.user, "matching.set_pair_rule", rule)
    return rule


def _rules_page(program: Program) -> str:
    return reverse("matching:pair_rule_list", args=[program.public_id])


def _next_page(request: AuthenticatedHttpRequest, otherwise: str) -> str:
    """The page that the form names, if it is one of ours."""
    target = request.POST.get("next", "")
    is_ours = target.startswith("/") and url_has_allowed_host_and_scheme(target, allowed_hosts=None)
    return target if is_ours else otherwise
