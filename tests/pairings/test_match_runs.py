"""Match runs: started, worked on under a lease, finished once, cancelled, taken up again; and their pages."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.db.models import F
from django.db.models.functions import Now
from django.test import Client
from django.urls import reverse

from accounts.models import Absence, PairBlock, User
from common import clock
from common.errors import DomainError
from common.models import AuditEntry
from pairings import tasks
from pairings.domain import matching, matching_output, pair_rules
from pairings.enums import PairingState, RuleKind, RunState
from pairings.models import MatchRun, PairRule, Proposal, Unmatched
from programs.enums import EnrolmentState, Objective, ProgramState
from programs.models import Avoidance
from tests import factories as make
from tests.pairings.matching_data import add, pool

AsUser = Callable[[User], Client]


def stored(run: MatchRun) -> list[Any]:
    """Everything a run has left behind that a coordinator could read, without ids of its own."""
    proposals = run.proposals.order_by("mentor", "mentee").values_list(
        "mentor", "mentee", "score", "breakdown", "reasons", "warnings", "alternatives", "pinned", "refusal"
    )
    unmatched = run.unmatched.order_by("enrolment").values_list("enrolment", "reason")
    figures = {name: value for name, value in run.statistics.items() if name != "before"}
    return [list(proposals), list(unmatched), figures, run.input_digest, run.rules, run.weights]


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
    assert AuditEntry.objects.filter(verb="match_run.finished", target_id=str(run.public_id)).exists()


@pytest.mark.django_db
def test_match_run_keeps_a_snapshot_of_rules_and_weights() -> None:
    some = pool()
    run = matching.start_run(actor=some.hr, program=some.program)
    matching.set_weights(
        actor=some.hr,
        program=some.program,
        weights=dict.fromkeys(run.weights, 1),
        objective=Objective.SCORE,
        floor=True,
    )
    some.program.refresh_from_db()
    assert some.program.floor is False, "a floor with the best total would give one single pair"
    assert matching.execute_run(run.pk)
    run.refresh_from_db()
    assert run.objective == Objective.PARTICIPATION
    assert run.weights["topics"] == 50
    assert some.run().weights["topics"] == 1


@pytest.mark.django_db
@pytest.mark.parametrize("weights", [{"topics": 1}, {}, "all zero", "too large"])
def test_weights_that_make_no_sense_are_refused(weights: Any) -> None:
    some = pool()
    names = ["topics", "overlap", "style", "language", "interests", "distance", "wish"]
    weights = {"all zero": dict.fromkeys(names, 0), "too large": dict.fromkeys(names, 101)}.get(str(weights), weights)
    with pytest.raises(DomainError):
        matching.set_weights(
            actor=some.hr, program=some.program, weights=weights, objective=Objective.PARTICIPATION, floor=True
        )


@pytest.mark.django_db
def test_only_one_run_at_a_time() -> None:
    some = pool()
    matching.start_run(actor=some.hr, program=some.program)
    with pytest.raises(DomainError, match="already running"):
        matching.start_run(actor=some.hr, program=some.program)
    assert MatchRun.objects.count() == 1


@pytest.mark.django_db
@pytest.mark.parametrize("state", [ProgramState.DRAFT, ProgramState.CLOSING, ProgramState.CLOSED, ProgramState.CANCELLED])
def test_run_needs_a_program_in_which_pairs_are_made(state: str) -> None:
    some = pool(state=state)
    with pytest.raises(DomainError, match="enrolment is open"):
        matching.start_run(actor=some.hr, program=some.program)


@pytest.mark.django_db
def test_run_needs_approved_people_on_both_sides() -> None:
    some = pool(2, 1)
    some.mentees[0].state = EnrolmentState.APPLIED
    some.mentees[0].save()
    with pytest.raises(DomainError, match="each side"):
        matching.start_run(actor=some.hr, program=some.program)


@pytest.mark.django_db
def test_executing_twice_changes_nothing() -> None:
    some = pool()
    run = some.run()
    before = stored(run)
    ids = set(run.proposals.values_list("pk", flat=True))
    tasks.execute_run(run.pk)
    assert matching.execute_run(run.pk) is False
    run.refresh_from_db()
    assert stored(run) == before
    assert set(run.proposals.values_list("pk", flat=True)) == ids


@pytest.mark.django_db
def test_same_people_give_the_same_pairs_again() -> None:
    some = pool(5, 5)
    first, second = some.run(), some.run()
    assert stored(first) == stored(second)
    assert second.statistics["before"] == {
        "run": str(first.public_id),
        "kept": 5,
        "new": 0,
        "gone": 0,
        **{name: first.statistics[name] for name in ("pairs", "worst", "median", "total")},
    }


@pytest.mark.django_db
def test_run_of_a_dead_worker_is_taken_up_again(monkeypatch: pytest.MonkeyPatch) -> None:
    some = pool()
    run = matching.start_run(actor=some.hr, program=some.program)
    rung: list[int] = []
    monkeypatch.setattr("common.doorbell.ring_on_commit", lambda task, *args: rung.extend(args))

    def die(*_: Any, **__: Any) -> None:
        raise SystemExit(9)  # as if killed: nothing is tidied up

    with monkeypatch.context() as killed:
        killed.setattr(matching, "solve", die)
        with pytest.raises(SystemExit):
            matching.execute_run(run.pk)
    assert matching.execute_run(run.pk) is False, "its lease still runs"
    assert matching.resume_runs() == 0
    MatchRun.objects.filter(pk=run.pk).update(lease_until=Now() - timedelta(seconds=1))
    assert matching.resume_runs() == 1
    assert rung == [run.pk]
    assert matching.execute_run(run.pk)
    run.refresh_from_db()
    assert (run.state, run.attempts) == (RunState.DONE, 2)
    assert matching.resume_runs() == 0


@pytest.mark.django_db
def test_run_that_kills_three_workers_fails_with_a_sentence() -> None:
    some = pool()
    run = matching.start_run(actor=some.hr, program=some.program)
    MatchRun.objects.filter(pk=run.pk).update(
        state=RunState.RUNNING, claim=uuid.uuid4(), attempts=3, lease_until=Now() - timedelta(minutes=1)
    )
    assert matching.execute_run(run.pk) is False
    assert matching.resume_runs() == 0
    run.refresh_from_db()
    assert run.state == RunState.FAILED
    assert "interrupted three times" in run.problem


@pytest.mark.django_db
def test_worker_that_lost_its_claim_stores_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    some = pool()
    run = matching.start_run(actor=some.hr, program=some.program)
    collect = matching_output.collect

    def slow(*args: Any, **kwargs: Any) -> Any:
        MatchRun.objects.filter(pk=run.pk).update(claim=uuid.uuid4(), attempts=F("attempts") + 1)  # somebody took over
        return collect(*args, **kwargs)

    monkeypatch.setattr(matching_output, "collect", slow)
    assert matching.execute_run(run.pk) is False
    run.refresh_from_db()
    assert run.state == RunState.RUNNING
    assert not run.proposals.exists()


@pytest.mark.django_db
def test_failure_is_stored_in_words(monkeypatch: pytest.MonkeyPatch) -> None:
    some = pool()
    run = matching.start_run(actor=some.hr, program=some.program)

    def break_down(*_: Any, **__: Any) -> None:
        raise RuntimeError("secret detail")

    monkeypatch.setattr(matching, "solve", break_down)
    matching.execute_run(run.pk)
    run.refresh_from_db()
    assert run.state == RunState.FAILED
    assert "nothing has been changed" in run.problem
    assert "secret" not in run.problem


@pytest.mark.django_db
def test_result_that_fails_its_check_is_thrown_away(monkeypatch: pytest.MonkeyPatch) -> None:
    some = pool()
    run = matching.start_run(actor=some.hr, program=some.program)
    monkeypatch.setattr(matching, "verify", lambda problem, result: ["a pair breaks a rule"])
    matching.execute_run(run.pk)
    run.refresh_from_db()
    assert run.state == RunState.FAILED
    assert "its own check" in run.problem
    assert not run.proposals.exists()


@pytest.mark.django_db
def test_waiting_run_is_cancelled_at_once() -> None:
    some = pool()
    run = matching.start_run(actor=some.hr, program=some.program)
    matching.cancel_run(actor=some.hr, run=run)
    assert matching.execute_run(run.pk) is False
    run.refresh_from_db()
    assert run.state == RunState.CANCELLED
    matching.cancel_run(actor=some.hr, run=run)


@pytest.mark.django_db
def test_running_run_stops_when_it_looks_up(monkeypatch: pytest.MonkeyPatch) -> None:
    some = pool()
    run = matching.start_run(actor=some.hr, program=some.program)
    build = matching.matching_input.build

    def cancelled_meanwhile(given: MatchRun) -> Any:
        matching.cancel_run(actor=some.hr, run=given)
        return build(given)

    monkeypatch.setattr(matching.matching_input, "build", cancelled_meanwhile)
    monkeypatch.setattr(matching, "BETWEEN_REPORTS", 0)
    matching.execute_run(run.pk)
    run.refresh_from_db()
    assert run.state == RunState.CANCELLED
    assert not run.proposals.exists()


@pytest.mark.django_db
def test_input_takes_a_constant_number_of_queries(django_assert_num_queries: Any) -> None:
    small, large = pool(1, 1), pool(3, 3)
    for some in (small, large):
        for enrolment in some.mentors + some.mentees:
            Avoidance.objects.create(person=enrolment.person, people=[str(some.hr.public_id)])
        run = matching.start_run(actor=some.hr, program=some.program)
        run = MatchRun.objects.select_related("program").get(pk=run.pk)
        with django_assert_num_queries(10):
            matching.matching_input.build(run)


@pytest.mark.django_db
def test_places_that_are_taken_are_not_given_again() -> None:
    some = pool(2, 2)
    make.PairingFactory(
        program=some.program, mentor_enrolment=some.mentors[0], mentee_enrolment=some.mentees[0], state=PairingState.OFFERED
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
    make.PairingFactory(program=some.program, mentor_enrolment=some.mentors[0], mentee_enrolment=some.mentees[0])
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
    Absence.objects.create(person=some.mentors[1].person, starts_on=day, ends_on=day + timedelta(days=3))
    run = some.run()
    assert list(run.proposals.values_list("mentor", flat=True)) == [some.mentors[2].pk]
    left = {row.enrolment_id: row.reason["key"] for row in run.unmatched.all()}
    assert left[some.mentors[1].pk] == "not_available"
    assert some.mentors[0].pk not in left


def private_world(kind: str) -> tuple[MatchRun, Any]:
    """One mentor and one mentee kept apart by a private rule, beside another possible mentor."""
    some = pool(2, 1)
    mentor, mentee = some.mentors[1].person, some.mentees[0].person
    if kind == "avoided by mentor":
        Avoidance.objects.create(person=mentor, people=[str(mentee.public_id)])
    elif kind == "avoided by mentee":
        Avoidance.objects.create(person=mentee, people=[str(mentor.public_id)])
    elif kind == "blocked by HR":
        first, second = sorted([mentor, mentee], key=lambda person: person.pk)
        PairBlock.objects.create(first=first, second=second)
    elif kind == "a pair before":
        other = make.ProgramFactory()
        make.PairingFactory(
            program=other,
            mentor_enrolment=make.EnrolmentFactory(program=other, person=mentor),
            mentee_enrolment=make.EnrolmentFactory(program=other, person=mentee, role="mentee"),
            state=PairingState.COMPLETED,
        )
    elif kind == "an offer that did not come about":
        make.PairingFactory(
            program=some.program,
            mentor_enrolment=some.mentors[1],
            mentee_enrolment=some.mentees[0],
            state=PairingState.VOID,
        )
    return some.run(), some


PRIVATE = [
    "avoided by mentor",
    "avoided by mentee",
    "blocked by HR",
    "a pair before",
    "an offer that did not come about",
]


def without_ids(some: Any, value: Any) -> Any:
    """`value` with the ids of this world's rows replaced by their roles, so that two worlds can be compared."""
    text = repr(value)
    named = {"mentor0": some.mentors[0], "mentor1": some.mentors[1], "mentee0": some.mentees[0]}
    for name, enrolment in named.items():
        text = text.replace(str(enrolment.public_id), name).replace(f"({enrolment.pk},", f"({name},")
        text = text.replace(f", {enrolment.pk},", f", {name},")
    return text


