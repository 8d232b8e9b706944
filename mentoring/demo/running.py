"""How the demo's pairs are matched and spend their weeks together."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from decimal import Decimal
from random import Random
from zoneinfo import ZoneInfo

from django.db.models import QuerySet

from accounts.models import User
from common import clock
from common.errors import DomainError
from feedback.domain import rounds
from feedback.domain.response import refresh_bands
from goals.domain import goals
from goals.domain.plans import Plan, Step
from goals.enums import GoalState
from goals.models import Goal
from matching.domain import publishing, runs
from matching.domain.run_settings import weights_of
from matching.models import MatchRun
from meetings.domain import commitments, logs, notes, pausing, sessions
from meetings.domain.free_times import suggestions
from meetings.enums import SessionState
from meetings.models import Commitment, MentoringSession
from mentoring.demo import surveys
from mentoring.demo.people import Staff
from mentoring.workflows.closing import finish_closings
from pairings.domain import agreements, offers
from pairings.enums import PairingState
from pairings.models import Pairing
from programs.domain import states
from programs.domain.closing import plan_closing
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
    ("post once a week in my own words", "Posts I write myself", "a month", 0, 4),
    ("prepare meetings with an assistant on my own", "Meetings prepared", "", 0, 6),
    ("understand what the teams' tools do", "Tools tried", "", 1, 5),
)
STEPS = ("Do it for the first time", "Look back together", "Do it without a reminder")
GOAL_NOTES = (
    "The first one took an hour, this one ten minutes.",
    "Slower than I hoped. The draft waits too long on my desk.",
    "I no longer think about it before I begin.",
)
REFLECTION = "It helped to be asked every second week. I keep half an hour for it on Mondays."
CHECK_IN_EVERY = timedelta(days=14)
HELD, CANCELLED = 0.86, 0.1  # shares of sessions; the others are missed


def match(staff: Staff, program: Program) -> MatchRun:
    """Run the matching as the coordinator does, and publish it.

    Raises RuntimeError when the run has found no result.
    """
    hr = staff.hr_admin
    if program.state == ProgramState.ENROLLING:
        _start_matching(hr, program)
    run = runs.start_run(actor=hr, program=program)
    runs.execute_run(run.pk)
    run.refresh_from_db()
    if run.problem:
        raise RuntimeError(run.problem)
    publishing.publish_run(actor=hr, run=run)
    program.refresh_from_db()
    return run


def _start_matching(hr: User, program: Program) -> None:
    states.start_matching(actor=hr, program=program)
    runs.set_weights(
        actor=hr,
        program=program,
        weights=weights_of(program),
        objective=Objective.PARTICIPATION,
        floor=True,
    )


def begin(program: Program) -> list[Pairing]:
    """Both sides accept all offers and sign all agreements but the last; the active pairs."""
    pairs = Pairing.objects.filter(program=program).select_related("mentor", "mentee")
    offered = list(pairs.order_by("pk"))
    for pairing in offered:
        _both_accept(pairing)
    for pairing in offered[:-1]:
        _both_sign(pairing)
    return list(_active(program).order_by("pk"))


def _active(program: Program) -> QuerySet[Pairing]:
    active = Pairing.objects.filter(program=program, state=PairingState.ACTIVE)
    return active.select_related("mentor", "mentee", "program")


def _both_accept(pairing: Pairing) -> None:
    for person in (pairing.mentor, pairing.mentee):
        offers.accept(actor=person, pairing=pairing)


def _both_sign(pairing: Pairing) -> None:
    for person in (pairing.mentor, pairing.mentee):
        agreements.sign(actor=person, pairing=pairing, number=1)


def match_again(staff: Staff, program: Program) -> None:
    """One pair ends, and a second run offers its mentee a new mentor, who has not answered yet."""
    # Not the last pair: the overview is to show that it has neither signed nor met.
    ending = _active(program).order_by("-pk")[1]
    pausing.end(actor=ending.mentor, pairing=ending)
    match(staff, program)


def book(pairings: Sequence[Pairing], *, count: int) -> None:
    """Each pair books a series at the first time that suits both for the whole series."""
    for number, pairing in enumerate(pairings):
        times = _suggestions(pairing)
        # Different pairs begin with different suggestions.
        first = number % 4
        for start in [*times[first:], *times[:first]]:
            if _book_series(pairing, start, count):
                break


def _suggestions(pairing: Pairing) -> list[datetime]:
    program = pairing.program
    return suggestions(
        pairing=pairing, zone=program.time_zone, minutes=program.session_minutes, limit=8
    )


def _book_series(pairing: Pairing, start: datetime, count: int) -> bool:
    """Whether the series could be booked: no session of it meets another one of the two."""
    zone = pairing.program.time_zone
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
    except DomainError:
        return False
    return True


def set_goals(pairings: Sequence[Pairing]) -> None:
    """Two of three mentees set a goal."""
    for number, pairing in enumerate(pairings):
        if number % 3 == 2:
            continue
        plan = _goal_plan(pairing, number)
        goals.create_goal(actor=pairing.mentee, pairing=pairing, plan=plan)


def _check_in_on_goals(rng: Random, program: Program, moment: datetime) -> None:
    """Some mentees say every second week how their goal goes; their mentors cheer at times."""
    active = Goal.objects.filter(pairing__program=program, state=GoalState.ACTIVE)
    running = active.filter(pairing__state=PairingState.ACTIVE).with_told_at()
    due = running.filter(told_at__lte=moment - CHECK_IN_EVERY)
    for goal in due.select_related("owner", "pairing__mentor"):
        if goal.pk % 3:
            _check_in(rng, goal, moment)


def _check_in(rng: Random, goal: Goal, moment: datetime) -> None:
    """The mentee has come further, more or less as planned."""
    value = _value_at(goal, moment, rng.uniform(0.6, 1.2))
    entry = goals.check_in(
        actor=goal.owner,
        goal=goal,
        value=value,
        confidence=rng.randint(2, 5),
        note=rng.choice(GOAL_NOTES),
    )
    if rng.random() < 0.4:
        goals.cheer(actor=goal.pairing.mentor, entry=entry)


def _value_at(goal: Goal, moment: datetime, luck: float) -> Decimal:
    """Where the goal stands at that moment, if all goes as planned, and with some luck."""
    if not (goal.begun_at and goal.due_on and goal.target is not None):
        raise ValueError("a draft is not checked in")
    start = goal.baseline or Decimal(0)
    done = (moment - goal.begun_at).days / (goal.due_on - goal.begun_at.date()).days
    value = start + (goal.target - start) * Decimal(min(1, done) * luck)
    return value.quantize(Decimal(1))


def _goal_plan(pairing: Pairing, number: int) -> Plan:
    statement, measure, unit, baseline, target = GOALS[number % len(GOALS)]
    program = pairing.program
    return Plan(
        statement=statement,
        measure=measure,
        unit=unit,
        baseline=Decimal(baseline),
        target=Decimal(target),
        due_on=program.ends_on,
        topic=program.topics.order_by("name").first(),
        steps=_goal_steps(program),
    )


def _goal_steps(program: Program) -> list[Step]:
    """Three steps at equal distances before the end of the program."""
    today = clock.today(program.time_zone)
    last = program.ends_on or today + timedelta(weeks=8)
    part = (last - today) / (len(STEPS) + 1)
    return [Step(title, today + part * number) for number, title in enumerate(STEPS, start=1)]


def live_until(rng: Random, program: Program, end: datetime) -> None:
    """Move the clock day by day until `end`: sessions are logged, survey rounds open and close."""
    moment = clock.now()
    asked: set[int] = set()
    while moment < end:
        moment = min(moment + timedelta(days=1), end)
        clock.move_to(moment)
        rounds.open_due_rounds()
        surveys.answer_open_rounds(rng, program, moment, asked)
        refresh_bands()
        rounds.close_due_rounds()
        _log_sessions(rng, program, moment)
        _keep_commitments(program, moment)
        _check_in_on_goals(rng, program, moment)


def _log_sessions(rng: Random, program: Program, moment: datetime) -> None:
    """Log what is over, except the last day's: those are for whoever plays the demo."""
    over = MentoringSession.objects.filter(
        pairing__program=program,
        state=SessionState.SCHEDULED,
        ends_at__lte=moment - timedelta(days=1),
    )
    for session in over.select_related("pairing__mentor", "pairing__mentee", "pairing__program"):
        _log_session(rng, session)


