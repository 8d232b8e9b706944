"""Uploaded directories are personal data: what nobody needs any more is wiped."""

from __future__ import annotations

from datetime import timedelta

from accounts.enums import ImportState
from accounts.models import DirectoryImport
from common import clock

ABANDONED_AFTER = timedelta(days=7)
ERRORS_KEPT_FOR = timedelta(days=30)


def tidy_up() -> int:
    """Discard imports that nobody has gone on with, and forget row errors after a month; how many
    were touched.
    """
    now = clock.now()
    waiting = DirectoryImport.objects.filter(state__in=[ImportState.UPLOADED, ImportState.CHECKED])
    abandoned = waiting.filter(created_at__lt=now - ABANDONED_AFTER)
    touched: int = abandoned.update(
        state=ImportState.DISCARDED, content=None, differences=[], row_errors=[]
    )
    old = DirectoryImport.objects.filter(created_at__lt=now - ERRORS_KEPT_FOR).exclude(
        row_errors=[]
    )
    touched += old.update(row_errors=[])
    return touched
