"""How the demo's pairs come about and spend their weeks together."""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from datetime import datetime, timedelta
from decimal import Decimal
from random import Random
from zoneinfo import ZoneInfo

from accounts.models import User
from common import clock
from common.errors import DomainError
from feedback.domain import answers as survey_answers
from feedback.domain import rounds
from feedback.enums import QuestionKind
from feedback.models import Participation, SurveyRound
from goals.domain import goals
from matching.domain import publishing, runs
from matching.domain.run_settings import weights_of
from matching.models import MatchRun
from meetings.domain import commitments, notes, pausing, sessions
from meetings.domain.free_times import suggestions
from meetings.enums import SessionState
from meetings.models import Commitment, MentoringSession
from mentoring.demo.people import Staff
from mentoring.workflows.stopping import close_program
from pairings.domain import agreements, offers
from pairings.enums import PairingState
from pairings.models import Pairing
from programs.domain import states
from programs.enums import Objective, ProgramState
from programs.models import Program

TAKEAWAYS = (
    "Short beats complete: one thought a post, the rest behind a link.",
    "Ask an assistant for three versions, then argue with all of them.",
    "Nobody minds a rough video. Everybody minds a late one.",
    "The team chat is where decisions are made; the minutes only record them.",
)
NOTES = (
    "Went better than I feared. Bring an example next time.",
    "Ask about the budget round when the moment is right.",
)
COMMITMENTS = (
    (
        "Open the team meeting with a question, and speak last",
        "Two people spoke whom I had not heard in a year.",
    ),
    (
        "Write the next announcement as three sentences in the team chat",
        "It was read. The mail before it was not.",
    ),
    (
        "Try the assistant for a week before I decide about it",
        "I use it for drafts and no longer for facts.",
    ),
)
GOALS = (
    ("Post once a week in my own words", "posts a week", Decimal(0), Decimal(1)),
    ("Prepare a meeting with an assistant on my own", "meetings prepared", Decimal(0), Decimal(6)),
    ("Understand what the teams' tools do", "tools tried", Decimal(1), Decimal(5)),
)
REMARKS = (
    "Keep the rhythm, three weeks is right.",
    "More time for the first session: we had only begun.",
    "Put the guide into the invitation, I find it too late.",
    "Fewer slides, more trying things out together.",
    "I would like to hear how other pairs do it.",
    "It is hard to say no to a topic when somebody is that senior.",
    "Best hour of my month.",
    "The calendar is the hardest part of all.",
    "Ask us again after the summer.",
)
WILLING = 0.8  # share of people who answer a survey


def match(staff: Staff, program: Program) -> MatchRun:
    """Matching as the coordinator does it; ends published.

    Raises RuntimeError when the run did not come out well.
    """
    hr = staff.hr_admin
    if program.state == ProgramState.ENROLLING:
        states.start_matching(actor=hr, program=program)
        weights = weights_of(program)
        runs.set_weights(
            actor=hr,
            program=program,
            weights=weights,
            objective=Objective.PARTICIPATION,
            floor=True,
        )
    run = runs.start_run(actor=hr, program=program)
    runs.execute_run(run.pk)
    run.refresh_from_db()
    if run.problem:
        raise RuntimeError(run.problem)
    publishing.publish_run(actor=hr, run=run)
    program.refresh_from_db()
    return run


def begin(program: Program) -> list[Pairing]:
    """All offers are accepted by both sides, and all agreements but the last signed; the active
    pairs.
    """
    offered = list(
        Pairing.objects.filter(program=program).select_related("mentor", "mentee").order_by("pk")
    )
    for pairing in offered:
        offers.accept(actor=pairing.mentor, pairing=pairing)
        offers.accept(actor=pairing.mentee, pairing=pairing)
    for pairing in offered[:-1]:  # one pair has not got round to it yet
        agreements.sign(actor=pairing.mentor, pairing=pairing, number=1)
        agreements.sign(actor=pairing.mentee, pairing=pairing, number=1)
    active = Pairing.objects.filter(program=program, state=PairingState.ACTIVE)
    return list(active.select_related("mentor", "mentee", "program").order_by("pk"))


def match_again(staff: Staff, program: Program) -> None:
    """A mentee moves on from their pair, and the second run finds somebody else for them; the
    mentor has not answered yet.
    """
    # the last pair of all is the one that has neither signed nor met yet, which the dashboard is to
    # show
    ending = Pairing.objects.filter(program=program, state=PairingState.ACTIVE).order_by("-pk")[1]
    pausing.end(actor=ending.mentor, pairing=ending)
    match(staff, program)


def book(pairings: Sequence[Pairing], *, count: int) -> None:
    """Each pair books its series at the first of the times that suit both and stay free for the
    whole series.
    """
    for at, pairing in enumerate(pairings):
        zone = pairing.program.time_zone
        times = suggestions(
            pairing=pairing, zone=zone, minutes=pairing.program.session_minutes, limit=8
        )
        for start in [*times[at % 4 :], *times[: at % 4]]:
            wall = start.astimezone(ZoneInfo(zone))
            try:
                sessions.schedule_series(
                    actor=pairing.mentee,
                    pairing=pairing,
                    wall_date=wall.date(),
                    wall_time=wall.time(),
                    time_zone=zone,
                    count=count,
                    link="https://meet.halden.example/upstream",
                )
            except DomainError:  # a later session of the series meets another one of the two
                continue
            break


