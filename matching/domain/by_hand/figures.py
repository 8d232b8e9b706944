"""The figures of a run whose pairs are changed by hand."""

from __future__ import annotations

from collections import Counter
from statistics import median

from matching.models import MatchRun


def recount(run: MatchRun) -> None:
    """Store the run's figures as its pairs are now; once nothing is changed, as they were found."""
    figures = run.figures_as_found
    if run.hand_changes.standing().exists():
        figures = _counted(run)
    run.statistics = {**run.statistics, **figures}
    run.save(update_fields=["statistics"])


def _counted(run: MatchRun) -> dict[str, object]:
    scores = list(run.proposals.values_list("score", flat=True))
    roles = Counter(run.unmatched.values_list("enrolment__role", flat=True))
    return {
        "pairs": len(scores),
        "total": sum(scores),
        "worst": min(scores, default=None),
        "median": median(scores) if scores else None,
        "unmatched_mentors": roles["mentor"],
        "unmatched_mentees": roles["mentee"],
        "proven": False,
    }
