"""Both learn that an assistant is named or removed, each in words of their own."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from django.db import connection, transaction

from accounts.domain import profile
from accounts.models import Delegation, User
from notifications.delivery import sender
from notifications.models import OutboxMessage
from programs.domain import delegates
from tests.factories import UserFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def mia() -> User:
    person: User = UserFactory(name="Mia Boss", email="mia@example.com")
    return person


@pytest.fixture
def kim() -> User:
    person: User = UserFactory(name="Kim Lee", email="kim@example.com")
    return person


@pytest.fixture(autouse=True)
def no_quiet_hours(settings: Any) -> None:
    settings.QUIET_HOURS = False


def subjects(mailoutbox: list[Any]) -> dict[str, str]:
    sender.send_due()
    found = {mail.to[0]: mail.subject for mail in mailoutbox}
    mailoutbox.clear()
    return found


def test_both_learn_of_the_naming_and_of_the_end(
    mia: User, kim: User, mailoutbox: list[Any]
) -> None:
    delegation = profile.name_delegate(actor=mia, email=kim.email)
    profile.name_delegate(actor=mia, email=kim.email)
    assert subjects(mailoutbox) == {
        "kim@example.com": "You now handle the times of Mia Boss’s mentoring sessions",
        "mia@example.com": "Kim Lee now handles the times of your sessions",
    }
    profile.remove_delegate(actor=mia, delegation=delegation)
    assert subjects(mailoutbox) == {
        "kim@example.com": "You no longer handle the times of Mia Boss’s mentoring sessions",
        "mia@example.com": "Kim Lee no longer handles the times of your sessions",
    }


def test_one_s_own_deed_rings_no_bell(mia: User, kim: User, mailoutbox: list[Any]) -> None:
    profile.name_delegate(actor=mia, email=kim.email)
    sender.send_due()
    assert OutboxMessage.objects.visible_to(kim).unread().count() == 1
    assert OutboxMessage.objects.visible_to(mia).unread().count() == 0


def test_named_and_removed_before_a_mail_was_sent_tells_nothing(
    mia: User, kim: User, mailoutbox: list[Any]
) -> None:
    profile.remove_delegate(actor=mia, delegation=profile.name_delegate(actor=mia, email=kim.email))
    assert subjects(mailoutbox) == {}


def test_removed_and_named_again_before_a_mail_was_sent_tells_nothing(
    mia: User, kim: User, mailoutbox: list[Any]
) -> None:
    delegation = profile.name_delegate(actor=mia, email=kim.email)
    subjects(mailoutbox)
    profile.remove_delegate(actor=mia, delegation=delegation)
    again = profile.name_delegate(actor=mia, email=kim.email)
    assert subjects(mailoutbox) == {}

    profile.remove_delegate(actor=mia, delegation=again)
    assert all("no longer" in subject for subject in subjects(mailoutbox).values())


def test_a_change_on_the_enrolment_page_tells_all_three(
    mia: User, kim: User, mailoutbox: list[Any]
) -> None:
    other = UserFactory(email="other@example.com")
    delegates.name_delegate(person=mia, delegate=other)
    subjects(mailoutbox)
    delegates.name_delegate(person=mia, delegate=kim)
    told = subjects(mailoutbox)
    assert "no longer" in told["other@example.com"]
    assert "You now handle" in told["kim@example.com"]


def test_somebody_who_has_left_gets_none(mia: User, kim: User, mailoutbox: list[Any]) -> None:
    profile.name_delegate(actor=mia, email=kim.email)
    subjects(mailoutbox)
    User.objects.filter(pk=kim.pk).update(is_active=False)
    profile.remove_delegate(
        actor=mia, delegation=Delegation.objects.select_related("delegate", "mentee").get()
    )
    assert set(subjects(mailoutbox)) == {"mia@example.com"}


@pytest.mark.django_db(transaction=True)
def test_two_who_name_each_other_at_the_same_moment_do_not_wait_for_one_another(
    mia: User, kim: User
) -> None:
    def the_other_way() -> None:
        try:
            with connection.cursor() as cursor:
                cursor.execute("SET lock_timeout = '2s'")
            profile.name_delegate(actor=kim, email=mia.email)
        finally:
            connection.close()

    with ThreadPoolExecutor(1) as pool, transaction.atomic():
        profile.name_delegate(actor=mia, email=kim.email)
        pool.submit(the_other_way).result(timeout=20)
    assert Delegation.objects.count() == 2
