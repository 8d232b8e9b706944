"""Sessions, notes, the delegate's calendar, and the pair's home."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.urls import reverse

from meetings.domain.notes import save_note
from meetings.models import Commitment
from tests.url_matrix.core import MANAGERS, PAIR, SIGNED_IN, row


def session(name: str) -> Any:
    return lambda w: reverse(name, args=[w.session.public_id])


def pairing(name: str) -> Any:
    return lambda w: reverse(name, args=[w.pairing.public_id])


def write_notes(world: Any) -> None:
    """Both of the pair have written one."""
    for role in sorted(PAIR):
        save_note(actor=world.people[role], session=world.session, body="Mine")


def commit(world: Any) -> None:
    """The mentee has said what they will do differently after the session, which is over."""
    Commitment.objects.create(
        pairing=world.pairing, session=world.session, text="Ask first", due_on=date(2027, 3, 1)
    )


def commitment(name: str) -> Any:
    return lambda w: reverse(name, args=[Commitment.objects.get().public_id])


MENTEE: dict[str, Any] = {"allowed": {"mentee"}, "refused": {"mentor": 403}}
EDIT, DONE, DROP = (
    "meetings:commitment_edit",
    "meetings:commitment_done",
    "meetings:commitment_drop",
)
CANCEL, DELEGATE_CANCEL = "meetings:session_cancel", "meetings:delegate_session_cancel"

ROWS = [
    row("mentoring:pair_home", pairing("mentoring:pair_home"), PAIR),
    row("mentoring:my_pairs", lambda w: reverse("mentoring:my_pairs"), SIGNED_IN),
    row(
        "meetings:session_list",
        lambda w: reverse("meetings:session_list", args=[w.program.public_id]),
        MANAGERS,
    ),
    row(
        "meetings:session_export",
        lambda w: reverse("meetings:session_export", args=[w.program.public_id]),
        MANAGERS,
    ),
    row("meetings:session_new", pairing("meetings:session_new"), PAIR),
    row("meetings:session_new", pairing("meetings:session_new"), PAIR, method="post"),
    row("meetings:session_series", pairing("meetings:session_series"), PAIR),
    row("meetings:session_series", pairing("meetings:session_series"), PAIR, method="post"),
    row("meetings:session_topics", pairing("meetings:session_topics"), PAIR),
    row("meetings:session_topics", pairing("meetings:session_topics"), PAIR, method="post"),
    row("meetings:put_back", pairing("meetings:put_back"), PAIR, method="post"),
    row("meetings:session_detail", session("meetings:session_detail"), PAIR),
    row("meetings:session_move", session("meetings:session_move"), PAIR),
    row("meetings:session_move", session("meetings:session_move"), PAIR, method="post"),
    row("meetings:session_again", session("meetings:session_again"), PAIR),
    row("meetings:session_again", session("meetings:session_again"), PAIR, method="post"),
    row(CANCEL, session(CANCEL), PAIR),
    row(CANCEL, session(CANCEL), PAIR, method="post"),
    row(
        "meetings:session_question",
        session("meetings:session_question"),
        {"mentee"},
        refused={"mentor": 403},
    ),
    row(
        "meetings:session_question",
        session("meetings:session_question"),
        {"mentee"},
        refused={"mentor": 403},
        method="post",
        data={"question": "Why?"},
    ),
    row("meetings:session_calendar", session("meetings:session_calendar"), PAIR | {"delegate"}),
    row("meetings:session_log", session("meetings:session_log"), PAIR),
    row(
        "meetings:session_log",
        session("meetings:session_log"),
        PAIR,
        method="post",
        data={"outcome": "held"},
    ),
    row("meetings:note_edit", session("meetings:note_edit"), PAIR),
    row(
        "meetings:note_edit",
        session("meetings:note_edit"),
        PAIR,
        method="post",
        data={"note": "Mine"},
    ),
    row(EDIT, session(EDIT), **MENTEE),
    row(
        EDIT,
        session(EDIT),
        method="post",
        data={"commitment": "Ask first", "commitment_due": "2027-03-01"},
        **MENTEE,
    ),
    row(DONE, commitment(DONE), setup=commit, **MENTEE),
    row(
        DONE,
        commitment(DONE),
        method="post",
        data={"what_changed": "I listen"},
        setup=commit,
        **MENTEE,
    ),
    row(DROP, commitment(DROP), setup=commit, **MENTEE),
    row(DROP, commitment(DROP), method="post", setup=commit, **MENTEE),
    row("meetings:note_list", lambda w: reverse("meetings:note_list"), SIGNED_IN),
    row(
        "meetings:note_export",
        lambda w: reverse("meetings:note_export"),
        SIGNED_IN,
        setup=write_notes,
    ),
    row("meetings:delegate_home", lambda w: reverse("meetings:delegate_home"), SIGNED_IN),
    row("meetings:delegate_session_new", pairing("meetings:delegate_session_new"), {"delegate"}),
    row(
        "meetings:delegate_session_new",
        pairing("meetings:delegate_session_new"),
        {"delegate"},
        method="post",
    ),
    row("meetings:delegate_series", pairing("meetings:delegate_series"), {"delegate"}),
    row(
        "meetings:delegate_series", pairing("meetings:delegate_series"), {"delegate"}, method="post"
    ),
    row("meetings:delegate_late", session("meetings:delegate_late"), {"delegate"}, method="post"),
    row("meetings:delegate_session_move", session("meetings:delegate_session_move"), {"delegate"}),
    row(
        "meetings:delegate_session_move",
        session("meetings:delegate_session_move"),
        {"delegate"},
        method="post",
    ),
    row(DELEGATE_CANCEL, session(DELEGATE_CANCEL), {"delegate"}),
    row(DELEGATE_CANCEL, session(DELEGATE_CANCEL), {"delegate"}, method="post"),
]
