"""The directory import as a whole: what it writes, that it can be repeated, and that it never writes half."""

from __future__ import annotations

from pathlib import Path

import pytest
from allauth.account.models import EmailAddress


from accounts.models import Grade, User
from common.models import AuditEntry
from mentoring.workflows.import_now import import_now

pytestmark = pytest.mark.django_db

REAL = Path(__file__).resolve().parents[3] / "shared" / "data" / "hr-directory.csv"


@pytest.mark.skipif(not REAL.exists(), reason="the example directory is not part of the project")
def test_the_example_directory_goes_in_as_it_is() -> None:
    result = import_now(content=REAL.read_bytes())
    assert result.applied
    assert result.plan.counts()["new"] == 107
    assert not result.plan.problems
    assert User.objects.filter(is_active=True).count() == 107
    assert EmailAddress.objects.filter(verified=True, primary=True).count() == 107
    assert list(Grade.objects.order_by("-rank").values_list("name", flat=True)) == [
        "Level 1 (top)",
        "Level 2",
        "Level 3",
        "Level 4",
    ]
    assert User.objects.get(department="").name == "Kimberely Grant"
    assert User.objects.get(employee_id="206").manager.name == "Shelley Higgins"
    before = AuditEntry.objects.count()
    again = import_now(content=REAL.read_bytes())
    assert again.plan.changes_nothing
    assert again.plan.counts()["unchanged"] == 107
    assert AuditEntry.objects.count() == before
