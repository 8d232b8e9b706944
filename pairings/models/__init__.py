"""Matching, pairs, agreements and mentoring sessions."""

from pairings.models.commitment import Commitment
from pairings.models.matching import MatchRun, PairRule, Proposal, Unmatched
from pairings.models.pairing import AgreementVersion, Pairing, Signature
from pairings.models.session import (
    ComfortPulse,
    MentoringSession,
    PrivateNote,
    SessionAttendance,
    SessionLogRevision,
    SessionStatement,
)

__all__ = [
    "AgreementVersion",
    "ComfortPulse",
    "Commitment",
    "MatchRun",
    "MentoringSession",
    "PairRule",
    "Pairing",
    "PrivateNote",
    "Proposal",
    "SessionAttendance",
    "SessionLogRevision",
    "SessionStatement",
    "Signature",
    "Unmatched",
]
