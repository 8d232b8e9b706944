"""How long the main pages take in a company of 20,000 people with 2,000 pairs, and how many queries
each needs.

    python benchmarks/pages.py [--people 20000] [--pairs 2000] [--requests 30] [--json]

The pages are asked for through Django's whole stack, without a network, in turn with a trivial
signed-in view: one line of text in the application's frame (`frame`), so that noise of the machine
meets all alike. `bare` answers two letters to a signed-in person, without any template. Figures are
milliseconds at the 95th percentile and their ratio to `frame`; the ratio of the medians stands
beside it, as it is steadier on a busy machine.

The gate (exit status 1): no page needs more than 12 queries, and none needs more with ten times the
people. The ratios are a report: the aim is 3 for participants and 6 for HR.

A database of its own is made on the server of DATABASE_URL and dropped at the end.
"""

from __future__ import annotations

import argparse
import json
import os
import statistics
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit, urlunsplit

import psycopg
from psycopg import sql

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

if TYPE_CHECKING:
    from benchmarks.support.company import Cast

MOST_QUERIES = 12
WARM_UP = 3
AIMS = {"mentor": 3.0, "mentee": 3.0, "hr_admin": 6.0}
BACKEND = "allauth.account.auth_backends.AuthenticationBackend"
TRIVIAL = {"bare": "/benchmark/bare/", "frame": "/benchmark/frame/"}


@dataclass(frozen=True)
class Page:
    """A page: its name, who opens it, and where."""

    name: str
    reader: str
    url: str


@dataclass
class Figure:
    """What was measured of a page."""

    page: Page
    queries: int = 0
    queries_small: int = 0
    p50: float = 0.0
    p95: float = 0.0
    ratio: float = 0.0
    ratio_p50: float = 0.0
    kilobytes: float = 0.0

    @property
    def fault(self) -> str:
        """Why the page breaks the gate; empty when it does not."""
        if self.queries > MOST_QUERIES:
            return f"more than {MOST_QUERIES} queries"
        if self.queries > self.queries_small:
            return "more queries with ten times the people"
        return ""


def pages(cast: Cast) -> list[Page]:
    """The main pages, for those who open them most."""
    from django.urls import reverse

    program, pair = [cast.program.public_id], [cast.pairing.public_id]
    table: list[tuple[str, str, list[Any]]] = [
        ("mentor", "mentoring:home", []),
        ("mentee", "mentoring:home", []),
        ("mentor", "mentoring:pair_home", pair),
        ("mentee", "mentoring:pair_home", pair),
        ("mentor", "meetings:session_detail", [cast.to_come.public_id]),
        ("mentor", "meetings:session_log", [cast.to_log.public_id]),
        ("mentee", "meetings:session_new", pair),
        ("mentee", "pairings:agreement", pair),
        ("mentee", "goals:goal_detail", [cast.goal.public_id]),
        ("mentee", "goals:check_in_new", [cast.goal.public_id]),
        ("mentor", "notifications:inbox", []),
        ("hr_admin", "mentoring:home", []),
        ("hr_admin", "accounts:people_list", []),
        ("hr_admin", "programs:program_list", []),
        ("hr_admin", "mentoring:program_overview", program),
        ("hr_admin", "programs:enrolment_list", program),
        ("hr_admin", "programs:invite", program),
        ("hr_admin", "matching:match_run_list", program),
        ("hr_admin", "matching:match_run_detail", [cast.run.public_id]),
        ("hr_admin", "meetings:pairing_list", program),
        ("hr_admin", "meetings:session_list", program),
        ("hr_admin", "feedback:round_list", program),
        ("hr_admin", "feedback:round_detail", [cast.open_round.public_id]),
    ]
    found = [Page(name, reader, reverse(name, args=args)) for reader, name, args in table]
    people = reverse("accounts:people_list")
    return [*found, Page("accounts:people_list?q", "hr_admin", f"{people}?q=abara")]


# --- the database ---------------------------------------------------------------------------------


def own_database() -> Callable[[], None]:
    """Point DATABASE_URL at a new, empty database; what is returned drops it."""
    server, name = os.environ["DATABASE_URL"], f"upstream_bench_{os.getpid()}"

    def execute(statement: str) -> None:
        with psycopg.connect(server, dbname="postgres", autocommit=True) as connection:
            connection.execute(sql.SQL(statement).format(sql.Identifier(name)))  # type: ignore[arg-type]

    execute("CREATE DATABASE {}")
    os.environ["DATABASE_URL"] = urlunsplit(urlsplit(server)._replace(path=f"/{name}"))
    return lambda: execute("DROP DATABASE IF EXISTS {} WITH (FORCE)")


