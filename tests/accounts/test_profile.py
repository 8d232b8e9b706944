"""One's own pages: profile and delegates."""

from __future__ import annotations

from typing import Any

import pytest
from django.urls import reverse

from accounts.domain import profile as domain
from accounts.forms.profile import ProfileForm
from accounts.models import Delegation, User
from common.errors import DomainError
from common.models import AuditEntry
from tests.factories import UserFactory
from tests.support.types import AsUser

pytestmark = pytest.mark.django_db
PROFILE, DELEGATES = "/me/profile/", "/me/delegates/"
VALID = {
    "preferred_name": "Mimi",
    "pronouns": "she/her",
    "time_zone": "Asia/Tokyo",
    "locale": "de",
    "languages": ["en", "ja"],
    "join_link": "https://meet.example.com/mia",
}


@pytest.fixture
def mia() -> User:
    return UserFactory(name="Mia Okafor")


def test_profile_saves_what_is_ones_own(as_user: AsUser, mia: User) -> None:
    response = as_user(mia).post(PROFILE, VALID)
    assert response.status_code == 303
    mia.refresh_from_db()
    assert {field: getattr(mia, field) for field in domain.OWN_FIELDS} == VALID
    assert "mimi" in mia.search_text


def test_profile_does_not_touch_what_the_directory_says(as_user: AsUser, mia: User) -> None:
    as_user(mia).post(
        PROFILE,
        {
            **VALID,
            "name": "Boss",
            "email": "boss@example.com",
            "is_hr_admin": "on",
            "job_title": "CEO",
        },
    )
    after = User.objects.get(pk=mia.pk)
    assert (after.name, after.email, after.is_hr_admin, after.job_title) == (
        mia.name,
        mia.email,
        False,
        mia.job_title,
    )


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("time_zone", "Mars/Olympus"),
        ("locale", "xx"),
        ("languages", ["xx-nowhere"]),
        ("preferred_name", "x" * 101),
        ("join_link", "http://meet.example.com"),
    ],
)
def test_profile_keeps_what_was_typed_and_says_what_is_wrong(
    as_user: AsUser, mia: User, field: str, value: Any
) -> None:
    response = as_user(mia).post(PROFILE, {**VALID, field: value})
    assert response.status_code == 422
    page = response.content.decode()
    assert "<title>Error: " in page
    assert 'class="error-summary"' in page
    assert 'value="she/her"' in page
    mia.refresh_from_db()
    assert mia.pronouns == ""


def test_profile_audit_names_fields_and_not_their_contents(mia: User) -> None:
    domain.save_profile(actor=mia, **VALID)  # type: ignore[arg-type]
    entry = AuditEntry.objects.get(verb="person.profile_changed")
    assert entry.actor_id == mia.pk
    assert set(entry.detail["fields"]) == set(domain.OWN_FIELDS)
    assert "Mimi" not in str(entry.detail)
    domain.save_profile(actor=mia, **VALID)  # type: ignore[arg-type]
    assert AuditEntry.objects.filter(verb="person.profile_changed").count() == 1


def test_profile_offers_a_language_that_came_with_the_directory() -> None:
    person = UserFactory(languages=["tlh"], time_zone="US/Pacific")
    form = ProfileForm({**VALID, "languages": ["tlh"], "time_zone": "US/Pacific"}, person=person)
    assert form.is_valid(), form.errors


def test_delegate_is_named_and_removed(as_user: AsUser, mia: User) -> None:
    helper, client = UserFactory(email="helper@example.com"), as_user(mia)
    assert client.post(DELEGATES, {"person": "Helper@Example.com "}).status_code == 303
    delegation = Delegation.objects.get(mentee=mia, delegate=helper)
    page = client.get(DELEGATES).content.decode()
    assert helper.name in page
    assert (
        client.post(reverse("accounts:delegate_remove", args=[delegation.public_id])).status_code
        == 303
    )
    assert not Delegation.objects.exists()
    verbs = list(AuditEntry.objects.order_by("id").values_list("verb", flat=True))
    assert verbs == ["delegation.given", "delegation.taken_back"]


def test_delegate_named_twice_is_one_delegate(mia: User) -> None:
    UserFactory(email="helper@example.com")
    first = domain.name_delegate(actor=mia, email="helper@example.com")
    assert domain.name_delegate(actor=mia, email="helper@example.com") == first


def test_delegate_must_be_somebody_else_who_is_here(as_user: AsUser, mia: User) -> None:
    UserFactory(email="left@example.com", is_active=False)
    client = as_user(mia)
    for address in ("nobody@example.com", "left@example.com", mia.email, "no address"):
        response = client.post(DELEGATES, {"person": address})
        assert response.status_code == 422, address
        assert 'href="#id_person"' in response.content.decode()
    assert not Delegation.objects.exists()


def test_delegates_are_few(mia: User) -> None:
    helpers = UserFactory.create_batch(domain.MOST_DELEGATES + 1)
    for helper in helpers[:-1]:
        domain.name_delegate(actor=mia, email=helper.email)
    with pytest.raises(DomainError):
        domain.name_delegate(actor=mia, email=helpers[-1].email)


def test_delegate_of_somebody_else_cannot_be_removed(as_user: AsUser, mia: User) -> None:
    delegation = Delegation.objects.create(mentee=UserFactory(), delegate=mia)
    assert (
        as_user(mia)
        .post(reverse("accounts:delegate_remove", args=[delegation.public_id]))
        .status_code
        == 404
    )
    assert Delegation.objects.exists()


def test_delegate_is_removed_by_post_alone(as_user: AsUser, mia: User) -> None:
    delegation = Delegation.objects.create(mentee=mia, delegate=UserFactory())
    assert (
        as_user(mia)
        .get(reverse("accounts:delegate_remove", args=[delegation.public_id]))
        .status_code
        == 405
    )


@pytest.mark.parametrize("count", [1, 3])
def test_delegates_page_asks_the_same_number_of_queries(
    as_user: AsUser, mia: User, count: int, django_assert_num_queries: Any
) -> None:
    for helper in UserFactory.create_batch(count):
        Delegation.objects.create(mentee=mia, delegate=helper)
    client = as_user(mia)
    with django_assert_num_queries(5):  # session, person, frame (2), list
        client.get(DELEGATES)
