"""The pages of matching: running, watching, looking through, pinning."""

from __future__ import annotations

from typing import Any

import pytest
from django.urls import reverse

from matching.domain import runs
from matching.domain.analysis import comparing
from matching.enums import RuleKind, RunState
from matching.models import MatchRun, PairRule, Proposal, Unmatched
from tests import factories as make
from tests.matching.matching_data import add, pool
from tests.support.types import AsUser


def detail(run: MatchRun, name: str = "match_run_detail") -> str:
    return reverse(f"matching:{name}", args=[run.public_id])


@pytest.mark.django_db
def test_who_is_left_over_reads_why(as_user: AsUser) -> None:
    some = pool(1, 3)
    run = some.run()
    assert run.statistics["unmatched_mentees"] == 2
    page = (
        as_user(some.hr)
        .get(reverse("matching:match_run_unmatched", args=[run.public_id]))
        .content.decode()
    )
    assert "3 people compete for one place." in page
    assert "Junior A is with" in page


@pytest.mark.broad
@pytest.mark.django_db
def test_run_button_queues_and_leads_to_the_run(as_user: AsUser) -> None:
    some = pool()
    response = as_user(some.coordinator).post(
        reverse("matching:match_run_start", args=[some.program.public_id])
    )
    run = MatchRun.objects.get()
    assert response.status_code == 303
    assert response["Location"] == detail(run)
    assert run.state == RunState.QUEUED
    page = as_user(some.coordinator).get(detail(run))
    text = page.content.decode()
    assert "every 2s" in text
    assert '<meta http-equiv="refresh"' in text
    runs.execute_run(run.pk)
    answer = as_user(some.coordinator).get(
        detail(run), headers={"HX-Request": "true", "HX-Target": "run"}
    )
    assert answer.headers["HX-Refresh"] == "true", "the page loads anew, with its buttons"
    after = as_user(some.coordinator).get(detail(run)).content.decode()
    assert "every 2s" not in after, "the asking stops when the work is done"
    assert "Matching is done." in after
    assert "Junior A" in after
    assert "Publish …" in after


@pytest.mark.django_db
def test_second_run_button_says_that_one_is_working(as_user: AsUser) -> None:
    some = pool()
    runs.start_run(actor=some.hr, program=some.program)
    client = as_user(some.hr)
    response = client.post(
        reverse("matching:match_run_start", args=[some.program.public_id]), follow=True
    )
    assert "already running" in response.content.decode()


@pytest.mark.django_db
def test_cancel_page(as_user: AsUser) -> None:
    some = pool()
    run = runs.start_run(actor=some.hr, program=some.program)
    response = as_user(some.hr).post(detail(run, "match_run_cancel"), follow=True)
    assert "This run was stopped." in response.content.decode()


@pytest.mark.django_db
def test_weights_form_saves_and_keeps_what_was_typed(as_user: AsUser) -> None:
    some = pool()
    client = as_user(some.coordinator)
    url = reverse("matching:match_weights", args=[some.program.public_id])
    good = {
        "topics": 70,
        "overlap": 10,
        "style": 5,
        "language": 5,
        "interests": 5,
        "distance": 10,
        "wish": 0,
    }
    response = client.post(url, {**good, "objective": "score", "floor": "on"})
    assert response.status_code == 303
    some.program.refresh_from_db()
    assert (some.program.weights["topics"], some.program.objective) == (70, "score")
    response = client.post(url, {**good, "topics": "lots", "objective": "score"})
    assert response.status_code == 422
    assert 'value="lots"' in response.content.decode()
    response = client.post(url, {**dict.fromkeys(good, 0), "objective": "participation"})
    assert response.status_code == 422
    assert "something has to count" in response.content.decode()


@pytest.mark.broad
@pytest.mark.django_db
def test_run_page_searches_filters_and_sorts(as_user: AsUser) -> None:
    some = pool(3, 3)
    run = some.run()
    client = as_user(some.hr)
    rows = {"HX-Request": "true", "HX-Target": "rows"}
    whole = client.get(detail(run)).content.decode()
    assert whole.count('<th scope="row">') == 3
    part = client.get(f"{detail(run)}?q=junior+b", headers=rows).content.decode()
    assert part.count('<th scope="row">') == 1
    assert "<html" not in part
    assert "No pair to show" in client.get(f"{detail(run)}?show=pinned").content.decode()
    by_mentor = client.get(f"{detail(run)}?sort=mentor").content.decode()
    assert by_mentor.index("Junior A") < by_mentor.index("Junior B") < by_mentor.index("Junior C")
    assert client.get(f"{detail(run)}?sort=nonsense&show=nonsense&page=99").status_code == 200


