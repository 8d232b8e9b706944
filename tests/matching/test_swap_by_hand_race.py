"""Two people with their hands on one run at once, over two real connections."""

from __future__ import annotations

import pytest

from common.errors import DomainError
from common.models import AuditEntry
from matching.domain import by_hand, publishing
from pairings.models import Pairing
from tests.matching.hand_data import choice_of, option_of, pairs_of, shown, with_option
from tests.matching.matching_data import pool
from tests.support.threads import at_once

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.mark.broad
def test_two_people_changing_at_once_one_wins_and_the_other_is_told() -> None:
    some = pool(3, 2)
    run = some.run()
    deeds = []
    for proposal in run.proposals.select_related("mentor", "mentee"):
        choice = choice_of(option_of(proposal, "free"))  # both want the one mentor who is free
        deeds.append(
            lambda p=proposal, c=choice: by_hand.change(
                actor=some.hr, proposal=p, choice=c, shown=shown(p)
            )
        )
    results = at_once(*deeds)
    assert sorted(type(result).__name__ for result in results) == ["Changed", "DomainError"], (
        results
    )
    (told,) = (result for result in results if isinstance(result, DomainError))
    assert told.code == "stale"
    run.refresh_from_db()
    assert run.hand_changes.count() == 1
    assert run.proposals.values("mentor").distinct().count() == 2


@pytest.mark.broad
def test_the_same_button_at_once_makes_one_change() -> None:
    some = pool(2, 2)
    run = some.run()
    proposal = with_option(run, "swap")
    choice, before = choice_of(option_of(proposal, "swap")), shown(proposal)
    same = lambda: by_hand.change(actor=some.hr, proposal=proposal, choice=choice, shown=before)  # noqa: E731
    results = at_once(same, same)
    assert all(isinstance(result, by_hand.Changed) for result in results), results
    run.refresh_from_db()
    assert run.hand_changes.count() == 1
    assert AuditEntry.objects.filter(verb="match_run.changed_by_hand").count() == 1


@pytest.mark.broad
def test_changing_and_publishing_at_once_never_mix() -> None:
    some = pool(3, 2)
    run = some.run()
    proposal = with_option(run, "free")
    choice, before = choice_of(option_of(proposal, "free")), shown(proposal)
    results = at_once(
        lambda: by_hand.change(actor=some.hr, proposal=proposal, choice=choice, shown=before),
        lambda: publishing.publish_run(actor=some.hr, run=run),
    )
    raised = [result for result in results if isinstance(result, BaseException)]
    assert all(isinstance(error, DomainError) for error in raised), results
    published = set(Pairing.objects.values_list("mentor_enrolment", "mentee_enrolment"))
    assert published == pairs_of(run)
