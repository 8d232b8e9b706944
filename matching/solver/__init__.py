"""Matching juniors who mentor with seniors who learn: exact, explained, proven, and free of any
framework.

    from pairings import matching
    from pairings.matching import Person, Rules, Weights

    people = [
        Person(key="E7", role="mentee", name="Ada", grade_rank=8, department="Sales", languages=("en",),
               time_zone="Europe/Berlin", availability=((0, 540, 720), (2, 840, 1020)), topics={"ai": 1, "social": 2}),
        Person(key="E9", role="mentor", name="Bo", grade_rank=2, department="IT", languages=("en", "de"),
               time_zone="Europe/Madrid", availability=((0, 540, 1020),), topics={"ai": 5}, ancestors=frozenset({"E1"})),
    ]
    problem = matching.build_problem(people, Rules(weights=Weights(topics=60), grade_gap=2, starts=..., ends=...))
    result = matching.solve(problem, progress=lambda stage, fraction: ..., cancelled=lambda: False)
    assert matching.verify(problem, result) == []
    for row, column, score, pinned in result.scored_pairs:
        mentee, mentor = problem.mentees[row], problem.mentors[column]     # .ref is the caller's own handle
        matching.explain(problem, row, column).contributions                       # adds up to score
        matching.top_reasons(problem, row, column)                                 # keys and parameters, worded by the caller
    for person in matching.unmatched(problem, result):
        matching.why_unmatched(problem, result, person)

Rows are mentees (the seniors), columns are mentors (the juniors), both sorted by key; scores are
basis points, 0 to 10,000, and -1 forbids. The same people and rules give the same pairs in whatever
order they come. OR-tools is imported only when something is solved.
"""

from matching.solver.certificate import check, verify
from matching.solver.exchange import (
    Alternative,
    Matching,
    Partners,
    alternatives,
    best_partners,
    exchanges,
)
from matching.solver.explain import (
    Contribution,
    Explanation,
    Obstacle,
    Strength,
    WhyUnmatched,
    explain,
    top_reasons,
    unmatched,
    warnings,
)
from matching.solver.people import (
    COMPONENTS,
    FORBIDDEN,
    FULL_SCORE,
    Note,
    Objective,
    Person,
    PublicReason,
    Reason,
    RefusedPin,
    Role,
    Rules,
    Weights,
    Window,
    public_reason,
)
from matching.solver.problem import Problem, build_problem
from matching.solver.result import Answer, Certificate, Cut, Result
from matching.solver.solver import Cancelled, Progress, solve, solve_scores

__all__ = [
    "COMPONENTS",
    "FORBIDDEN",
    "FULL_SCORE",
    "Alternative",
    "Answer",
    "Cancelled",
    "Certificate",
    "Contribution",
    "Cut",
    "Explanation",
    "Matching",
    "Note",
    "Objective",
    "Obstacle",
    "Partners",
    "Person",
    "Problem",
    "Progress",
    "PublicReason",
    "Reason",
    "RefusedPin",
    "Result",
    "Role",
    "Rules",
    "Strength",
    "Weights",
    "WhyUnmatched",
    "Window",
    "alternatives",
    "best_partners",
    "build_problem",
    "check",
    "exchanges",
    "explain",
    "public_reason",
    "solve",
    "solve_scores",
    "top_reasons",
    "unmatched",
    "verify",
    "warnings",
]
