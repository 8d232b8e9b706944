"""Whatever a coordinator does and reads, four reasons why two people are not available to each
other look the same.

Four worlds differ in nothing but why Senior A and Junior A must not meet: somebody avoids the
other, HR blocks them, they were a pair before, they share no time. In each, the same hand pins,
forbids, swaps, relaxes rules, compares, publishes and offers again, and reads every page on the
way. What it has read must be equal, letter by letter.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.db import transaction
from django.test import Client
from django.urls import reverse

from accounts.models import PairBlock
from common import clock
from matching.domain import runs
from matching.models import MatchRun, PairRule
from pairings.enums import PairingState
from programs.enums import ProgramState
from programs.models import Avoidance
from tests import factories as make
from tests.matching.matching_data import Pool, add, pool
from tests.support.types import AsUser, At

WORLDS = ["the mentor avoids", "HR blocks", "a pair before", "no shared time"]
MORNING, AFTERNOON, ALL_DAY = (
    [[day, *hours] for day in range(5)] for hours in ((540, 720), (840, 1020), (540, 1080))
)
UUID = re.compile(r"[0-9a-f]{8}-?[0-9a-f]{4}-?[0-9a-f]{4}-?[0-9a-f]{4}-?[0-9a-f]{12}")
SIGNED = r"\b[\w-]+:[0-9A-Za-z]{6}:[\w-]{43}"
NOISE = re.compile(
    rf"\b[0-9A-Za-z]{{64}}\b|{SIGNED}|\bperson\d+@example\.com\b|(?<=T\d\d:\d\d:)\d\d"
)
MOMENT = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)


def world(why: str) -> Pool:
    """Four seniors, three juniors; everybody but the two in question shares the same time with
    either in every world.
    """
    some = pool(0, 0, forbid_same_department=True)
    places = {"Junior A": "IT", "Junior B": "Sales", "Junior C": "Sales"}
    places |= {"Senior A": "Sales", "Senior B": "Law", "Senior C": "Law", "Senior D": "Sales"}
    for name, department in places.items():
        role = "mentor" if name.startswith("Junior") else "mentee"
        enrolment = add(
            some,
            role,
            name,
            level=2 + ord(name[-1]) % 3,
            department=department,
            employee_id=f"{name} of {why}",
        )
        enrolment.availability = MORNING if name in {"Junior A", "Senior A"} else ALL_DAY
        if why == "no shared time" and name == "Senior A":
            enrolment.availability = AFTERNOON
        enrolment.save()
        (some.mentors if role == "mentor" else some.mentees).append(enrolment)
    junior, senior = some.mentors[0].person, some.mentees[0].person
    if why == "the mentor avoids":
        Avoidance.objects.create(person=junior, people=[str(senior.public_id)])
    elif why == "HR blocks":
        first, second = sorted([junior, senior], key=lambda person: person.pk)
        PairBlock.objects.create(first=first, second=second)
    elif why == "a pair before":
        other = make.ProgramFactory()
        sides = {
            role: make.EnrolmentFactory(program=other, person=p, role=role)
            for role, p in (("mentor", junior), ("mentee", senior))
        }
        make.PairingFactory(
            program=other,
            mentor_enrolment=sides["mentor"],
            mentee_enrolment=sides["mentee"],
            state=PairingState.COMPLETED,
        )
    return some


class Hand:
    """Does things as a coordinator and keeps what it reads."""

    def __init__(self, some: Pool, client: Client) -> None:
        self.some, self.client = some, client
        self.read: list[tuple[str, str]] = []
        self.turn = 0

    def tick(self) -> None:
        """A minute for each thing done, however long it takes."""
        self.turn += 1
        clock.move_to(MOMENT + timedelta(minutes=self.turn))

    def keep(self, what: str, response: Any) -> Any:
        """Keep an answer as anybody reads it: ids by order of appearance, without what is random on
        every page.
        """
        body = b"".join(response.streaming_content) if response.streaming else response.content
        text = NOISE.sub(
            "", f"{response.status_code} {response.headers.get('Location', '')}\n{body.decode()}"
        )
        seen: dict[str, str] = {}
        self.read.append(
            (what, UUID.sub(lambda found: seen.setdefault(found[0], f"id{len(seen)}"), text))
        )
        return response

    def get(self, name: str, thing: Any, query: str = "") -> Any:
        """Read a page."""
        self.tick()
        route = name if ":" in name else f"matching:{name}"
        return self.keep(
            f"{name} {UUID.sub('', query)}",
            self.client.get(reverse(route, args=[thing.public_id]) + query),
        )

    def post(self, name: str, thing: Any, **data: Any) -> Any:
        """Do something, and read where it leads."""
        self.tick()
        url = reverse(f"matching:{name}", args=[thing.public_id])
        return self.keep(f"{name} {sorted(data)}", self.client.post(url, data, follow=True))

    def run(self) -> MatchRun:
        """Run matching through the page, and read what it has found."""
        self.tick()
        url = reverse("matching:match_run_start", args=[self.some.program.public_id])
        assert self.client.post(url).status_code == 303
        run = MatchRun.objects.filter(program=self.some.program).latest("pk")
        runs.execute_run(run.pk)
        run.refresh_from_db()
        assert run.state == "done"
        self.get("match_run_detail", run)
        self.get("match_run_unmatched", run)
        return run

    def look(self, run: MatchRun) -> None:
        """Every page of a run."""
        for query in ("?show=warnings", "?show=pinned", "?sort=weakest", "?q=senior+a"):
            self.get("match_run_detail", run, query)
        for by in ("department", "grade"):
            for name in ("match_fairness", "match_map", "match_compare"):
                self.get(name, run, f"?by={by}")
        for name in ("match_run_export", "match_run_unmatched_export", "match_compare_export"):
            self.get(name, run)
        for proposal in run.proposals.order_by("mentee__person__name"):
            self.get("proposal_detail", proposal)
        for name in ("pair_rule_list", "match_run_list", "meetings:pairing_list"):
            self.get(name, self.some.program)

    def swaps(self, run: MatchRun) -> Iterator[dict[str, Any]]:
        """The forbidden pair, asked for by hand in every way there is; and changes that are
        offered.
        """
        junior, senior = self.some.mentors[0], self.some.mentees[0]
        for proposal in run.proposals.order_by("mentee__person__name"):
            shown = {
                "shown_mentor": proposal.mentor.public_id,
                "shown_mentee": proposal.mentee.public_id,
            }
            same = {"proposal": proposal, **shown}
            if proposal.mentee == senior:
                yield {**same, "kind": "free", "mentor": junior.public_id, "other": ""}
                for other in self.some.mentees:
                    yield {
                        **same,
                        "kind": "swap",
                        "mentor": junior.public_id,
                        "other": other.public_id,
                    }
            if proposal.mentor == junior:
                yield {
                    **same,
                    "kind": "replace",
                    "mentor": junior.public_id,
                    "other": senior.public_id,
                }
            for option in proposal.alternatives[:1]:
                yield {**same, **{name: option[name] or "" for name in ("kind", "mentor", "other")}}


def life(some: Pool, client: Client) -> list[tuple[str, str]]:
    """All that a coordinator can do to find out why two people do not meet."""
    hand = Hand(some, client)
    junior, senior = some.mentors[0], some.mentees[0]
    pair = {"mentor": junior.public_id, "mentee": senior.public_id}
    first = hand.run()
    hand.look(first)
    hand.get("match_run_publish", first)
    for change in list(hand.swaps(first)):
        proposal = change.pop("proposal")
        with transaction.atomic():  # each from the same beginning
            hand.post("proposal_change", proposal, **change)
            hand.get("match_run_unmatched", first)
            transaction.set_rollback(True)
    hand.post("pair_rule_set", some.program, kind="pin", **pair)
    hand.run()
    hand.post("pair_rule_set", some.program, kind="forbid", **pair)
    hand.run()
    PairRule.objects.filter(program=some.program).delete()
    for rule in (
        {"forbid_same_department": False},
        {"require_common_language": False},
        {"grade_gap": 2},
    ):
        type(some.program).objects.filter(pk=some.program.pk).update(**rule)
        hand.run()
    type(some.program).objects.filter(pk=some.program.pk).update(
        objective="score", floor=False, minimum_score=5000
    )
    last = hand.run()
    hand.get("match_compare", last, f"?first={first.public_id}&second={last.public_id}")
    type(some.program).objects.filter(pk=some.program.pk).update(
        objective="participation", minimum_score=0, grade_gap=1
    )
    final = hand.run()
    hand.post("match_run_publish", final)
    hand.look(final)
    type(some.program).objects.filter(pk=some.program.pk).update(state=ProgramState.RUNNING)
    for pairing in some.program.pairings.all():
        pairing.state = PairingState.VOID
        pairing.save()
    hand.get("free_again", some.program)
    hand.post("free_offer", some.program, **pair)
    hand.get("meetings:pairing_list", some.program)
    hand.get("pairing_map", some.program)
    return hand.read


@pytest.mark.slow
@pytest.mark.django_db
@pytest.mark.usefixtures("still_clock")
def test_nothing_that_a_coordinator_reads_tells_why_two_do_not_meet(
    as_user: AsUser, at: At
) -> None:
    at(MOMENT)
    read: dict[str, list[tuple[str, str]]] = {}
    for why in WORLDS:
        with transaction.atomic():
            some = world(why)
            read[why] = life(some, as_user(some.coordinator))
            transaction.set_rollback(True)
    usual = read[WORLDS[0]]
    assert len(usual) > 60
    assert any("not available" in text.lower() for _, text in usual)
    assert any("What would help" in text for _, text in usual)
    for why in WORLDS[1:]:
        for (what, text), (also, other) in zip(usual, read[why], strict=True):
            assert what == also
            assert text == other, f"{what} tells “{WORLDS[0]}” from “{why}”"
