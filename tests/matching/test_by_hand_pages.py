"""Swapping, undoing, pinning and running again from the pages, with and without what a keyboard
needs.
"""

from __future__ import annotations

import re
import uuid
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from matching.domain import pair_rules, publishing
from matching.enums import RuleKind
from matching.models import MatchRun, PairRule, Proposal
from matching.wording.by_hand import cost_words
from programs.models import Avoidance
from tests.matching.hand_data import make_it, option_of, pairs_of, with_option
from tests.matching.matching_data import Pool, pool
from tests.support.pages import text_of, without_random
from tests.support.types import AsUser

pytestmark = pytest.mark.django_db


def detail(proposal: Proposal) -> str:
    return reverse("matching:proposal_detail", args=[proposal.public_id])


def of_run(run: MatchRun, name: str = "match_run_detail") -> str:
    return reverse(f"matching:{name}", args=[run.public_id])


def posted(proposal: Proposal, kind: str) -> dict[str, str]:
    """What the button of an alternative sends."""
    option = option_of(proposal, kind)
    return {
        "kind": kind,
        "mentor": option["mentor"],
        "other": option["other"] or "",
        "shown_mentor": str(proposal.mentor.public_id),
        "shown_mentee": str(proposal.mentee.public_id),
    }


def press(client: Client, proposal: Proposal, kind: str, **changed: str) -> Any:
    url = reverse("matching:proposal_change", args=[proposal.public_id])
    return client.post(url, posted(proposal, kind) | changed, follow=True)


@pytest.mark.broad
@pytest.mark.parametrize(
    ("kind", "sides", "verb"),
    [("free", (3, 2), "Move"), ("swap", (2, 2), "Swap"), ("replace", (2, 3), "Give the place")],
)
def test_an_alternative_is_made_from_its_button_and_undone(
    kind: str, sides: tuple[int, int], verb: str, as_user: AsUser
) -> None:
    some = pool(*sides)
    run = some.run()
    before = pairs_of(run)
    proposal = with_option(run, kind)
    client = as_user(some.coordinator)
    page = client.get(detail(proposal)).content.decode()
    assert re.search(rf"<button[^>]*>{verb}<span", page)
    done = press(client, proposal, kind).content.decode()
    assert "now." in done
    assert "points lower" in done or "stays the same" in done
    assert "Changed by hand." in done
    assert pairs_of(run) != before
    head = client.get(of_run(run)).content.decode()
    assert "Changed by hand: 1 swap" in head
    assert "No other choice of pairs does better" not in head
    assert "By hand" in head
    run.refresh_from_db()
    change = run.hand_changes.get().public_id
    undone = client.post(
        of_run(run, "match_run_undo"), {"change": change}, follow=True
    ).content.decode()
    assert "Undone." in undone
    assert "Changed by hand:" not in undone
    assert pairs_of(run) == before


@pytest.mark.broad
def test_how_far_below_the_proven_best_is_said(as_user: AsUser) -> None:
    some = pool(3, 2)
    run = some.run()
    _proposal, changed = make_it(run, some.hr, "free")
    assert changed.costs > 0
    page = as_user(some.coordinator).get(of_run(run)).content.decode()
    assert f"1 swap, {changed.costs / 100:.2f} points below the proven best total" in page


@pytest.mark.broad
def test_a_page_that_is_out_of_date_says_what_to_do(as_user: AsUser) -> None:
    some = pool(3, 2)
    run = some.run()
    first, second = run.proposals.select_related("mentor", "mentee").order_by("pk")
    client = as_user(some.coordinator)
    press(client, first, "free")
    told = press(client, second, "free").content.decode()
    assert "has been given to somebody else meanwhile. Look at the pairs as they are now." in told
    assert "No longer possible: somebody was moved by hand." in told
    run.refresh_from_db()
    assert run.hand_changes.count() == 1


@pytest.mark.broad
@pytest.mark.usefixtures("still_clock")
def test_what_a_page_offers_does_not_depend_on_private_rules(as_user: AsUser) -> None:
    """Rules are looked at when a change is made; until then the page is the same, whoever has begun
    to avoid whom.
    """
    some = pool(3, 2)
    run = some.run()
    proposal = with_option(run, "free")
    option = option_of(proposal, "free")
    client = as_user(some.coordinator)
    before = without_random(text_of(client.get(detail(proposal))))
    mentor = next(one for one in some.mentors if str(one.public_id) == option["mentor"])
    Avoidance.objects.create(person=mentor.person, people=[str(proposal.mentee.person.public_id)])
    after = without_random(text_of(client.get(detail(proposal))))
    assert before == after
    assert "not available" in press(client, proposal, "free").content.decode()


@pytest.mark.broad
@pytest.mark.parametrize("what", ["published", "newer"])
def test_no_buttons_where_nothing_can_be_changed(what: str, as_user: AsUser) -> None:
    some = pool(3, 2)
    run = some.run()
    proposal = with_option(run, "free")
    make_it(run, some.hr, "free")
    if what == "published":
        publishing.publish_run(actor=some.hr, run=run)
    else:
        some.run()
    client = as_user(some.coordinator)
    for page in (client.get(detail(proposal)), client.get(of_run(run))):
        text = page.content.decode()
        assert reverse("matching:proposal_change", args=[proposal.public_id]) not in text
        assert of_run(run, "match_run_undo") not in text
        assert re.search("Changed by hand[.:]", text)


