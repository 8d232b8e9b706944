"""A department is the same however its letters are typed."""

from __future__ import annotations

import pytest

from tests.matching.matching_data import add, pool


@pytest.mark.django_db
@pytest.mark.parametrize("other", ["Bu\u0308ro", "büro", "Büro ", "BÜRO"])
def test_the_same_department_in_another_spelling_is_no_pair(other: str) -> None:
    some = pool(0, 0, forbid_same_department=True)
    add(some, "mentor", "Junior A", department="Büro")
    add(some, "mentee", "Senior A", department=other)
    assert some.run().statistics["pairs"] == 0
