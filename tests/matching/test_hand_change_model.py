"""What the database refuses to store of changes by hand, and who may see them."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.db import IntegrityError, transaction

from common import clock
from matching.models import HandChange
from tests import factories as make
from tests.matching.hand_data import make_it
from tests.matching.matching_data import Pool, pool

pytestmark = pytest.mark.django_db


def changed() -> tuple[Pool, HandChange]:
    some = pool(3, 2)
    run = some.run()
    make_it(run, some.hr, "free")
    return some, run.hand_changes.get()


@pytest.mark.parametrize(
    ("fields", "constraint"),
    [
        ({"kind": "other"}, "hand_change_kind"),
        ({"pairs": []}, "hand_change_has_pairs"),
        ({"undone_at": -1}, "hand_change_undone_after_made"),
    ],
)
def test_database_refuses_what_is_no_change(fields: dict[str, Any], constraint: str) -> None:
    _some, change = changed()
    if "undone_at" in fields:
        fields = {"undone_at": change.created_at - timedelta(seconds=1)}
    with pytest.raises(IntegrityError, match=constraint), transaction.atomic():
        HandChange.objects.filter(pk=change.pk).update(**fields)


def test_changes_are_visible_to_those_who_manage_the_program() -> None:
    some, change = changed()
    other = pool(1, 1)
    for manager in (some.coordinator, some.hr):
        assert list(HandChange.objects.visible_to(manager)) == [change]
    strangers = (other.coordinator, some.mentors[0].person, make.UserFactory())
    for stranger in strangers:
        assert not HandChange.objects.visible_to(stranger).exists()


def test_an_undone_change_is_kept_and_no_longer_stands() -> None:
    _some, change = changed()
    assert change.run.hand_changes.standing().get() == change
    HandChange.objects.filter(pk=change.pk).update(undone_at=clock.now())
    assert not change.run.hand_changes.standing().exists()
    assert change.run.hand_changes.exists()


def test_a_change_outlives_the_account_that_made_it() -> None:
    _some, change = changed()
    HandChange.objects.filter(pk=change.pk).update(made_by=make.UserFactory())
    change.refresh_from_db()
    made_by = change.made_by
    assert made_by is not None
    made_by.delete()
    change.refresh_from_db()
    assert change.made_by is None
