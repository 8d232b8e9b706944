"""Charts: what is drawn lies in its box, and every kind stands any data and any text."""

from __future__ import annotations

from collections.abc import Callable
from itertools import pairwise
from xml.etree import ElementTree

import pytest
from django.template import Context, Template
from django.utils import translation
from hypothesis import given
from hypothesis import strategies as some

from common import charts
from common.charts import geometry
from tests.common import chart_samples

number = some.floats(min_value=0, max_value=1e9, allow_nan=False)
any_number = some.floats(min_value=-1e9, max_value=1e9, allow_nan=False)
numbers = some.lists(number, max_size=12)
SLACK = 1e-6  # of floating-point sums, in percent

Kind = Callable[..., charts.Chart]


def markup(chart: charts.Chart) -> str:
    """The chart as it stands in a page."""
    return Template("{% chart figure %}").render(Context({"figure": chart}))


def parsed(chart: charts.Chart) -> ElementTree.Element:
    """The chart's markup, which is well-formed XML."""
    return ElementTree.fromstring(markup(chart))


# geometry


@given(numbers, number)
def test_stacked_parts_lie_side_by_side_and_never_outside(values: list[float], of: float) -> None:
    spans = geometry.stacked(values, of)
    assert all(span.start >= 0 and span.length >= 0 for span in spans)
    assert all(span.end <= 100 + SLACK for span in spans)
    assert all(abs(left.end - right.start) < SLACK for left, right in pairwise(spans))


@given(some.lists(some.floats(min_value=0.01, max_value=1e9), min_size=1, max_size=12))
def test_stacked_parts_of_their_sum_are_100_percent(values: list[float]) -> None:
    assert abs(geometry.stacked(values, 0)[-1].end - 100) < SLACK


@given(any_number, any_number, any_number, any_number)
def test_place_is_inside_and_monotone(one: float, other: float, low: float, high: float) -> None:
    first, second = sorted((one, other))
    places = [geometry.place(value, low, high) for value in (first, second)]
    assert 0 <= places[0] <= places[1] <= 100


@given(number)
def test_axis_shows_the_largest_value(most: float) -> None:
    heights = geometry.axis(most)
    assert heights[0] == 0 and heights[-1] >= most
    assert heights == sorted(set(heights)) and 2 <= len(heights) <= 6
    assert heights[-1] <= max(1, 2.5 * most + SLACK), "most of the drawing is used"


@given(any_number, any_number)
def test_axis_between_holds_both_ends(one: float, other: float) -> None:
    low, high = sorted((one, other))
    heights = geometry.axis_between(low, high)
    slack = 1e-5 * max(1, abs(low), abs(high))
    assert heights[0] <= low + slack and high <= heights[-1] + slack
    assert heights == sorted(set(heights)) and 2 <= len(heights) <= 7


@given(some.lists(any_number, min_size=2, max_size=9))
def test_lines_below_zero_and_downwards_lie_in_their_box(values: list[float]) -> None:
    ticks = [charts.Tick(number, str(number), mark="1") for number in range(len(values))]
    drawing = charts.Lines(
        title="Down", ticks=ticks, series=[charts.Series("x", values)], from_zero=False
    ).drawing
    assert len(drawing.marks) == len(values)
    points = [point.split() for point in drawing.lines[0].path[1:].split("L")]
    assert all(0 <= float(down) <= 100 for _across, down in points)
    assert all(0 <= label.at <= 100 for label in [*drawing.heights, *drawing.marks])


@given(any_number, any_number, some.floats(min_value=-1e9, max_value=1e9))
def test_level_is_one_of_five_and_monotone(one: float, other: float, high: float) -> None:
    levels = [geometry.level(value, 0, high) for value in sorted((one, other))]
    assert 0 <= levels[0] <= levels[1] <= 4


@given(some.lists(any_number, max_size=8))
def test_bounds_hold_all_values_and_zero(values: list[float]) -> None:
    low, high = geometry.bounds(values)
    assert low < high and all(low <= value <= high for value in [0, *values])


@pytest.mark.broad
@given(some.lists(some.floats(min_value=0, max_value=100), min_size=1, max_size=30), some.data())
def test_labels_keep_their_distance(places: list[float], data: some.DataObject) -> None:
    first = data.draw(some.lists(some.sampled_from(range(len(places))), max_size=3, unique=True))
    shown = geometry.far_enough(places, 20, first)
    assert shown and (not first or first[0] in shown)
    chosen = sorted(places[number] for number in shown)
    assert all(right - left >= 20 for left, right in pairwise(chosen))


@given(some.lists(number, min_size=2, max_size=30))
def test_lines_lie_in_their_box_and_rise_with_their_values(values: list[float]) -> None:
    drawing = chart_samples.lines("x", *sorted(values)).drawing
    assert all(0 <= label.at <= 100 for label in [*drawing.heights, *drawing.moments])
    for line in drawing.lines:
        points = [point.split() for point in line.path[1:].split("L")]
        across = [float(x) for x, _y in points]
        down = [float(y) for _x, y in points]
        assert all(0 <= value <= 100 for value in [*across, *down])
        assert across == sorted(across) and down == sorted(down, reverse=True)


@given(some.lists(some.floats(min_value=-500, max_value=500), max_size=9))
def test_intervals_hold_their_dots(values: list[float]) -> None:
    drawing = chart_samples.intervals("x", *values).drawing
    for row in drawing.rows:
        assert 0 <= row.span.start <= row.dot <= row.span.end + SLACK <= 100 + 2 * SLACK


# drawing


@pytest.mark.parametrize("kind", chart_samples.KINDS)
@pytest.mark.parametrize("case", chart_samples.CASES)
@pytest.mark.parametrize("language", ["en", "de"])
def test_every_kind_is_well_formed_whatever_it_shows(kind: Kind, case: str, language: str) -> None:
    label, values = chart_samples.CASES[case]
    with translation.override(language):
        figure = parsed(kind(label, *values))
    assert figure.tag == "figure" and figure.get("aria-label") == label
    assert not [one for one in figure.iter() if one.tag == "script" or one.get("style")]
    for attribute in ("x", "y", "width", "cx", "cy", "x1", "x2", "y1", "y2"):
        for element in figure.iter():
            value = element.get(attribute, "0").removesuffix("%")
            assert 0 <= float(value) <= 200, f"{element.tag} {attribute}"


@pytest.mark.parametrize("kind", chart_samples.KINDS)
def test_every_kind_without_data_says_so(kind: Kind) -> None:
    text = markup(kind("Nothing yet"))
    assert "There is nothing to show yet." in text and "<svg" not in text


@pytest.mark.parametrize("kind", chart_samples.KINDS)
def test_every_drawing_has_a_text_alternative(kind: Kind) -> None:
    label, values = chart_samples.CASES["usual"]
    for drawing in parsed(kind(label, *values)).iter("svg"):
        has_words = drawing.get("role") == "img" and bool(drawing.get("aria-label"))
        is_inner = drawing.get("viewBox") is not None
        assert has_words or is_inner or drawing.get("aria-hidden") == "true"


def test_table_behind_the_lines_has_every_value() -> None:
    table = chart_samples.lines("Held", 1, 2, 4).table
    assert [[str(cell.text) for cell in row] for row in table.rows] == [
        ["Held 0", "1", "1"],
        ["Held 1", "2", "2"],
        ["Held 2", "–", "4"],
    ]


def test_numbers_of_a_funnel_lead_to_their_lists() -> None:
    text = markup(chart_samples.funnel("Invited", 26))
    assert text.count('href="/people/"') == 4, "beside the bars and in the table"
