"""Mentoring sessions, what is said about them, and commitments."""

from meetings.models.commitment import Commitment
from meetings.models.planned_topic import PlannedTopic
from meetings.models.session import (
    ComfortPulse,
    MentoringSession,
    PrivateNote,
    SessionAttendance,
    SessionLogRevision,
    SessionStatement,
)

__all__ = [
    "ComfortPulse",
    "Commitment",
    "MentoringSession",
    "PlannedTopic",
    "PrivateNote",
    "SessionAttendance",
    "SessionLogRevision",
    "SessionStatement",
]
