"""What every answer carries, and what a log line looks like."""

from __future__ import annotations

import gzip
import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import structlog
from django.http import HttpRequest, HttpResponse
from django.test import Client, RequestFactory
from django.urls import reverse

from common.middleware import RequestLogMiddleware


def test_pages_are_not_stored_nor_indexed(db: None, client: Client) -> None:
    page = client.get(reverse("account_login"))
    assert "no-store" in page.headers["Cache-Control"]
    assert page.headers["X-Robots-Tag"] == "noindex, nofollow"


def test_pages_are_sent_small_to_whoever_can_read_that(db: None, client: Client) -> None:
    plain = client.get(reverse("account_login"))
    small = client.get(reverse("account_login"), headers={"Accept-Encoding": "gzip, br"})
    assert "Content-Encoding" not in plain.headers and small.headers["Content-Encoding"] == "gzip"
    assert b"<h1" in gzip.decompress(small.content) and len(small.content) * 2 < len(plain.content)


def test_answer_that_names_its_own_caching_keeps_it(rf: RequestFactory) -> None:
    answer = RequestLogMiddleware(
        lambda _request: HttpResponse(headers={"Cache-Control": "max-age=60"})
    )(rf.get("/"))
    assert answer.headers["Cache-Control"] == "max-age=60"


def test_each_request_has_an_id_of_its_own_in_the_log(rf: RequestFactory) -> None:
    seen: list[Any] = []

    def view(_request: HttpRequest) -> HttpResponse:
        seen.append(structlog.contextvars.get_contextvars())
        return HttpResponse()

    middleware = RequestLogMiddleware(view)
    structlog.contextvars.bind_contextvars(left_over="from before")
    middleware(rf.get("/"))
    middleware(rf.get("/"))
    assert [set(context) for context in seen] == [{"request_id"}] * 2
    assert seen[0] != seen[1]


@pytest.mark.broad
@pytest.mark.parametrize(
    "logger",
    ["structlog.get_logger('ours').warning('done', number=1)", "logging.getLogger('x').error('a')"],
)
def test_log_lines_are_json_in_production(logger: str) -> None:
    code = (
        "import logging, structlog\nfrom common.logs import configure\n"
        f"configure({{'level': 'INFO', 'json': True}})\n{logger}\n"
        "try: 1/0\nexcept ZeroDivisionError: logging.getLogger('x').exception('broken')\n"
    )
    root = Path(__file__).resolve().parents[2]
    done = subprocess.run(
        [sys.executable, "-c", code],
        cwd=root,
        capture_output=True,
        text=True,
        check=True,
        timeout=60,
    )
    first, second = (json.loads(line) for line in done.stderr.splitlines())
    assert {"event", "level", "logger", "timestamp"} <= set(first)
    assert (second["event"], second["level"]) == ("broken", "error")
    assert "ZeroDivisionError" in second["exception"]