def _log_session(rng: Random, session: MentoringSession) -> None:
    mentor, mentee = session.pairing.mentor, session.pairing.mentee
    dice = rng.random()
    if dice < HELD:
        _log_held(rng, session)
    elif dice < HELD + CANCELLED:
        outcome = SessionState.CANCELLED
        logs.log(actor=mentor, session=session, outcome=outcome, cancelled_by=mentee)
    else:
        logs.log(actor=mentor, session=session, outcome=SessionState.MISSED)


def _log_held(rng: Random, session: MentoringSession) -> None:
    """A session that took place; some mentors write a note, some mentees commit to something."""
    pairing = session.pairing
    logs.log(
        actor=pairing.mentor,
        session=session,
        outcome=SessionState.HELD,
        topics=None,  # what the session was about
        takeaway=rng.choice(TAKEAWAYS),
        feeling=rng.choice((2, 3, 3)),
    )
    if rng.random() < 0.3:
        notes.save_note(actor=pairing.mentor, session=session, body=rng.choice(NOTES))
    if pairing.pk % 2:
        _commit(session)


def _commit(session: MentoringSession) -> None:
    """The mentee says what they will do differently, in two weeks."""
    mentee = session.pairing.mentee
    words, _changed = _commitment_words(session)
    due_on = clock.today(mentee.time_zone) + timedelta(days=14)
    commitments.keep(actor=mentee, session=session, text=words, due_on=due_on)


def _commitment_words(session: MentoringSession) -> tuple[str, str]:
    """What the mentee will do, and what they say has changed when it is done."""
    return COMMITMENTS[session.number % len(COMMITMENTS)]


def _keep_commitments(program: Program, moment: datetime) -> None:
    """Most commitments are done on the day after they were due."""
    due = Commitment.objects.filter(
        pairing__program=program,
        done_at__isnull=True,
        due_on__lt=moment.date(),
        session__number__lt=3,
    )
    for commitment in due.select_related("session", "pairing__mentee"):
        mentee = commitment.pairing.mentee
        _words, changed = _commitment_words(commitment.session)
        commitments.mark_done(actor=mentee, commitment=commitment, what_changed=changed)


def _end_goals(program: Program) -> None:
    """Their owners say how their goals ended."""
    for goal in Goal.objects.filter(pairing__program=program).open().select_related("owner"):
        outcome = GoalState.MET if goal.percent == 100 else GoalState.PARTLY
        goals.close_goal(actor=goal.owner, goal=goal, outcome=outcome, reflection=REFLECTION)


def finish(staff: Staff, program: Program) -> None:
    """Goals have ended, the pairs are completed and the program is closed."""
    _end_goals(program)
    states.start_closing(actor=staff.hr_admin, program=program)
    planned = plan_closing(actor=staff.hr_admin, program=program, keep_sessions=True)
    clock.move_to(planned.closes_at)
    finish_closings()