@pytest.mark.django_db
@pytest.mark.parametrize("kind", PRIVATE)
def test_private_reasons_look_alike_in_what_is_stored(kind: str) -> None:
    run, some = private_world(kind)
    assert list(run.proposals.values_list("mentor", flat=True)) == [some.mentors[0].pk]
    reference, reference_world = private_world("blocked by HR")
    mine, theirs = stored(run)[:3], stored(reference)[:3]
    assert without_ids(some, mine) == without_ids(reference_world, theirs)
    everything = repr(mine).lower()
    for word in ("avoid", "block", "former", "private", "void"):
        assert word not in everything


@pytest.mark.django_db
@pytest.mark.parametrize("kind", PRIVATE)
def test_private_reasons_look_alike_on_the_pages(kind: str, as_user: AsUser) -> None:
    run, some = private_world(kind)
    client = as_user(some.coordinator)
    addresses = [
        reverse("pairings:match_run_detail", args=[run.public_id]),
        reverse("pairings:match_run_unmatched", args=[run.public_id]),
        reverse("pairings:proposal_detail", args=[run.proposals.get().public_id]),
    ]
    pages = [client.get(address).content.decode().lower() for address in addresses]
    assert "not available" in pages[1]
    for page in pages:
        for word in ("avoid", "blocked", "former"):
            assert word not in page