def set_goals(rng: Random, pairings: Sequence[Pairing]) -> None:
    """Two of three mentees set a goal."""
    for at, pairing in enumerate(pairings):
        if at % 3 < 2:
            statement, measure, baseline, target = GOALS[at % len(GOALS)]
            plan = goals.Plan(
                statement=statement,
                measure=measure,
                unit="",
                baseline=baseline,
                target=target,
                due_on=pairing.program.ends_on,
                topic=pairing.program.topics.order_by("name").first(),
            )
            goal = goals.create_goal(actor=pairing.mentee, pairing=pairing, plan=plan)
            if at % 2:
                goals.check_in(
                    actor=pairing.mentee,
                    goal=goal,
                    value=baseline + 1,
                    confidence=rng.randint(2, 5),
                )


def live_until(rng: Random, program: Program, end: datetime) -> None:
    """Day by day until `end`: sessions are logged in the evening they were held, rounds open, are
    answered and close.
    """
    moment, asked = clock.now(), set[int]()
    while moment < end:
        moment = min(moment + timedelta(days=1), end)
        clock.move_to(moment)
        rounds.open_due_rounds()
        for survey_round in SurveyRound.objects.filter(program=program, state="open"):
            if survey_round.pk not in asked and moment >= survey_round.opens_at + timedelta(days=4):
                asked.add(survey_round.pk)
                answer(rng, survey_round)
        rounds.close_due_rounds()
        _log_held(rng, program, moment)


def _log_held(rng: Random, program: Program, moment: datetime) -> None:
    # the last day's are left for whoever plays the demo
    over = MentoringSession.objects.filter(
        pairing__program=program,
        state=SessionState.SCHEDULED,
        ends_at__lte=moment - timedelta(days=1),
    )
    for session in over.select_related("pairing__mentor", "pairing__mentee", "pairing__program"):
        pairing, dice = session.pairing, rng.random()
        outcome = (
            SessionState.HELD
            if dice < 0.86
            else SessionState.CANCELLED
            if dice < 0.96
            else SessionState.MISSED
        )
        held = outcome == SessionState.HELD
        sessions.log(
            actor=pairing.mentor,
            session=session,
            outcome=outcome,
            cancelled_by=pairing.mentee if outcome == SessionState.CANCELLED else None,
            topics=pairing.program.topics.order_by("name")[
                session.number % 3 : session.number % 3 + 1
            ]
            if held
            else (),
            takeaway=rng.choice(TAKEAWAYS) if held else "",
            feeling=rng.choice((2, 3, 3)) if held else None,
        )
        if held and rng.random() < 0.3:
            notes.save_note(actor=pairing.mentor, session=session, body=rng.choice(NOTES))
        if held and pairing.pk % 2:
            _commit(session)
    _keep_promises(program, moment)


def _commit(session: MentoringSession) -> None:
    """The mentee says what they will do differently, in two weeks."""
    mentee = session.pairing.mentee
    words, _changed = COMMITMENTS[session.number % len(COMMITMENTS)]
    due_on = clock.today(mentee.time_zone) + timedelta(days=14)
    commitments.keep(actor=mentee, session=session, text=words, due_on=due_on)


def _keep_promises(program: Program, moment: datetime) -> None:
    """Of the commitments whose day was yesterday, most are done."""
    due = Commitment.objects.filter(
        pairing__program=program,
        done_at__isnull=True,
        due_on__lt=moment.date(),
        session__number__lt=3,
    )
    for commitment in due.select_related("session", "pairing__mentee"):
        _words, changed = COMMITMENTS[commitment.session.number % len(COMMITMENTS)]
        commitments.mark_done(
            actor=commitment.pairing.mentee, commitment=commitment, what_changed=changed
        )


def answer(
    rng: Random, survey_round: SurveyRound, *, share: float = WILLING, but: Collection[User] = ()
) -> None:
    """So many of those who were asked answer; `but` nobody of these."""
    waiting = Participation.objects.filter(round=survey_round, responded=False).order_by(
        "person__sort_key"
    )
    for participation in waiting.select_related("person", "round__program"):
        if rng.random() < share and participation.person not in but:
            given = {
                q["id"]: value
                for q in survey_round.questions
                if (value := _value(rng, q)) is not None
            }
            survey_answers.submit(participation=participation, answers=given)


def _value(rng: Random, question: dict[str, object]) -> object:
    options: list[str] = list(question["options"])  # type: ignore[call-overload]
    makers: dict[str, Callable[[], object]] = {
        QuestionKind.SCALE5: lambda: rng.choice((3, 4, 4, 5, 5)),
        QuestionKind.SCALE10: lambda: rng.choice((6, 7, 8, 8, 9, 10)),
        QuestionKind.SINGLE: lambda: rng.choice(options),
        QuestionKind.MULTIPLE: lambda: rng.sample(options, rng.randint(1, min(2, len(options)))),
        QuestionKind.TEXT: lambda: rng.choice((*REMARKS, None, None, None)),
    }
    return makers[str(question["kind"])]()


def finish(staff: Staff, program: Program) -> None:
    """The pairs are completed and the program is closed."""
    states.start_closing(actor=staff.hr_admin, program=program)
    close_program(actor=staff.hr_admin, program=program)
