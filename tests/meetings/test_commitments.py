"""What a mentee will do differently: made, changed, done, dropped, reminded of; and nobody but the
pair reads of it.
"""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from django.db import IntegrityError, transaction
from django.urls import reverse

from accounts.models import Absence, User
from common import clock
from common.errors import DomainError
from common.models import AuditEntry
from meetings.domain import commitments, sessions
from meetings.due.commitments import LIFE, NUDGE_AFTER, remind_of_commitments
from meetings.mail import commitments as commitment_mail
from meetings.models import Commitment, MentoringSession, SessionLogRevision
from notifications.delivery import sender
from notifications.models import OutboxMessage
from pairings.models import Pairing
from tests import factories as make
from tests.meetings.session_data import MONDAY, book, make_pair
from tests.support.pages import text_of, url_of
from tests.support.types import AsUser, At

pytestmark = pytest.mark.django_db
AFTER = MONDAY + timedelta(days=1, hours=2)  # Tuesday 2 February, 12:00 in Berlin
DUE = date(2027, 2, 15)  # a Monday
NINE = datetime(2027, 2, 15, 8, tzinfo=UTC)  # in Berlin
WORDS = "Speak last in the meeting"


@pytest.fixture
def session(at: At) -> MentoringSession:
    """A session that has just ended; its mentee lives in Berlin."""
    at(MONDAY)
    booked = book(make_pair())
    User.objects.filter(pk=booked.pairing.mentee_id).update(time_zone="Europe/Berlin")
    at(AFTER)
    return MentoringSession.objects.select_related("pairing__mentor", "pairing__mentee").get(
        pk=booked.pk
    )


def keep(
    session: MentoringSession, text: str = WORDS, due_on: date | None = DUE, actor: Any = None
) -> Any:
    return commitments.keep(
        actor=actor or session.pairing.mentee, session=session, text=text, due_on=due_on
    )


def done(commitment: Commitment, what_changed: str = "They talk") -> Commitment:
    return commitments.mark_done(
        actor=commitment.pairing.mentee, commitment=commitment, what_changed=what_changed
    )


def verbs() -> list[str]:
    return list(
        AuditEntry.objects.filter(verb__startswith="commitment.")
        .order_by("pk")
        .values_list("verb", flat=True)
    )


# --- the deed -------------------------------------------------------------------------------------


def test_made_changed_done_and_told_without_words(session: MentoringSession) -> None:
    made = keep(session, f" {WORDS} ")
    assert (made.text, made.due_on, made.pairing, made.done_at) == (
        WORDS,
        DUE,
        session.pairing,
        None,
    )
    keep(session)  # the same again
    keep(session, due_on=DUE + timedelta(days=1))
    ended = done(made)
    done(made)  # the same again
    assert abs(ended.done_at - clock.now()) < timedelta(minutes=1)  # type: ignore[operator]
    assert verbs() == ["commitment.made", "commitment.changed", "commitment.done"]
    assert not AuditEntry.objects.filter(verb__startswith="commitment.").exclude(detail={}).exists()


def test_done_is_done(session: MentoringSession, at: At) -> None:
    first = done(keep(session)).done_at
    with pytest.raises(DomainError):
        keep(session, "Something else")
    at(AFTER + timedelta(days=9))
    again = done(Commitment.objects.get(), "More than I thought")
    assert (again.done_at, again.what_changed) == (first, "More than I thought")


@pytest.mark.parametrize("when", ["open", "done"])
def test_dropped_leaves_nothing(session: MentoringSession, when: str) -> None:
    made = keep(session)
    if when == "done":
        done(made)
    commitments.drop(actor=session.pairing.mentee, commitment=made)
    assert not Commitment.objects.exists()
    assert verbs()[-1] == "commitment.dropped"


def test_empty_words_make_none_and_drop_the_present_one(session: MentoringSession) -> None:
    assert keep(session, " ") is None
    keep(session)
    assert keep(session, "") is None
    assert not Commitment.objects.exists()