@pytest.mark.django_db
def test_pin_against_a_private_rule_is_refused_with_the_public_reason() -> None:
    run, some = private_world("avoided by mentor")
    PairRule.objects.create(program=some.program, mentor=some.mentors[1], mentee=some.mentees[0], kind=RuleKind.PIN)
    again = some.run()
    assert again.statistics["refused_pins"][0]["reasons"] == ["not_available"]
    assert again.statistics["pairs"] == 1
    assert run.pk != again.pk


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
            actor=some.hr, program=some.program, mentor=some.mentors[0], mentee=other.mentees[0], kind=RuleKind.PIN
        )
    with pytest.raises(DomainError, match="of this program"):
        pair_rules.set_rule(
            actor=some.hr, program=some.program, mentor=some.mentees[0], mentee=some.mentors[0], kind=RuleKind.PIN
        )


@pytest.mark.django_db
def test_who_is_left_over_reads_why(as_user: AsUser) -> None:
    some = pool(1, 3)
    run = some.run()
    assert run.statistics["unmatched_mentees"] == 2
    page = as_user(some.hr).get(reverse("pairings:match_run_unmatched", args=[run.public_id])).content.decode()
    assert "3 people compete for one place." in page
    assert "Junior A is with" in page


# pages


def detail(run: MatchRun, name: str = "match_run_detail") -> str:
    return reverse(f"pairings:{name}", args=[run.public_id])


