"""What programs write to people. No message carries anything that somebody wrote when enrolling."""

from __future__ import annotations

from datetime import datetime, time, timedelta
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from common import clock
from common.http import absolute
from common.timezones import to_utc
from notifications import kinds, outbox
from notifications.kinds import Cast, MessageKind
from notifications.mail.rendering import compose
from notifications.models import OutboxMessage
from programs.enums import EnrolmentState, PairRole, ProgramState
from programs.labels import side_label
from programs.models import Enrolment, Program

NOT_YET_APPLIED = (EnrolmentState.INVITED, EnrolmentState.VOLUNTEERING)
DECISIONS = {
    EnrolmentState.APPROVED: "programs.approved",
    EnrolmentState.WAITLISTED: "programs.waitlisted",
    EnrolmentState.DECLINED: "programs.declined",
}
MOST_TO_ONE = 5  # invitations, or decisions of one kind


def end_of_answering(enrolment: Enrolment) -> datetime | None:
    """The moment (UTC) at which the last day to answer is over."""
    if enrolment.answer_by is None:
        return None
    day_after = enrolment.answer_by + timedelta(days=1)
    return to_utc(day_after, time(), enrolment.program.time_zone)


def _key(enrolment: Enrolment) -> str:
    return f"enrolment:{enrolment.public_id}"


def _send(
    enrolment: Enrolment,
    kind: str,
    key: str,
    *,
    expires_at: datetime | None = None,
    actor: User | None = None,
) -> None:
    """Put one letter into the outbox; its template is named like its kind."""
    program, recipient = enrolment.program, enrolment.person
    letter = compose(
        recipient=recipient,
        template=kind.replace(".", "/", 1),
        context={
            "program": program,
            "label": side_label(program, enrolment.role),
            "is_mentor": enrolment.role == PairRole.MENTOR,
            # The template calls it where it matters.
            "has_prep": program.prep_steps.filter(role=enrolment.role).exists,
            "answer_by": enrolment.answer_by,
        },
    )
    outbox.enqueue(
        recipient=recipient,
        actor=actor,
        kind=kind,
        dedupe_key=key,
        scope=program.public_id,
        data={"enrolment": str(enrolment.public_id)},
        expires_at=expires_at,
        subject=letter.subject,
        text=letter.text,
        html=letter.html,
    )


def send_invitation(*, enrolment: Enrolment, actor: User) -> None:
    """The first mail: what it is for, how long it takes, until when."""
    _send(
        enrolment,
        "programs.invitation",
        f"{_key(enrolment)}:invitation:1",
        expires_at=end_of_answering(enrolment),
        actor=actor,
    )


def send_let_in(*, enrolment: Enrolment, actor: User) -> None:
    """They may still answer, until `answer_by`."""
    _send(
        enrolment,
        "programs.let_in",
        f"{_key(enrolment)}:invitation:late:{enrolment.answer_by}",
        expires_at=end_of_answering(enrolment),
        actor=actor,
    )


def send_nudge(*, enrolment: Enrolment) -> None:
    """A reminder to answer; at most two, counted by `enrolment.nudges`."""
    key = f"{_key(enrolment)}:invitation:{enrolment.nudges + 1}"
    _send(enrolment, "programs.nudge", key, expires_at=end_of_answering(enrolment))


def cancel_invitation(*, enrolment: Enrolment) -> None:
    """They have answered: cancel invitations and reminders that are not sent yet."""
    outbox.cancel(key_prefix=f"{_key(enrolment)}:invitation:", reason="answered")


def send_applied(*, enrolment: Enrolment) -> None:
    """Thanks, and what comes next."""
    _send(
        enrolment, "programs.applied", f"{_key(enrolment)}:applied:{_stamp(enrolment.applied_at)}"
    )


def send_decision(*, enrolment: Enrolment, actor: User) -> None:
    """Approved, on the waiting list, or not this time.

    A decision not yet sent that this one replaces is taken back.
    """
    outbox.cancel(key_prefix=f"{_key(enrolment)}:decision:", reason="decided anew")
    kind = DECISIONS[EnrolmentState(enrolment.state)]
    _send(
        enrolment,
        kind,
        f"{_key(enrolment)}:decision:{_stamp(enrolment.decided_at)}:{enrolment.state}",
        actor=actor,
    )


def tell_cancelled(*, program: Program) -> None:
    """The program does not take place: everybody who was asked or takes part hears of it once."""
    silent = (EnrolmentState.WITHDRAWN, EnrolmentState.DECLINED)
    people = program.enrolments.exclude(state__in=silent).filter(person__is_active=True)
    for enrolment in people.select_related("program", "person"):
        outbox.cancel(key_prefix=_key(enrolment), reason="program cancelled")
        _send(enrolment, "programs.cancelled", f"{_key(enrolment)}:cancelled")


def _stamp(moment: datetime | None) -> int:
    return int((moment or clock.now()).timestamp())


