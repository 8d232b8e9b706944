"""/metrics tells numbers to those who may read them, and does not exist for others."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from ipaddress import ip_network
from typing import Any

import pytest
from django.test import Client
from prometheus_client.parser import text_string_to_metric_families

from accounts.models import DirectoryImport
from common import clock
from matching.models import MatchRun
from notifications import outbox
from notifications.delivery import health
from tests.factories import ProgramFactory, UserFactory
from tests.support.types import At

pytestmark = pytest.mark.django_db
TOKEN = "t" * 24


@pytest.fixture
def scrape(client: Client, settings: Any) -> Callable[[], dict[Any, float]]:
    """`scrape()` is {(name, label values...): value}."""
    settings.METRICS_TOKEN = TOKEN

    def read() -> dict[Any, float]:
        response = client.get("/metrics", headers={"Authorization": f"Bearer {TOKEN}"})
        assert response.status_code == 200
        assert response["Content-Type"].startswith("text/plain; version=")
        found = {}
        for family in text_string_to_metric_families(response.content.decode()):
            found |= {
                (sample.name, *sample.labels.values()): sample.value for sample in family.samples
            }
        return found

    return read


@pytest.mark.parametrize(
    ("token", "networks", "header", "address", "proxied", "status"),
    [
        ("", [], "", "127.0.0.1", None, 404),
        ("", [], "Bearer ", "127.0.0.1", None, 404),
        (TOKEN, [], "", "127.0.0.1", None, 404),
        (TOKEN, [], f"Bearer {TOKEN}x", "127.0.0.1", None, 404),
        (TOKEN, [], f"Basic {TOKEN}", "127.0.0.1", None, 404),
        (TOKEN, [], f"Bearer {TOKEN}", "198.51.100.9", None, 200),
        ("", ["10.0.0.0/8"], "", "10.1.2.3", None, 200),
        ("", ["10.0.0.0/8"], "", "11.1.2.3", None, 404),
        ("", ["10.0.0.0/8", "fd00::/8"], "", "fd00::7", None, 200),
        ("", ["10.0.0.0/8"], "", "", None, 404),  # a unix socket
        (
            "",
            ["10.0.0.0/8"],
            "",
            "10.1.2.3",
            "198.51.100.9",
            404,
        ),  # the proxy is near, the visitor is not
        (
            "",
            ["10.0.0.0/8"],
            "",
            "10.1.2.3",
            "10.9.9.9, 198.51.100.9",
            404,
        ),  # what a visitor claims counts for nothing
        ("", ["10.0.0.0/8"], "", "10.1.2.3", "198.51.100.9, 10.9.9.9", 200),
        ("", ["10.0.0.0/8"], "", "10.1.2.3", "nonsense", 404),
    ],
)
def test_who_may_read(
    client: Client,
    settings: Any,
    token: str,
    networks: list[str],
    header: str,
    address: str,
    proxied: str | None,
    status: int,
) -> None:
    settings.METRICS_TOKEN, settings.METRICS_NETWORKS = token, [ip_network(one) for one in networks]
    settings.BEHIND_PROXY = proxied is not None
    headers = {"Authorization": header} if header else {}
    if proxied:
        headers["X-Forwarded-For"] = proxied
    assert client.get("/metrics", headers=headers, REMOTE_ADDR=address).status_code == status


def test_a_forwarded_address_counts_for_nothing_without_a_proxy(
    client: Client, settings: Any
) -> None:
    settings.METRICS_NETWORKS = [ip_network("10.0.0.0/8")]
    headers = {"X-Forwarded-For": "10.0.0.1"}
    assert client.get("/metrics", headers=headers, REMOTE_ADDR="198.51.100.9").status_code == 404


def test_numbers_of_an_empty_installation(scrape: Callable[[], dict[Any, float]]) -> None:
    figures = scrape()
    assert figures["upstream_messages", "email", "queued"] == 0
    assert figures["upstream_messages", "slack", "sent"] == 0
    assert figures["upstream_oldest_due_message_seconds",] == 0
    assert figures["upstream_heartbeat_age_seconds",] == float("inf")
    assert figures["upstream_runs_in_progress", "matching"] == 0


def test_numbers(scrape: Callable[[], dict[Any, float]], at: At) -> None:
    person = UserFactory(name="Zelda Quandt", email="zelda.quandt@example.com")
    outbox.enqueue(recipient=person, kind="feedback.told_us", subject="s", text="t", dedupe_key="k")
    health.beat()
    run = MatchRun.objects.create(program=ProgramFactory(), state="queued")
    MatchRun.objects.create(program=run.program, state="failed")
    DirectoryImport.objects.create(state="checking")
    at(clock.now() + timedelta(minutes=20))
    figures = scrape()
    assert figures["upstream_messages", "email", "queued"] == 1
    assert 1199 <= figures["upstream_oldest_due_message_seconds",] < 1260
    assert 1199 <= figures["upstream_held_up_message_seconds",] < 1260
    assert figures["upstream_heartbeat_age_seconds",] < 60
    assert figures["upstream_runs_in_progress", "matching"] == 1
    assert figures["upstream_runs_in_progress", "import"] == 1


def test_no_person_is_in_it(client: Client, settings: Any) -> None:
    settings.METRICS_TOKEN = TOKEN
    person = UserFactory(name="Zelda Quandt", email="zelda.quandt@example.com")
    outbox.enqueue(
        recipient=person, kind="feedback.told_us", subject="Zelda", text="t", dedupe_key="k"
    )
    text = (
        client.get("/metrics", headers={"Authorization": f"Bearer {TOKEN}"})
        .content.decode()
        .lower()
    )
    assert "zelda" not in text and "quandt" not in text and "feedback" not in text


@pytest.mark.parametrize("count", [1, 3])
def test_query_count(
    client: Client, settings: Any, django_assert_num_queries: Any, count: int
) -> None:
    settings.METRICS_TOKEN = TOKEN
    for number in range(count):
        outbox.enqueue(
            recipient=UserFactory(),
            kind="feedback.told_us",
            subject="s",
            text="t",
            dedupe_key=f"k{number}",
        )
    with django_assert_num_queries(8):
        client.get("/metrics", headers={"Authorization": f"Bearer {TOKEN}"})
