"""A pair's agreement: reading and signing it, changing it, its history."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.core.exceptions import NON_FIELD_ERRORS
from django.http import HttpResponse
from django.shortcuts import get_object_or_404
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from accounts.models import User
from accounts.requests import AuthenticatedHttpRequest
from common.forms import announce_refusal, show_refusal
from common.http import form_page, posted, redirect_htmx, require, respond
from common.text import whole_number
from pairings.domain import agreements
from pairings.forms.agreements import AgreementForm
from pairings.models import AgreementVersion, Pairing

LABELS = {name: AgreementForm.base_fields[name].label for name in agreements.FIELDS}


def _pairing_or_404(request: AuthenticatedHttpRequest, public_id: UUID) -> Pairing:
    pairings = Pairing.objects.of_pair(request.user).select_related("program", "mentor", "mentee")
    return get_object_or_404(pairings, public_id=public_id)


def _to_agreement(request: AuthenticatedHttpRequest, pairing: Pairing) -> HttpResponse:
    return redirect_htmx(request, "pairings:agreement", pairing.public_id)


@require_GET
def agreement(request: AuthenticatedHttpRequest, public_id: UUID) -> HttpResponse:
    """The newest version, what it changes, who has signed, and the versions before."""
    pairing = _pairing_or_404(request, public_id)
    reader = request.user
    versions = _versions(pairing)
    newest = versions[0] if versions else None
    context = {
        "program": pairing.program,
        "pairing": pairing,
        "partner": pairing.partner_of(reader),
        "version": newest,
        "number": newest.number if newest else 0,
        "text": newest.text if newest else agreements.program_text(pairing),
        "additions": _additions(newest),
        "signed_version": _newest_signed(versions, pairing),
        "history": versions[1:],
        "may_sign": reader.has_perm("pairings.sign_agreement", pairing),
        "may_write": reader.has_perm("pairings.write_agreement", pairing),
        **_signatures(pairing, newest, reader),
    }
    return respond(request, "pairings/agreement.html", context)


def _signatures(pairing: Pairing, version: Any, reader: User) -> dict[str, Any]:
    """Who of the two has signed the version, and whether the reader has."""
    signed_by = version.signed_by if version else {}
    return {
        "signatures": [
            {"person": person, "signature": signed_by.get(person.pk)} for person in pairing.people
        ],
        "signed_by_me": reader.pk in signed_by,
    }


def _versions(pairing: Pairing) -> list[Any]:
    """Newest first, each with its `changes`, and with `signed_by`: {person: signature}."""
    rows = pairing.agreement_versions.select_related("written_by").prefetch_related("signatures")
    versions: list[Any] = list(rows)
    older = None
    for version in reversed(versions):
        version.signed_by = {one.person_id: one for one in version.signatures.all()}
        version.changes = _changes(older, version)
        older = version
    return versions


def _changes(older: AgreementVersion | None, newer: AgreementVersion) -> list[dict[str, Any]]:
    """The parts in which two versions differ, as runs of kept, removed and added words.

    Nothing for a first version.
    """
    if older is None:
        return []
    changes = []
    for name, label in [("text", _("The program’s text")), *LABELS.items()]:
        before, after = getattr(older, name), getattr(newer, name)
        if before != after:
            changes.append({"label": label, "pieces": agreements.difference(before, after)})
    return changes


def _newest_signed(versions: list[Any], pairing: Pairing) -> AgreementVersion | None:
    """The newest version that both have signed."""
    both = {pairing.mentor_id, pairing.mentee_id}
    for version in versions:
        if both <= version.signed_by.keys():
            return version  # type: ignore[no-any-return]
    return None


def _additions(version: AgreementVersion | None) -> list[dict[str, str]]:
    """What the pair has added in a version, with its labels; empty parts are left out."""
    if version is None:
        return []
    additions = []
    for name, label in LABELS.items():
        text = getattr(version, name)
        if text:
            additions.append({"label": str(label), "text": text})
    return additions


@require_POST
def agreement_sign(request: AuthenticatedHttpRequest, public_id: UUID) -> HttpResponse:
    """Sign the version that was read."""
    pairing = _pairing_or_404(request, public_id)
    require(request.user, "pairings.sign_agreement", pairing)
    number = whole_number(request.POST.get("number", ""))
    if number is None:
        number = -1  # no version has it
    with announce_refusal(request):
        agreements.sign(actor=request.user, pairing=pairing, number=number)
        messages.success(request, _signed_words(pairing))
    return _to_agreement(request, pairing)


def _signed_words(pairing: Pairing) -> str:
    if agreements.is_signed(pairing):
        return _("Signed by both of you. Thank you.")
    return _("Signed. Now your partner is asked.")


@require_http_methods(["GET", "POST"])
def agreement_edit(request: AuthenticatedHttpRequest, public_id: UUID) -> HttpResponse:
    """Write the next version.

    If the partner has written one in the meantime, what was typed stays, with theirs beside it.
    """
    pairing = _pairing_or_404(request, public_id)
    require(request.user, "pairings.write_agreement", pairing)
    newest = agreements.current(pairing)
    number = newest.number if newest else 0
    initial = {**vars(agreements.additions_of(newest)), "base": number}
    form = AgreementForm(posted(request), initial=initial)
    if form.is_valid():
        with show_refusal(form):
            _propose(form, request, pairing)
            messages.success(request, _("Saved. Your partner is asked to read and sign it."))
            return _to_agreement(request, pairing)
    conflict = newest if form.has_error(NON_FIELD_ERRORS, "conflict") else None
    if conflict:
        form.rebase(number)
    context = {
        "program": pairing.program,
        "pairing": pairing,
        "text": agreements.program_text(pairing),
        "conflict": conflict,
        "conflict_additions": _additions(conflict),
    }
    return form_page(request, "pairings/agreement_edit.html", form, context)


def _propose(form: AgreementForm, request: AuthenticatedHttpRequest, pairing: Pairing) -> None:
    agreements.propose_version(
        actor=request.user,
        pairing=pairing,
        base_number=form.cleaned_data["base"],
        additions=form.additions(),
        sign_it=form.cleaned_data["sign_it"],
    )
