"""Match runs: started, worked on under a lease, finished once, cancelled, taken up again; and their
pages.
"""

from __future__ import annotations

import uuid
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.db.models import F
from django.db.models.functions import Now

from accounts.models import Absence, User
from common import clock
from common.errors import DomainError
from common.models import AuditEntry
from matching import tasks
from matching.domain import inputs, pair_rules, results, runs
from matching.domain.analysis import comparing
from matching.domain.runs import claims, executing
from matching.enums import RuleKind, RunState
from matching.models import MatchRun, PairRule
from pairings.enums import PairingState
from programs.enums import EnrolmentState, Objective, ProgramState
from programs.models import Avoidance
from tests import factories as make
from tests.matching.matching_data import pool, stored


@pytest.mark.django_db
def test_match_run_pairs_people_and_explains_them() -> None:
    some = pool(2, 2)
    run = some.run()
    assert run.state == RunState.DONE
    assert run.progress == 100
    assert run.claim is None
    assert run.statistics["pairs"] == 2
    assert run.statistics["proven"] is True
    for proposal in run.proposals.all():
        assert sum(proposal.breakdown.values()) == proposal.score > 0
        assert proposal.reasons[0]["key"] == "topics"
        assert proposal.reasons[0]["params"]["topics"][0][0] == "AI tools"
    assert AuditEntry.objects.filter(
        verb="match_run.finished", target_id=str(run.public_id)
    ).exists()


@pytest.mark.django_db
def test_match_run_keeps_a_snapshot_of_rules_and_weights() -> None:
    some = pool()
    run = runs.start_run(actor=some.hr, program=some.program)
    runs.set_weights(
        actor=some.hr,
        program=some.program,
        weights=dict.fromkeys(run.weights, 1),
        objective=Objective.SCORE,
        floor=True,
    )
    some.program.refresh_from_db()
    assert some.program.floor is False, "a floor with the best total would give one single pair"
    assert runs.execute_run(run.pk)
    run.refresh_from_db()
    assert run.objective == Objective.PARTICIPATION
    assert run.weights["topics"] == 50
    assert some.run().weights["topics"] == 1


@pytest.mark.django_db
@pytest.mark.parametrize("weights", [{"topics": 1}, {}, "all zero", "too large"])
def test_weights_that_make_no_sense_are_refused(weights: Any) -> None:
    some = pool()
    names = ["topics", "overlap", "style", "language", "interests", "distance"]
    weights = {"all zero": dict.fromkeys(names, 0), "too large": dict.fromkeys(names, 101)}.get(
        str(weights), weights
    )
    with pytest.raises(DomainError):
        runs.set_weights(
            actor=some.hr,
            program=some.program,
            weights=weights,
            objective=Objective.PARTICIPATION,
            floor=True,
        )


@pytest.mark.django_db
def test_only_one_run_at_a_time() -> None:
    some = pool()
    runs.start_run(actor=some.hr, program=some.program)
    with pytest.raises(DomainError, match="already running"):
        runs.start_run(actor=some.hr, program=some.program)
    assert MatchRun.objects.count() == 1


@pytest.mark.django_db
@pytest.mark.parametrize(
    "state", [ProgramState.DRAFT, ProgramState.CLOSING, ProgramState.CLOSED, ProgramState.CANCELLED]
)
def test_run_needs_a_program_in_which_pairs_are_made(state: str) -> None:
    some = pool(state=state)
    with pytest.raises(DomainError, match="enrolment is open"):
        runs.start_run(actor=some.hr, program=some.program)


@pytest.mark.django_db
def test_run_needs_approved_people_on_both_sides() -> None:
    some = pool(2, 1)
    some.mentees[0].state = EnrolmentState.APPLIED
    some.mentees[0].save()
    with pytest.raises(DomainError, match="each side"):
        runs.start_run(actor=some.hr, program=some.program)


@pytest.mark.django_db
def test_executing_twice_changes_nothing() -> None:
    some = pool()
    run = some.run()
    before = stored(run)
    ids = set(run.proposals.values_list("pk", flat=True))
    tasks.execute_run(run.pk)
    assert runs.execute_run(run.pk) is False
    run.refresh_from_db()
    assert stored(run) == before
    assert set(run.proposals.values_list("pk", flat=True)) == ids


@pytest.mark.broad
@pytest.mark.django_db
def test_same_people_give_the_same_pairs_again() -> None:
    some = pool(5, 5)
    first, second = some.run(), some.run()
    assert stored(first) == stored(second)
    assert comparing.overlap(first, second) == comparing.Overlap(
        both=5, only_first=0, only_second=0
    )
    assert second.statistics == first.statistics


