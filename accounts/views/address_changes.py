"""Pages about changed addresses: HR's, and the one that the mails to both addresses link to."""

from __future__ import annotations

from collections import Counter
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.forms import Form
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from accounts.domain import addresses
from accounts.domain.names import ascii_domain
from accounts.enums import AddressChangeState
from accounts.mail.addresses import OLD, PURPOSE
from accounts.models import AddressChange, User
from accounts.models.directory import AddressChangeQuerySet
from accounts.requests import AuthenticatedHttpRequest
from accounts.step_up import step_up_required
from common import tokens
from common.errors import DomainError
from common.forms import show_refusal
from common.http import form_page, page_of, posted, redirect_htmx, require, respond

DECIDED_SHOWN = 20
DECISIONS = {"confirm": addresses.confirm, "reject": addresses.reject}
MANY = 2  # from so many people on, a change of the mail domain is shown as one decision
SHOWN = 10


@require_safe
def address_change_list(request: AuthenticatedHttpRequest) -> HttpResponse:
    """Changed addresses: those to decide first, then what was decided."""
    require(request.user, "accounts.confirm_address")
    changes = AddressChange.objects.visible_to(request.user).with_people()
    decided = changes.exclude(state=AddressChangeState.PENDING).order_by("-decided_at", "-id")
    context = {
        "waiting": page_of(request, changes.pending()),
        "domains": _domains(changes.pending()),
        "decided": decided[:DECIDED_SHOWN],
    }
    return respond(request, "accounts/address_change_list.html", context)


def _domains(waiting: AddressChangeQuerySet) -> list[dict[str, Any]]:
    """The changes of a mail domain that concern several people, those of most people first."""
    moves = Counter(change.domains for change in waiting if change.moves_domain)
    return [
        {"old": old, "new": new, "people": number}
        for (old, new), number in moves.most_common()
        if number >= MANY
    ]


@step_up_required
def address_change_detail(request: AuthenticatedHttpRequest, public_id: UUID) -> HttpResponse:
    """Old and new side by side; confirm or reject."""
    change = change_or_404(request, public_id)
    form = Form(posted(request))
    decide = DECISIONS.get(request.POST.get("decision", ""))
    if decide and form.is_valid():
        with show_refusal(form):
            decided = decide(actor=request.user, change=change)
            messages.success(request, in_words(decided))
            return redirect_htmx(request, "accounts:address_change_list")
    context = {
        "change": change,
        "pending": change.state == AddressChangeState.PENDING,
        "reason": addresses.why_not_to_confirm(change, request.user),
        "is_plain": change.new_email.isascii(),
        "new_ascii": ascii_domain(change.domains[1]),
        "applies_at": change.created_at + addresses.WAIT,
    }
    return form_page(request, "accounts/address_change_detail.html", form, context)


def change_or_404(request: AuthenticatedHttpRequest, public_id: UUID) -> AddressChange:
    """The change; 404 where one may not know of it."""
    changes = AddressChange.objects.visible_to(request.user).with_people()
    change: AddressChange = get_object_or_404(changes, public_id=public_id)
    require(request.user, "accounts.confirm_address", change)
    return change


def in_words(change: AddressChange) -> str:
    """What has been decided, for the one who decided."""
    text = _("%(name)s keeps the old address. Both addresses are told.")
    if change.state == AddressChangeState.CONFIRMED:
        text = _("%(name)s signs in with the new address from now on. Both addresses are told.")
    return text % {"name": change.person.name}


@step_up_required
def address_domain(request: AuthenticatedHttpRequest, old: str, new: str) -> HttpResponse:
    """One decision for all whose address moves from one mail domain to another."""
    require(request.user, "accounts.confirm_address")
    if not addresses.waiting_of_domain(old, new):
        messages.info(request, _("All of these have been decided in the meantime."))
        return redirect_htmx(request, "accounts:address_change_list")
    form = Form(posted(request))
    if form.is_valid():
        with show_refusal(form):
            number = addresses.confirm_domain(
                actor=request.user,
                old_domain=old,
                new_domain=new,
                seen=request.POST.get("seen", ""),
            )
            messages.success(request, number_in_words(number))
            return redirect_htmx(request, "accounts:address_change_list")
    context = _domain_context(request.user, old, new)
    return form_page(request, "accounts/address_domain.html", form, context)


def _domain_context(actor: User, old: str, new: str) -> dict[str, Any]:
    """The changes as they are now, the newest first."""
    changes = addresses.waiting_of_domain(old, new)
    reasons = addresses.reasons_not_to_confirm(changes, actor)
    return {
        "old": old,
        "new": new,
        "number": len(changes),
        "seen": addresses.fingerprint(changes),
        "shown": changes[:SHOWN],
        "more": max(0, len(changes) - SHOWN),
        "is_plain": new.isascii(),
        "new_ascii": ascii_domain(new),
        "reason": reasons[0] if all(reasons) else "",
    }


def number_in_words(number: int) -> str:
    """For how many people an address has been confirmed."""
    text = ngettext(
        "%(number)d person signs in with the new address from now on.",
        "%(number)d people sign in with the new address from now on.",
        number,
    )
    return text % {"number": number}


@login_not_required
@never_cache
def address_answer(request: HttpRequest, token: str) -> HttpResponse:
    """Stop a change of address, or confirm it at the old address. Opening it changes nothing."""
    try:
        public_id, which = tokens.read(PURPOSE, token, addresses.LINK_LIFE)
    except tokens.TokenError as error:
        return respond(request, "accounts/address_answer.html", {"problem": error}, status=410)
    is_old = which == OLD
    changes = AddressChange.objects.select_related("person")
    change = _newest(get_object_or_404(changes, public_id=public_id), is_old=is_old)
    form = Form(posted(request))
    if form.is_valid():
        seen = request.POST.get("seen", str(public_id))
        with show_refusal(form):
            change = _answered(change, request.POST.get("answer"), seen, is_old=is_old)
    context = _answer_context(change, is_old=is_old)
    return form_page(request, "accounts/address_answer.html", form, context)


def _answer_context(change: AddressChange, *, is_old: bool) -> dict[str, Any]:
    return {
        "change": change,
        "is_old": is_old,
        "pending": change.state == AddressChangeState.PENDING,
        "confirmed": change.state == AddressChangeState.CONFIRMED,
        "replaced": change.state == AddressChangeState.WITHDRAWN,
        "applies_at": change.created_at + addresses.WAIT,
    }


def _newest(change: AddressChange, *, is_old: bool) -> AddressChange:
    """The change, or for the old address the one that has replaced it and waits."""
    if change.state != AddressChangeState.WITHDRAWN or not is_old:
        return change
    waiting = AddressChange.objects.pending().select_related("person")
    newer = waiting.filter(person=change.person_id, old_email=change.old_email).first()
    return newer or change


def _answered(
    change: AddressChange, answer: str | None, seen: str, *, is_old: bool
) -> AddressChange:
    """The change after the answer; only the old address can confirm the new one.

    DomainError where another change was shown than the one that would be confirmed.
    """
    if answer == "stop":
        return addresses.stop(change=change)
    if answer == "confirm" and is_old:
        if seen != str(change.public_id):
            raise DomainError(
                _("Another address was entered since you opened this page. Please look at it.")
            )
        return addresses.confirm_by_old_address(change=change)
    return change
