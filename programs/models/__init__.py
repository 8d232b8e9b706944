"""Programs, what they are about, and who takes part."""

from programs.models.content import PrepAnswer, PrepStep, PrepTick, SessionGuide, Topic
from programs.models.enrolment import Avoidance, Enrolment, EnrolmentTopic, TopicRating
from programs.models.program import Program, ProgramClosing, ProgramStaff

__all__ = [
    "Avoidance",
    "Enrolment",
    "EnrolmentTopic",
    "PrepAnswer",
    "PrepStep",
    "PrepTick",
    "Program",
    "ProgramClosing",
    "ProgramStaff",
    "SessionGuide",
    "Topic",
    "TopicRating",
]
