"""Publishing a run: first what will happen, then it happens."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django import forms
from django.contrib import messages
from django.http import HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django.views.decorators.http import require_http_methods

from accounts.requests import AuthenticatedHttpRequest
from common.forms import announce_refusal
from common.http import form_page, posted, redirect_htmx
from matching.domain import publishing
from matching.models import MatchRun, Proposal
from matching.views.run_page import visible_run
from matching.wording import scores
from notifications.mail.blocks import LINK
from pairings.domain import offers
from pairings.mail import offers as offer_mail
from pairings.models import Pairing
from programs.labels import with_labels

SHOWN = 50
"""Refused pairs that the page names; all of them are on the run's page afterwards."""


class PublishForm(forms.Form):
    """A tick, asked for while people have not answered or wait."""

    sure = forms.BooleanField(
        label=gettext_lazy("Publish without them"),
        error_messages={"required": gettext_lazy("Tick the box to confirm.")},
    )


@require_http_methods(["GET", "POST"])
def match_run_publish(request: AuthenticatedHttpRequest, public_id: UUID) -> HttpResponse:
    """Show who will be asked and what they will read; a POST publishes the run."""
    run = visible_run(request, public_id, "matching.publish_run")
    form = PublishForm(posted(request))
    with announce_refusal(request):
        left = publishing.left_behind(run.program)
        form.fields["sure"].required = bool(left)
        if form.is_valid():
            return _publish(request, run)
        return _preview_page(request, run, form, left)
    return redirect_htmx(request, "matching:match_run_detail", run.public_id)


def _preview_page(
    request: AuthenticatedHttpRequest, run: MatchRun, form: PublishForm, left: dict[str, int]
) -> HttpResponse:
    foreseen = publishing.preview(run=run)
    context = {
        "program": run.program,
        "run": run,
        "foreseen": foreseen,
        "left": left,
        "refused": _refused_rows(foreseen.refused[:SHOWN]),
        "more": max(0, len(foreseen.refused) - SHOWN),
        "days": offers.OFFER_DAYS,
        "nudge_days": offers.NUDGE_DAYS,
        "sample": _sample_mail(request, run, foreseen),
    }
    return form_page(request, "matching/match_publish.html", form, context)


def _sample_mail(
    request: AuthenticatedHttpRequest, run: MatchRun, foreseen: publishing.Preview
) -> dict[str, str]:
    """What a mentor reads, as if it were sent to the coordinator, without a link that works."""
    letter = offer_mail.question_sample(
        program=run.program, reader=request.user, until=foreseen.until
    )
    text = letter.text.replace(LINK, str(_("(the link to their own page)")))
    return {"subject": letter.subject, "text": text}


def _refused_rows(refused: list[Proposal]) -> list[dict[str, Any]]:
    """The refused proposals with their people, read again, and why."""
    rows = Proposal.objects.filter(pk__in=[proposal.pk for proposal in refused])
    with_people = rows.with_people().in_bulk()
    found = []
    for proposal in refused:
        if proposal.pk in with_people:
            why = scores.refusal_words(proposal.refusal)
            found.append({"proposal": with_people[proposal.pk], "why": why})
    return found


def _publish(request: AuthenticatedHttpRequest, run: MatchRun) -> HttpResponse:
    pairs = publishing.publish_run(actor=request.user, run=run)
    messages.success(request, _published_words(run, pairs))
    url = reverse("matching:match_run_detail", args=[run.public_id])
    refused = run.proposals.exclude(refusal="").count()
    if refused:
        messages.warning(request, _refused_words(refused))
        url += "?show=refused"
    return redirect_htmx(request, url)


def _published_words(run: MatchRun, pairs: list[Pairing]) -> str:
    mentors = len({pair.mentor_id for pair in pairs})
    text = ngettext(
        "Published: %(number)d {mentor} is being asked.",
        "Published: %(number)d {mentors} are being asked.",
        mentors,
    )
    return with_labels(text % {"number": mentors}, run.program)


def _refused_words(refused: int) -> str:
    text = ngettext(
        "%(number)d pair was no longer possible and was left out.",
        "%(number)d pairs were no longer possible and were left out.",
        refused,
    )
    return text % {"number": refused}