@pytest.mark.django_db
def test_run_of_a_dead_worker_is_taken_up_again(monkeypatch: pytest.MonkeyPatch) -> None:
    some = pool()
    run = runs.start_run(actor=some.hr, program=some.program)
    rung: list[int] = []
    monkeypatch.setattr(
        "common.background.enqueue_on_commit", lambda task, *args: rung.extend(args)
    )

    def die(*_: Any, **__: Any) -> None:
        raise SystemExit(9)  # as if killed: nothing is tidied up

    with monkeypatch.context() as killed:
        killed.setattr(executing, "solve", die)
        with pytest.raises(SystemExit):
            runs.execute_run(run.pk)
    assert runs.execute_run(run.pk) is False, "its lease still runs"
    assert runs.resume_runs() == 0
    MatchRun.objects.filter(pk=run.pk).update(lease_until=Now() - timedelta(seconds=1))
    assert runs.resume_runs() == 1
    assert rung == [run.pk]
    assert runs.execute_run(run.pk)
    run.refresh_from_db()
    assert (run.state, run.attempts) == (RunState.DONE, 2)
    assert runs.resume_runs() == 0


@pytest.mark.django_db
def test_run_that_kills_three_workers_fails_with_a_sentence() -> None:
    some = pool()
    run = runs.start_run(actor=some.hr, program=some.program)
    MatchRun.objects.filter(pk=run.pk).update(
        state=RunState.RUNNING,
        claim=uuid.uuid4(),
        attempts=3,
        lease_until=Now() - timedelta(minutes=1),
    )
    assert runs.execute_run(run.pk) is False
    assert runs.resume_runs() == 0
    run.refresh_from_db()
    assert run.state == RunState.FAILED
    assert "interrupted three times" in run.problem


@pytest.mark.django_db
def test_worker_that_lost_its_claim_stores_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    some = pool()
    run = runs.start_run(actor=some.hr, program=some.program)
    collect = results.collect

    def slow(*args: Any, **kwargs: Any) -> Any:
        MatchRun.objects.filter(pk=run.pk).update(
            claim=uuid.uuid4(), attempts=F("attempts") + 1
        )  # somebody took over
        return collect(*args, **kwargs)

    monkeypatch.setattr(results, "collect", slow)
    assert runs.execute_run(run.pk) is False
    run.refresh_from_db()
    assert run.state == RunState.RUNNING
    assert not run.proposals.exists()


@pytest.mark.django_db
def test_failure_is_stored_in_words(monkeypatch: pytest.MonkeyPatch) -> None:
    some = pool()
    run = runs.start_run(actor=some.hr, program=some.program)

    def break_down(*_: Any, **__: Any) -> None:
        raise RuntimeError("secret detail")

    monkeypatch.setattr(executing, "solve", break_down)
    runs.execute_run(run.pk)
    run.refresh_from_db()
    assert run.state == RunState.FAILED
    assert "nothing has been changed" in run.problem
    assert "secret" not in run.problem


@pytest.mark.django_db
def test_result_that_fails_its_check_is_thrown_away(monkeypatch: pytest.MonkeyPatch) -> None:
    some = pool()
    run = runs.start_run(actor=some.hr, program=some.program)
    monkeypatch.setattr(executing, "verify", lambda problem, result: ["a pair breaks a rule"])
    runs.execute_run(run.pk)
    run.refresh_from_db()
    assert run.state == RunState.FAILED
    assert "its own check" in run.problem
    assert not run.proposals.exists()


@pytest.mark.django_db
def test_waiting_run_is_cancelled_at_once() -> None:
    some = pool()
    run = runs.start_run(actor=some.hr, program=some.program)
    runs.cancel_run(actor=some.hr, run=run)
    assert runs.execute_run(run.pk) is False
    run.refresh_from_db()
    assert run.state == RunState.CANCELLED
    runs.cancel_run(actor=some.hr, run=run)


@pytest.mark.django_db
def test_running_run_stops_when_it_looks_up(monkeypatch: pytest.MonkeyPatch) -> None:
    some = pool()
    run = runs.start_run(actor=some.hr, program=some.program)
    build = inputs.build

    def cancelled_meanwhile(given: MatchRun) -> Any:
        runs.cancel_run(actor=some.hr, run=given)
        return build(given)

    monkeypatch.setattr(inputs, "build", cancelled_meanwhile)
    monkeypatch.setattr(claims, "BETWEEN_REPORTS", 0)
    runs.execute_run(run.pk)
    run.refresh_from_db()
    assert run.state == RunState.CANCELLED
    assert not run.proposals.exists()


