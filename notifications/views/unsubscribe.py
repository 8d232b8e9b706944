"""The link under a reminder: a page with a button, and the one click of mail programs (RFC
8058).
"""

from __future__ import annotations

from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.utils import translation
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods

from common.http import SeeOther, respond
from common.tokens import TokenError
from notifications.preferences import unsubscribing

ONE_CLICK = "One-Click"


# A mail program posts without a cookie and without a token of ours; the signed link itself is the
# permission, and it allows nothing but to turn off the reminders that it names. So this one address
# needs no token against forged requests.
@csrf_exempt
@login_not_required
@require_http_methods(["GET", "HEAD", "POST"])
def unsubscribe(request: HttpRequest, token: str) -> HttpResponse:
    """GET asks and changes nothing; POST turns the reminders off. Nobody needs to be signed in."""
    try:
        asked = unsubscribing.read(token)
    except TokenError as error:
        return respond(
            request, "notifications/unsubscribe.html", {"problem": error.messages[0]}, status=410
        )
    if request.method == "POST":
        unsubscribing.stop(asked)
        # RFC 8058, section 3.1: a one-click request is answered without a redirect.
        if request.POST.get("List-Unsubscribe") == ONE_CLICK:
            return HttpResponse(status=200)
        return SeeOther(request.path)
    with translation.override(getattr(asked.person, "locale", "en")):
        return respond(request, "notifications/unsubscribe.html", {"asked": asked})