@pytest.mark.parametrize("data", [{}, {"kind": "other"}, {"kind": "free", "mentor": "x"}])
def test_a_form_that_is_not_ours_is_refused(data: dict[str, str], as_user: AsUser) -> None:
    some = pool(2, 2)
    run = some.run()
    client = as_user(some.coordinator)
    url = reverse("matching:proposal_change", args=[run.proposals.first().public_id])
    assert client.post(url, data).status_code == 400
    assert client.post(of_run(run, "match_run_undo"), {"change": "'; --"}).status_code == 400
    assert client.get(url).status_code == 405


@pytest.mark.broad
def test_strangers_find_nothing_to_change(as_user: AsUser) -> None:
    some, other = pool(3, 2), pool(1, 1)
    run = some.run()
    proposal = with_option(run, "free")
    url = reverse("matching:proposal_change", args=[proposal.public_id])
    for person in (some.mentors[0].person, some.mentees[0].person, other.coordinator):
        assert as_user(person).post(url, posted(proposal, "free")).status_code == 404
        assert (
            as_user(person)
            .post(of_run(run, "match_run_undo"), {"change": str(uuid.uuid4())})
            .status_code
            == 404
        )


@pytest.mark.parametrize(
    ("pins", "excluded", "words"),
    [
        (0, 0, "Run again"),
        (1, 0, "Run again with your 1 pinned pair"),
        (2, 0, "Run again with your 2 pinned pairs"),
        (0, 1, "Run again with your 1 excluded pair"),
        (2, 1, "Run again with your 2 pinned pairs and 1 excluded pair"),
    ],
)
def test_run_again_says_with_what(pins: int, excluded: int, words: str, as_user: AsUser) -> None:
    some = pool(3, 3)
    run = some.run()
    kinds = [RuleKind.PIN] * pins + [RuleKind.FORBID] * excluded
    for at, kind in enumerate(kinds):
        mentee = some.mentees[at]
        pair_rules.set_rule(
            actor=some.hr, program=some.program, mentor=some.mentors[at], mentee=mentee, kind=kind
        )
    page = as_user(some.coordinator).get(of_run(run)).content.decode()
    assert re.search(rf"<button[^>]*>{words}</button>", page)


def rule_form(some: Pool, proposal: Proposal, kind: str, back: str) -> dict[str, Any]:
    return {
        "mentor": proposal.mentor.public_id,
        "mentee": proposal.mentee.public_id,
        "kind": kind,
        "next": back,
    }


@pytest.mark.broad
def test_pin_and_never_lead_back_to_their_own_place(as_user: AsUser) -> None:
    """The fragment names a part of the page that takes the focus, so that the keyboard goes on
    where it was.
    """
    some = pool(2, 2)
    run = some.run()
    proposal = run.proposals.select_related("mentor", "mentee").first()
    place = f"pair-{proposal.mentor.public_id}-{proposal.mentee.public_id}"
    client = as_user(some.coordinator)
    for address in (of_run(run), detail(proposal)):
        page = client.get(address).content.decode()
        assert re.search(rf'id="{place}" tabindex="-1"', page)
        assert f'name="next" value="{address}#{place}"' in page
        url = reverse("matching:pair_rule_set", args=[some.program.public_id])
        answer = client.post(url, rule_form(some, proposal, "pin", f"{address}#{place}"))
        assert answer["Location"] == f"{address}#{place}"
        after = client.get(address).content.decode()
        assert "Remove the pin" in after
        assert after.count('value="pin"') == page.count('value="pin"') - 1, (
            "what is laid down is not offered again"
        )
        client.post(reverse("matching:pair_rule_remove", args=[PairRule.objects.get().public_id]))


def test_a_row_leads_to_its_alternatives(as_user: AsUser) -> None:
    some = pool(3, 2)
    run = some.run()
    client = as_user(some.coordinator)
    page = client.get(of_run(run)).content.decode()
    for proposal in run.proposals.all():
        assert f'href="{detail(proposal)}#else-heading"' in page
    assert (
        'id="else-heading" tabindex="-1"'
        in client.get(detail(run.proposals.first())).content.decode()
    )


@pytest.mark.broad
@pytest.mark.parametrize("size", [3, 6])
def test_the_page_of_a_pair_takes_a_constant_number_of_queries(
    size: int, as_user: AsUser, django_assert_max_num_queries: Any
) -> None:
    some = pool(size + 1, size)
    run = some.run()
    proposal, _changed = make_it(run, some.hr, "swap")
    client = as_user(some.coordinator)
    with django_assert_max_num_queries(16):
        client.get(detail(proposal))


@pytest.mark.parametrize(
    ("costs", "said"),
    [
        (704, "The total fit of all pairs is 7.04 points lower."),
        (0, "The total fit of all pairs stays the same."),
        # A swap below the weakest match that the floor allows may add to the total: nobody reads
        # "costs -7.04".
        (-704, "The total fit of all pairs is 7.04 points higher."),
    ],
)
def test_what_a_change_costs_is_said_without_a_minus(costs: int, said: str) -> None:
    assert cost_words(costs) == said
