"""A coordinator pins and excludes pairs by the names of the two."""

from __future__ import annotations

import pytest
from django.urls import reverse

from accounts.models.people import normalise
from matching.models import PairRule
from tests.factories import EnrolmentFactory, ProgramFactory, ProgramStaffFactory, UserFactory
from tests.support.types import AsUser

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize("kind", ["pin", "forbid"])
def test_a_rule_is_set_by_two_names(kind: str, as_user: AsUser) -> None:
    program = ProgramFactory(mentor_label="guide")
    people = [normalise(UserFactory(name=name)) for name in ("Ada Lowe", "Bo Lind", "Cy Stray")]
    for somebody in people:
        somebody.save()
    mentor = EnrolmentFactory(program=program, person=people[0], role="mentor")
    mentee = EnrolmentFactory(program=program, person=people[1], role="mentee")
    client = as_user(ProgramStaffFactory(program=program, role="coordinator").person)
    url = reverse("matching:pair_rule_list", args=[program.public_id])

    for wrong in ("Bo Lind", "Cy Stray"):
        page = client.post(url, {"mentor": wrong, "mentee": "Bo Lind", "kind": kind})
        assert page.status_code == 422
        assert f"{wrong} is not in this program as guide." in page.text
    assert not PairRule.objects.exists()
    data = {"mentor": "lowe ada", "mentee": "lind bo", "kind": kind}
    assert client.post(url, data)["Location"] == url
    rule = PairRule.objects.get()
    assert (rule.mentor, rule.mentee, rule.kind) == (mentor, mentee, kind)
