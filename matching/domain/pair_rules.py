"""Pinned and excluded pairs: a coordinator's decisions, which hold for every later run."""

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
    """Pin or exclude a pair of the program; this replaces an earlier rule for the two.

    DomainError unless they are a mentor and a mentee of this program, and two people.
    """
    require_two_sides(program, mentor, mentee)
    rule, _made = PairRule.objects.update_or_create(
        program=program, mentor=mentor, mentee=mentee, defaults={"kind": kind}
    )
    ids = {"mentor": str(mentor.public_id), "mentee": str(mentee.public_id)}
    audit.record(f"pair_rule.{kind}", rule, actor=actor, scope=program.public_id, **ids)
    return rule


def require_two_sides(program: Program, mentor: Enrolment, mentee: Enrolment) -> None:
    """DomainError unless these are a mentor and a mentee of the program, and two people."""
    of_program = mentor.program_id == mentee.program_id == program.pk
    of_both_sides = (mentor.role, mentee.role) == (PairRole.MENTOR, PairRole.MENTEE)
    if not (of_program and of_both_sides):
        text = _("Choose a {mentor} and a {mentee} of this program.")
        raise DomainError(with_labels(text, program))
    if mentor.person_id == mentee.person_id:
        raise DomainError(_("Nobody can be paired with themselves."))


def rules_of(program: Program) -> dict[tuple[int, int], PairRule]:
    """The rules of a program, by the ids of the two enrolments (mentor, mentee)."""
    rules = PairRule.objects.filter(program=program)
    return {(rule.mentor_id, rule.mentee_id): rule for rule in rules}


@transaction.atomic
def remove_rule(*, actor: User, rule: PairRule) -> None:
    """Let matching decide about the two again. Removing a rule twice changes nothing."""
    audit.record(
        "pair_rule.removed", rule, actor=actor, scope=rule.program.public_id, kind=str(rule.kind)
    )
    PairRule.objects.filter(pk=rule.pk).delete()
