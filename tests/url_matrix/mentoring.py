"""Pages that join several apps.

(Set-up has its rows beside sign-in's; the demo's mailbox exists under DEMO=1 alone.)
"""

from __future__ import annotations

from django.urls import reverse

from tests.url_matrix.core import ROLES, SIGNED_IN, Row, row

ROWS: list[Row] = [
    row("mentoring:home", lambda world: reverse("mentoring:home"), SIGNED_IN),
    row("mentoring:healthz", lambda world: reverse("mentoring:healthz"), set(), public=True),
    # for a token or a network, and no role: tests/mentoring/test_metrics.py
    row(
        "mentoring:metrics",
        lambda world: reverse("mentoring:metrics"),
        set(),
        public=True,
        refused=dict.fromkeys(ROLES, 404),
    ),
]
