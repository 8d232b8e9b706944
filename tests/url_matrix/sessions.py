"""Sessions, notes, the delegate's calendar, and the pair's home."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.urls import reverse

from pairings.domain.notes import save_note
from pairings.models import Commitment
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
    "pairings:commitment_edit",
    "pairings:commitment_done",
    "pairings:commitment_drop",
)
CANCEL, DELEGATE_CANCEL = "pairings:session_cancel", "pairings:delegate_session_cancel"

ROWS = [
    row("mentoring:pair_home", pairing("mentoring:pair_home"), PAIR),
    row("mentoring:my_pairs", lambda w: reverse("mentoring:my_pairs"), SIGNED_IN),
    row(
        "pairings:session_list",
        lambda w: reverse("pairings:session_list", args=[w.program.public_id]),
        MANAGERS,
    ),
    row(
        "pairings:session_export",
        lambda w: reverse("pairings:session_export", args=[w.program.public_id]),
        MANAGERS,
    ),
    row("pairings:session_new", pairing("pairings:session_new"), PAIR),
    row("pairings:session_new", pairing("pairings:session_new"), PAIR, method="post"),
    row("pairings:session_series", pairing("pairings:session_series"), PAIR),
    row("pairings:session_series", pairing("pairings:session_series"), PAIR, method="post"),
    row("pairings:put_back", pairing("pairings:put_back"), PAIR, method="post"),
    row("pairings:session_detail", session("pairings:session_detail"), PAIR),
    row("pairings:session_move", session("pairings:session_move"), PAIR),
    row("pairings:session_move", session("pairings:session_move"), PAIR, method="post"),
    row("pairings:session_again", session("pairings:session_again"), PAIR),
    row("pairings:session_again", session("pairings:session_again"), PAIR, method="post"),
    row(CANCEL, session(CANCEL), PAIR),
    row(CANCEL, session(CANCEL), PAIR, method="post"),
    row(
        "pairings:session_question",
        session("pairings:session_question"),
        {"mentee"},
        refused={"mentor": 403},
    ),
    row(
        "pairings:session_question",
        session("pairings:session_question"),
        {"mentee"},
        refused={"mentor": 403},
        method="post",
        data={"question": "Why?"},
    ),
    row("pairings:session_calendar", session("pairings:session_calendar"), PAIR | {"delegate"}),
    row("pairings:session_log", session("pairings:session_log"), PAIR),
    row(
        "pairings:session_log",
        session("pairings:session_log"),
        PAIR,
        method="post",
        data={"outcome": "held"},
    ),
    row("pairings:note_edit", session("pairings:note_edit"), PAIR),
    row(
        "pairings:note_edit",
        session("pairings:note_edit"),
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
    row("pairings:note_list", lambda w: reverse("pairings:note_list"), SIGNED_IN),
    row(
        "pairings:note_export",
        lambda w: reverse("pairings:note_export"),
        SIGNED_IN,
        setup=write_notes,
    ),
    row("pairings:delegate_home", lambda w: reverse("pairings:delegate_home"), SIGNED_IN),
    row("pairings:delegate_session_new", pairing("pairings:delegate_session_new"), {"delegate"}),
    row(
        "pairings:delegate_session_new",
        pairing("pairings:delegate_session_new"),
        {"delegate"},
        method="post",
    ),
    row("pairings:delegate_series", pairing("pairings:delegate_series"), {"delegate"}),
    row(
        "pairings:delegate_series", pairing("pairings:delegate_series"), {"delegate"}, method="post"
    ),
    row("pairings:delegate_late", session("pairings:delegate_late"), {"delegate"}, method="post"),
    row("pairings:delegate_session_move", session("pairings:delegate_session_move"), {"delegate"}),
    row(
        "pairings:delegate_session_move",
        session("pairings:delegate_session_move"),
        {"delegate"},
        method="post",
    ),
    row(DELEGATE_CANCEL, session(DELEGATE_CANCEL), {"delegate"}),
    row(DELEGATE_CANCEL, session(DELEGATE_CANCEL), {"delegate"}, method="post"),
]
