"""A download with many people in it asks once more who one is."""

from __future__ import annotations

import time

import pytest
from django.urls import reverse

from accounts.idle import SIGNED_IN_AT
from common.models import AuditEntry
from matching.models import MatchRun
from tests.factories import ProgramFactory, UserFactory
from tests.support.types import AsUser

pytestmark = pytest.mark.django_db


def downloads() -> list[str]:
    program = ProgramFactory()
    run = MatchRun.objects.create(program=program, state="done", objective="participation")
    of_program = ("programs:enrolment_export", "meetings:session_export", "meetings:pairing_export")
    of_run = ("matching:match_run_export", "matching:match_run_unmatched_export")
    return [
        reverse("accounts:people_export"),
        *(reverse(name, args=[program.public_id]) for name in of_program),
        *(reverse(name, args=[run.public_id]) for name in of_run),
    ]


@pytest.mark.parametrize("number", range(6))
def test_long_after_sign_in_a_download_asks_who_one_is(as_user: AsUser, number: int) -> None:
    url = downloads()[number]
    with_password = UserFactory(is_hr_admin=True)
    with_password.set_password("correct horse battery")
    with_password.save()
    assert reverse("account_reauthenticate") in as_user(with_password).get(url).headers["Location"]
    client = as_user(UserFactory(is_hr_admin=True))
    session = client.session
    session[SIGNED_IN_AT] = int(time.time()) - 3600
    session.save()
    answer = client.get(url)
    assert answer.status_code == 302
    assert reverse("account_login") in answer.headers["Location"]
    assert url in answer.headers["Location"]
    assert not AuditEntry.objects.filter(verb__contains="exported").exists()


@pytest.mark.parametrize("number", range(6))
def test_right_after_sign_in_it_comes_and_leaves_a_trace(as_user: AsUser, number: int) -> None:
    person = UserFactory(is_hr_admin=True)
    answer = as_user(person).get(downloads()[number])
    assert answer.status_code == 200
    assert AuditEntry.objects.filter(verb__contains="exported", actor_id=person.pk).count() == 1