def _enrolment(message: OutboxMessage) -> Enrolment | None:
    return (
        Enrolment.objects.select_related("program", "person")
        .filter(public_id=message.data["enrolment"])
        .first()
    )


def _still_waiting(message: OutboxMessage) -> bool:
    """The person has not answered, is still here, and may still enrol."""
    enrolment = _enrolment(message)
    return (
        enrolment is not None
        and enrolment.person.is_active
        and enrolment.state in NOT_YET_APPLIED
        and _may_answer(enrolment)
    )


def _may_answer(enrolment: Enrolment) -> bool:
    """Enrolment is open; or it has ended, and the day that the person was told is ahead."""
    if enrolment.program.state == ProgramState.ENROLLING:
        return True
    end = end_of_answering(enrolment)
    is_ahead = end is not None and end > clock.now()
    return is_ahead and enrolment.program.state in {ProgramState.MATCHING, ProgramState.RUNNING}


def _still_so(message: OutboxMessage) -> bool:
    """The enrolment is still in the state of the message, and the program is not cancelled."""
    enrolment = _enrolment(message)
    if (
        enrolment is None
        or not enrolment.person.is_active
        or enrolment.program.state == ProgramState.CANCELLED
    ):
        return False
    told = {kind: state for state, kind in DECISIONS.items()}
    return enrolment.state == told.get(message.kind, enrolment.state)


def _still_here(message: OutboxMessage) -> bool:
    enrolment = _enrolment(message)
    return enrolment is not None and enrolment.person.is_active


def _link(message: OutboxMessage) -> str:
    """The person's own page of this program, behind sign-in; opening it changes nothing."""
    return absolute(reverse("programs:enrolment", args=[message.data["enrolment"]]))


def _sample(cast: Cast) -> dict[str, Any]:
    """The context of a sample: the reader is asked to be a mentor."""
    return {
        "program": cast.program,
        "label": cast.program.mentor_label,
        "is_mentor": True,
        "has_prep": True,
        "answer_by": cast.program.enrolment_deadline or cast.moment.date(),
    }


def register() -> None:
    """Declare these kinds; called when the application starts."""
    kinds.register(*_before_the_answer(), *_after_the_answer(), *_decisions())


def _before_the_answer() -> list[MessageKind]:
    return [
        MessageKind(
            key="programs.invitation",
            label=_("Invitation to a program"),
            occasion=_("To whoever you invite, when you invite them."),
            quiet=True,
            digest=True,
            listed=True,
            most_to_one=MOST_TO_ONE,
            most_in_all=None,
            still_due=_still_waiting,
            link=_link,
            sample=_sample,
        ),
        MessageKind(
            key="programs.let_in",
            label=_("You can still take part"),
            occasion=_("To whoever you let in after enrolment has ended."),
            quiet=True,
            digest=True,
            listed=True,
            most_to_one=MOST_TO_ONE,
            most_in_all=None,
            still_due=_still_waiting,
            link=_link,
            sample=_sample,
        ),
        MessageKind(
            key="programs.nudge",
            label=_("Reminder to enrol"),
            occasion=_("To whoever has not answered an invitation, when you send a reminder."),
            quiet=True,
            topic="enrol",
            nudges=2,
            digest=True,
            listed=True,
            still_due=_still_waiting,
            link=_link,
            sample=_sample,
        ),
    ]


def _after_the_answer() -> list[MessageKind]:
    return [
        MessageKind(
            key="programs.applied",
            label=_("Application received"),
            occasion=_("To whoever has applied, at once."),
            digest=True,
            listed=True,
            still_due=_still_so,
            link=_link,
            sample=_sample,
        ),
        MessageKind(
            key="programs.cancelled",
            label=_("Program cancelled"),
            occasion=_("To everybody in the program, when you cancel it."),
            quiet=True,
            digest=True,
            listed=True,
            still_due=_still_here,
            link=_link,
            sample=_sample,
        ),
    ]


def _decisions() -> list[MessageKind]:
    return [
        MessageKind(
            key="programs.approved",
            label=_("You take part"),
            occasion=_("To whoever you approve, when you do."),
            quiet=True,
            digest=True,
            listed=True,
            most_to_one=MOST_TO_ONE,
            most_in_all=None,
            still_due=_still_so,
            link=_link,
            sample=_sample,
        ),
        MessageKind(
            key="programs.waitlisted",
            label=_("On the waiting list"),
            occasion=_("To whoever you put on the waiting list, when you do."),
            quiet=True,
            digest=True,
            listed=True,
            most_to_one=MOST_TO_ONE,
            most_in_all=None,
            still_due=_still_so,
            link=_link,
            sample=_sample,
        ),
        MessageKind(
            key="programs.declined",
            label=_("Not this time"),
            occasion=_("To whoever you decline, when you do."),
            quiet=True,
            digest=True,
            listed=True,
            most_to_one=MOST_TO_ONE,
            most_in_all=None,
            still_due=_still_so,
            link=_link,
            sample=_sample,
        ),
    ]
