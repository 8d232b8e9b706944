"""What the database itself refuses."""

from __future__ import annotations

import uuid
from typing import Any

import pytest
from django.db import IntegrityError, transaction

from common import clock
from matching.enums import RuleKind, RunState
from matching.models import MatchRun, PairRule, Proposal, Unmatched
from pairings.enums import PairingState
from pairings.models import Pairing
from programs.enums import PairRole
from tests import factories as make


def refused(name: str) -> Any:
    """The constraint of this name says no."""
    return pytest.raises(IntegrityError, match=name)


@pytest.mark.django_db
@pytest.mark.parametrize("state", [PairingState.OFFERED, PairingState.ACTIVE, PairingState.PAUSED])
def test_two_people_are_one_live_pair_at_a_time(state: str) -> None:
    pairing = make.PairingFactory()
    again = {
        "program": pairing.program,
        "mentor_enrolment": pairing.mentor_enrolment,
        "mentee_enrolment": pairing.mentee_enrolment,
    }
    with refused("pairing_live_once"), transaction.atomic():
        make.PairingFactory(**again, state=state)
    Pairing.objects.filter(pk=pairing.pk).update(state=PairingState.ENDED)
    assert make.PairingFactory(**again, state=state).pk


@pytest.mark.django_db
def test_nobody_is_paired_with_oneself() -> None:
    program = make.ProgramFactory()
    mentor = make.EnrolmentFactory(program=program)
    mentee = make.EnrolmentFactory(program=program, role=PairRole.MENTEE, person=mentor.person)
    with refused("pairing_not_with_oneself"), transaction.atomic():
        make.PairingFactory(program=program, mentor_enrolment=mentor, mentee_enrolment=mentee)


@pytest.mark.django_db
@pytest.mark.parametrize("missing", ["mentor_accepted_at", "mentee_accepted_at", "activated_at"])
def test_active_means_accepted_by_both(missing: str) -> None:
    with pytest.raises(IntegrityError), transaction.atomic():
        make.PairingFactory(**{missing: None})


@pytest.mark.django_db
def test_mentee_cannot_have_accepted_before_the_mentor() -> None:
    with refused("pairing_mentor_is_asked_first"), transaction.atomic():
        make.PairingFactory(state=PairingState.OFFERED, mentor_accepted_at=None, activated_at=None)


@pytest.mark.django_db
@pytest.mark.parametrize("other", [RunState.QUEUED, RunState.RUNNING])
def test_one_run_at_a_time(other: str) -> None:
    program = make.ProgramFactory()
    MatchRun.objects.create(program=program, objective="participation")
    claimed = {"claim": uuid.uuid4(), "lease_until": clock.now()}
    with refused("match_run_one_at_a_time"), transaction.atomic():
        MatchRun.objects.create(program=program, objective="participation", state=other, **claimed)
    assert MatchRun.objects.create(
        program=program, objective="participation", state=RunState.DONE
    ).pk


@pytest.mark.django_db
def test_running_means_claimed_and_published_has_a_moment() -> None:
    program = make.ProgramFactory()
    with refused("match_run_running_means_claimed"), transaction.atomic():
        MatchRun.objects.create(program=program, objective="participation", state=RunState.RUNNING)
    with refused("match_run_published_at"), transaction.atomic():
        MatchRun.objects.create(
            program=program, objective="participation", state=RunState.PUBLISHED
        )


@pytest.mark.django_db
def test_progress_is_a_percentage() -> None:
    with refused("match_run_progress_percent"), transaction.atomic():
        MatchRun.objects.create(
            program=make.ProgramFactory(), objective="participation", progress=101
        )


@pytest.mark.django_db
def test_proposals_rules_and_leftovers_exist_once() -> None:
    pairing = make.PairingFactory()
    program, mentor, mentee = pairing.program, pairing.mentor_enrolment, pairing.mentee_enrolment
    run = MatchRun.objects.create(program=program, objective="participation", state=RunState.DONE)
    Proposal.objects.create(run=run, mentor=mentor, mentee=mentee, score=1)
    with refused("proposal_once"), transaction.atomic():
        Proposal.objects.create(run=run, mentor=mentor, mentee=mentee, score=2)
    with refused("proposal_two_enrolments"), transaction.atomic():
        Proposal.objects.create(run=run, mentor=mentor, mentee=mentor, score=2)
    with refused("proposal_score_basis_points"), transaction.atomic():
        Proposal.objects.filter(run=run).update(score=10_001)
    Unmatched.objects.create(run=run, enrolment=mentor)
    with refused("unmatched_once"), transaction.atomic():
        Unmatched.objects.create(run=run, enrolment=mentor)
    PairRule.objects.create(program=program, mentor=mentor, mentee=mentee, kind=RuleKind.PIN)
    with refused("pair_rule_once"), transaction.atomic():
        PairRule.objects.create(program=program, mentor=mentor, mentee=mentee, kind=RuleKind.FORBID)
    with refused("pair_rule_two_enrolments"), transaction.atomic():
        PairRule.objects.create(program=program, mentor=mentor, mentee=mentor, kind=RuleKind.PIN)
