"""Publishing a run: first what will happen, then it happens."""

from __future__ import annotations

from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods

from accounts.requests import AuthenticatedHttpRequest
from common.errors import DomainError
from common.http import redirect_htmx, require
from matching.domain import publishing
from matching.models import MatchRun, Proposal
from matching.wording import scores
from notifications.mail.rendering import LINK
from pairings.domain import offers
from pairings.mail import offers as offer_mail
from programs.labels import with_labels

SHOWN = 50
"""Refused pairs that the page names; all of them are on the run's page afterwards."""


@require_http_methods(["GET", "POST"])
def match_run_publish(request: AuthenticatedHttpRequest, public_id: UUID) -> HttpResponse:
    """Show who is asked and what they read; a POST makes offers of the pairs, and the mentors are
    asked first.
    """
    runs = MatchRun.objects.visible_to(request.user).select_related("program")
    run = get_object_or_404(runs, public_id=public_id)
    require(request.user, "matching.publish_run", run)
    try:
        if request.method == "POST":
            return _publish(request, run)
        foreseen = publishing.preview(run=run)
    except DomainError as error:
        messages.error(request, " ".join(error.messages))
        return redirect_htmx(request, reverse("matching:match_run_detail", args=[run.public_id]))
    letter = offer_mail.question_sample(
        program=run.program, reader=request.user, until=foreseen.until
    )
    ids = [proposal.pk for proposal in foreseen.refused[:SHOWN]]
    named = (
        Proposal.objects.filter(pk__in=ids)
        .select_related("mentor__person", "mentee__person")
        .in_bulk()
    )
    context = {
        "program": run.program,
        "run": run,
        "foreseen": foreseen,
        "refused": [
            {"proposal": named[proposal.pk], "why": scores.refusal_words(proposal.refusal)}
            for proposal in foreseen.refused[:SHOWN]
            if proposal.pk in named
        ],
        "more": max(0, len(foreseen.refused) - SHOWN),
        "days": offers.OFFER_DAYS,
        "nudge_days": offers.NUDGE_DAYS,
        "sample": {
            "subject": letter.subject,
            "text": letter.text.replace(LINK, str(_("(the link to their own page)"))),
        },
    }
    return render(request, "matching/match_publish.html", context)


def _publish(request: AuthenticatedHttpRequest, run: MatchRun) -> HttpResponse:
    pairs = publishing.publish_run(actor=request.user, run=run)
    mentors = len({pair.mentor_id for pair in pairs})
    text = ngettext(
        "Published: %(number)d {mentor} is being asked.",
        "Published: %(number)d {mentors} are being asked.",
        mentors,
    )
    messages.success(request, with_labels(text % {"number": mentors}, run.program))
    url = reverse("matching:match_run_detail", args=[run.public_id])
    if refused := run.proposals.exclude(refusal="").count():
        text = ngettext(
            "%(number)d pair no longer held and was left out.",
            "%(number)d pairs no longer held and were left out.",
            refused,
        )
        messages.warning(request, text % {"number": refused})
        url += "?show=refused"
    return redirect_htmx(request, url)
