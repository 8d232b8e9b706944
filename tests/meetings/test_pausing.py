"""Pausing, going on and ending: neutral for the other, whoever did it."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pytest
from django.urls import reverse

from accounts.models import User
from common import clock
from common.errors import DomainError
from common.models import AuditEntry
from meetings.domain import pausing
from meetings.enums import SessionState
from meetings.models import MentoringSession, SessionAttendance
from notifications.models import OutboxMessage
from pairings.enums import PairingState
from pairings.models import Pairing
from programs.enums import StaffRole
from tests import factories as make
from tests.support.types import AsUser
from tests.url_matrix.world import scheduled_session


@pytest.fixture
def pairing() -> Pairing:
    """An active pair."""
    found: Pairing = make.PairingFactory()
    return found


def address(pairing: Pairing) -> str:
    return reverse("meetings:pairing_pause", args=[pairing.public_id])


def words(kind: str) -> set[tuple[str, str]]:
    """What each recipient read, with the names taken out: one element if all read the same."""
    found = set()
    for message in OutboxMessage.objects.filter(kind=kind).select_related("recipient"):
        text = message.text
        for person in sorted(User.objects.all(), key=lambda person: -len(person.name)):
            text = text.replace(person.name, "N")
        text = text.replace("Hello Person,", "Hello N,")
        found.add((message.subject, text))
    return found


@pytest.mark.django_db
@pytest.mark.parametrize("who", ["mentor", "mentee"])
def test_pause_reads_the_same_to_both_and_names_nobody(who: str, pairing: Pairing) -> None:
    pausing.pause(actor=getattr(pairing, who), pairing=pairing)
    pairing.refresh_from_db()
    assert pairing.state == PairingState.PAUSED
    messages = OutboxMessage.objects.filter(kind="pairings.pairing_paused")
    assert {message.recipient for message in messages} == {pairing.mentor, pairing.mentee}
    assert len(words("pairings.pairing_paused")) == 1
    assert AuditEntry.objects.get(verb="pairing.paused").actor_id is None


@pytest.mark.django_db
def test_pausing_twice_tells_once(pairing: Pairing) -> None:
    pausing.pause(actor=pairing.mentor, pairing=pairing)
    pausing.pause(actor=pairing.mentee, pairing=pairing)
    assert OutboxMessage.objects.filter(kind="pairings.pairing_paused").count() == 2


@pytest.mark.django_db
@pytest.mark.parametrize("first", ["mentor", "mentee"])
def test_a_paused_pair_goes_on_when_both_are_ready(first: str, pairing: Pairing) -> None:
    pausing.pause(actor=pairing.mentor, pairing=pairing)
    one, two = (
        (pairing.mentor, pairing.mentee) if first == "mentor" else (pairing.mentee, pairing.mentor)
    )
    assert pausing.resume(actor=one, pairing=pairing).state == PairingState.PAUSED
    assert pausing.resume(actor=one, pairing=pairing).state == PairingState.PAUSED, (
        "one alone cannot undo a pause"
    )
    assert OutboxMessage.objects.get(kind="pairings.pairing_ready").recipient == two
    assert pausing.resume(actor=two, pairing=pairing).state == PairingState.ACTIVE
    assert OutboxMessage.objects.filter(kind="pairings.pairing_resumed").count() == 2
    pairing.refresh_from_db()
    assert pairing.mentor_ready_at is None


@pytest.mark.django_db
@pytest.mark.parametrize("who", ["mentor", "mentee"])
def test_end_reads_the_same_to_both_and_frees_the_calendar(who: str, pairing: Pairing) -> None:
    ahead, past = scheduled_session(pairing), scheduled_session(pairing, day_offset=-7, number=2)
    pausing.end(actor=getattr(pairing, who), pairing=pairing)
    pausing.end(actor=getattr(pairing, who), pairing=pairing)
    pairing.refresh_from_db()
    assert pairing.state == PairingState.ENDED
    assert OutboxMessage.objects.filter(kind="pairings.pairing_ended").count() == 2
    assert len(words("pairings.pairing_ended")) == 1
    ahead.refresh_from_db()
    past.refresh_from_db()
    assert (ahead.state, ahead.cancelled_by) == (SessionState.CANCELLED, None)
    assert past.state == SessionState.SCHEDULED, "what has been is still to be logged"
    assert not SessionAttendance.objects.filter(session=ahead, live=True).exists()
    assert MentoringSession.objects.count() == 2


@pytest.mark.django_db
def test_every_cause_of_a_pause_reads_the_same() -> None:
    for cause in ("mentor", "mentee", "directory"):
        pairing = make.PairingFactory(program__name="One name for all")
        if cause == "directory":
            pausing.pause_for_directory(pairing=pairing, why="reporting_line")
        else:
            pausing.pause(actor=getattr(pairing, cause), pairing=pairing)
    assert len(words("pairings.pairing_paused")) == 1


@pytest.mark.django_db
def test_directory_pauses_once_and_tells_the_coordinator(pairing: Pairing) -> None:
    coordinator = make.ProgramStaffFactory(program=pairing.program).person
    make.ProgramStaffFactory(program=pairing.program, role=StaffRole.SAFE_CONTACT)
    for _ in range(2):
        pausing.pause_for_directory(pairing=pairing, why="reporting_line")
    assert OutboxMessage.objects.get(kind="pairings.paused_by_directory").recipient == coordinator
    pairing.refresh_from_db()
    assert (pairing.state, pairing.paused_by_directory) == (PairingState.PAUSED, True)


@pytest.mark.django_db
def test_directory_tells_hr_where_there_is_no_coordinator(pairing: Pairing) -> None:
    hr = make.UserFactory(is_hr_admin=True)
    pausing.pause_for_directory(pairing=pairing, why="leaver")
    assert OutboxMessage.objects.get(kind="pairings.paused_by_directory").recipient == hr


@pytest.mark.django_db
def test_leaver_gets_no_mail(pairing: Pairing) -> None:
    User.objects.filter(pk=pairing.mentor.pk).update(is_active=False)
    pausing.pause_for_directory(pairing=pairing, why="leaver")
    assert not OutboxMessage.objects.filter(recipient=pairing.mentor).exists()
    with pytest.raises(DomainError, match="cannot go on"):
        pausing.resume(actor=pairing.mentee, pairing=pairing)


@pytest.mark.django_db
def test_directory_voids_an_open_offer() -> None:
    pairing = make.PairingFactory(
        state=PairingState.OFFERED, mentee_accepted_at=None, activated_at=None
    )
    assert pausing.pause_for_directory(pairing=pairing, why="leaver").state == PairingState.VOID


@pytest.mark.django_db
def test_pair_in_one_reporting_line_cannot_go_on(pairing: Pairing) -> None:
    pausing.pause(actor=pairing.mentor, pairing=pairing)
    User.objects.filter(pk=pairing.mentor.pk).update(manager=pairing.mentee)
    with pytest.raises(DomainError, match="cannot go on"):
        pausing.resume(actor=pairing.mentor, pairing=pairing)


@pytest.mark.django_db
@pytest.mark.parametrize("verb", [pausing.pause, pausing.resume, pausing.end])
def test_nobody_else_pauses_or_ends(verb: Callable[..., Pairing], pairing: Pairing) -> None:
    with pytest.raises(DomainError, match="two people"):
        verb(actor=make.UserFactory(is_hr_admin=True), pairing=pairing)


@pytest.mark.django_db
@pytest.mark.parametrize("state", [PairingState.OFFERED, PairingState.VOID, PairingState.COMPLETED])
def test_only_a_running_pair_pauses_or_ends(state: str, pairing: Pairing) -> None:
    Pairing.objects.filter(pk=pairing.pk).update(state=state)
    for verb in (pausing.pause, pausing.end):
        with pytest.raises(DomainError, match="no longer possible"):
            verb(actor=pairing.mentor, pairing=pairing)


# the page


@pytest.mark.django_db
def test_page_names_nobody_who_listens_and_leads_to_them(pairing: Pairing, as_user: AsUser) -> None:
    contact = make.UserFactory(name="Sofia Safe")
    make.ProgramStaffFactory(program=pairing.program, person=contact, role=StaffRole.SAFE_CONTACT)
    page = as_user(pairing.mentor).get(address(pairing)).content.decode()
    assert "Sofia Safe" not in page
    assert reverse("concerns:talk") in page


@pytest.mark.broad
@pytest.mark.django_db
def test_page_pauses_goes_on_and_ends(pairing: Pairing, as_user: AsUser) -> None:
    client = as_user(pairing.mentor)
    assert client.post(address(pairing), {"action": "pause"}).status_code == 303
    page = client.get(address(pairing)).content.decode()
    assert "I am ready to go on" in page
    client.post(address(pairing), {"action": "resume"})
    assert "You have said that you are ready" in client.get(address(pairing)).content.decode()
    theirs = as_user(pairing.mentee).get(address(pairing)).content.decode()
    assert "I am ready to go on" in theirs
    response = as_user(pairing.mentor).post(address(pairing), {"action": "end"})
    assert response.status_code == 422
    assert "Tick the box" in response.content.decode()
    response = as_user(pairing.mentor).post(address(pairing), {"action": "end", "sure": "on"})
    assert response.status_code == 303
    pairing.refresh_from_db()
    assert pairing.state == PairingState.ENDED
    assert as_user(pairing.mentor).post(address(pairing), {"action": "pause"}).status_code == 403


@pytest.mark.django_db
def test_page_of_somebody_else_is_404(pairing: Pairing, as_user: AsUser) -> None:
    coordinator = make.ProgramStaffFactory(program=pairing.program).person
    for person in (make.UserFactory(is_hr_admin=True), coordinator, make.UserFactory()):
        assert as_user(person).get(address(pairing)).status_code == 404
        assert as_user(person).post(address(pairing), {"action": "pause"}).status_code == 404


@pytest.mark.django_db
@pytest.mark.usefixtures("still_clock")
@pytest.mark.parametrize("who", ["mentor", "mentee"])
def test_other_cannot_see_who_paused(who: str, as_user: AsUser) -> None:
    """Both see the same page, but for the name of the other and the token of the form."""
    pairing = make.PairingFactory()
    pausing.pause(actor=getattr(pairing, who), pairing=pairing)
    pages = []
    for person, other in ((pairing.mentor, pairing.mentee), (pairing.mentee, pairing.mentor)):
        response = as_user(person).get(address(pairing))
        text = response.content.decode()
        text = (
            text[text.index("<main") : text.index("</main>")]
            .replace(other.name, "N")
            .replace(other.short_name, "N")
        )
        lines = [line for line in text.splitlines() if "csrfmiddlewaretoken" not in line]
        pages.append("\n".join(lines))
    assert pages[0] == pages[1]


@pytest.mark.django_db
def test_pause_moment_is_kept(pairing: Pairing, at: Callable[..., None]) -> None:
    later = clock.now() + timedelta(days=2)
    at(later)
    paused = pausing.pause(actor=pairing.mentor, pairing=pairing)
    assert paused.paused_at is not None
    assert abs(paused.paused_at - later) < timedelta(minutes=1)