@pytest.mark.parametrize(
    ("text", "due_on", "field"),
    [
        ("x" * 501, DUE, "commitment"),
        (WORDS, None, "commitment_due"),
        (WORDS, AFTER.date(), "commitment_due"),
        (WORDS, date(2028, 3, 1), "commitment_due"),
    ],
)
def test_what_cannot_be_said(
    session: MentoringSession, text: str, due_on: date | None, field: str
) -> None:
    with pytest.raises(DomainError) as caught:
        keep(session, text, due_on)
    assert caught.value.code == field
    assert not Commitment.objects.exists()


def test_the_mentor_does_not_say_it_and_nobody_before_the_session(
    session: MentoringSession, at: At
) -> None:
    with pytest.raises(DomainError):
        keep(session, actor=session.pairing.mentor)
    at(session.starts_at - timedelta(minutes=1))
    with pytest.raises(DomainError):
        keep(session)


def test_a_day_that_has_passed_may_stay_when_the_words_change(
    session: MentoringSession, at: At
) -> None:
    keep(session)
    at(NINE + timedelta(days=3))
    assert keep(session, "Speak less").due_on == DUE


@pytest.mark.parametrize(
    "fields",
    [{"text": ""}, {"what_changed": "Much"}],
    ids=["nothing said", "changed though not done"],
)
def test_database_keeps_it_whole(session: MentoringSession, fields: dict[str, Any]) -> None:
    whole = {"pairing": session.pairing, "session": session, "text": WORDS, "due_on": DUE}
    with pytest.raises(IntegrityError), transaction.atomic():
        Commitment.objects.create(**(whole | fields))
    Commitment.objects.create(**whole)
    with pytest.raises(IntegrityError), transaction.atomic():
        Commitment.objects.create(**whole)


def test_only_the_pair_sees_it(session: MentoringSession) -> None:
    keep(session)
    hr, stranger = make.UserFactory(is_hr_admin=True), make.UserFactory()
    coordinator = make.UserFactory()
    make.ProgramStaffFactory(program=session.pairing.program, person=coordinator)
    seen = {
        person: Commitment.objects.visible_to(person).exists()
        for person in (hr, stranger, coordinator)
    }  # type: ignore[attr-defined]
    assert not any(seen.values())
    for person in (session.pairing.mentor, session.pairing.mentee):
        assert Commitment.objects.visible_to(person).exists()  # type: ignore[attr-defined]


# --- reminders ------------------------------------------------------------------------------------


def reminders() -> list[str]:
    rows = OutboxMessage.objects.filter(kind=commitment_mail.KIND).order_by("due_at")
    return [row.state for row in rows]


def test_reminded_on_the_day_and_once_more_and_no_words_leave(
    session: MentoringSession, at: At, mailoutbox: list[Any]
) -> None:
    keep(session)
    for hours in range(0, 24 * 50, 8):
        at(AFTER + timedelta(hours=hours))
        for _time in range(2):
            remind_of_commitments()
            sender.send_due()
    mails = [mail for mail in mailoutbox if "came of your plan" in mail.subject]
    assert [mail.to for mail in mails] == [[session.pairing.mentee.email]] * 2
    assert not any(WORDS in mail.body + mail.subject + str(mail.alternatives) for mail in mails)
    assert reminders() == ["sent", "sent"]


def test_reminded_at_nine_where_the_mentee_is(session: MentoringSession, at: At) -> None:
    keep(session)
    at(NINE - timedelta(seconds=5))
    assert remind_of_commitments() == 0
    at(NINE + timedelta(seconds=1))
    assert (remind_of_commitments(), remind_of_commitments()) == (1, 0)


def test_the_second_reminder_comes_at_nine_across_a_clock_change_too(
    session: MentoringSession, at: At
) -> None:
    keep(session, due_on=date(2027, 3, 22))  # Berlin's clocks change on 28 March
    at(datetime(2027, 3, 29, 7, 0, 1, tzinfo=UTC))
    remind_of_commitments()
    assert OutboxMessage.objects.get(kind=commitment_mail.KIND, state="queued").due_at == datetime(
        2027, 3, 29, 7, tzinfo=UTC
    )


