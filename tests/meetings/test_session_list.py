"""The list of sessions for those who manage the program."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from accounts.models import User
from common.models import AuditEntry
from meetings.domain import sessions
from meetings.models import MentoringSession
from pairings.models import Pairing
from tests import factories as make
from tests.meetings.session_data import MONDAY, TUESDAY, book, make_pair
from tests.support.pages import text_of, url_of
from tests.support.types import AsUser, At

pytestmark = pytest.mark.django_db


@pytest.fixture
def pairing(at: At) -> Pairing:
    at(MONDAY)
    return make_pair()


@pytest.fixture
def over(pairing: Pairing, at: At) -> MentoringSession:
    session = book(pairing)
    at(session.ends_at)
    return session


@pytest.fixture
def coordinator(pairing: Pairing) -> User:
    person: User = make.ProgramStaffFactory(program=pairing.program).person
    return person


def test_session_list_shows_a_disagreement_and_nothing_that_was_said(
    over: MentoringSession, coordinator: User, as_user: AsUser
) -> None:
    pairing = over.pairing
    sessions.log(
        actor=pairing.mentor, session=over, outcome="held", takeaway="Ask twice", feeling=1
    )
    sessions.log(actor=pairing.mentee, session=over, outcome="missed", mentee_taught="Budgets")
    shown = text_of(as_user(coordinator).get(url_of("meetings:session_list", pairing.program)))
    assert "Disagreement" in shown
    assert pairing.mentor.name in shown
    assert not any(words in shown for words in ("Ask twice", "Budgets", "Not good"))


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("", 2),
        ("state=held", 1),
        ("state=scheduled", 1),
        ("state=cancelled", 0),
        ("state=awaiting", 1),
        ("state=overdue", 0),
        ("state=disagreement", 0),
        ("state=nonsense", 2),
        ("q=nobody", 0),
    ],
)
def test_session_list_filters(
    over: MentoringSession, coordinator: User, as_user: AsUser, query: str, found: int
) -> None:
    sessions.log(actor=over.pairing.mentor, session=over, outcome="held")
    book(over.pairing, TUESDAY + timedelta(days=7))
    answer = as_user(coordinator).get(
        url_of("meetings:session_list", over.pairing.program) + f"?{query}"
    )
    assert answer.context["page"].paginator.count == found


@pytest.mark.broad
def test_session_list_sorts(pairing: Pairing, coordinator: User, as_user: AsUser) -> None:
    User.objects.filter(pk=pairing.mentor_id).update(sort_key="zz")
    book(pairing, TUESDAY + timedelta(days=1))
    other = make_pair(program=pairing.program)
    User.objects.filter(pk=other.mentor_id).update(sort_key="aa")
    book(other, TUESDAY + timedelta(days=2))
    client, url = as_user(coordinator), url_of("meetings:session_list", pairing.program)
    for sort, first in (("", pairing), ("earliest", pairing), ("mentor", other)):
        assert (
            client.get(url, {"sort": sort}).context["rows"][0]["pairing__mentor__name"]
            == first.mentor.name
        )


@pytest.mark.broad
def test_session_list_opens_on_today(
    pairing: Pairing, coordinator: User, as_user: AsUser, at: At
) -> None:
    days = [book(pairing, TUESDAY + timedelta(days=day)) for day in range(5)]
    at(days[2].ends_at)
    answer = as_user(coordinator).get(url_of("meetings:session_list", pairing.program))
    assert [row["pk"] for row in answer.context["rows"]] == [
        days[number].pk for number in (2, 3, 4, 1, 0)
    ]
    shown = text_of(answer)
    assert shown.index("From today on</th>") < shown.index("Earlier</th>")
    rows = shown[shown.index('id="rows"') : shown.index("</table>")]
    assert rows.count("Berlin time") == 1, "once above the list, not on every row"


def test_session_export_is_the_list_as_filtered(
    over: MentoringSession, coordinator: User, as_user: AsUser
) -> None:
    User.objects.filter(pk=over.pairing.mentor_id).update(name="=cmd")
    sessions.log(actor=over.pairing.mentor, session=over, outcome="held", takeaway="Ask twice")
    book(over.pairing, TUESDAY + timedelta(days=7))
    url = url_of("meetings:session_export", over.pairing.program)
    answer = as_user(coordinator).get(url, {"state": "held"})
    lines = b"".join(answer.streaming_content).decode("utf-8-sig").splitlines()  # type: ignore[attr-defined]
    mentee = over.pairing.mentee.name
    assert lines[1:] == [
        f'"\'=cmd","{mentee}",1,"2027-02-02T10:00+01:00",45,"Held","no","no"',
    ]
    assert AuditEntry.objects.filter(
        verb="program.sessions_exported", actor_id=coordinator.pk
    ).exists()


def test_session_export_is_headed_by_the_programs_labels(
    over: MentoringSession, coordinator: User, as_user: AsUser
) -> None:
    program = over.pairing.program
    program.mentor_label, program.mentee_label = "guide", "explorer"
    program.save()
    answer = as_user(coordinator).get(url_of("meetings:session_export", program))
    lines = b"".join(answer.streaming_content).decode("utf-8-sig").splitlines()  # type: ignore[attr-defined]
    assert lines[0].startswith('"Guide","Explorer","Session","Starts",')


def test_session_list_by_htmx_is_its_rows(
    over: MentoringSession, coordinator: User, as_user: AsUser
) -> None:
    answer = as_user(coordinator).get(
        url_of("meetings:session_list", over.pairing.program), headers={"HX-Request": "true"}
    )
    assert text_of(answer).strip().startswith('<div id="rows"')
    assert "<html" not in text_of(answer)


@pytest.mark.parametrize("count", [1, 3])
def test_session_list_query_count(
    pairing: Pairing, coordinator: User, as_user: AsUser, django_assert_num_queries: Any, count: int
) -> None:
    for number in range(count):
        book(make_pair(program=pairing.program), TUESDAY + timedelta(days=number))
    client = as_user(coordinator)
    with django_assert_num_queries(8):
        assert client.get(url_of("meetings:session_list", pairing.program)).status_code == 200
