"""What a coordinator lays down for two people: pinned, or never.

It holds for every later run of the program.
"""

from __future__ import annotations

from django.db import transaction
from django.utils.translation import gettext as _

from accounts.models import User
from common import audit
from common.errors import DomainError
from matching.enums import RuleKind
from matching.models import PairRule
from programs.enums import PairRole
from programs.labels import with_labels
from programs.models import Enrolment, Program


@transaction.atomic
def set_rule(
    *, actor: User, program: Program, mentor: Enrolment, mentee: Enrolment, kind: RuleKind
) -> PairRule:
    """Pin or forbid two enrolments of the program; what was laid down for them before is replaced.

    DomainError unless they are a mentor and a mentee of this program, and two people.
    """
    fits = mentor.program_id == mentee.program_id == program.pk
    if not fits or (mentor.role, mentee.role) != (PairRole.MENTOR, PairRole.MENTEE):
        text = _("Choose a {mentor} and a {mentee} of this program.")
        raise DomainError(with_labels(text, program))
    if mentor.person_id == mentee.person_id:
        raise DomainError(_("Nobody can be paired with themselves."))
    rule, _made = PairRule.objects.update_or_create(
        program=program, mentor=mentor, mentee=mentee, defaults={"kind": kind}
    )
    ids = {"mentor": str(mentor.public_id), "mentee": str(mentee.public_id)}
    audit.record(f"pair_rule.{kind}", rule, actor=actor, scope=program.public_id, **ids)
    return rule


def laid_down(program: Program) -> dict[tuple[int, int], PairRule]:
    """What is laid down in a program, by the ids of the two enrolments (mentor, mentee)."""
    return {
        (rule.mentor_id, rule.mentee_id): rule for rule in PairRule.objects.filter(program=program)
    }


@transaction.atomic
def remove_rule(*, actor: User, rule: PairRule) -> None:
    """Leave the two to matching again. Removing it twice changes nothing."""
    audit.record(
        "pair_rule.removed", rule, actor=actor, scope=rule.program.public_id, kind=str(rule.kind)
    )
    PairRule.objects.filter(pk=rule.pk).delete()
