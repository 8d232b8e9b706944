"""What a close leaves on disk: nothing of single answers, no order of the participations."""

from __future__ import annotations

import secrets
from uuid import uuid4

from django.db import connection

from feedback.models import AnonymousAnswer, Participation, SurveyRound

LOCK_WAIT = "5s"  # the tables are locked while they are rewritten; the next minute tries again


def unlink(survey_round: SurveyRound) -> None:
    """Delete the single answers and write the participations anew in random order."""
    AnonymousAnswer.objects.filter(round=survey_round).delete()
    rows = list(survey_round.participations.all())
    survey_round.participations.all().delete()
    secrets.SystemRandom().shuffle(rows)
    for row in rows:
        row.pk = uuid4()
    Participation.objects.bulk_create(rows)


def rewrite_tables() -> int:
    """Rewrite both tables on disk after the close of anonymous rounds; of how many rounds.

    A deleted row stays in its file until the table is rewritten, and as long as a transaction that
    began before the close may still read it: then the next minute tries again. Inside a
    transaction, where Postgres refuses it, nothing happens. Twice changes nothing.
    """
    if connection.in_atomic_block:
        return 0
    due = list(SurveyRound.objects.filter(rewrite_due=True).values_list("pk", flat=True))
    if not due or _older_transaction_reads(due):
        return 0

    with connection.cursor() as cursor:
        cursor.execute(f"SET lock_timeout = '{LOCK_WAIT}'")
        try:
            for model in (Participation, AnonymousAnswer):
                table = connection.ops.quote_name(model._meta.db_table)
                cursor.execute(f"VACUUM (FULL, ANALYZE) {table}")
        finally:
            cursor.execute("RESET lock_timeout")
    return SurveyRound.objects.filter(pk__in=due).update(rewrite_due=False)


# The close has written the participations: their transaction is that which deleted the answers.
# One of any database of the server that has an id of its own counts, too: what begins while it is
# open, the rewrite included, still reads what was there before it.
OLDER_TRANSACTION = """
WITH closing AS (
    SELECT min(age(xmin)) AS age FROM feedback_participation WHERE round_id = ANY(%s)
)
SELECT EXISTS (
    SELECT 1 FROM pg_stat_activity, closing
    WHERE pid <> pg_backend_pid() AND (
        (datname = current_database() AND age(backend_xmin) >= closing.age)
        OR age(backend_xid) >= closing.age
    )
)
"""


def _older_transaction_reads(rounds: list[int]) -> bool:
    """Whether a transaction is open that began before these rounds were closed."""
    with connection.cursor() as cursor:
        cursor.execute(OLDER_TRANSACTION, [rounds])
        return bool(cursor.fetchone()[0])
