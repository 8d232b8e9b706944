"""Charts of every kind, as full, as empty and as awkward as they may get."""

from __future__ import annotations

from datetime import date, timedelta

from common import charts

START = date(2027, 3, 1)
WORDS = {"note": "What is drawn, in a sentence", "counted": "Each session that was held counts."}
LONG = "Rindfleischetikettierungsüberwachungsaufgabenübertragungsgesetz " * 3


def bars(label: str, *values: float) -> charts.Bars:
    """Bars of three parts."""
    rows = [charts.Bar(label, [value, value / 2, 1], f"{value:g}", url="/a/") for value in values]
    return charts.Bars(title=label, legend=[label, "neither", "no"], rows=rows, **WORDS)


def single_bars(label: str, *values: float) -> charts.Bars:
    """Bars of one part, out of 100."""
    rows = [charts.Bar(label, [value], f"{value:g}", of=100) for value in values]
    return charts.Bars(title=label, rows=rows, **WORDS)


def funnel(label: str, *values: float) -> charts.Funnel:
    """Two sides."""
    numbers = [[int(value), int(value) // 2] for value in values]
    stages = [charts.Stage(label, pair, ["/people/", "/people/"]) for pair in numbers]
    return charts.Funnel(title=label, sides=[label, "mentors"], stages=stages, **WORDS)


def lines(label: str, *values: float) -> charts.Lines:
    """A line that ends early, and the plan."""
    ticks = [charts.Tick(number, f"{label} {number}") for number in range(len(values))]
    held = charts.Series(label, [*values[: len(values) // 2 + 1]])
    plan = charts.Series("Plan", values, is_plan=True)
    return (
        charts.Lines(
            title=label, ticks=ticks, series=[held, plan], row_label="Week", marked=[1], **WORDS
        )
        if len(values) > 1
        else charts.Lines(title=label, ticks=ticks, series=[held], **WORDS)
    )


def heat(label: str, *values: float) -> charts.Heat:
    """A row per value with a cell of every level, and one without a figure."""
    cells = [charts.HeatCell(f"{level}0", level) for level in range(5)]
    rows = [
        charts.HeatRow(charts.Cell(f"{label} {value:g}", "/pair/"), [*cells, charts.HeatCell("–")])
        for value in values
    ]
    return charts.Heat(title=label, columns=list("ABCDEF"), rows=rows, corner=label, **WORDS)


def intervals(label: str, *values: float) -> charts.Intervals:
    """Changes, and from when on they count."""
    rows = [
        charts.Interval(label, value / 50, value / 50 - 0.3, value / 50 + 0.3, f"+{value / 50:.1f}")
        for value in values
    ]
    return charts.Intervals(
        title=label, rows=rows, threshold=0.5, threshold_label="counts from +0.5", **WORDS
    )


def timeline(label: str, *values: float) -> charts.Timeline:
    """Dates, some of them over."""
    events = [
        charts.Event(START + timedelta(days=int(value)), label, url="/surveys/") for value in values
    ]
    return charts.Timeline(
        title=label,
        events=events,
        first=START,
        last=START + timedelta(days=100),
        today=START + timedelta(days=40),
        **WORDS,
    )


KINDS = [bars, single_bars, funnel, lines, heat, intervals, timeline]
CASES: dict[str, tuple[str, tuple[float, ...]]] = {
    "usual": ("Sessions keep pace", (34, 30, 22, 45)),
    "empty": ("Nothing yet", ()),
    "one value": ("One", (12,)),
    "zeros": ("Zeros", (0, 0)),
    "long labels": (LONG, (80, 12)),
    "hostile": ("<script>alert(\"1\")</script> & '%s' {{ x }}", (3, 1)),
}


def all_samples() -> list[charts.Chart]:
    """Every kind in every case."""
    return [kind(label, *values) for label, values in CASES.values() for kind in KINDS]
