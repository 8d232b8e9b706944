"""The match is a moment: both names large, why the two fit, one warm sentence; and again once both
have said yes.
"""

from __future__ import annotations

import pytest
from django.urls import reverse

from accounts.models import User
from pairings.domain import offers
from pairings.models import Pairing
from programs.models import Enrolment
from tests.pairings.test_offers import AsUser, address, offer

pytestmark = pytest.mark.django_db


def page_of(as_user: AsUser, person: User, pairing: Pairing) -> str:
    """The page of the match as this person sees it."""
    return str(as_user(person).get(address(pairing)).content.decode())


@pytest.mark.broad
def test_both_are_introduced_to_each_other(as_user: AsUser) -> None:
    _, pairing = offer()
    page = page_of(as_user, pairing.mentor, pairing)
    heading = f"{pairing.mentor.short_name}, meet {pairing.mentee.short_name}"
    assert f'<h1 id="moment-heading">{heading}</h1>' in page
    assert page.count("<h1") == 1
    assert f"{pairing.mentee.short_name} wants to learn what you know" in page
    assert "Why you two" in page

    offers.accept(actor=pairing.mentor, pairing=pairing)
    page = page_of(as_user, pairing.mentee, pairing)
    assert f"{pairing.mentee.short_name}, meet {pairing.mentor.short_name}" in page


def test_once_both_have_said_yes_the_page_leads_on(as_user: AsUser) -> None:
    _, pairing = offer()
    offers.accept(actor=pairing.mentor, pairing=pairing)
    sent = as_user(pairing.mentee).post(address(pairing), {"answer": "accept"}, follow=True)
    page = sent.content.decode()
    assert f"{pairing.mentee.short_name} and {pairing.mentor.short_name}" in page
    for name in ("pairings:agreement", "mentoring:pair_home"):
        assert reverse(name, args=[pairing.public_id]) in page


def test_the_mentee_promises_before_they_read_who_it_is(as_user: AsUser) -> None:
    _, pairing = offer()
    offers.accept(actor=pairing.mentor, pairing=pairing)
    Enrolment.objects.filter(pk=pairing.mentee_enrolment_id).update(pledged_at=None)
    for url in (address(pairing), reverse("mentoring:home")):
        page = as_user(pairing.mentee).get(url).content.decode()
        assert pairing.mentor.name not in page
        assert pairing.mentor.short_name not in page
    early = as_user(pairing.mentee).post(address(pairing), {"answer": "accept"})
    assert "First, your pledge" in early.content.decode()
    pairing.refresh_from_db()
    assert pairing.mentee_accepted_at is None

    sent = as_user(pairing.mentee).post(address(pairing), {"pledge": "1"}, follow=True)
    assert pairing.mentor.name in sent.content.decode()
    assert Enrolment.objects.get(pk=pairing.mentee_enrolment_id).pledged_at is not None


def test_the_mentor_promises_nothing(as_user: AsUser) -> None:
    _, pairing = offer()
    Enrolment.objects.update(pledged_at=None)
    assert pairing.mentee.name in page_of(as_user, pairing.mentor, pairing)
