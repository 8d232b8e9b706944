"""Wiping uploaded directories that nobody needs any more: they are personal data."""

from __future__ import annotations

from datetime import timedelta

from accounts.enums import ImportState
from accounts.models import DirectoryImport
from common import clock

ABANDONED_AFTER = timedelta(days=7)
ERRORS_KEPT_FOR = timedelta(days=30)


def tidy_up() -> int:
    """Discard abandoned imports, and wipe row errors after a month; how many were changed."""
    return _discard_abandoned() + _wipe_old_errors()


def _discard_abandoned() -> int:
    abandoned = DirectoryImport.objects.filter(
        state__in=[ImportState.UPLOADED, ImportState.CHECKED],
        created_at__lt=clock.now() - ABANDONED_AFTER,
    )
    return abandoned.update(
        state=ImportState.DISCARDED, content=None, differences=[], row_errors=[]
    )


def _wipe_old_errors() -> int:
    old = DirectoryImport.objects.filter(created_at__lt=clock.now() - ERRORS_KEPT_FOR)
    return old.exclude(row_errors=[]).update(row_errors=[])
