"""The lists of matching and pairs as CSV."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from common.models import AuditEntry
from tests import factories as make
from tests.matching.matching_data import add, pool
from tests.support.types import AsUser


def lines(client: Client, url: str) -> list[str]:
    """The rows of a file, without its header."""
    response: Any = client.get(url)
    assert response.status_code == 200
    assert response["Content-Type"].startswith("text/csv")
    return [line for line in response.getvalue().decode("utf-8-sig").splitlines() if line][1:]


@pytest.mark.django_db
def test_exports_follow_the_filter_of_the_page(as_user: AsUser) -> None:
    some = pool(2, 3)
    run = some.run()
    client = as_user(some.coordinator)
    url = reverse("matching:match_run_export", args=[run.public_id])
    assert len(lines(client, url)) == 2
    [only] = lines(client, f"{url}?q=junior+a")
    assert only.startswith("Junior A,")
    assert "Wanted and offered: AI tools" in only
    [left] = lines(client, reverse("matching:match_run_unmatched_export", args=[run.public_id]))
    assert "compete for" in left
    assert AuditEntry.objects.filter(verb="list.exported").count() == 3


@pytest.mark.django_db
def test_pairs_as_csv_name_nobody_who_declined(as_user: AsUser) -> None:
    pairing = make.PairingFactory(state="void")
    ended = make.PairingFactory(program=pairing.program, state="ended")
    client = as_user(make.ProgramStaffFactory(program=pairing.program).person)
    rows = lines(client, reverse("meetings:pairing_export", args=[pairing.program.public_id]))
    assert len(rows) == 2
    assert {row.split(",")[4] for row in rows} == {"Did not come about", "Ended"}
    assert all(row.count(ended.mentor.name) <= 1 for row in rows)


@pytest.mark.django_db
def test_a_name_that_is_a_formula_stays_text(as_user: AsUser) -> None:
    some = pool(1, 0)
    add(some, "mentee", "=cmd|' /C calc'!A0")
    run = some.run()
    [row] = lines(as_user(some.hr), reverse("matching:match_run_export", args=[run.public_id]))
    assert "'=cmd" in row
