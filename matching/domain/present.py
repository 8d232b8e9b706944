"""Whether two people may be asked, checked once more at the moment when pairs are offered.

Avoided and blocked people, former pairs, offers that did not come about and a lack of common time
are all reported as one public reason.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

import numpy as np

from accounts.domain.reporting import ancestors_of
from matching.domain.places import places_taken
from matching.domain.private_pairs import PairOfPeople, private_pairs
from matching.enums import RuleKind
from matching.models import PairRule
from matching.solver import Person, Reason, Role, Rules
from matching.solver.scoring.scorer import REASONS, Scorer, build_scorer
from programs.enums import EnrolmentState
from programs.models import Enrolment, Program

Pair = tuple[int, int]
"""Ids of two enrolments: mentor, mentee."""


@dataclass
class PresentState:
    """How things are now for some enrolments (by id, with people and grades) of a program."""

    program: Program
    enrolments: Mapping[int, Enrolment]
    taken: Counter[int]
    above: dict[int, set[int]]
    private: set[PairOfPeople]
    excluded: set[Pair]
    without_time: set[Pair]

    def refusal(self, pair: Pair) -> str:
        """The public reason why the pair cannot be offered now; empty if it can."""
        mentor, mentee = (self.enrolments[enrolment] for enrolment in pair)
        gates = {
            "not_taking_part": _takes_part(mentor) and _takes_part(mentee),
            "no_capacity": self._has_room(mentor) and self._has_room(mentee),
            "reporting_line": not self._in_one_line(mentor.person_id, mentee.person_id),
            "grade_gap": self._has_grade_gap(mentor, mentee),
            "forbidden_by_coordinator": pair not in self.excluded,
            "not_available": self._are_available(mentor, mentee),
        }
        for reason, is_passed in gates.items():
            if not is_passed:
                return reason
        return ""

    def take(self, pair: Pair) -> None:
        """The pair takes a place on both sides."""
        self.taken.update(pair)

    def _has_room(self, enrolment: Enrolment) -> bool:
        return self.taken[enrolment.pk] < int(enrolment.capacity)

    def _in_one_line(self, one: int, other: int) -> bool:
        return one in self.above[other] or other in self.above[one]

    def _are_available(self, mentor: Enrolment, mentee: Enrolment) -> bool:
        """To each other: neither a private reason nor a lack of common time is in the way."""
        people = (mentor.person_id, mentee.person_id)
        is_private = (min(people), max(people)) in self.private
        return not is_private and (mentor.pk, mentee.pk) not in self.without_time

    def _has_grade_gap(self, mentor: Enrolment, mentee: Enrolment) -> bool:
        junior, senior = mentor.person.grade, mentee.person.grade
        if junior is None or senior is None:
            return False
        return int(junior.rank) + int(self.program.grade_gap) <= int(senior.rank)


def _takes_part(enrolment: Enrolment) -> bool:
    return enrolment.state == EnrolmentState.APPROVED and enrolment.person.is_active


def present(
    program: Program,
    enrolments: Mapping[int, Enrolment],
    pairs: Iterable[Pair],
    *,
    allow_former: bool,
) -> PresentState:
    """How things are now, in a number of queries that does not grow.

    The caller locks whatever must not change before it acts on the answer.
    """
    people = {str(row.person.public_id): row.person_id for row in enrolments.values()}
    excluded = PairRule.objects.filter(program=program, kind=RuleKind.FORBID)
    return PresentState(
        program=program,
        enrolments=enrolments,
        taken=places_taken(program, among=enrolments),
        above=ancestors_of(set(people.values())),
        private=private_pairs(program, people, allow_former=allow_former),
        excluded=set(excluded.values_list("mentor", "mentee")),
        without_time=_without_time(program, enrolments, list(pairs)),
    )


def _without_time(
    program: Program, enrolments: Mapping[int, Enrolment], pairs: list[Pair]
) -> set[Pair]:
    """The pairs who have too little common time now, as matching counts it."""
    if not pairs:
        return set()
    mentors = sorted({mentor for mentor, _ in pairs})
    mentees = sorted({mentee for _, mentee in pairs})
    scorer = _scorer_of_times(
        program, [enrolments[pk] for pk in mentors], [enrolments[pk] for pk in mentees]
    )

    column_of = {pk: column for column, pk in enumerate(mentors)}
    row_of = {pk: row for row, pk in enumerate(mentees)}
    columns = np.array([column_of[mentor] for mentor, _ in pairs], np.int64)
    rows = np.array([row_of[mentee] for _, mentee in pairs], np.int64)
    broken = scorer.broken(rows, columns)
    too_little = broken[REASONS.index(Reason.TOO_LITTLE_OVERLAP)].tolist()
    return {pair for pair, is_too_little in zip(pairs, too_little, strict=True) if is_too_little}


def _scorer_of_times(
    program: Program, mentors: list[Enrolment], mentees: list[Enrolment]
) -> Scorer:
    rules = Rules(
        min_overlap_minutes=program.min_overlap_minutes,
        starts=program.starts_on,
        ends=program.ends_on,
    )
    mentee_times = [_times(mentee, "mentee") for mentee in mentees]
    mentor_times = [_times(mentor, "mentor") for mentor in mentors]
    return build_scorer(mentee_times, mentor_times, rules)


def _times(enrolment: Enrolment, role: Role) -> Person:
    """Somebody's free times, and nothing else."""
    windows = ((int(day), int(start), int(end)) for day, start, end in enrolment.availability)
    return Person(
        key=str(enrolment.pk),
        role=role,
        time_zone=enrolment.person.time_zone,
        availability=tuple(windows),
    )
