"""Small programs full of people for tests of match runs and offers."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from accounts.models import User
from matching.domain import publishing, runs
from matching.models import MatchRun
from notifications.enums import MessageState
from notifications.models import OutboxMessage
from pairings.models import Pairing
from programs.enums import PairRole, ProgramState
from programs.models import Enrolment, Program, Topic
from tests import factories as make


@dataclass
class Pool:
    """A program that is being matched, its approved people, and who manages it."""

    program: Program
    hr: User
    coordinator: User
    topic: Topic
    mentors: list[Enrolment] = field(default_factory=list)
    mentees: list[Enrolment] = field(default_factory=list)

    def run(self) -> MatchRun:
        """A finished run."""
        run = runs.start_run(actor=self.hr, program=self.program)
        assert runs.execute_run(run.pk)
        run.refresh_from_db()
        return run

    def published(self) -> list[Pairing]:
        """The offers of a finished run."""
        return publishing.publish_run(actor=self.hr, run=self.run())


def pool(mentors: int = 2, mentees: int = 2, **program: Any) -> Pool:
    """As many mentors and mentees as asked for, who all fit each other: later mentors know more
    about the topic.
    """
    topic = Topic.objects.filter(name="AI tools").first() or make.TopicFactory(name="AI tools")
    made = make.ProgramFactory(
        **{"name": "Upwards", "state": ProgramState.MATCHING, "topics": [topic], **program}
    )
    hr = make.UserFactory(name="Hanna Recht", is_hr_admin=True)
    coordinator = make.UserFactory(name="Cora Dinator")
    make.ProgramStaffFactory(program=made, person=coordinator)
    found = Pool(made, hr, coordinator, topic)
    for number in range(mentors):
        found.mentors.append(
            add(found, PairRole.MENTOR, f"Junior {chr(65 + number)}", level=min(5, number + 3))
        )
    for number in range(mentees):
        found.mentees.append(add(found, PairRole.MENTEE, f"Senior {chr(65 + number)}"))
    return found


def add(to: Pool, role: str, name: str, *, level: int = 3, **person: Any) -> Enrolment:
    """One more approved person."""
    trait = {"junior": True} if role == PairRole.MENTOR else {"senior": True}
    user = make.UserFactory(
        **{"name": name, "sort_key": name.lower(), "search_text": name.lower(), **trait, **person}
    )
    enrolment = make.EnrolmentFactory(program=to.program, role=role, person=user)
    choice = {"level": level} if role == PairRole.MENTOR else {"priority": 1}
    make.EnrolmentTopicFactory(enrolment=enrolment, topic=to.topic, **choice)
    return enrolment


def stored(run: MatchRun) -> list[Any]:
    """Everything a run has left behind that a coordinator could read, without ids of its own."""
    proposals = run.proposals.order_by("mentor", "mentee").values_list(
        "mentor",
        "mentee",
        "score",
        "breakdown",
        "reasons",
        "warnings",
        "alternatives",
        "pinned",
        "refusal",
    )
    unmatched = run.unmatched.order_by("enrolment").values_list("enrolment", "reason")
    figures = {name: value for name, value in run.statistics.items() if name != "before"}
    return [list(proposals), list(unmatched), figures, run.input_digest, run.rules, run.weights]


def kinds(person: User) -> list[str]:
    """What a person has been sent or will be, without what was cancelled."""
    mine = OutboxMessage.objects.filter(recipient=person).exclude(state=MessageState.CANCELLED)
    return sorted(mine.values_list("kind", flat=True))
