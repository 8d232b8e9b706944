"""Which messages a person wants, and when."""

from __future__ import annotations

from typing import cast

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from common.changes import one_after_another
from common.http import form_page, posted, redirect_htmx
from common.timezones import zone_label
from notifications.forms import PreferencesForm
from notifications.preferences import store as domain


@require_http_methods(["GET", "HEAD", "POST"])
@one_after_another
def preferences(request: HttpRequest) -> HttpResponse:
    """One's own choice of optional messages, and one's quiet hours."""
    initial = PreferencesForm.initial_of(domain.of(request.user))
    form = PreferencesForm(posted(request), initial=initial)
    if form.is_valid():
        domain.save(actor=request.user, **form.values())
        messages.success(request, _("Saved. It holds from the next message on."))
        return redirect_htmx(request, "notifications:preferences")
    zone = cast("str", getattr(request.user, "time_zone", "UTC"))
    context = {"zone": zone_label(zone)}
    return form_page(request, "notifications/preferences.html", form, context)
