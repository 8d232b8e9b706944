"""Each hard rule forbids what it says, with its own code, and pins obey them."""

import pytest

from matching.solver import (
    PublicReason,
    Reason,
    Rules,
    build_problem,
    explain,
    public_reason,
    solve,
    verify,
)
from tests.matching.solver.instances import mentee, mentor

FAR_OFF = ((6, 0, 60),)
CASES = {
    "same person": (mentee("a"), mentor("a"), Rules(), {"same_person"}),
    "mentor reports to mentee": (
        mentee("a"),
        mentor("b", ancestors=frozenset("az")),
        Rules(),
        {"reporting_line"},
    ),
    "mentee reports to mentor": (
        mentee("a", ancestors=frozenset("b")),
        mentor("b"),
        Rules(),
        {"reporting_line"},
    ),
    "grades too near": (
        mentee("a", grade_rank=3),
        mentor("b", grade_rank=2),
        Rules(grade_gap=2),
        {"grade_gap"},
    ),
    "senior mentor": (
        mentee("a", grade_rank=3),
        mentor("b", grade_rank=5),
        Rules(grade_gap=0),
        {"grade_gap"},
    ),
    "grade unknown": (mentee("a", grade_rank=None), mentor("b"), Rules(), {"grade_unknown"}),
    "mentor's grade unknown": (
        mentee("a"),
        mentor("b", grade_rank=None),
        Rules(),
        {"grade_unknown"},
    ),
    "blocked": (mentee("a", blocked=frozenset("b")), mentor("b"), Rules(), {"not_available"}),
    "blocked by the mentor": (
        mentee("a"),
        mentor("b", blocked=frozenset("a")),
        Rules(),
        {"not_available"},
    ),
    "never free together": (
        mentee("a", availability=FAR_OFF),
        mentor("b"),
        Rules(),
        {"not_available"},
    ),
    "no common language": (
        mentee("a", languages=("en",)),
        mentor("b", languages=("de",)),
        Rules(),
        {"no_common_language"},
    ),
    "same department": (
        mentee("a", department="A"),
        mentor("b", department="A"),
        Rules(forbid_same_department=True),
        {"same_department"},
    ),
    "mentor not approved": (mentee("a"), mentor("b", approved=False), Rules(), {"not_approved"}),
    "mentee without capacity": (mentee("a", capacity=0), mentor("b"), Rules(), {"no_capacity"}),
    "forbidden": (
        mentee("a"),
        mentor("b"),
        Rules(forbidden=(("a", "b"),)),
        {"forbidden_by_coordinator"},
    ),
    "several at once": (
        mentee("a", blocked=frozenset("b"), availability=FAR_OFF, department="A"),
        mentor("b", department="A", grade_rank=20),
        Rules(forbid_same_department=True),
        {"not_available", "same_department", "grade_gap"},
    ),
}
ALLOWED = {
    "nothing against it": (mentee("a"), mentor("b"), Rules()),
    "just the gap": (mentee("a", grade_rank=3), mentor("b", grade_rank=1), Rules(grade_gap=2)),
    "languages not stated": (mentee("a", languages=("en",)), mentor("b"), Rules()),
    "languages no matter": (
        mentee("a", languages=("en",)),
        mentor("b", languages=("de",)),
        Rules(require_common_language=False),
    ),
    "second language in common": (
        mentee("a", languages=("en", "de")),
        mentor("b", languages=("fr", "de")),
        Rules(),
    ),
    "same department, which is no matter": (
        mentee("a", department="A"),
        mentor("b", department="A"),
        Rules(),
    ),
    "department not stated": (mentee("a"), mentor("b"), Rules(forbid_same_department=True)),
    "forbidden the other way round": (
        mentee("a"),
        mentor("b"),
        Rules(forbidden=(("b", "a"), ("x", "y"))),
    ),
    "one manager for both": (
        mentee("a", ancestors=frozenset("z")),
        mentor("b", ancestors=frozenset("z")),
        Rules(),
    ),
}


@pytest.mark.parametrize(("left", "right", "rules", "reasons"), CASES.values(), ids=CASES)
def test_rule_forbids(left, right, rules, reasons):
    problem = build_problem([left, right], rules)
    found = explain(problem, 0, 0)
    assert problem.score(0, 0) == problem.stored[0, 0] == -1
    assert {str(reason) for reason in found.reasons} == reasons
    assert (found.allowed, found.score, found.contributions) == (False, None, ())
    assert solve(problem).pairs == []


@pytest.mark.parametrize(("left", "right", "rules"), ALLOWED.values(), ids=ALLOWED)
def test_rule_lets_pass(left, right, rules):
    problem = build_problem([left, right], rules)
    assert explain(problem, 0, 0).allowed
    assert solve(problem).pairs == [(0, 0)]


def test_every_reason_has_a_public_one():
    assert {public_reason(reason) for reason in Reason} <= set(PublicReason)
    assert (
        public_reason(Reason.PRIVATE)
        == public_reason(Reason.TOO_LITTLE_OVERLAP)
        == PublicReason.NOT_AVAILABLE
    )


def test_a_pin_is_kept_and_takes_its_capacity():
    people = [mentee("a"), mentee("b"), mentor("x", capacity=2, topics={"ai": 5}), mentor("y")]
    problem = build_problem(people, Rules(pinned=(("a", "y"), ("a", "y"))))
    result = solve(problem)
    assert result.scored_pairs == [
        (0, 1, problem.pinned_scores[0], True),
        (1, 0, problem.score(1, 0), False),
    ]
    assert explain(problem, 0, 1).pinned
    assert verify(problem, result) == []


def test_a_pinned_pair_is_not_made_twice():
    people = [mentee("a", capacity=2), mentor("x", capacity=2)]
    result = solve(build_problem(people, Rules(pinned=(("a", "x"),))))
    assert result.pairs == [(0, 0)]


def test_pins_that_cannot_be_are_refused_with_reasons():
    people = [
        mentee("a"),
        mentee("b", blocked=frozenset("x")),
        mentor("x"),
        mentor("y", capacity=1),
    ]
    rules = Rules(pinned=(("a", "y"), ("b", "x"), ("b", "y"), ("b", "nobody")))
    refused = {
        (pin.mentee_key, pin.mentor_key): pin.reasons
        for pin in build_problem(people, rules).refused_pins
    }
    assert refused == {
        ("b", "x"): (PublicReason.NOT_AVAILABLE,),
        ("b", "y"): (PublicReason.NO_CAPACITY,),
        ("b", "nobody"): (PublicReason.UNKNOWN_PERSON,),
    }
