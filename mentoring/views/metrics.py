"""GET /metrics for Prometheus."""

from __future__ import annotations

from ipaddress import ip_address

from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.http import Http404, HttpRequest, HttpResponse
from django.utils.crypto import constant_time_compare
from django.views.decorators.http import require_safe
from prometheus_client import CONTENT_TYPE_LATEST

from mentoring.metrics import page


@login_not_required
@require_safe
def metrics(request: HttpRequest) -> HttpResponse:
    """The figures, with the token or from an allowed network; 404 for everybody else."""
    if not (_has_token(request) or _is_in_network(request)):
        raise Http404
    return HttpResponse(
        page(), content_type=CONTENT_TYPE_LATEST, headers={"Cache-Control": "no-store"}
    )


def _has_token(request: HttpRequest) -> bool:
    if not settings.METRICS_TOKEN:
        return False
    given = request.headers.get("Authorization", "")
    return constant_time_compare(given, f"Bearer {settings.METRICS_TOKEN}")


def _is_in_network(request: HttpRequest) -> bool:
    """Whether the client is in METRICS_NETWORKS."""
    try:
        client = ip_address(_client_address(request))
    except ValueError:
        return False
    return any(client in network for network in settings.METRICS_NETWORKS)


def _client_address(request: HttpRequest) -> str:
    """The address of whoever asks. Behind a proxy, the proxy names it last."""
    address = request.META.get("REMOTE_ADDR", "")
    if settings.BEHIND_PROXY:
        forwarded = request.headers.get("X-Forwarded-For", address)
        address = forwarded.rsplit(",", 1)[-1].strip()
    return str(address)