@pytest.mark.parametrize("change", ["done", "dropped", "later", "paused", "left"])
def test_what_has_lost_its_point_is_not_sent(
    session: MentoringSession, at: At, mailoutbox: list[Any], change: str
) -> None:
    made = keep(session)
    at(NINE + timedelta(minutes=1))
    assert remind_of_commitments() == 1
    mailoutbox.clear()
    if change == "done":
        done(made)
    elif change == "dropped":
        commitments.drop(actor=session.pairing.mentee, commitment=made)
    elif change == "later":
        keep(session, due_on=DUE + timedelta(days=5))
    elif change == "paused":
        Pairing.objects.update(state="paused")
    else:
        User.objects.filter(pk=session.pairing.mentee_id).update(is_active=False)
    sender.send_due()
    assert not [mail for mail in mailoutbox if "came of your plan" in mail.subject]
    assert reminders() == ["cancelled"]


def test_who_is_away_hears_of_it_on_return(
    session: MentoringSession, at: At, mailoutbox: list[Any]
) -> None:
    keep(session)
    Absence.objects.create(
        person=session.pairing.mentee, starts_on=DUE, ends_on=DUE + timedelta(days=2)
    )
    sent = []
    for hours in range(0, 24 * 5, 2):
        at(NINE + timedelta(minutes=1, hours=hours))
        mailoutbox.clear()
        remind_of_commitments()
        sender.send_due()
        sent += [clock.now().date() for mail in mailoutbox if "came of your plan" in mail.subject]
    assert sent == [DUE + timedelta(days=3)]


def test_long_after_its_day_nothing_is_said(session: MentoringSession, at: At) -> None:
    keep(session)
    at(NINE + NUDGE_AFTER[-1] + LIFE + timedelta(minutes=1))
    remind_of_commitments()
    assert set(
        OutboxMessage.objects.filter(kind=commitment_mail.KIND).values_list("state", flat=True)
    ) == {"missed"}


def test_reminders_take_the_same_queries_for_one_and_for_three(
    session: MentoringSession, at: At, django_assert_num_queries: Any
) -> None:
    keep(session)
    at(NINE + timedelta(minutes=1))
    remind_of_commitments()
    with django_assert_num_queries(6):  # the mark and a transaction, what is open, what is known
        remind_of_commitments()
    for _other in range(2):
        other = book(make_pair(), DUE - timedelta(days=1), past=True)
        Commitment.objects.create(session=other, pairing=other.pairing, text=WORDS, due_on=DUE)
    remind_of_commitments()
    with django_assert_num_queries(6):
        remind_of_commitments()


# --- pages ----------------------------------------------------------------------------------------


LOG = {"outcome": "held", "takeaway": "Ask twice"}


def test_the_mentee_s_log_asks_and_the_mentor_s_does_not(
    session: MentoringSession, as_user: AsUser
) -> None:
    assert "What will I do differently?" in text_of(
        as_user(session.pairing.mentee).get(url_of("meetings:session_log", session))
    )
    assert "What will I do differently?" not in text_of(
        as_user(session.pairing.mentor).get(url_of("meetings:session_log", session))
    )
    data = LOG | {"commitment": WORDS, "commitment_due": "2027-02-15"}
    as_user(session.pairing.mentor).post(url_of("meetings:session_log", session), data)
    assert not Commitment.objects.exists(), "what is not asked is not taken"
    answer = as_user(session.pairing.mentee).post(url_of("meetings:session_log", session), data)
    assert answer.status_code == 303
    assert Commitment.objects.get().text == WORDS


def test_the_log_without_words_makes_no_commitment(
    session: MentoringSession, as_user: AsUser
) -> None:
    data = LOG | {"commitment": "", "commitment_due": "2027-02-16"}
    assert (
        as_user(session.pairing.mentee)
        .post(url_of("meetings:session_log", session), data)
        .status_code
        == 303
    )
    assert not Commitment.objects.exists()


