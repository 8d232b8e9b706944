"""Talking to someone: a page for everybody."""

from __future__ import annotations

from django.urls import reverse

from tests.url_matrix.core import SIGNED_IN, row

ROWS = [row("concerns:talk", lambda w: reverse("concerns:talk"), SIGNED_IN)]
