"""The health check for load balancers and containers."""

from __future__ import annotations

from django.contrib.auth.decorators import login_not_required
from django.db import Error, connection
from django.http import HttpRequest, JsonResponse
from django.views.decorators.http import require_safe
from kombu.exceptions import OperationalError

from mentoring.celery import app as celery_app
from notifications.delivery.health import heartbeat_age, held_up_age

HEARTBEAT_LIMIT = 180  # seconds without a sign of life from beat and worker
DUE_LIMIT = 15 * 60  # seconds that a due message may wait; as in workflows/delivery_watch.py


@login_not_required
@require_safe
def healthz(request: HttpRequest) -> JsonResponse:
    """200 while the database answers, otherwise 503; the other checks are reported in words.

    Redis and the worker do not fail the check: pages and sign-in work without them, and restarting
    the web process would not help. For monitoring, `?strict=1` makes all checks count.
    """
    checks = _checks()
    healthy = checks["database"] == "ok"
    if request.GET.get("strict"):
        healthy = all(state == "ok" for state in checks.values())
    return JsonResponse({"healthy": healthy, **checks}, status=200 if healthy else 503)


def _checks() -> dict[str, str]:
    """{what was checked: "ok", or what is wrong}."""
    checks = {"database": _database()}
    if checks["database"] == "ok":
        checks["worker"] = _worker()
        checks["messages"] = _messages()
    checks["redis"] = _redis()
    return checks


def _database() -> str:
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1")
    except Error:
        return "away"
    return "ok"


def _redis() -> str:
    """Asked through Celery, which understands every form of the address, also that of a socket."""
    try:
        with celery_app.connection_for_write(connect_timeout=1) as broker:
            broker.ensure_connection(max_retries=1, timeout=1)
    except (OperationalError, OSError):
        return "away"
    return "ok"


def _worker() -> str:
    age = heartbeat_age()
    if age is None:
        return "never seen"
    seconds = int(age.total_seconds())
    return "ok" if seconds <= HEARTBEAT_LIMIT else f"last seen {seconds} seconds ago"


def _messages() -> str:
    age = held_up_age()
    if age is None or age.total_seconds() <= DUE_LIMIT:
        return "ok"
    return f"the oldest due message waits for {int(age.total_seconds())} seconds"
