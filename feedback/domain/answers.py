"""Answering a survey."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from accounts.models import User
from common import audit
from common.errors import DomainError
from common.text import checked_lines, too_long, whole_number
from feedback.domain.figures import none_of
from feedback.enums import SCALES, Label, QuestionKind, RoundState
from feedback.models import AnonymousAnswer, Participation, Response, SurveyRound
from notifications import outbox

TEXT_LIMIT = 2000


class AnsweredAlreadyError(DomainError):
    """An anonymous answer is given once and for good."""


def clean(
    questions: Sequence[Mapping[str, Any]], given: Mapping[str, Any], *, partly: bool = False
) -> tuple[dict[str, Any], dict[str, str]]:
    """({question id: checked answer}, {question id: what is wrong}).

    Unanswered optional questions are left out; in a draft (`partly`) all that are unanswered.
    """
    answers: dict[str, Any] = {}
    problems: dict[str, str] = {}
    for question in questions:
        name = question["id"]
        try:
            answer = _clean_given(question, given.get(name), partly=partly)
        except DomainError as error:
            problems[name] = error.messages[0]
            continue
        if answer is not None:
            answers[name] = answer
    return answers, problems


def _clean_given(question: Mapping[str, Any], value: Any, *, partly: bool) -> Any:
    """The checked answer, or None where a question may be left out."""
    if value not in (None, "", []):
        return clean_one(question, value)
    if question["required"] and not partly:
        raise DomainError(_("Please answer this question."))
    return None


def clean_one(question: Mapping[str, Any], value: Any) -> Any:
    """The checked answer to one question. Raises DomainError with what to do."""
    kind = question["kind"]
    if kind in SCALES:
        return _clean_number(value, SCALES[kind])
    if kind == QuestionKind.TEXT:
        return _clean_text(value)
    return _clean_choice(question, value)


def _clean_choice(question: Mapping[str, Any], value: Any) -> Any:
    """The chosen answer; a list of them, in the question's order, where several may be chosen."""
    options = question["options"]
    is_single = question["kind"] == QuestionKind.SINGLE
    chosen = set(value) if isinstance(value, list) else {value}
    if not chosen <= set(options) or (is_single and len(chosen) != 1):
        raise DomainError(_("Choose from the answers shown."))
    none = none_of(question)
    if none in chosen and len(chosen) > 1:
        text = _("“%(none)s” goes with no other answer. Choose it alone, or leave it out.")
        raise DomainError(text % {"none": none})
    ordered = sorted(chosen, key=options.index)
    return ordered[0] if is_single else ordered


def _clean_number(value: Any, allowed: range) -> int:
    number = whole_number(str(value))
    if number is None or number not in allowed:
        raise DomainError(_("Choose one of the numbers shown."))
    return number


def _clean_text(value: Any) -> str:
    text = checked_lines(str(value)).strip()
    if len(text) > TEXT_LIMIT:
        raise DomainError(too_long(len(text), TEXT_LIMIT))
    return text


@transaction.atomic
def submit(*, participation: Participation, answers: Mapping[str, Any]) -> None:
    """Keep checked answers (see `clean`) of somebody who was asked.

    In an anonymous round once and for good, in a table that knows nobody; in others the latest
    counts until the close. The lock on the participation keeps two tabs from answering twice; the
    database refuses answers to a closed round. Raises DomainError when the round has closed or an
    anonymous answer was given already. No audit entry, no log line and no message joins a person to
    an anonymous answer.
    """
    # The round before the participation, as the close locks them: otherwise the two wait for each
    # other. After a close the participation of an anonymous round has another id.
    survey_round = _open_round(participation.round_id)
    asked = Participation.objects.select_for_update(of=("self",)).select_related("person")
    participation = asked.get(pk=participation.pk)

    if survey_round.label == Label.ANONYMOUS:
        _keep_anonymously(survey_round, participation, answers)
    else:
        _keep_with_name(survey_round, participation.person, answers)
    if not participation.responded:
        _mark_responded(participation, survey_round)


def _mark_responded(participation: Participation, survey_round: SurveyRound) -> None:
    participation.responded = True
    participation.draft = None
    participation.save(update_fields=["responded", "draft"])
    _cancel_mails(survey_round, participation.person, reason="answered")


def _open_round(pk: int) -> SurveyRound:
    """The round under a lock that answers share; DomainError once it has closed."""
    locked = SurveyRound.objects.select_for_update(of=("self",), no_key=True)
    survey_round: SurveyRound = locked.select_related("program").get(pk=pk)
    if survey_round.state != RoundState.OPEN:
        raise DomainError(_("This survey has closed. Thank you for wanting to answer."))
    return survey_round


def _cancel_mails(survey_round: SurveyRound, person: User, *, reason: str) -> None:
    """Cancel what still waits to be sent to this person about this round."""
    prefix = f"survey:{survey_round.public_id}:{person.public_id}:"
    outbox.cancel(key_prefix=prefix, reason=reason)


def _keep_anonymously(
    survey_round: SurveyRound, participation: Participation, answers: Mapping[str, Any]
) -> None:
    if participation.responded:
        text = _(
            "You have answered already. Anonymous answers cannot be found again to change them."
        )
        raise AnsweredAlreadyError(text)
    AnonymousAnswer.objects.create(
        round=survey_round, answers=dict(answers), **participation.groups
    )


def _keep_with_name(survey_round: SurveyRound, person: User, answers: Mapping[str, Any]) -> None:
    response, _made = Response.objects.update_or_create(
        round=survey_round, person=person, defaults={"answers": dict(answers)}
    )
    audit.record("survey.answered", response, actor=person, scope=survey_round.scope)


@transaction.atomic
def save_draft(*, actor: Any, participation: Participation, answers: Mapping[str, Any]) -> None:
    """Keep checked answers (see `clean`) for their author alone until they are sent.

    A draft counts as no answer, nobody else reads it, and it goes at the close. Never in an
    anonymous round: nothing of it is kept beside a name. Unaudited: it tells nobody anything.
    """
    survey_round = _open_round(participation.round_id)
    own = Participation.objects.filter(pk=participation.pk, person=actor.pk, responded=False)
    if survey_round.label == Label.ANONYMOUS or not own.update(draft=dict(answers)):
        raise DomainError(_("These answers cannot be saved for later."))


@transaction.atomic
def opt_out(*, participation: Participation) -> None:
    """No more reminders of this round for this person.

    No audit entry: it would tell who had not answered by then.
    """
    Participation.objects.filter(pk=participation.pk).update(opted_out=True)
    _cancel_mails(participation.round, participation.person, reason="opted out")