@pytest.mark.django_db
def test_proposal_page_adds_up_and_offers_alternatives(as_user: AsUser) -> None:
    some = pool(3, 2)
    run = some.run()
    proposal = run.proposals.first()
    url = reverse("matching:proposal_detail", args=[proposal.public_id])
    page = as_user(some.coordinator).get(url).content.decode()
    assert f"{proposal.score / 100:.2f} of 100" in page
    assert "Lowers the total by at least" in page
    assert "Has a place free" in page


@pytest.mark.broad
@pytest.mark.django_db
def test_pin_and_never_buttons_lead_back(as_user: AsUser) -> None:
    some = pool()
    run = some.run()
    proposal = run.proposals.first()
    client = as_user(some.coordinator)
    url = reverse("matching:pair_rule_set", args=[some.program.public_id])
    data = {
        "mentor": proposal.mentor.public_id,
        "mentee": proposal.mentee.public_id,
        "next": detail(run),
    }
    response = client.post(url, {**data, "kind": "pin"})
    assert (response.status_code, response["Location"]) == (303, detail(run))
    assert PairRule.objects.get().kind == RuleKind.PIN
    away = client.post(url, {**data, "kind": "forbid", "next": "https://evil.example/"})
    assert away["Location"] == reverse("matching:pair_rule_list", args=[some.program.public_id])
    assert client.post(url, {**data, "kind": "whatever"}).status_code == 400
    rule = PairRule.objects.get()
    assert (
        "Excluded"
        in client.get(
            reverse("matching:pair_rule_list", args=[some.program.public_id])
        ).content.decode()
    )
    url, here = reverse("matching:pair_rule_remove", args=[rule.public_id]), {"next": "/programs/"}
    client.post(url, here)
    assert not PairRule.objects.exists()
    assert "removed already" in client.post(url, here, follow=True).content.decode()
    assert client.post(url).status_code == 404


@pytest.mark.broad
@pytest.mark.django_db
@pytest.mark.parametrize("who", ["mentor", "mentee", "stranger", "other coordinator"])
@pytest.mark.parametrize("name", ["match_run_detail", "match_run_unmatched"])
def test_run_of_a_program_one_does_not_manage_is_404(who: str, name: str, as_user: AsUser) -> None:
    some, other = pool(1, 1), pool(1, 1)
    run = some.run()
    people = {
        "mentor": some.mentors[0].person,
        "mentee": some.mentees[0].person,
        "stranger": make.UserFactory(),
        "other coordinator": other.coordinator,
    }
    assert as_user(people[who]).get(detail(run, name)).status_code == 404
    proposal = run.proposals.get()
    assert (
        as_user(people[who])
        .get(reverse("matching:proposal_detail", args=[proposal.public_id]))
        .status_code
        == 404
    )


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("name", "queries"), [("match_run_detail", 14), ("match_run_unmatched", 14)]
)
@pytest.mark.parametrize("rows", [1, 3])
def test_run_pages_take_a_constant_number_of_queries(
    name: str, queries: int, rows: int, as_user: AsUser, django_assert_max_num_queries: Any
) -> None:
    some = pool(rows, 2 * rows)
    run = some.run()
    client = as_user(some.coordinator)
    with django_assert_max_num_queries(queries):
        assert client.get(detail(run, name)).content.decode().count('<th scope="row">') == rows


@pytest.mark.broad
@pytest.mark.django_db
@pytest.mark.parametrize("rows", [1, 3])
def test_lists_of_runs_and_rules_take_a_constant_number_of_queries(
    rows: int, as_user: AsUser, django_assert_max_num_queries: Any
) -> None:
    some = pool(3, 3)
    for number in range(rows):
        some.run()
        PairRule.objects.create(
            program=some.program,
            mentor=some.mentors[number],
            mentee=some.mentees[0],
            kind=RuleKind.FORBID,
        )
    client = as_user(some.coordinator)
    for name, queries in (("match_run_list", 11), ("pair_rule_list", 9)):
        with django_assert_max_num_queries(queries):
            page = client.get(reverse(f"matching:{name}", args=[some.program.public_id]))
        assert page.content.decode().count('<th scope="row">') == rows


@pytest.mark.django_db
def test_rows_of_another_run_do_not_mix_in() -> None:
    some = pool(2, 3)
    first = some.run()
    second = some.run()
    assert (
        Proposal.objects.filter(run=first).count()
        == Proposal.objects.filter(run=second).count()
        == 2
    )
    assert Unmatched.objects.filter(run=first).count() == 1
    add(some, "mentor", "Junior Z")
    assert comparing.overlap(second, some.run()).only_second >= 1