def test_a_problem_with_the_day_logs_nothing_and_keeps_what_was_typed(
    session: MentoringSession, as_user: AsUser
) -> None:
    data = LOG | {"commitment": WORDS, "commitment_due": "2027-01-01"}
    answer = as_user(session.pairing.mentee).post(url_of("meetings:session_log", session), data)
    assert answer.status_code == 422
    assert list(answer.context["form"].errors) == ["commitment_due"]
    assert WORDS in text_of(answer)
    session.refresh_from_db()
    assert session.state == "scheduled"


def test_correcting_the_log_keeps_and_changes_the_commitment(
    session: MentoringSession, as_user: AsUser
) -> None:
    keep(session)
    mentee = as_user(session.pairing.mentee)
    assert WORDS in text_of(mentee.get(url_of("meetings:session_log", session)))
    mentee.post(
        url_of("meetings:session_log", session),
        LOG | {"commitment": "Speak less", "commitment_due": "2027-02-15"},
    )
    assert Commitment.objects.get().text == "Speak less"
    done(Commitment.objects.get())
    assert "What will I do differently?" not in text_of(
        mentee.get(url_of("meetings:session_log", session))
    )
    mentee.post(url_of("meetings:session_log", session), LOG | {"takeaway": "Another"})
    assert Commitment.objects.get().done_at
    assert not any("Speak" in str(row.content) for row in SessionLogRevision.objects.all())


def test_from_the_page_of_the_session_to_done_and_dropped(
    session: MentoringSession, as_user: AsUser
) -> None:
    sessions.log(actor=session.pairing.mentor, session=session, outcome="held")
    mentee = as_user(session.pairing.mentee)
    assert url_of("meetings:commitment_edit", session) in text_of(
        mentee.get(url_of("meetings:session_detail", session))
    )
    answer = mentee.post(
        url_of("meetings:commitment_edit", session),
        {"commitment": WORDS, "commitment_due": "2027-02-15"},
    )
    home = reverse("mentoring:pair_home", args=[session.pairing.public_id])
    assert (answer.status_code, answer.headers["Location"]) == (303, f"{home}#commitments")
    made = Commitment.objects.get()
    for person, may in ((session.pairing.mentor, False), (session.pairing.mentee, True)):
        for address in (home, url_of("meetings:session_detail", session)):
            shown = text_of(as_user(person).get(address))
            assert WORDS in shown
            assert (url_of("meetings:commitment_done", made) in shown) == may
    mentee = as_user(session.pairing.mentee)
    mentee.get(url_of("meetings:commitment_done", made))
    assert not Commitment.objects.get().done_at, "opening a page changes nothing"
    assert (
        mentee.post(
            url_of("meetings:commitment_done", made), {"what_changed": "They talk"}
        ).status_code
        == 303
    )
    assert "They talk" in text_of(as_user(session.pairing.mentor).get(home))
    mentee = as_user(session.pairing.mentee)
    assert mentee.get(url_of("meetings:commitment_edit", session)).headers["Location"] == url_of(
        "meetings:commitment_done", made
    )
    assert mentee.post(url_of("meetings:commitment_drop", made)).status_code == 303
    assert WORDS not in text_of(as_user(session.pairing.mentor).get(home))


def test_pair_page_lists_what_is_open_first(session: MentoringSession, as_user: AsUser) -> None:
    others = [book(session.pairing, date(2027, 1, day), past=True) for day in (12, 19)]
    done(keep(others[0], "Done long ago"))
    keep(others[1], "Due later", DUE + timedelta(days=9))
    keep(session)
    answer = as_user(session.pairing.mentee).get(
        reverse("mentoring:pair_home", args=[session.pairing.public_id])
    )
    assert [one.text for one in answer.context["commitments"]] == [
        WORDS,
        "Due later",
        "Done long ago",
    ]
