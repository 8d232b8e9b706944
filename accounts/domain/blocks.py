"""Two people whom HR does not want paired.

Nobody else learns of it; the public reason is "not available".
"""

from __future__ import annotations

from django.db import transaction
from django.db.models import Q, QuerySet
from django.utils.translation import gettext as _

from accounts.models import PairBlock, User
from common import audit
from common.errors import DomainError


def blocks_of(person: User) -> QuerySet[PairBlock]:
    """The blocks that name this person, with both people."""
    blocks: QuerySet[PairBlock] = PairBlock.objects.filter(Q(first=person) | Q(second=person))
    return blocks.select_related("first", "second").order_by("created_at", "id")


@transaction.atomic
def block(*, actor: User, one: User, other: User) -> PairBlock:
    """Keep two people apart in every matching from now on; pairs that exist stay.

    Already blocked: nothing happens. DomainError for somebody with themselves.
    """
    if one.pk == other.pk:
        raise DomainError(_("Nobody is paired with themselves. Choose somebody else."))
    first, second = sorted((one, other), key=lambda person: person.pk)
    row, made = PairBlock.objects.get_or_create(first=first, second=second)
    if made:
        _record("pair_block.added", row, actor)
    found: PairBlock = row
    return found


@transaction.atomic
def unblock(*, actor: User, pair_block: PairBlock) -> None:
    """They may be paired again."""
    _record("pair_block.removed", pair_block, actor)
    pair_block.delete()


def _record(verb: str, row: PairBlock, actor: User) -> None:
    audit.record(verb, row, actor=actor, first=row.first_id, second=row.second_id)