@pytest.mark.django_db
def test_input_takes_a_constant_number_of_queries(django_assert_num_queries: Any) -> None:
    small, large = pool(1, 1), pool(3, 3)
    for some in (small, large):
        for enrolment in some.mentors + some.mentees:
            Avoidance.objects.create(person=enrolment.person, people=[str(some.hr.public_id)])
        run = runs.start_run(actor=some.hr, program=some.program)
        run = MatchRun.objects.select_related("program").get(pk=run.pk)
        with django_assert_num_queries(10):
            inputs.build(run)


@pytest.mark.django_db
def test_places_that_are_taken_are_not_given_again() -> None:
    some = pool(2, 2)
    make.PairingFactory(
        program=some.program,
        mentor_enrolment=some.mentors[0],
        mentee_enrolment=some.mentees[0],
        state=PairingState.OFFERED,
    )
    run = some.run()
    pairs = set(run.proposals.values_list("mentor", "mentee"))
    assert pairs == {(some.mentors[1].pk, some.mentees[1].pk)}
    assert not run.unmatched.exists(), "who has somebody is not left over"


@pytest.mark.django_db
def test_a_second_place_goes_to_somebody_else() -> None:
    some = pool(1, 2)
    some.mentors[0].capacity = 2
    some.mentors[0].save()
    make.PairingFactory(
        program=some.program, mentor_enrolment=some.mentors[0], mentee_enrolment=some.mentees[0]
    )
    pairs = set(some.run().proposals.values_list("mentor", "mentee"))
    assert pairs == {(some.mentors[0].pk, some.mentees[1].pk)}


@pytest.mark.django_db
@pytest.mark.parametrize("skip_levels", [False, True])
def test_nobody_is_paired_within_a_reporting_line(skip_levels: bool) -> None:
    some = pool(1, 1)
    above = some.mentees[0].person
    between = make.UserFactory(manager=above) if skip_levels else above
    User.objects.filter(pk=some.mentors[0].person.pk).update(manager=between)
    run = some.run()
    assert not run.proposals.exists()
    assert {row.reason["key"] for row in run.unmatched.all()} == {"rules"}
    assert run.unmatched.first().reason["params"]["obstacles"][0][0] == "reporting_line"


@pytest.mark.django_db
def test_leavers_and_people_who_are_away_take_no_part(at: Callable[..., None]) -> None:
    some = pool(3, 3)
    User.objects.filter(pk=some.mentors[0].person.pk).update(is_active=False)
    day = clock.today("Europe/Berlin")
    Absence.objects.create(
        person=some.mentors[1].person, starts_on=day, ends_on=day + timedelta(days=3)
    )
    run = some.run()
    assert list(run.proposals.values_list("mentor", flat=True)) == [some.mentors[2].pk]
    left = {row.enrolment_id: row.reason["key"] for row in run.unmatched.all()}
    assert left[some.mentors[1].pk] == "not_available"
    assert some.mentors[0].pk not in left


@pytest.mark.django_db
def test_pin_and_never_hold_in_the_next_run() -> None:
    some = pool(2, 2)
    pin = {"mentor": some.mentors[0], "mentee": some.mentees[1]}
    pair_rules.set_rule(actor=some.hr, program=some.program, kind=RuleKind.PIN, **pin)
    pairs = {(p.mentor_id, p.mentee_id): p.pinned for p in some.run().proposals.all()}
    assert pairs[some.mentors[0].pk, some.mentees[1].pk] is True
    pair_rules.set_rule(actor=some.hr, program=some.program, kind=RuleKind.FORBID, **pin)
    assert PairRule.objects.count() == 1
    pairs = {(p.mentor_id, p.mentee_id): p.pinned for p in some.run().proposals.all()}
    assert (some.mentors[0].pk, some.mentees[1].pk) not in pairs
    assert len(pairs) == 2


@pytest.mark.django_db
def test_rule_for_people_of_another_program_is_refused() -> None:
    some, other = pool(1, 1), pool(1, 1)
    with pytest.raises(DomainError, match="of this program"):
        pair_rules.set_rule(
            actor=some.hr,
            program=some.program,
            mentor=some.mentors[0],
            mentee=other.mentees[0],
            kind=RuleKind.PIN,
        )
    with pytest.raises(DomainError, match="of this program"):
        pair_rules.set_rule(
            actor=some.hr,
            program=some.program,
            mentor=some.mentees[0],
            mentee=some.mentors[0],
            kind=RuleKind.PIN,
        )
