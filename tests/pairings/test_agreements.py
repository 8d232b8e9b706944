"""Agreements: versions, signatures, differences, and two people who write at the same time."""

from __future__ import annotations

from typing import Any

import pytest
from django.db import IntegrityError, transaction
from django.urls import reverse

from common import clock
from common.errors import DomainError
from common.models import AuditEntry
from notifications.models import OutboxMessage
from pairings.domain import agreements
from pairings.domain.agreements import Additions
from pairings.enums import PairingState
from pairings.models import AgreementVersion, Pairing, Signature
from tests import factories as make
from tests.support.types import AsUser

EMPTY = {"boundaries": "", "confidentiality": "", "cadence": "", "channel": ""}


def address(pairing: Pairing, name: str = "agreement") -> str:
    return reverse(f"pairings:{name}", args=[pairing.public_id])


@pytest.fixture
def pairing() -> Pairing:
    """An active pair that has nothing but the program's text."""
    found: Pairing = make.PairingFactory()
    agreements.write_first_version(found)
    return found


@pytest.mark.django_db
def test_both_sign_the_same_version(pairing: Pairing) -> None:
    agreements.sign(actor=pairing.mentor, pairing=pairing, number=1)
    assert not agreements.is_signed(pairing)
    agreements.sign(actor=pairing.mentor, pairing=pairing, number=1)
    assert Signature.objects.count() == 1
    agreements.sign(actor=pairing.mentee, pairing=pairing, number=1)
    assert agreements.is_signed(pairing)
    assert AuditEntry.objects.filter(verb="agreement.signed").count() == 2


@pytest.mark.django_db
def test_signatures_under_different_versions_do_not_count(pairing: Pairing) -> None:
    agreements.sign(actor=pairing.mentor, pairing=pairing, number=1)
    agreements.propose_version(
        actor=pairing.mentee,
        pairing=pairing,
        base_number=1,
        additions=Additions(cadence="Weekly"),
        sign_it=True,
    )
    assert not agreements.is_signed(pairing)
    assert not Pairing.objects.with_signed().get(pk=pairing.pk).signed


@pytest.mark.django_db
def test_pair_without_a_version_signs_the_programs_text() -> None:
    pairing = make.PairingFactory()
    agreements.sign(actor=pairing.mentor, pairing=pairing, number=0)
    agreements.sign(
        actor=pairing.mentee, pairing=pairing, number=0
    )  # had the page open since before
    assert pairing.agreement_versions.get().text == "We keep what we hear to ourselves."
    assert agreements.is_signed(pairing)


@pytest.mark.django_db
def test_change_asks_both_again_and_the_old_version_holds_until_then(pairing: Pairing) -> None:
    for person in (pairing.mentor, pairing.mentee):
        agreements.sign(actor=person, pairing=pairing, number=1)
    version = agreements.propose_version(
        actor=pairing.mentor,
        pairing=pairing,
        base_number=1,
        additions=Additions(boundaries="Not about pay"),
    )
    assert version.number == 2
    assert not version.signatures.exists()
    assert agreements.is_signed(pairing), "what both have signed holds until both sign the next"
    message = OutboxMessage.objects.get(kind="pairings.agreement_changed")
    assert message.recipient == pairing.mentee
    assert "pay" not in message.text + message.html + message.subject


@pytest.mark.django_db
def test_old_version_cannot_be_signed(pairing: Pairing) -> None:
    agreements.propose_version(
        actor=pairing.mentor, pairing=pairing, base_number=1, additions=Additions(channel="Video")
    )
    with pytest.raises(DomainError, match="newer version"):
        agreements.sign(actor=pairing.mentee, pairing=pairing, number=1)


@pytest.mark.django_db
def test_version_without_a_change_is_refused(pairing: Pairing) -> None:
    with pytest.raises(DomainError, match="Nothing has changed"):
        agreements.propose_version(
            actor=pairing.mentor,
            pairing=pairing,
            base_number=1,
            additions=Additions(cadence="  \r\n"),
        )


@pytest.mark.django_db
@pytest.mark.parametrize(
    "state", [PairingState.OFFERED, PairingState.ENDED, PairingState.COMPLETED, PairingState.VOID]
)
def test_agreement_of_a_pair_that_is_not_running_stays(state: str, pairing: Pairing) -> None:
    Pairing.objects.filter(pk=pairing.pk).update(state=state)
    with pytest.raises(DomainError, match="stays as it is"):
        agreements.sign(actor=pairing.mentor, pairing=pairing, number=1)


@pytest.mark.django_db
def test_nobody_else_signs_or_writes(pairing: Pairing) -> None:
    stranger = make.UserFactory(is_hr_admin=True)
    with pytest.raises(DomainError, match="two people"):
        agreements.sign(actor=stranger, pairing=pairing, number=1)
    with pytest.raises(DomainError, match="two people"):
        agreements.propose_version(
            actor=stranger, pairing=pairing, base_number=1, additions=Additions(cadence="Weekly")
        )


@pytest.mark.broad
@pytest.mark.django_db
def test_version_numbers_and_signatures_are_unique(pairing: Pairing) -> None:
    version = pairing.agreement_versions.get()
    with pytest.raises(IntegrityError, match="agreement_version_number"), transaction.atomic():
        AgreementVersion.objects.create(pairing=pairing, number=1, text="")
    Signature.objects.create(version=version, person=pairing.mentor, signed_at=clock.now())
    with pytest.raises(IntegrityError, match="signature_once"), transaction.atomic():
        Signature.objects.create(version=version, person=pairing.mentor, signed_at=clock.now())


