"""Which runs may be changed by hand."""

from __future__ import annotations

from django.utils.translation import gettext as _

from common.errors import DomainError
from matching.enums import WORKING_RUN_STATES, RunState
from matching.models import MatchRun


def is_changeable(run: MatchRun) -> bool:
    """Whether pages should offer changes: the run is done and no later one has followed.

    `change` and `undo` check it again, under lock.
    """
    without_result = [RunState.FAILED, RunState.CANCELLED]
    later = MatchRun.objects.after(run).exclude(state__in=without_result)
    return run.state == RunState.DONE and not later.exists()


def lock_changeable(run_id: int) -> MatchRun:
    """The run, locked. DomainError unless its pairs may be changed by hand now."""
    run: MatchRun = MatchRun.objects.locked().get(pk=run_id)
    _require_done(run)
    _require_newest(run)
    return run


def _require_done(run: MatchRun) -> None:
    if run.state == RunState.PUBLISHED:
        text = _("These pairs have been published, so they can no longer be changed here.")
        raise DomainError(text, code="wrong_state")

    if run.state != RunState.DONE:
        raise DomainError(_("Pairs can be changed once the run is done."), code="wrong_state")


def _require_newest(run: MatchRun) -> None:
    later = MatchRun.objects.after(run)
    if later.finished().exists():
        text = _("There is a newer run. Open that one and change its pairs.")
        raise DomainError(text, code="not_newest")

    if later.filter(state__in=WORKING_RUN_STATES).exists():
        text = _("Matching is running again. Wait for the result and change the pairs there.")
        raise DomainError(text, code="busy")
