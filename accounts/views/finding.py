"""Who is called as somebody types, in any form that names somebody."""

from __future__ import annotations

import re

from django.http import HttpResponse, HttpResponseBadRequest
from django.views.decorators.http import require_POST

from accounts.forms.person_field import LONGEST, Named, people_found
from accounts.requests import AuthenticatedHttpRequest
from common.http import respond

FIELD = re.compile(r"[\w-]{1,60}")


@require_POST
def person_find(request: AuthenticatedHttpRequest) -> HttpResponse:
    """The people to choose from. A POST, so that no log of addresses has the name."""
    name = request.POST.get("field", "")
    if not FIELD.fullmatch(name):
        return HttpResponseBadRequest()
    typed = Named(request.POST.get(name, "")[:LONGEST])
    context = {"name": name, **people_found(typed)}
    return respond(request, "components/people_found.html", context)
