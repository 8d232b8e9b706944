"""Which rows name another address than the person's."""

from __future__ import annotations

from dataclasses import dataclass, field

from accounts.directory.planning.difference import Plan
from accounts.directory.planning.known import Known
from accounts.directory.planning.match import Entry, Matched
from accounts.directory.problems import ProblemLog
from accounts.enums import AddressChangeState
from accounts.models import AddressChange

DECIDED_OR_PENDING = [
    AddressChangeState.PENDING,
    AddressChangeState.REJECTED,
    AddressChangeState.STOPPED,
]


@dataclass(slots=True)
class EarlierChanges:
    """The address changes of earlier imports, and what was decided about them."""

    pending: dict[int, str] = field(default_factory=dict)  # person -> new address
    rejected: set[tuple[int, str, str]] = field(default_factory=set)  # person, old, new


def load_earlier_changes() -> EarlierChanges:
    """The changes that wait for a decision, were rejected or were stopped. One query."""
    earlier = EarlierChanges()
    for change in AddressChange.objects.filter(state__in=DECIDED_OR_PENDING):
        if change.state == AddressChangeState.PENDING:
            earlier.pending[change.person_id] = change.new_email
        else:
            earlier.rejected.add((change.person_id, change.old_email, change.new_email))
    return earlier


def find_address_changes(plan: Plan, matched: Matched, problems: ProblemLog) -> None:
    """Rows with another address than the person's. Each has to be confirmed."""
    earlier = load_earlier_changes()
    for entry in matched.entries:
        if entry.ok and entry.known:
            compare_address(entry, entry.known, plan, earlier, problems)


def compare_address(
    entry: Entry, person: Known, plan: Plan, earlier: EarlierChanges, problems: ProblemLog
) -> None:
    """Propose the address of a row, unless it is the person's own or was decided about before."""
    email = entry.row.email
    if email == person.email:
        withdraw_pending(plan, person, earlier)
    elif (person.id, person.email, email) in earlier.rejected:
        problems.add(entry.row.number, "rejected_before", value=email, name=person.name)
    elif earlier.pending.get(person.id) != email:
        plan.addresses.append((person, email))


def withdraw_pending(plan: Plan, person: Known, earlier: EarlierChanges) -> None:
    """The file names the address of before: a change that waits is no longer needed."""
    if person.id in earlier.pending:
        plan.withdrawn.append(person.id)
