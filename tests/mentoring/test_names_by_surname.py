"""Wherever people stand one below the other, they stand in the order of their surnames."""

from __future__ import annotations

import pytest
from django.test import Client
from django.urls import reverse

from accounts.domain import blocks
from accounts.models import User
from accounts.models.people import normalise
from accounts.search import find_people
from common import clock
from feedback.domain import answers as answering
from feedback.domain import rounds
from matching.models import MatchRun, PairRule, Proposal
from pairings.models import Pairing
from programs.models import Program
from tests.factories import (
    EnrolmentFactory,
    EnrolmentTopicFactory,
    GradeFactory,
    PairingFactory,
    ProgramFactory,
    ProgramStaffFactory,
    UserFactory,
)
from tests.feedback.factories import ParticipationFactory, RoundFactory
from tests.matching.matching_data import pool
from tests.support.types import AsUser
from tests.url_matrix.world import scheduled_session

pytestmark = pytest.mark.django_db
IN_ORDER = [
    "Zoë Abel",
    "Xaver von der Leyen",
    "Sinéad Oak Meyer-Lang",
    "Wim O’Brien",
    "Jo Östberg",
    "Bo Van Dam",
    "Al Zimm",
]


def named_people(**fields: object) -> list[User]:
    """People of these names, made in the order of their first names."""
    people = {}
    for name in sorted(IN_ORDER):
        people[name] = UserFactory(name=name, department="Oak", **fields)
        normalise(people[name]).save()
    return [people[name] for name in IN_ORDER]


def order_on(client: Client, url: str, *, below: str = "") -> list[str]:
    """The names as they follow each other on a page (`below` a heading) or in a download."""
    response = client.get(url)
    parts = response.streaming_content if response.streaming else [response.content]
    text = b"".join(parts).decode("utf-8-sig")  # type: ignore[arg-type]
    assert response.status_code == 200, url
    at = {name: text.find(name, text.index(below)) for name in IN_ORDER}
    return sorted((name for name in IN_ORDER if at[name] >= 0), key=at.__getitem__)


@pytest.fixture
def program() -> Program:
    made: Program = ProgramFactory()
    return made


@pytest.fixture
def hr(as_user: AsUser) -> Client:
    admin = UserFactory(is_hr_admin=True, name="Mo Middle")
    normalise(admin).save()
    return as_user(admin)


@pytest.mark.parametrize("name", ["people_list", "people_export", "hr_admin_list"])
def test_people_of_the_company(name: str, hr: Client) -> None:
    named_people(is_hr_admin=True)
    assert order_on(hr, reverse(f"accounts:{name}")) == IN_ORDER


@pytest.mark.parametrize(
    "name",
    [
        "programs:enrolment_list",
        "programs:enrolment_export",
        "meetings:pairing_list",
        "meetings:pairing_export",
    ],
)
def test_people_and_pairs_of_a_program(name: str, hr: Client, program: Program) -> None:
    for person in sorted(named_people(), key=lambda one: one.name):
        mentor = EnrolmentFactory(program=program, person=person)
        PairingFactory(
            program=program,
            mentor=person,
            mentor_enrolment=mentor,
            mentee_enrolment=EnrolmentFactory(program=program, role="mentee"),
        )
    assert order_on(hr, reverse(name, args=[program.public_id])) == IN_ORDER


def test_staff_of_a_program(hr: Client, program: Program) -> None:
    for person in sorted(named_people(), key=lambda one: one.name):
        ProgramStaffFactory(program=program, person=person)
    assert order_on(hr, reverse("programs:program_staff", args=[program.public_id])) == IN_ORDER


def test_whom_to_invite(hr: Client) -> None:
    low = GradeFactory(rank=1)
    program = ProgramFactory(mentor_max_grade=low, mentee_min_grade=GradeFactory(rank=5))
    named_people(grade=low)
    url = reverse("programs:invite", args=[program.public_id])
    assert order_on(hr, f"{url}?role=mentor") == IN_ORDER


@pytest.fixture
def run(hr: Client) -> MatchRun:
    """A finished run of one mentee and all these mentors, of whom the others are left over."""
    to = pool(mentors=0, mentees=1)
    for person in sorted(named_people(), key=lambda one: one.name):
        enrolment = EnrolmentFactory(program=to.program, person=person)
        EnrolmentTopicFactory(enrolment=enrolment, topic=to.topic, level=4)
    return to.run()