@pytest.mark.parametrize(
    ("old", "new", "expected"),
    [
        ("", "", []),
        ("same words", "same words", [("same", "same words")]),
        ("", "new", [("added", "new")]),
        ("old", "", [("removed", "old")]),
        (
            "we meet weekly",
            "we meet monthly",
            [("same", "we meet "), ("removed", "weekly"), ("added", "monthly")],
        ),
        ("a\nb", "a\nc", [("same", "a\n"), ("removed", "b"), ("added", "c")]),
    ],
)
def test_difference_word_by_word(old: str, new: str, expected: list[tuple[str, str]]) -> None:
    assert [(piece.kind, piece.text) for piece in agreements.difference(old, new)] == expected


# pages


@pytest.mark.broad
@pytest.mark.django_db
def test_pages_belong_to_the_two(pairing: Pairing, as_user: AsUser) -> None:
    for person in (pairing.mentor, pairing.mentee):
        assert as_user(person).get(address(pairing)).status_code == 200
        assert as_user(person).get(address(pairing, "agreement_edit")).status_code == 200
    coordinator = make.ProgramStaffFactory(program=pairing.program).person
    for person in (make.UserFactory(is_hr_admin=True), coordinator, make.UserFactory()):
        for name in ("agreement", "agreement_edit"):
            assert as_user(person).get(address(pairing, name)).status_code == 404
        assert (
            as_user(person).post(address(pairing, "agreement_sign"), {"number": 1}).status_code
            == 404
        )


@pytest.mark.django_db
def test_write_sign_and_see_what_the_other_changed(pairing: Pairing, as_user: AsUser) -> None:
    data = {**EMPTY, "boundaries": "Not about pay.", "base": 1, "sign_it": "on"}
    response = as_user(pairing.mentor).post(address(pairing, "agreement_edit"), data)
    assert response.status_code == 303
    page = as_user(pairing.mentee).get(address(pairing)).content.decode()
    assert "What is new in version 2" in page
    assert "<ins>" in page
    assert "added:" in page
    assert "Not about pay." in page
    response = as_user(pairing.mentee).post(
        address(pairing, "agreement_sign"), {"number": 2}, follow=False
    )
    assert response.status_code == 303
    assert agreements.is_signed(pairing)
    page = as_user(pairing.mentee).get(address(pairing)).content.decode()
    assert "Earlier versions" in page
    assert 'action="' + address(pairing, "agreement_sign") not in page, "signed already"


@pytest.mark.django_db
def test_two_write_at_once_and_nothing_typed_is_lost(pairing: Pairing, as_user: AsUser) -> None:
    theirs = Additions(cadence="Every second Monday")
    agreements.propose_version(
        actor=pairing.mentor, pairing=pairing, base_number=1, additions=theirs
    )
    url = address(pairing, "agreement_edit")
    data = {**EMPTY, "channel": "In the canteen", "base": 1}
    response = as_user(pairing.mentee).post(url, data)
    page = response.content.decode()
    assert response.status_code == 422
    assert "has changed this agreement while you were writing" in page
    assert "In the canteen" in page, "what was typed stays"
    assert "Every second Monday" in page, "what the other wrote is shown"
    assert 'name="base" value="2"' in page, "saving again builds on their version"
    response = as_user(pairing.mentee).post(
        url, {**data, "cadence": "Every second Monday", "base": 2}
    )
    assert response.status_code == 303
    newest = agreements.current(pairing)
    assert newest is not None
    assert (newest.number, newest.channel, newest.cadence) == (
        3,
        "In the canteen",
        "Every second Monday",
    )


@pytest.mark.django_db
@pytest.mark.parametrize("number", ["", "x", "-1", "²", "99999999999999999999"])
def test_signing_nonsense_signs_nothing(number: str, pairing: Pairing, as_user: AsUser) -> None:
    response = as_user(pairing.mentor).post(address(pairing, "agreement_sign"), {"number": number})
    assert response.status_code == 303
    assert not Signature.objects.exists()


@pytest.mark.django_db
def test_text_of_the_pair_is_escaped(pairing: Pairing, as_user: AsUser) -> None:
    nasty = Additions(boundaries="<script>alert(1)</script>")
    agreements.propose_version(
        actor=pairing.mentor, pairing=pairing, base_number=1, additions=nasty
    )
    assert "<script>alert" not in as_user(pairing.mentee).get(address(pairing)).content.decode()


@pytest.mark.django_db
@pytest.mark.parametrize("rows", [1, 3])
def test_history_takes_a_constant_number_of_queries(
    rows: int, pairing: Pairing, as_user: AsUser, django_assert_max_num_queries: Any
) -> None:
    for number in range(1, rows + 1):
        agreements.propose_version(
            actor=pairing.mentor,
            pairing=pairing,
            base_number=number,
            additions=Additions(cadence=f"Take {number}"),
        )
    client = as_user(pairing.mentor)
    with django_assert_max_num_queries(8):
        page = client.get(address(pairing)).content.decode()
    assert page.count('<details class="mb-2">') == rows
