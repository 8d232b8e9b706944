"""Setting what the next run of a program aims for."""

from __future__ import annotations

from django.db import transaction
from django.utils.translation import gettext as _

from accounts.models import User
from common import audit
from common.errors import DomainError
from matching.solver import COMPONENTS, FULL_SCORE
from programs.enums import Objective
from programs.models import Program

SETTINGS = ["weights", "objective", "floor", "minimum_score"]


@transaction.atomic
def set_weights(
    *,
    actor: User,
    program: Program,
    weights: dict[str, int],
    objective: Objective,
    floor: bool,
    minimum_score: int | None = None,
) -> Program:
    """Set what the next run aims for.

    `weights` has a whole number from 0 to 100 for each component, not all 0. `minimum_score` (basis
    points, 0 to 10,000; None leaves it as it is) counts only with the aim of the best total. A
    floor counts only with the aim of as many pairs as possible and is ignored otherwise: with the
    best total it would return one single pair. DomainError for anything else.
    """
    _require_valid_minimum(minimum_score)
    _require_valid_weights(weights)

    locked: Program = Program.objects.select_for_update(of=("self",)).get(pk=program.pk)
    locked.weights = weights
    locked.objective = objective
    locked.floor = floor and objective == Objective.PARTICIPATION
    if minimum_score is not None:
        locked.minimum_score = minimum_score
    locked.save(update_fields=SETTINGS)
    _record(actor, locked)
    return locked


def _require_valid_minimum(minimum_score: int | None) -> None:
    if minimum_score is not None and not 0 <= minimum_score <= FULL_SCORE:
        raise DomainError(_("The smallest fit is a number from 0 to 100."))


def _require_valid_weights(weights: dict[str, int]) -> None:
    in_range = all(0 <= value <= 100 for value in weights.values())
    if set(weights) != set(COMPONENTS) or not in_range:
        raise DomainError(_("Every weight is a whole number from 0 to 100."))

    if not any(weights.values()):
        raise DomainError(_("Give at least one of them more than 0: something has to count."))


def _record(actor: User, program: Program) -> None:
    detail = {
        "weights": program.weights,
        "objective": str(program.objective),
        "floor": program.floor,
        "minimum_score": program.minimum_score,
    }
    audit.record("program.weights_set", program, actor=actor, scope=program.public_id, **detail)
