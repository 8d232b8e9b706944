"""Who learns from whom: sums, the measures of the picture, and the pages."""

from __future__ import annotations

import itertools
import re
from typing import Any

import pytest
from django.urls import reverse

from matching.domain.analysis import company_map, map_drawing
from matching.domain.analysis.company_map import OTHERS, Flow
from matching.models import Proposal
from tests import factories as make
from tests.matching.matching_data import add, pool
from tests.support.types import AsUser


def test_bars_are_as_high_as_their_pairs() -> None:
    picture = map_drawing.draw([Flow("A", "X", 6), Flow("A", "Y", 2), Flow("B", "X", 2)])
    assert [(node.name, node.pairs) for node in picture.origins] == [("A", 8), ("B", 2)]
    assert [(node.name, node.pairs) for node in picture.targets] == [("X", 8), ("Y", 2)]
    for nodes in (picture.origins, picture.targets):
        assert sum(node.height for node in nodes) == pytest.approx(map_drawing.FULL_HEIGHT, abs=0.1)
        assert nodes[-1].y + nodes[-1].height <= picture.height + 0.1
        for upper, lower in itertools.pairwise(nodes):
            assert upper.y + upper.height < lower.y, "bars never touch"


def test_ribbons_fill_their_bars_exactly() -> None:
    flows = [Flow(f"O{one}", f"T{two}", 1 + one * two) for one in range(4) for two in range(4)]
    picture = map_drawing.draw(flows)
    starts: dict[str, list[tuple[float, float]]] = {}
    for ribbon in picture.ribbons:
        numbers = [float(word) for word in re.findall(r"-?\d+\.\d\d", ribbon.path)]
        starts.setdefault(ribbon.flow.origin, []).append((numbers[0], numbers[-1]))
    for node in picture.origins:
        edges = sorted(starts[node.name])
        assert edges[0][0] == pytest.approx(node.y, abs=0.05)
        assert edges[-1][1] == pytest.approx(node.y + node.height, abs=0.05)
        for upper, lower in itertools.pairwise(edges):
            assert upper[1] == pytest.approx(lower[0], abs=0.05)


def test_small_groups_are_put_together_and_nothing_is_lost() -> None:
    flows = [Flow(f"Department {number}", "Board", number + 1) for number in range(40)]
    picture = map_drawing.draw(flows)
    assert len(picture.origins) == map_drawing.MOST_GROUPS
    others = picture.origins[-1]
    assert (others.name, others.merged) == (OTHERS, 31)
    assert sum(node.pairs for node in picture.origins) == sum(flow.pairs for flow in flows)
    assert not any(ribbon.flow.within for ribbon in picture.ribbons)


def test_others_on_both_sides_are_not_one_group() -> None:
    flows = [Flow(f"{number}", f"{number + 1}", 1) for number in range(30)]
    drawn = next(
        ribbon.flow
        for ribbon in map_drawing.draw(flows).ribbons
        if ribbon.flow.origin == ribbon.flow.target == OTHERS
    )
    assert not drawn.within
    assert not Flow("", "", 3).within, (
        "two people of whom nothing is known need not be of one group"
    )
    assert Flow("Sales", "Sales", 3).within


def test_grades_stand_by_rank() -> None:
    picture = map_drawing.draw(
        [Flow("Lead", "Board", 9), Flow("Trainee", "Board", 1)],
        ranks={"Trainee": 1, "Lead": 5, "Board": 9},
    )
    assert [node.name for node in picture.origins] == ["Trainee", "Lead"]


def test_no_pair_is_an_empty_picture() -> None:
    picture = map_drawing.draw([])
    assert (picture.height, picture.ribbons) == (0.0, ())


@pytest.mark.broad
@pytest.mark.django_db
def test_map_page_shows_picture_and_table(as_user: AsUser) -> None:
    some = pool(0, 0)
    run = None
    add(some, "mentor", "Junior A", department="Marketing <b>")
    add(some, "mentor", "Junior B", department="Finance")
    add(some, "mentee", "Senior A", department="Finance")
    add(some, "mentee", "Senior B", department="")
    run = some.run()
    url = reverse("matching:match_map", args=[run.public_id])
    page = as_user(some.coordinator).get(url).content.decode()
    assert 'role="img"' in page
    assert page.count('class="flow') >= 2
    assert "Marketing &lt;b&gt;" in page
    assert "Marketing <b>" not in page
    assert "Not stated" in page
    assert "style=" not in page
    by_grade = as_user(some.coordinator).get(url, {"by": "grade"}).content.decode()
    assert "Grade 1 → Grade 6: 2 pairs" in by_grade
    assert "2 of 2 pairs join two grades (100%)" in by_grade
    found = as_user(some.coordinator).get(
        url, {"q": "financ", "sort": "target", "by": "nonsense", "page": "9"}
    )
    assert found.status_code == 200
    assert (
        as_user(some.coordinator)
        .get(url, {"q": "nowhere"})
        .content.decode()
        .count('<th scope="row">')
        == 0
    )


@pytest.mark.broad
@pytest.mark.django_db
@pytest.mark.parametrize("by", ["department", "grade", "location"])
@pytest.mark.parametrize("rows", [1, 3])
def test_maps_take_a_constant_number_of_queries(
    by: str, rows: int, as_user: AsUser, django_assert_max_num_queries: Any
) -> None:
    some = pool(rows, rows)
    run = some.run()
    client = as_user(some.coordinator)
    with django_assert_max_num_queries(16):
        assert (
            client.get(reverse("matching:match_map", args=[run.public_id]), {"by": by}).status_code
            == 200
        )
    for mentor, mentee in zip(some.mentors, some.mentees, strict=True):
        make.PairingFactory(program=some.program, mentor_enrolment=mentor, mentee_enrolment=mentee)
    with django_assert_max_num_queries(11):
        page = client.get(
            reverse("matching:pairing_map", args=[some.program.public_id]), {"by": by}
        ).content.decode()
    assert f"of {rows} pair" in page


@pytest.mark.django_db
def test_map_of_a_program_has_only_live_pairs(as_user: AsUser) -> None:
    some = pool(2, 2)
    for state, mentor, mentee in zip(("active", "void"), some.mentors, some.mentees, strict=True):
        make.PairingFactory(
            program=some.program, mentor_enrolment=mentor, mentee_enrolment=mentee, state=state
        )
    page = (
        as_user(some.coordinator)
        .get(reverse("matching:pairing_map", args=[some.program.public_id]))
        .content.decode()
    )
    assert "of 1 pair " in page


@pytest.mark.django_db
def test_flows_of_a_run_add_up_to_its_pairs() -> None:
    run = pool(5, 5).run()
    for by in company_map.FIELDS:
        assert (
            sum(row["pairs"] for row in company_map.flows_of_run(run, by))
            == Proposal.objects.filter(run=run).count()
        )


@pytest.mark.django_db
def test_flows_can_be_downloaded(as_user: AsUser) -> None:
    some = pool(3, 3)
    run = some.run()
    for name, of in (("match_map_export", run), ("pairing_map_export", some.program)):
        if of is some.program:
            for mentor, mentee in zip(some.mentors, some.mentees, strict=True):
                make.PairingFactory(
                    program=some.program, mentor_enrolment=mentor, mentee_enrolment=mentee
                )
        response: Any = as_user(some.hr).get(
            reverse(f"matching:{name}", args=[of.public_id]), {"by": "grade"}
        )
        lines = b"".join(response.streaming_content).decode().splitlines()
        assert lines[1:] == ['"Grade 1","Grade 6",3']
