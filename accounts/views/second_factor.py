"""One's own second factors. allauth has the pages that add and remove one."""

from __future__ import annotations

from typing import Any

from allauth.mfa.models import Authenticator
from django.http import HttpResponse
from django.views.decorators.http import require_safe

from accounts import second_factor
from accounts.requests import AuthenticatedHttpRequest
from common.http import redirect_htmx, respond


@require_safe
def mfa_index(request: AuthenticatedHttpRequest) -> HttpResponse:
    """Passkeys, the app and the recovery codes that are left."""
    context: dict[str, Any] = {"passkeys": [], "app": None, "codes": None}
    for row in Authenticator.objects.filter(user=request.user).order_by("created_at", "pk"):
        if row.type == Authenticator.Type.WEBAUTHN:
            context["passkeys"].append(row)
        elif row.type == Authenticator.Type.TOTP:
            context["app"] = row
        else:
            context["codes"] = row.wrap().get_unused_codes()

    context["has_one"] = bool(context["passkeys"] or context["app"])
    context["must_have_one"] = second_factor.is_required_of(request.user)
    return respond(request, "mfa/index.html", context)


@require_safe
def mfa_list_webauthn(request: AuthenticatedHttpRequest) -> HttpResponse:
    """allauth leads here from a passkey that was removed: the list is on the first page."""
    return redirect_htmx(request, "mfa_index")