def start_django() -> None:
    """Django on that database, with the two trivial views."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "mentoring.settings")
    import django
    from django.conf import settings
    from django.core.management import call_command

    django.setup()
    settings.ROOT_URLCONF = "benchmarks.support.urls"
    settings.ALLOWED_HOSTS = ["*"]
    call_command("migrate", verbosity=0)
    call_command("createcachetable", verbosity=0)


# --- measuring ------------------------------------------------------------------------------------


def client_of(person: Any) -> Any:
    """A client that is signed in."""
    from django.test import Client

    client = Client()
    client.force_login(person, backend=BACKEND)
    return client


def queries_of(client: Any, page: Page) -> tuple[int, float]:
    """How many queries a page needs, and its size in kB.

    RuntimeError when it does not answer as it should.
    """
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    client.get(page.url)
    with CaptureQueriesContext(connection) as queries:
        response = client.get(page.url)
    if response.status_code != 200:
        raise RuntimeError(
            f"{page.name} ({page.url}) as {page.reader}: status {response.status_code}"
        )
    return len(queries), len(response.content) / 1024


def count(cast: Cast) -> dict[tuple[str, str], tuple[int, float]]:
    """The queries of every page by (reader, name)."""
    clients = {reader: client_of(getattr(cast, reader)) for reader in AIMS}
    return {
        (page.reader, page.name): queries_of(clients[page.reader], page) for page in pages(cast)
    }


def timings(cast: Cast, requests: int) -> dict[tuple[str, str], list[float]]:
    """Milliseconds of each request, the pages and the trivial views in turn."""
    clients = {reader: client_of(getattr(cast, reader)) for reader in AIMS}
    asked = [Page(name, "mentor", url) for name, url in TRIVIAL.items()] + pages(cast)
    taken: dict[tuple[str, str], list[float]] = {(page.reader, page.name): [] for page in asked}
    for turn in range(WARM_UP + requests):
        for page in asked:
            start = time.perf_counter()
            clients[page.reader].get(page.url)
            if turn >= WARM_UP:
                taken[page.reader, page.name].append((time.perf_counter() - start) * 1000)
    return taken


def percentile(values: list[float], share: int) -> float:
    """The value below which so many percent lie."""
    return statistics.quantiles(values, n=100, method="inclusive")[share - 1]


def measure(people: int, pairs: int, requests: int) -> list[Figure]:
    """Everything: counts at a tenth of the size, counts and times at the full one.

    The trivial views come first.
    """
    from benchmarks.support.company import build, empty_database

    empty_database()
    small = count(build(people=people // 10, pairs=pairs // 10))
    empty_database()
    cast = build(people=people, pairs=pairs)
    large, taken = count(cast), timings(cast, requests)
    trivial = [Page(name, "mentor", url) for name, url in TRIVIAL.items()]
    figures = [_times(page, taken) for page in [*trivial, *pages(cast)]]
    for figure in figures[len(trivial) :]:
        key = figure.page.reader, figure.page.name
        figure.queries, figure.kilobytes = large[key]
        figure.queries_small, _ = small[key]
    return figures


def _times(page: Page, taken: dict[tuple[str, str], list[float]]) -> Figure:
    """The times of a page, beside the frame's."""
    mine, frame = taken[page.reader, page.name], taken["mentor", "frame"]
    p50, p95 = percentile(mine, 50), percentile(mine, 95)
    return Figure(
        page,
        p50=p50,
        p95=p95,
        ratio=p95 / percentile(frame, 95),
        ratio_p50=p50 / percentile(frame, 50),
    )


def report(figures: list[Figure], *, as_json: bool) -> None:
    """A table, or one JSON object per line."""
    if as_json:
        for figure in figures:
            print(json.dumps(as_row(figure)), flush=True)
        return

    titles = "queries", "p50 ms", "p95 ms", "ratio", "at p50", "kB"
    queries, p50, p95, ratio, at_p50, size = titles
    print(
        f"{'page':34} {'reader':9} {queries:>8} {p50:>8} {p95:>8} {ratio:>6} {at_p50:>6} {size:>6}"
    )
    for figure in figures:
        print(as_line(figure))


def as_row(figure: Figure) -> dict[str, Any]:
    """The figures of a page as JSON."""
    return {
        "page": figure.page.name,
        "reader": figure.page.reader,
        "queries": figure.queries,
        "queries_small": figure.queries_small,
        "p50_ms": round(figure.p50, 2),
        "p95_ms": round(figure.p95, 2),
        "ratio": round(figure.ratio, 2),
        "ratio_p50": round(figure.ratio_p50, 2),
        "kilobytes": round(figure.kilobytes, 1),
        "fault": figure.fault,
    }


def as_line(figure: Figure) -> str:
    """The figures of a page as a line of the table."""
    page, aim = figure.page, AIMS[figure.page.reader]
    remark = figure.fault
    if not remark and figure.ratio > aim:
        remark = f"above the aim of {aim:.0f}"
    name = f"{page.name:34} {page.reader:9} {figure.queries:8}"
    times = f"{figure.p50:8.1f} {figure.p95:8.1f} {figure.ratio:6.1f} {figure.ratio_p50:6.1f}"
    return f"{name} {times} {figure.kilobytes:6.0f}  {remark}".rstrip()


def main() -> None:
    """Measure and print; exit status 1 when the gate is broken."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--people", type=int, default=20_000)
    parser.add_argument("--pairs", type=int, default=2_000)
    parser.add_argument("--requests", type=int, default=30, help="of each page")
    parser.add_argument("--json", action="store_true", help="one JSON object per line")
    given = parser.parse_args()
    drop = own_database()
    try:
        start_django()
        figures = measure(given.people, given.pairs, given.requests)
    finally:
        drop()
    report(figures, as_json=given.json)
    faults = [figure for figure in figures if figure.fault]
    for figure in faults:
        print(f"{figure.page.name} as {figure.page.reader}: {figure.fault}", file=sys.stderr)
    sys.exit(1 if faults else 0)


if __name__ == "__main__":
    main()