@pytest.mark.django_db
def test_run_button_queues_and_leads_to_the_run(as_user: AsUser) -> None:
    some = pool()
    response = as_user(some.coordinator).post(reverse("pairings:match_run_start", args=[some.program.public_id]))
    run = MatchRun.objects.get()
    assert response.status_code == 303
    assert response["Location"] == detail(run)
    assert run.state == RunState.QUEUED
    page = as_user(some.coordinator).get(detail(run))
    text = page.content.decode()
    assert "every 2s" in text
    assert '<meta http-equiv="refresh"' in text
    matching.execute_run(run.pk)
    after = as_user(some.coordinator).get(detail(run), headers={"HX-Request": "true", "HX-Target": "run"}).content.decode()
    assert "every 2s" not in after, "the asking stops when the work is done"
    assert 'id="run"' in after
    assert "Junior A" in after


@pytest.mark.django_db
def test_second_run_button_says_that_one_is_working(as_user: AsUser) -> None:
    some = pool()
    matching.start_run(actor=some.hr, program=some.program)
    client = as_user(some.hr)
    response = client.post(reverse("pairings:match_run_start", args=[some.program.public_id]), follow=True)
    assert "already running" in response.content.decode()


@pytest.mark.django_db
def test_cancel_page(as_user: AsUser) -> None:
    some = pool()
    run = matching.start_run(actor=some.hr, program=some.program)
    response = as_user(some.hr).post(detail(run, "match_run_cancel"), follow=True)
    assert "This run was stopped." in response.content.decode()


@pytest.mark.django_db
def test_weights_form_saves_and_keeps_what_was_typed(as_user: AsUser) -> None:
    some = pool()
    client = as_user(some.coordinator)
    url = reverse("pairings:match_weights", args=[some.program.public_id])
    good = {"topics": 70, "overlap": 10, "style": 5, "language": 5, "interests": 5, "distance": 5, "wish": 0}
    response = client.post(url, {**good, "objective": "score", "floor": "on"})
    assert response.status_code == 303
    some.program.refresh_from_db()
    assert (some.program.weights["topics"], some.program.objective) == (70, "score")
    response = client.post(url, {**good, "topics": "lots", "objective": "score"})
    assert response.status_code == 422
    assert 'value="lots"' in response.content.decode()
    response = client.post(url, {**dict.fromkeys(good, 0), "objective": "participation"})
    assert response.status_code == 422
    assert "something has to count" in response.content.decode()


@pytest.mark.django_db
def test_run_page_searches_filters_and_sorts(as_user: AsUser) -> None:
    some = pool(3, 3)
    run = some.run()
    client = as_user(some.hr)
    rows = {"HX-Request": "true", "HX-Target": "rows"}
    whole = client.get(detail(run)).content.decode()
    assert whole.count('<th scope="row">') == 3
    part = client.get(f"{detail(run)}?q=junior+b", headers=rows).content.decode()
    assert part.count('<th scope="row">') == 1
    assert "<html" not in part
    assert "No pair to show" in client.get(f"{detail(run)}?show=pinned").content.decode()
    by_mentor = client.get(f"{detail(run)}?sort=mentor").content.decode()
    assert by_mentor.index("Junior A") < by_mentor.index("Junior B") < by_mentor.index("Junior C")
    assert client.get(f"{detail(run)}?sort=nonsense&show=nonsense&page=99").status_code == 200