@pytest.mark.parametrize("name", ["match_run_unmatched", "match_run_unmatched_export"])
def test_who_is_left_over_by_a_run(name: str, hr: Client, run: MatchRun) -> None:
    paired = run.proposals.get().mentor.person.name
    left_over = [one for one in IN_ORDER if one != paired]
    found = order_on(hr, reverse(f"matching:{name}", args=[run.public_id]))
    assert [one for one in found if one != paired] == left_over


@pytest.mark.parametrize("name", ["match_run_detail", "match_run_export"])
def test_pairs_of_a_run_that_fit_alike(name: str, hr: Client, run: MatchRun) -> None:
    paired = run.proposals.get()
    enrolments = run.program.enrolments.filter(person__name__in=IN_ORDER)
    for enrolment in enrolments.exclude(pk=paired.mentor_id).order_by("person__name"):
        mentee = EnrolmentFactory(program=run.program, role="mentee")
        Proposal.objects.create(run=run, mentor=enrolment, mentee=mentee, score=paired.score)
    assert order_on(hr, reverse(f"matching:{name}", args=[run.public_id])) == IN_ORDER


def test_who_is_never_paired(hr: Client, program: Program) -> None:
    other = EnrolmentFactory(program=program, role="mentee")
    for person in sorted(named_people(), key=lambda one: one.name):
        mentor = EnrolmentFactory(program=program, person=person)
        PairRule.objects.create(program=program, mentor=mentor, mentee=other, kind="forbid")
    page = reverse("matching:pair_rule_list", args=[program.public_id])
    assert order_on(hr, page) == IN_ORDER


def pairs_of(program: Program) -> list[Pairing]:
    """One pair per mentor, in the order of their first names."""
    in_order = sorted(named_people(), key=lambda one: one.name)
    return [PairingFactory(program=program, mentor=person) for person in in_order]


@pytest.mark.parametrize("name", ["session_list", "session_export"])
def test_sessions_of_a_program(name: str, hr: Client, program: Program) -> None:
    for number, pair in enumerate(pairs_of(program)):
        scheduled_session(pair, day_offset=9 - number)
    url = reverse(f"meetings:{name}", args=[program.public_id])
    assert order_on(hr, f"{url}?sort=mentor") == IN_ORDER


def test_answers_with_names_of_a_survey(hr: Client) -> None:
    survey_round = RoundFactory(label="attributed")
    for person in sorted(named_people(), key=lambda one: one.name):
        asked = ParticipationFactory(round=survey_round, person=person)
        answering.submit(participation=asked, answers={"q-scale": 3})
    rounds.close_round(pk=survey_round.pk)
    page = reverse("feedback:round_answers", args=[survey_round.public_id])
    assert order_on(hr, page) == IN_ORDER


@pytest.mark.parametrize("name", ["needs_you", "program_overview"])
def test_what_needs_somebody_since_one_day(name: str, hr: Client, program: Program) -> None:
    for pair in pairs_of(program):
        Pairing.objects.filter(pk=pair.pk).update(state="paused", paused_at=clock.now())
    found = order_on(hr, reverse(f"mentoring:{name}", args=[program.public_id]))
    assert len(found) > 2
    assert found == [one for one in IN_ORDER if one in found]


def test_who_is_kept_apart_from_somebody(hr: Client) -> None:
    one = UserFactory()
    for person in sorted(named_people(), key=lambda person: person.name):
        blocks.block(actor=UserFactory(is_hr_admin=True), one=one, other=person)
    assert order_on(hr, reverse("accounts:person_detail", args=[one.public_id])) == IN_ORDER


def test_one_s_own_pairs_where_one_can_talk(as_user: AsUser, program: Program) -> None:
    mentee = EnrolmentFactory(program=program, role="mentee")
    for person in sorted(named_people(), key=lambda one: one.name):
        PairingFactory(
            program=program, mentor=person, mentee=mentee.person, mentee_enrolment=mentee
        )
    assert order_on(as_user(mentee.person), reverse("concerns:talk"), below="yourself") == IN_ORDER


def test_those_found_by_name() -> None:
    people = named_people(preferred_name="Sam")
    assert find_people("sam").people == people
