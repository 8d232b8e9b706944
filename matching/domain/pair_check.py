"""Whether two people may become a pair, checked at the moment when the pair is offered.

Avoided and blocked people, former pairs, offers that did not come about and a lack of common time
are all reported as one public reason.
"""

from __future__ import annotations

import itertools
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from accounts.domain.reporting import ancestors_of
from matching.domain.inputs.people import times_of
from matching.domain.inputs.private_pairs import PairOfPeople, private_pairs
from matching.domain.places import places_taken
from matching.enums import RuleKind
from matching.models import PairRule
from matching.solver import Reason, Rules
from matching.solver.scoring.scorer import REASONS, Scorer, build_scorer
from programs.models import Enrolment, Program

Positions = NDArray[np.int64]
Pair = tuple[int, int]
"""Ids of two enrolments: mentor, mentee."""


@dataclass
class PairCheck:
    """What decides about pairs now, for some enrolments (by id, with people and grades)."""

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
        if not (mentor.can_be_paired and mentee.can_be_paired):
            return "not_taking_part"
        if not (self._has_room(mentor) and self._has_room(mentee)):
            return "no_capacity"
        return self._refusal_together(mentor, mentee)

    def _refusal_together(self, mentor: Enrolment, mentee: Enrolment) -> str:
        if self._in_one_line(mentor.person_id, mentee.person_id):
            return "reporting_line"
        if not self._has_grade_gap(mentor, mentee):
            return "grade_gap"
        if (mentor.pk, mentee.pk) in self.excluded:
            return "forbidden_by_coordinator"
        if not self._are_available(mentor, mentee):
            return "not_available"
        return ""

    def take_places(self, pair: Pair) -> None:
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


def check_now(
    program: Program,
    enrolments: Mapping[int, Enrolment],
    pairs: Iterable[Pair],
    *,
    allow_former: bool,
) -> PairCheck:
    """Read what decides about these pairs now, in a number of queries that does not grow.

    The caller locks whatever must not change before it acts on the answer.
    """
    people = {str(row.person.public_id): row.person_id for row in enrolments.values()}
    return PairCheck(
        program=program,
        enrolments=enrolments,
        taken=places_taken(program, among=enrolments),
        above=ancestors_of(set(people.values())),
        private=private_pairs(program, people, allow_former=allow_former),
        excluded=_excluded_pairs(program),
        without_time=_without_time(program, enrolments, list(pairs)),
    )


def _excluded_pairs(program: Program) -> set[Pair]:
    rules = PairRule.objects.filter(program=program, kind=RuleKind.FORBID)
    return set(rules.values_list("mentor", "mentee"))


def _without_time(
    program: Program, enrolments: Mapping[int, Enrolment], pairs: list[Pair]
) -> set[Pair]:
    """The pairs who have too little common time now, as matching counts it."""
    if not pairs:
        return set()
    mentors = sorted({mentor for mentor, _mentee in pairs})
    mentees = sorted({mentee for _mentor, mentee in pairs})
    scorer = _scorer_of_times(
        program, [enrolments[pk] for pk in mentors], [enrolments[pk] for pk in mentees]
    )
    columns = _positions(mentors, [mentor for mentor, _mentee in pairs])
    rows = _positions(mentees, [mentee for _mentor, mentee in pairs])
    return set(itertools.compress(pairs, _have_too_little_time(scorer, rows, columns)))


def _have_too_little_time(scorer: Scorer, rows: Positions, columns: Positions) -> list[bool]:
    broken = scorer.broken(rows, columns)
    too_little: list[bool] = broken[REASONS.index(Reason.TOO_LITTLE_OVERLAP)].tolist()
    return too_little


def _positions(in_order: list[int], wanted: list[int]) -> Positions:
    """Where each of the wanted ids is in the list."""
    position_of = {pk: position for position, pk in enumerate(in_order)}
    return np.array([position_of[pk] for pk in wanted], np.int64)


def _scorer_of_times(
    program: Program, mentors: list[Enrolment], mentees: list[Enrolment]
) -> Scorer:
    rules = Rules(
        min_overlap_minutes=program.min_overlap_minutes,
        starts=program.starts_on,
        ends=program.ends_on,
    )
    mentee_times = [times_of(mentee, "mentee") for mentee in mentees]
    mentor_times = [times_of(mentor, "mentor") for mentor in mentors]
    return build_scorer(mentee_times, mentor_times, rules)
