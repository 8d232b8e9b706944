"""The lists of matching and pairs as CSV."""

from __future__ import annotations

import csv
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from common.models import AuditEntry
from programs.models import Program
from tests import factories as make
from tests.matching.matching_data import add, pool
from tests.support.types import AsUser


def table(client: Client, url: str) -> list[list[str]]:
    """The cells of a file, its header first."""
    response: Any = client.get(url)
    assert response.status_code == 200
    assert response["Content-Type"].startswith("text/csv")
    return list(csv.reader(response.getvalue().decode("utf-8-sig").splitlines()))


def lines(client: Client, url: str) -> list[list[str]]:
    """The rows of a file, without its header."""
    return table(client, url)[1:]


@pytest.mark.django_db
def test_exports_follow_the_filter_of_the_page(as_user: AsUser) -> None:
    some = pool(2, 3)
    run = some.run()
    client = as_user(some.coordinator)
    url = reverse("matching:match_run_export", args=[run.public_id])
    assert len(lines(client, url)) == 2
    [only] = lines(client, f"{url}?q=junior+a")
    assert only[0] == "Junior A"
    assert "Wanted and offered: AI tools" in only[5]
    [left] = lines(client, reverse("matching:match_run_unmatched_export", args=[run.public_id]))
    assert "compete for" in left[3]
    assert AuditEntry.objects.filter(verb="list.exported").count() == 3


@pytest.mark.django_db
def test_pairs_as_csv_name_nobody_who_declined(as_user: AsUser) -> None:
    pairing = make.PairingFactory(state="void")
    ended = make.PairingFactory(program=pairing.program, state="ended")
    client = as_user(make.ProgramStaffFactory(program=pairing.program).person)
    rows = lines(client, reverse("meetings:pairing_export", args=[pairing.program.public_id]))
    assert len(rows) == 2
    assert {row[4] for row in rows} == {"Did not come about", "Ended"}
    assert all(row.count(ended.mentor.name) <= 1 for row in rows)


@pytest.mark.django_db
def test_a_name_that_is_a_formula_stays_text(as_user: AsUser) -> None:
    some = pool(1, 0)
    add(some, "mentee", "=cmd|' /C calc'!A0")
    run = some.run()
    [row] = lines(as_user(some.hr), reverse("matching:match_run_export", args=[run.public_id]))
    assert row[2].startswith("'=cmd")


@pytest.mark.django_db
def test_headings_and_roles_use_the_words_of_the_program(as_user: AsUser) -> None:
    some = pool(1, 2)
    labels = {"mentor_label": "scout", "mentee_label": "captain"}
    Program.objects.filter(pk=some.program.pk).update(**labels)
    first, second = some.run(), some.run()
    client = as_user(some.hr)

    of_pairs = [
        reverse("matching:match_run_export", args=[second.public_id]),
        reverse("matching:match_compare_export", args=[second.public_id]),
    ]
    for url in of_pairs:
        header = table(client, url)[0]
        assert header[:4] == ["Scout", "Department", "Captain", "Department"]
    unmatched = reverse("matching:match_run_unmatched_export", args=[first.public_id])
    [[_name, _department, role, _why]] = lines(client, unmatched)
    assert role == "Captain"
