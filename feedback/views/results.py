"""The results of one round."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any
from uuid import UUID

from django.db.models import Prefetch, QuerySet
from django.http import HttpResponse, StreamingHttpResponse
from django.shortcuts import get_object_or_404
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from accounts.models import User
from accounts.requests import AuthenticatedHttpRequest
from common import exports
from common.http import respond
from feedback import pictures
from feedback.domain.response import answered_in_words
from feedback.enums import Audience, Cut, Label, RoundState
from feedback.models import FrozenTable, SurveyRound
from feedback.reading import Group, Result, Share, results_of
from feedback.views.rounds import ANSWERED, about

EARLIER_SHOWN = 5  # rounds beside the latest one


@require_GET
def round_detail(request: AuthenticatedHttpRequest, public_id: UUID) -> HttpResponse:
    """How many have answered while a round is open, results once it has closed."""
    user = request.user
    survey_round = _round_or_404(user, public_id)
    readable = SurveyRound.objects.answers_visible_to(user).filter(pk=survey_round.pk)
    context = {
        **about(request, survey_round),
        "shown_count": answered_in_words(survey_round, survey_round.answered_now),
        "may_read_answers": readable.exists(),
        "may_publish": user.has_perm("feedback.publish_told_us", survey_round),
    }
    if survey_round.state == RoundState.CLOSED:
        context |= _results(survey_round, user)
    return respond(request, "feedback/round_detail.html", context)


def _round_or_404(user: User, public_id: UUID) -> Any:
    """A round that this person may count, with its program."""
    rounds = SurveyRound.objects.counted_by(user).annotate(answered_now=ANSWERED)
    return get_object_or_404(rounds.select_related("program"), public_id=public_id)


def _results(survey_round: SurveyRound, user: User) -> dict[str, Any]:
    """All that the page shows of a closed round."""
    results = results_of(survey_round, survey_round.tables.all())
    earlier = _earlier(survey_round, user)
    before: dict[str, Share] = {}
    for _round, shares in earlier:
        before |= shares

    is_exact = survey_round.label == Label.ATTRIBUTED
    charts = {}
    for result in results:
        if result.total.is_shown:
            last = before.get(result.key)
            charts[result.key] = pictures.question_chart(result, last, is_exact=is_exact)
    return {
        "results": [(result, charts.get(result.key)) for result in results],
        "main_line": pictures.main_line(results, before),
        "groups": pictures.groups_chart(results),
        "trend": pictures.trend_chart(results, survey_round, earlier) if earlier else None,
    }


def _earlier(survey_round: SurveyRound, user: User) -> list[tuple[SurveyRound, dict[str, Share]]]:
    """The last rounds before that asked one of these questions: {question key: favourable}."""
    totals = Prefetch("tables", FrozenTable.objects.filter(cut=Cut.TOTAL), to_attr="totals")
    rounds: QuerySet[SurveyRound] = SurveyRound.objects.counted_by(user).filter(
        program=survey_round.program_id,
        state=RoundState.CLOSED,
        opens_at__lt=survey_round.opens_at,
    )
    if survey_round.audience == Audience.STAFF:
        rounds = rounds.filter(plan_item=survey_round.plan_item_id)  # of the same people alone
    else:
        rounds = rounds.exclude(audience=Audience.STAFF)
    keys = {question["key"] for question in survey_round.questions}
    found: list[tuple[SurveyRound, dict[str, Share]]] = []
    for one in rounds.prefetch_related(totals).order_by("opens_at", "pk"):
        one.program = survey_round.program
        shares = _favourable_shares(results_of(one, one.totals))
        if shares.keys() & keys:
            found.append((one, shares))
    return found[-EARLIER_SHOWN:]


def _favourable_shares(results: Sequence[Result]) -> dict[str, Share]:
    shares = {}
    for result in results:
        if result.total.favourable:
            shares[result.key] = result.total.favourable
    return shares


@require_GET
def round_export(request: AuthenticatedHttpRequest, public_id: UUID) -> StreamingHttpResponse:
    """Exactly what the page shows, as CSV."""
    rounds = SurveyRound.objects.counted_by(request.user).filter(state=RoundState.CLOSED)
    survey_round = get_object_or_404(rounds.select_related("program"), public_id=public_id)
    results = results_of(survey_round, survey_round.tables.all())
    header = [_("Question"), _("Cut"), _("Group"), _("Answers"), _("Answer"), _("Share")]
    return exports.csv_response("survey-results", header, _export_rows(results))


def _export_rows(results: Sequence[Result]) -> Iterator[list[Any]]:
    """A row per question, group and answer; one that says so where a group is hidden."""
    for result in results:
        if result.is_text:
            continue
        for group in (result.total, *result.groups):
            for answers, answer, share in _lines(group):
                cut = str(Cut(group.cut).label)
                yield [result.text, cut, group.name, answers, answer, share]


def _lines(group: Group) -> Iterator[tuple[str, str, str]]:
    """(answers, answer, share) of what the page shows of a group."""
    if not group.is_shown:
        yield _("hidden"), "", ""
        return
    if group.favourable:
        yield group.answers, _("favourable"), group.favourable.text
    is_total = group.cut == Cut.TOTAL
    if is_total or not group.favourable:
        for choice, share in group.shares:
            yield group.answers, choice, share.text
    if is_total and group.mean is not None:
        yield group.answers, _("average"), str(group.mean)
