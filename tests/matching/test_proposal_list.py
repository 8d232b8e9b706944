"""The table of proposed pairs: filters that join, and warnings in words."""

from __future__ import annotations

from typing import Any

import pytest
from django.urls import reverse

from matching.models import MatchRun, Proposal
from matching.wording import runs as run_words
from tests.matching.matching_data import Pool, add, pool
from tests.support.types import AsUser

WARNED = {"key": "same_department", "params": {}}


def run_with(some: Pool, *facts: dict[str, Any]) -> MatchRun:
    """A finished run with a pair of new people for each of the facts."""
    run = MatchRun.objects.create(program=some.program, state="done", objective="participation")
    for at, fact in enumerate(facts):
        department = fact.pop("department", "Sales")
        mentor = add(some, "mentor", f"Junior {at}", department=department)
        mentee = add(some, "mentee", f"Senior {at}", department="Board")
        Proposal.objects.create(run=run, mentor=mentor, mentee=mentee, **{"score": 5000, **fact})
    return run


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("query", "found"),
    [
        ({}, {0, 1, 2, 3}),
        ({"warning": "same_department"}, {1}),
        ({"warning": "little_overlap"}, {2}),
        ({"show": "warnings"}, {1, 2}),
        ({"show": "by_hand"}, {3}),
        ({"show": "pinned"}, {0}),
        ({"department": "Legal"}, {0, 1}),
        ({"department": "Board"}, {0, 1, 2, 3}),
        ({"department": "Nowhere"}, set()),
        ({"below": "50"}, {1}),
        ({"below": "51"}, {1, 2, 3}),
        ({"below": "lots", "warning": "?"}, {0, 1, 2, 3}),
        (
            {"department": "Legal", "below": "50", "warning": "same_department", "q": "junior 1"},
            {1},
        ),
        ({"department": "Legal", "show": "by_hand"}, set()),
    ],
)
def test_filters_join(query: dict[str, str], found: set[int], as_user: AsUser) -> None:
    some = pool(0, 0)
    run = run_with(
        some,
        {"department": "Legal", "pinned": True, "score": 9000},
        {"department": "Legal", "score": 4999, "warnings": [WARNED]},
        {"warnings": [{"key": "little_overlap", "params": {}}]},
        {"by_hand": True},
    )
    client = as_user(some.coordinator)
    page = client.get(reverse("matching:match_run_detail", args=[run.public_id]), query)
    assert {int(row.mentor.person.name[-1]) for row in page.context["page"]} == found
    export: Any = client.get(reverse("matching:match_run_export", args=[run.public_id]), query)
    assert len(b"".join(export.streaming_content).decode().splitlines()) == 1 + len(found)


@pytest.mark.django_db
def test_departments_to_choose_from_are_those_of_the_run(as_user: AsUser) -> None:
    some = pool(1, 1)
    run = run_with(some, {"department": "Legal"}, {"department": ""})
    page = (
        as_user(some.hr)
        .get(reverse("matching:match_run_detail", args=[run.public_id]))
        .content.decode()
    )
    assert '<option value="Legal">' in page
    assert '<option value="Board">' in page
    assert '<option value="Marketing">' not in page


@pytest.mark.django_db
def test_little_common_time_names_the_days_without_any() -> None:
    some = pool(0, 0)
    run = run_with(some, {"warnings": [WARNED, {"key": "little_overlap", "params": {}}]})
    pair = run.proposals.get()
    pair.mentor.availability, pair.mentee.availability = (
        [[0, 540, 600], [3, 540, 600]],
        [[0, 540, 600], [3, 600, 660]],
    )
    assert run_words.warnings_of(pair, some.program) == [
        "Same department",
        "Little common time, none on Tuesday, Wednesday, Thursday and Friday",
    ]
    pair.mentor.availability = pair.mentee.availability = []
    assert run_words.warnings_of(pair, some.program)[1] == "Little common time"
