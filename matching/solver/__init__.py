"""Matching juniors who mentor with seniors who learn: exact, explained, proven, without Django.

    from matching import solver
    from matching.solver import Person, Rules, Weights

    ada = Person(
        key="E7", role="mentee", grade_rank=8, department="Sales", languages=("en",),
        time_zone="Europe/Berlin", availability=((0, 540, 720), (2, 840, 1020)),
        topics={"ai": 1, "social": 2},
    )
    bo = Person(
        key="E9", role="mentor", grade_rank=2, department="IT", languages=("en", "de"),
        time_zone="Europe/Madrid", availability=((0, 540, 1020),), topics={"ai": 5},
        ancestors=frozenset({"E1"}),
    )
    problem = solver.build_problem([ada, bo], Rules(weights=Weights(topics=60), grade_gap=2))
    result = solver.solve(problem)
    assert solver.verify(problem, result) == []
    for row, column, score, pinned in result.scored_pairs:
        mentee, mentor = problem.mentees[row], problem.mentors[column]
        solver.explain(problem, row, column).contributions  # add up to the score
        solver.top_reasons(problem, row, column)  # keys and figures, worded by the caller
    solver.why_all(problem, result, solver.unmatched(problem, result))

Rows are mentees (the seniors), columns are mentors (the juniors), both sorted by key. Scores are
basis points, 0 to 10,000, and -1 forbids. The same people and rules give the same pairs in whatever
order they come. OR-tools is imported only when something is solved.

The modules, from the bottom up:

- `people`: the input
- `scoring/`: what people say becomes columns of numbers, whose products are scores and shared time
- `problem`: people, rules and scores
- `assignment/`: the method; it sees numbers alone
- `result` and `certificate`: the answer, and an independent check of it
- `explanations/`: why this pair, and why somebody has none
- `partners/`: who else a person could have
- `suggestions/`: which changes would give a partner to more people
"""

from matching.solver.assignment.solve import Cancelled, Progress, solve, solve_scores
from matching.solver.certificate import check, verify
from matching.solver.explanations.explain import (
    Contribution,
    Described,
    Explanation,
    Strength,
    described,
    explain,
    top_reasons,
    warnings,
)
from matching.solver.explanations.why_unmatched import Obstacle, WhyUnmatched, unmatched, why_all
from matching.solver.partners.best import Partners, best_partners
from matching.solver.partners.exchange import (
    Alternative,
    Matching,
    alternatives,
    exchanges,
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
    "Described",
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
    "described",
    "exchanges",
    "explain",
    "public_reason",
    "solve",
    "solve_scores",
    "top_reasons",
    "unmatched",
    "verify",
    "warnings",
    "why_all",
]