@pytest.mark.django_db
def test_proposal_page_adds_up_and_offers_alternatives(as_user: AsUser) -> None:
    some = pool(3, 2)
    run = some.run()
    proposal = run.proposals.first()
    url = reverse("pairings:proposal_detail", args=[proposal.public_id])
    page = as_user(some.coordinator).get(url).content.decode()
    assert f"{proposal.score / 100:.2f} of 100" in page
    assert "Costs the whole at least" in page
    assert "Has a place free" in page


@pytest.mark.django_db
def test_pin_and_never_buttons_lead_back(as_user: AsUser) -> None:
    some = pool()
    run = some.run()
    proposal = run.proposals.first()
    client = as_user(some.coordinator)
    url = reverse("pairings:pair_rule_set", args=[some.program.public_id])
    data = {"mentor": proposal.mentor.public_id, "mentee": proposal.mentee.public_id, "next": detail(run)}
    response = client.post(url, {**data, "kind": "pin"})
    assert (response.status_code, response["Location"]) == (303, detail(run))
    assert PairRule.objects.get().kind == RuleKind.PIN
    away = client.post(url, {**data, "kind": "forbid", "next": "https://evil.example/"})
    assert away["Location"] == reverse("pairings:pair_rule_list", args=[some.program.public_id])
    assert client.post(url, {**data, "kind": "whatever"}).status_code == 400
    rule = PairRule.objects.get()
    assert "Never" in client.get(reverse("pairings:pair_rule_list", args=[some.program.public_id])).content.decode()
    client.post(reverse("pairings:pair_rule_remove", args=[rule.public_id]))
    assert not PairRule.objects.exists()


@pytest.mark.django_db
@pytest.mark.parametrize("who", ["mentor", "mentee", "stranger", "other coordinator"])
@pytest.mark.parametrize("name", ["match_run_detail", "match_run_unmatched"])
def test_run_of_a_program_one_does_not_manage_is_404(who: str, name: str, as_user: AsUser) -> None:
    some, other = pool(1, 1), pool(1, 1)
    run = some.run()
    people = {
        "mentor": some.mentors[0].person,
        "mentee": some.mentees[0].person,
        "stranger": make.UserFactory(),
        "other coordinator": other.coordinator,
    }
    assert as_user(people[who]).get(detail(run, name)).status_code == 404
    proposal = run.proposals.get()
    assert as_user(people[who]).get(reverse("pairings:proposal_detail", args=[proposal.public_id])).status_code == 404


@pytest.mark.django_db
@pytest.mark.parametrize(("name", "queries"), [("match_run_detail", 9), ("match_run_unmatched", 10)])
@pytest.mark.parametrize("rows", [1, 3])
def test_run_pages_take_a_constant_number_of_queries(
    name: str, queries: int, rows: int, as_user: AsUser, django_assert_max_num_queries: Any
) -> None:
    some = pool(rows, 2 * rows)
    run = some.run()
    client = as_user(some.coordinator)
    with django_assert_max_num_queries(queries):
        assert client.get(detail(run, name)).content.decode().count('<th scope="row">') == rows


@pytest.mark.django_db
@pytest.mark.parametrize("rows", [1, 3])
def test_lists_of_runs_and_rules_take_a_constant_number_of_queries(
    rows: int, as_user: AsUser, django_assert_max_num_queries: Any
) -> None:
    some = pool(3, 3)
    for number in range(rows):
        some.run()
        PairRule.objects.create(program=some.program, mentor=some.mentors[number], mentee=some.mentees[0], kind=RuleKind.FORBID)
    client = as_user(some.coordinator)
    for name, queries in (("match_run_list", 11), ("pair_rule_list", 8)):
        with django_assert_max_num_queries(queries):
            page = client.get(reverse(f"pairings:{name}", args=[some.program.public_id]))
        assert page.content.decode().count('<th scope="row">') == rows


@pytest.mark.django_db
def test_rows_of_another_run_do_not_mix_in() -> None:
    some = pool(2, 3)
    first = some.run()
    second = some.run()
    assert Proposal.objects.filter(run=first).count() == Proposal.objects.filter(run=second).count() == 2
    assert Unmatched.objects.filter(run=first).count() == 1
    add(some, "mentor", "Junior Z")
    assert some.run().statistics["before"]["new"] >= 1
