"""How things are at the moment at which pairs are offered: whether two people may be asked, checked
once more.

Avoids, HR blocks, former pairs, offers that came to nothing and a lack of common time leave here as
one public reason.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

import numpy as np

from accounts.domain.reporting import ancestors_of
from matching.domain.inputs import places_taken, private_pairs
from matching.enums import RuleKind
from matching.models import PairRule
from matching.solver import Person, Reason, Role, Rules
from matching.solver.scoring import REASONS, build
from programs.enums import EnrolmentState
from programs.models import Enrolment, Program

Pair = tuple[int, int]
"""Ids of two enrolments: mentor, mentee."""


@dataclass
class Present:
    """How things are for some enrolments (by id, with people and grades) of a program and the pairs
    asked about.
    """

    program: Program
    enrolments: Mapping[int, Enrolment]
    taken: Counter[int]
    above: dict[int, set[int]]
    private: set[tuple[int, int]]
    never: set[Pair]
    without_time: set[Pair]

    def refusal(self, pair: Pair) -> str:
        """The public reason why the pair cannot be offered now; empty if it can."""
        mentor, mentee = (self.enrolments[enrolment] for enrolment in pair)
        people = mentor.person_id, mentee.person_id
        ranks = [e.person.grade.rank if e.person.grade else None for e in (mentor, mentee)]
        private = (min(people), max(people)) in self.private
        checks = {
            "not_taking_part": any(
                e.state != EnrolmentState.APPROVED or not e.person.is_active
                for e in (mentor, mentee)
            ),
            "no_capacity": any(self.taken[e.pk] >= e.capacity for e in (mentor, mentee)),
            "reporting_line": people[0] in self.above[people[1]]
            or people[1] in self.above[people[0]],
            "grade_gap": ranks[0] is None
            or ranks[1] is None
            or ranks[0] + self.program.grade_gap > ranks[1],
            "forbidden_by_coordinator": pair in self.never,
            "not_available": private or pair in self.without_time,
        }
        return next((reason for reason, holds in checks.items() if holds), "")

    def take(self, pair: Pair) -> None:
        """The pair takes a place on both sides."""
        self.taken.update(pair)


def present(
    program: Program,
    enrolments: Mapping[int, Enrolment],
    pairs: Iterable[Pair],
    *,
    allow_former: bool,
) -> Present:
    """Look, in a number of queries that does not grow.

    What the answer is to hold for is locked by the caller.
    """
    ids = {enrolment.person_id for enrolment in enrolments.values()}
    never = PairRule.objects.filter(program=program, kind=RuleKind.FORBID)
    return Present(
        program=program,
        enrolments=enrolments,
        taken=places_taken(program, among=enrolments),
        above=ancestors_of(ids),
        private=private_pairs(program, ids, allow_former=allow_former),
        never=set(never.values_list("mentor", "mentee")),
        without_time=_without_time(program, enrolments, list(pairs)),
    )


def _without_time(
    program: Program, enrolments: Mapping[int, Enrolment], pairs: list[Pair]
) -> set[Pair]:
    """The pairs who have too little common time by now, as matching counts it."""
    if not pairs:
        return set()
    mentors = {pk: at for at, pk in enumerate(sorted({mentor for mentor, _ in pairs}))}
    mentees = {pk: at for at, pk in enumerate(sorted({mentee for _, mentee in pairs}))}
    rules = Rules(
        min_overlap_minutes=program.min_overlap_minutes,
        starts=program.starts_on,
        ends=program.ends_on,
    )
    scorer = build(
        [_times(enrolments[pk], "mentee") for pk in mentees],
        [_times(enrolments[pk], "mentor") for pk in mentors],
        rules,
    )
    rows = np.array([mentees[mentee] for _, mentee in pairs], np.int64)
    columns = np.array([mentors[mentor] for mentor, _ in pairs], np.int64)
    short = scorer.broken(rows, columns)[REASONS.index(Reason.TOO_LITTLE_OVERLAP)]
    return {pair for pair, is_short in zip(pairs, short.tolist(), strict=True) if is_short}


def _times(enrolment: Enrolment, role: Role) -> Person:
    """Somebody's free times, and nothing else."""
    windows = tuple((int(day), int(start), int(end)) for day, start, end in enrolment.availability)
    return Person(
        key=str(enrolment.pk), role=role, time_zone=enrolment.person.time_zone, availability=windows
    )
