"""Which reminders to sign an agreement are due.

Found by queries every minute, whether or not a minute was missed.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from django.db import transaction
from django.db.models import Exists, OuterRef, Q, QuerySet
from django.db.models.functions import Greatest

from accounts.domain import absences
from accounts.models import User
from notifications import outbox
from notifications.enums import MessageState
from notifications.models import OutboxMessage
from notifications.outbox.due import Search, Window, pages, work_through
from pairings.enums import PairingState
from pairings.mail import agreements as agreement_mail
from pairings.models import AgreementVersion, Signature

SEARCH = Search("pairings.agreement_nudges")
NUDGE_AFTER = (
    timedelta(days=3),
    timedelta(days=7),
)  # after the version has begun, or the pair, or it went on
ESCALATE_AFTER = timedelta(days=10)  # then it is the coordinator's


def unsigned() -> QuerySet[Any]:
    """The newest version of each active pair that somebody has not signed, with `asked_at`, since
    when both are asked.
    """
    newer = AgreementVersion.objects.filter(
        pairing=OuterRef("pairing"), number__gt=OuterRef("number")
    )
    signed = Signature.objects.filter(version=OuterRef("pk"))
    return (
        AgreementVersion.objects.filter(~Exists(newer), pairing__state=PairingState.ACTIVE)
        .annotate(
            asked_at=Greatest("created_at", "pairing__activated_at", "pairing__resumed_at"),
            by_mentor=Exists(signed.filter(person=OuterRef("pairing__mentor"))),
            by_mentee=Exists(signed.filter(person=OuterRef("pairing__mentee"))),
        )
        .filter(Q(by_mentor=False) | Q(by_mentee=False))
        .select_related("pairing__program", "pairing__mentor", "pairing__mentee")
        .order_by("asked_at", "pk")
    )


def nudge_unsigned() -> int:
    """Put every reminder to sign that has fallen due into the outbox; how many were new.

    Running it again, or twice at once, adds nothing. Who is away is left in peace; a reminder that
    fell due while nobody looked says nothing more when its LIFE is over, and is missed.
    """
    with SEARCH.window() as window:
        first, last = (
            window.now - NUDGE_AFTER[0],
            window.since - NUDGE_AFTER[-1] - agreement_mail.LIFE,
        )
        rows = unsigned().filter(asked_at__lte=first, asked_at__gt=last)
        return work_through(pages(rows), lambda page: _nudge(page, window))


@transaction.atomic
def _nudge(page: list[Any], window: Window) -> int:
    """What is due of these versions; how many messages were new."""
    wanted: list[tuple[AgreementVersion, User, int, datetime]] = []
    for version in page:
        pairing = version.pairing
        holding_up = [(pairing.mentor, version.by_mentor), (pairing.mentee, version.by_mentee)]
        for number, after in enumerate(NUDGE_AFTER, 1):
            due_at = version.asked_at + after
            if window.asks_for(due_at, due_at + agreement_mail.LIFE):
                wanted += [
                    (version, one, number, due_at)
                    for one, signed in holding_up
                    if not signed and one.is_active
                ]
    keys = [agreement_mail.key(version, number, person) for version, person, number, _due in wanted]
    known = set(
        OutboxMessage.objects.filter(dedupe_key__in=keys).values_list("dedupe_key", flat=True)
    )
    away = absences.people_away({person.pk for _version, person, _number, _due in wanted})
    drafts: list[outbox.Draft] = []
    for key, (version, person, number, due_at) in zip(keys, wanted, strict=True):
        state = window.state(due_at + agreement_mail.LIFE)
        if key not in known and (state == MessageState.MISSED or person.pk not in away):
            drafts.append(
                {
                    **agreement_mail.draft(version, person, number=number, due_at=due_at),
                    "state": state,
                }
            )
    return outbox.enqueue_many(drafts) if drafts else 0
