"""The figures for Prometheus: how delivery works and how much long work is in progress.

Numbers of messages and runs, nothing about a person. They are read from the database at each
scrape, so any of the web's processes can answer.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from math import inf

from prometheus_client import CollectorRegistry, generate_latest
from prometheus_client.core import GaugeMetricFamily
from prometheus_client.registry import Collector

from accounts.models import DirectoryImport
from matching.enums import WORKING_RUN_STATES
from matching.models import MatchRun
from mentoring.people_import.worker import WORKING
from notifications.delivery import health


class UpstreamCollector(Collector):
    """A few queries for each scrape, whatever the size of the installation."""

    def collect(self) -> Iterator[GaugeMetricFamily]:
        """The present figures."""
        yield self.messages()
        yield GaugeMetricFamily(
            "upstream_oldest_due_message_seconds",
            "How long the oldest message that should have gone out has been waiting.",
            value=seconds(health.oldest_due_age()),
        )
        yield GaugeMetricFamily(
            "upstream_held_up_message_seconds",
            "The same, without what single mailboxes put off while other mail goes out.",
            value=seconds(health.held_up_age()),
        )
        yield GaugeMetricFamily(
            "upstream_heartbeat_age_seconds",
            "Since beat and a worker last did something together; +Inf when they never have.",
            value=seconds(health.heartbeat_age(), missing=inf),
        )
        yield self.runs()

    def messages(self) -> GaugeMetricFamily:
        """Messages by state and channel."""
        family = GaugeMetricFamily(
            "upstream_messages", "Messages in the outbox.", labels=["state", "channel"]
        )
        for (state, channel), number in health.counts().items():
            family.add_metric([state, channel], number)
        return family

    def runs(self) -> GaugeMetricFamily:
        """Matching runs and directory imports that wait for a worker or are being done."""
        family = GaugeMetricFamily(
            "upstream_runs_in_progress", "Long work that waits or is being done.", labels=["kind"]
        )
        matching = MatchRun.objects.filter(state__in=WORKING_RUN_STATES)
        imports = DirectoryImport.objects.filter(state__in=WORKING)
        family.add_metric(["matching"], matching.count())
        family.add_metric(["import"], imports.count())
        return family


def seconds(age: timedelta | None, *, missing: float = 0.0) -> float:
    """An age in seconds; `missing` where there is none."""
    return missing if age is None else age.total_seconds()


def page() -> bytes:
    """The text that Prometheus reads."""
    registry = CollectorRegistry(auto_describe=False)
    registry.register(UpstreamCollector())
    return generate_latest(registry)
