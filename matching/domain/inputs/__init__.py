"""What a run works on: people and rules as plain values, read from the database."""

from __future__ import annotations

from matching.domain.inputs.building import build
from matching.domain.inputs.digest import text_of
from matching.domain.inputs.match_input import MatchInput, enrolment_id

__all__ = ["MatchInput", "build", "enrolment_id", "text_of"]
