"""Programs, what they are about, and who takes part."""

from programs.models.content import PrepStep, PrepTick, SessionGuide, Topic
from programs.models.enrolment import Avoidance, Enrolment, EnrolmentTopic, TopicRating
from programs.models.program import Program, ProgramStaff

__all__ = [
    "Avoidance",
    "Enrolment",
    "EnrolmentTopic",
    "PrepStep",
    "PrepTick",
    "Program",
    "ProgramStaff",
    "SessionGuide",
    "Topic",
    "TopicRating",
]
