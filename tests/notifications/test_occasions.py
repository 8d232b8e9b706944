"""Who gets each kind of message, and when: every kind has its line, and the lines name the numbers
of the code.
"""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.utils import translation

from meetings.due.commitments import NUDGE_AFTER as COMMITMENT_AFTER
from meetings.due.sessions import LOG_AFTER
from mentoring.messages import samples
from notifications import kinds
from pairings.domain.offers import NUDGE_DAYS
from pairings.due.agreements import NUDGE_AFTER
from programs.models import Program


@pytest.mark.parametrize("kind", [kind.key for kind in samples.offered()])
def test_line_is_short_and_in_the_words_of_the_program(kind: str) -> None:
    line = kinds.occasion_of(kind, mentor="guide", mentee="learner")
    assert line.startswith("To ")
    assert line.endswith(".")
    assert 20 <= len(line) <= 110
    assert "%" not in line
    assert "mentor" not in line and "mentee" not in line
    with translation.override("de"):
        assert "%" not in kinds.occasion_of(kind, mentor="guide", mentee="learner")


def test_lines_name_the_numbers_of_the_code() -> None:
    assert NUDGE_DAYS == (3, 6)
    assert (timedelta(days=3), timedelta(days=7)) == NUDGE_AFTER
    assert (timedelta(), timedelta(days=7)) == COMMITMENT_AFTER
    assert (timedelta(hours=1), timedelta(days=2)) == LOG_AFTER


def test_no_two_samples_have_the_same_name() -> None:
    program = Program(mentor_label="guide", mentee_label="learner")
    labels = [samples.label(kind, program) for kind in samples.offered()]
    assert len(set(labels)) == len(labels)
    assert {
        "A match to look at (guide, who is asked first)",
        "A match to look at (learner)",
    } <= set(labels)
