"""How the demo's pairs are matched and spend their weeks together."""

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
from meetings.domain import commitments, logs, notes, pausing, sessions
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
HELD, CANCELLED = 0.86, 0.1  # shares of sessions; the others are missed


def match(staff: Staff, program: Program) -> MatchRun:
    """Run the matching as the coordinator does, and publish it.

    Raises RuntimeError when the run has found no result.
    """
    hr = staff.hr_admin
    if program.state == ProgramState.ENROLLING:
        states.start_matching(actor=hr, program=program)
        runs.set_weights(
            actor=hr,
            program=program,
            weights=weights_of(program),
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
    """Both sides accept all offers and sign all agreements but the last; the active pairs."""
    pairs = Pairing.objects.filter(program=program).select_related("mentor", "mentee")
    offered = list(pairs.order_by("pk"))
    for pairing in offered:
        offers.accept(actor=pairing.mentor, pairing=pairing)
        offers.accept(actor=pairing.mentee, pairing=pairing)
    for pairing in offered[:-1]:
        agreements.sign(actor=pairing.mentor, pairing=pairing, number=1)
        agreements.sign(actor=pairing.mentee, pairing=pairing, number=1)

    active = Pairing.objects.filter(program=program, state=PairingState.ACTIVE)
    return list(active.select_related("mentor", "mentee", "program").order_by("pk"))


def match_again(staff: Staff, program: Program) -> None:
    """One pair ends, and a second run offers its mentee a new mentor, who has not answered yet."""
    # Not the last pair: the dashboard is to show that it has neither signed nor met.
    ending = Pairing.objects.filter(program=program, state=PairingState.ACTIVE).order_by("-pk")[1]
    pausing.end(actor=ending.mentor, pairing=ending)
    match(staff, program)


def book(pairings: Sequence[Pairing], *, count: int) -> None:
    """Each pair books a series at the first time that suits both for the whole series."""
    for number, pairing in enumerate(pairings):
        times = suggestions(
            pairing=pairing,
            zone=pairing.program.time_zone,
            minutes=pairing.program.session_minutes,
            limit=8,
        )
        # Different pairs begin with different suggestions.
        first = number % 4
        for start in [*times[first:], *times[:first]]:
            if _book_series(pairing, start, count):
                break


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


def set_goals(rng: Random, pairings: Sequence[Pairing]) -> None:
    """Two of three mentees set a goal; some of them check in."""
    for number, pairing in enumerate(pairings):
        if number % 3 == 2:
            continue
        statement, measure, baseline, target = GOALS[number % len(GOALS)]
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
        if number % 2:
            goals.check_in(
                actor=pairing.mentee,
                goal=goal,
                value=baseline + 1,
                confidence=rng.randint(2, 5),
            )


def live_until(rng: Random, program: Program, end: datetime) -> None:
    """Move the clock day by day until `end`: sessions are logged, survey rounds open and close."""
    moment = clock.now()
    asked: set[int] = set()
    while moment < end:
        moment = min(moment + timedelta(days=1), end)
        clock.move_to(moment)
        rounds.open_due_rounds()
        for survey_round in SurveyRound.objects.filter(program=program, state="open"):
            open_for_days = moment >= survey_round.opens_at + timedelta(days=4)
            if open_for_days and survey_round.pk not in asked:
                asked.add(survey_round.pk)
                answer(rng, survey_round)
        rounds.close_due_rounds()
        _log_sessions(rng, program, moment)
        _keep_commitments(program, moment)


def _log_sessions(rng: Random, program: Program, moment: datetime) -> None:
    """Log what is over, except the last day's: those are for whoever plays the demo."""
    over = MentoringSession.objects.filter(
        pairing__program=program,
        state=SessionState.SCHEDULED,
        ends_at__lte=moment - timedelta(days=1),
    )
    for session in over.select_related("pairing__mentor", "pairing__mentee", "pairing__program"):
        dice = rng.random()
        if dice < HELD:
            _log_held(rng, session)
        elif dice < HELD + CANCELLED:
            logs.log(
                actor=session.pairing.mentor,
                session=session,
                outcome=SessionState.CANCELLED,
                cancelled_by=session.pairing.mentee,
            )
        else:
            logs.log(actor=session.pairing.mentor, session=session, outcome=SessionState.MISSED)


def _log_held(rng: Random, session: MentoringSession) -> None:
    """A session that took place; some mentors write a note, some mentees commit to something."""
    pairing = session.pairing
    topics = pairing.program.topics.order_by("name")
    first_topic = session.number % 3
    logs.log(
        actor=pairing.mentor,
        session=session,
        outcome=SessionState.HELD,
        topics=topics[first_topic : first_topic + 1],
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
    words, _changed = COMMITMENTS[session.number % len(COMMITMENTS)]
    due_on = clock.today(mentee.time_zone) + timedelta(days=14)
    commitments.keep(actor=mentee, session=session, text=words, due_on=due_on)


def _keep_commitments(program: Program, moment: datetime) -> None:
    """Most commitments are done on the day after they were due."""
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
    """This share of those who were asked answer; nobody of `but`."""
    waiting = Participation.objects.filter(round=survey_round, responded=False)
    waiting = waiting.select_related("person", "round__program").order_by("person__sort_key")
    for participation in waiting:
        if rng.random() >= share or participation.person in but:
            continue
        given = {}
        for question in survey_round.questions:
            value = _value(rng, question)
            if value is not None:
                given[question["id"]] = value
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
