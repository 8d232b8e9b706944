"""A pair's agreement: reading and signing it, changing it, its history."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from accounts.requests import AuthenticatedHttpRequest
from common.errors import DomainError
from common.http import redirect_htmx, require
from pairings.domain import agreements
from pairings.forms.agreements import AgreementForm
from pairings.models import AgreementVersion, Pairing

LABELS = {name: AgreementForm.base_fields[name].label for name in agreements.FIELDS}


def _pairing(request: AuthenticatedHttpRequest, public_id: UUID) -> Pairing:
    rows = Pairing.objects.of_pair(request.user).select_related("program", "mentor", "mentee")
    return get_object_or_404(rows, public_id=public_id)


def _versions(pairing: Pairing) -> list[AgreementVersion]:
    """Newest first, each with what it changes and who has signed it."""
    versions = list(
        pairing.agreement_versions.select_related("written_by").prefetch_related("signatures")
    )
    for version, older in zip(versions, [*versions[1:], None], strict=True):
        version.signed_by = {
            signature.person_id: signature for signature in version.signatures.all()
        }
        version.changes = _changes(older, version)  # type: ignore[attr-defined]
    return versions


def _changes(older: AgreementVersion | None, newer: AgreementVersion) -> list[dict[str, Any]]:
    """The parts in which two versions differ, as runs of kept, removed and added words.

    Nothing for a first version.
    """
    if older is None:
        return []
    parts = [("text", _("The program’s text")), *LABELS.items()]
    return [
        {
            "label": label,
            "pieces": agreements.difference(getattr(older, name), getattr(newer, name)),
        }
        for name, label in parts
        if getattr(older, name) != getattr(newer, name)
    ]


@require_GET
def agreement(request: AuthenticatedHttpRequest, public_id: UUID) -> HttpResponse:
    """The newest version, what it changes, who has signed, and the versions before."""
    pairing = _pairing(request, public_id)
    versions = _versions(pairing)
    newest = versions[0] if versions else None
    people = [pairing.mentor, pairing.mentee]
    signed_by: dict[int, Any] = newest.signed_by if newest else {}  # type: ignore[attr-defined]
    context = {
        "program": pairing.program,
        "pairing": pairing,
        "other": pairing.mentee if request.user.pk == pairing.mentor_id else pairing.mentor,
        "version": newest,
        "number": newest.number if newest else 0,
        "text": newest.text if newest else pairing.program.agreement_text,
        "additions": _additions(newest),
        "signatures": [
            {"person": person, "signature": signed_by.get(person.pk)} for person in people
        ],
        "signed_by_me": request.user.pk in signed_by,
        "in_force": next(
            (v for v in versions if {p.pk for p in people} <= v.signed_by.keys()), None
        ),
        "history": versions[1:],
        "may_sign": request.user.has_perm("pairings.sign_agreement", pairing),
        "may_write": request.user.has_perm("pairings.write_agreement", pairing),
    }
    return render(request, "pairings/agreement.html", context)


def _additions(version: AgreementVersion | None) -> list[dict[str, str]]:
    if version is None:
        return []
    return [
        {"label": str(label), "text": text}
        for name, label in LABELS.items()
        if (text := getattr(version, name))
    ]


@require_POST
def agreement_sign(request: AuthenticatedHttpRequest, public_id: UUID) -> HttpResponse:
    """Sign the version that was read."""
    pairing = _pairing(request, public_id)
    require(request.user, "pairings.sign_agreement", pairing)
    given = request.POST.get("number", "")
    try:
        agreements.sign(
            actor=request.user,
            pairing=pairing,
            number=int(given) if given.isascii() and given.isdigit() else -1,
        )
    except DomainError as error:
        messages.error(request, " ".join(error.messages))
    else:
        signed = agreements.is_signed(pairing)
        both = _("Signed by both of you. Thank you.")
        messages.success(request, both if signed else _("Signed. Now the other of you is asked."))
    return redirect_htmx(request, reverse("pairings:agreement", args=[pairing.public_id]))


@require_http_methods(["GET", "POST"])
def agreement_edit(request: AuthenticatedHttpRequest, public_id: UUID) -> HttpResponse:
    """Write the next version.

    Where the other was faster, what was typed stays and theirs is shown beside it.
    """
    pairing = _pairing(request, public_id)
    require(request.user, "pairings.write_agreement", pairing)
    newest = agreements.current(pairing)
    number = newest.number if newest else 0
    now = agreements.additions_of(newest)
    form = AgreementForm(request.POST or None, initial={**vars(now), "base": number})
    theirs = None
    if request.method == "POST" and form.is_valid():
        try:
            agreements.propose_version(
                actor=request.user,
                pairing=pairing,
                base_number=form.cleaned_data["base"],
                additions=form.additions(),
                sign_it=form.cleaned_data["sign_it"],
            )
        except DomainError as error:
            form.add_error(None, error)
            if error.code == "conflict":
                form.data = form.data.copy()  # type: ignore[attr-defined]
                form.data["base"] = number  # type: ignore[index]
                theirs = newest
        else:
            messages.success(request, _("Saved. The other of you is asked to read and sign it."))
            return redirect_htmx(request, reverse("pairings:agreement", args=[pairing.public_id]))
    context = {
        "program": pairing.program,
        "pairing": pairing,
        "form": form,
        "text": pairing.program.agreement_text,
        "theirs": theirs,
        "their_additions": _additions(theirs),
    }
    return render(
        request, "pairings/agreement_edit.html", context, status=422 if form.errors else 200
    )
