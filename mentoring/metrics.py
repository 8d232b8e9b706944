"""What Prometheus may know: how delivery fares and how much work is in progress.

Numbers of messages and runs, no person.

Read from the database at each scrape, so that it does not matter which of the web's processes is
asked.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from math import inf

from prometheus_client import CollectorRegistry, generate_latest
from prometheus_client.core import GaugeMetricFamily
from prometheus_client.registry import Collector

from accounts.enums import ImportState
from accounts.models import DirectoryImport
from matching.enums import WORKING_RUN_STATES
from matching.models import MatchRun
from notifications.delivery import health


class UpstreamCollector(Collector):
    """A few queries a scrape, whatever there is."""

    def collect(self) -> Iterator[GaugeMetricFamily]:
        """The figures of this moment."""
        messages = GaugeMetricFamily(
            "upstream_messages", "Messages in the outbox.", labels=["state", "channel"]
        )
        for (state, channel), number in health.counts().items():
            messages.add_metric([state, channel], number)
        yield messages
        yield GaugeMetricFamily(
            "upstream_oldest_due_message_seconds",
            "How long the oldest message that should have gone out has been waiting.",
            value=(health.oldest_due_age() or timedelta()).total_seconds(),
        )
        yield GaugeMetricFamily(
            "upstream_held_up_message_seconds",
            "The same, without what single mailboxes put off while other mail goes out.",
            value=(health.held_up_age() or timedelta()).total_seconds(),
        )
        beat = health.heartbeat_age()
        yield GaugeMetricFamily(
            "upstream_heartbeat_age_seconds",
            "Since beat and a worker last did something together; +Inf when they never have.",
            value=inf if beat is None else beat.total_seconds(),
        )
        runs = GaugeMetricFamily(
            "upstream_runs_in_progress", "Long work that waits or is being done.", labels=["kind"]
        )
        runs.add_metric(["matching"], MatchRun.objects.filter(state__in=WORKING_RUN_STATES).count())
        working = [ImportState.CHECKING, ImportState.APPLYING]
        runs.add_metric(["import"], DirectoryImport.objects.filter(state__in=working).count())
        yield runs


def page() -> bytes:
    """The text that Prometheus reads."""
    registry = CollectorRegistry(auto_describe=False)
    registry.register(UpstreamCollector())
    return generate_latest(registry)
