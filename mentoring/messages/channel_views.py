"""Where at Slack or Teams a program's alerts go: connecting, trying out, disconnecting."""

from __future__ import annotations

from uuid import UUID

from django.contrib import messages as flash
from django.http import HttpResponse
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from accounts.requests import AuthenticatedHttpRequest
from common.forms import announce_refusal
from common.http import form_page, posted, redirect_htmx
from mentoring.messages.channel_test import send_test
from mentoring.messages.forms import WebhookForm
from mentoring.needs.daily_mail import sentence_of
from notifications.delivery import webhooks
from notifications.models import Webhook
from programs.models import Program
from programs.views.programs import managed_program

PERMISSION = "programs.assign_staff"  # for HR admins alone
REFRESH_SECONDS = 3


def page_url(program: Program) -> str:
    """The address of the page."""
    return reverse("mentoring:program_channels", args=[program.public_id])


@require_http_methods(["GET", "HEAD", "POST"])
def program_channels(request: AuthenticatedHttpRequest, public_id: UUID) -> HttpResponse:
    """What is connected, what became of the last post there, and the form for a new one."""
    program = managed_program(request, public_id, PERMISSION)
    form = WebhookForm(posted(request))
    if form.is_valid():
        webhooks.connect(actor=request.user, scope=program.public_id, **form.values())
        flash.success(request, _("Connected. Send a test to see that it arrives."))
        return redirect_htmx(request, page_url(program))

    channels = webhooks.with_last_posts(program.public_id)
    waiting = any(channel.is_waiting for channel in channels)
    context = {
        "program": program,
        "channels": channels,
        "waiting": waiting,
        "refresh_seconds": REFRESH_SECONDS if waiting and not form.is_bound else None,
        "sentence": sentence_of(program, 2),
    }
    return form_page(request, "mentoring/program_channels.html", form, context)


def _channel(program: Program, channel_id: UUID) -> Webhook:
    channels = Webhook.objects.filter(scope=program.public_id)
    return get_object_or_404(channels, public_id=channel_id)


@require_POST
def channel_test(
    request: AuthenticatedHttpRequest, public_id: UUID, channel_id: UUID
) -> HttpResponse:
    """One sentence goes there now."""
    program = managed_program(request, public_id, PERMISSION)
    webhook = _channel(program, channel_id)
    with announce_refusal(request):
        if send_test(actor=request.user, program=program, webhook=webhook):
            flash.success(request, _("A test is on its way. Below stands what became of it."))
        else:
            flash.info(request, _("A test is on its way already."))
    return redirect_htmx(request, page_url(program))


@require_POST
def channel_disconnect(
    request: AuthenticatedHttpRequest, public_id: UUID, channel_id: UUID
) -> HttpResponse:
    """Nothing more goes there."""
    program = managed_program(request, public_id, PERMISSION)
    webhooks.disconnect(actor=request.user, webhook=_channel(program, channel_id))
    flash.success(request, _("Disconnected."))
    return redirect_htmx(request, page_url(program))
