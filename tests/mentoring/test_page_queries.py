"""The benchmark's gate at a small size: few queries a page, and no more of them in a larger
company.
"""

from __future__ import annotations

import pytest
from django.db import transaction

from benchmarks.pages import MOST_QUERIES, count
from benchmarks.support.company import fill

pytestmark = pytest.mark.slow

SMALL, LARGE = {"people": 60, "pairs": 6}, {"people": 600, "pairs": 60}


@pytest.mark.django_db
def test_main_pages_need_few_queries_and_no_more_for_more_people() -> None:
    with transaction.atomic():
        small = count(fill(**SMALL))
        transaction.set_rollback(True)
    large = count(fill(**LARGE))
    too_many = {page: queries for page, (queries, _) in large.items() if queries > MOST_QUERIES}
    growing = {
        page: (small[page][0], queries)
        for page, (queries, _) in large.items()
        if queries > small[page][0]
    }
    assert (too_many, growing) == ({}, {})
