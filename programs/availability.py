"""Weekly free time: windows in a person's own zone, and the boxes that they tick.

A window is [weekday, start minute, end minute].

Weekdays count from Monday = 0; minutes from midnight. Windows of a day never overlap or touch once
normalised.
"""

from __future__ import annotations

from dataclasses import dataclass, field

from programs.styles import SLOTS

Window = list[int]
DAY_MINUTES = 24 * 60


@dataclass
class DayChoice:
    """One weekday on the page: the ticked slots, and one window of the person's own in minutes."""

    slots: list[str] = field(default_factory=list)
    own: tuple[int, int] | None = None


def normalise(windows: list[Window]) -> list[Window]:
    """Sorted, with windows that overlap or touch joined.

    ValueError for one that is empty or outside its day.
    """
    joined: list[Window] = []
    for day, start, end in sorted(windows):
        if not (0 <= day <= 6 and 0 <= start < end <= DAY_MINUTES):
            raise ValueError(f"not a window of a week: {day}, {start}-{end}")
        if joined and joined[-1][0] == day and start <= joined[-1][2]:
            joined[-1][2] = max(joined[-1][2], end)
        else:
            joined.append([day, start, end])
    return joined


def from_choices(choices: dict[int, DayChoice]) -> list[Window]:
    """The windows that ticked boxes and own times stand for, normalised."""
    edges = {key: (start, end) for key, _label, start, end in SLOTS}
    windows: list[Window] = []
    for day, choice in choices.items():
        windows += [[day, *edges[key]] for key in choice.slots]
        if choice.own:
            windows.append([day, *choice.own])
    return normalise(windows)


def to_choices(windows: list[Window]) -> dict[int, DayChoice]:
    """The ticked boxes and own times that show these windows, for all seven days.

    A slot is ticked if a window covers it. The first window that ticks cannot express is shown as
    the own time.
    """
    choices = {day: DayChoice() for day in range(7)}
    for day, choice in choices.items():
        mine = [window for window in windows if window[0] == day]
        choice.slots = [
            key
            for key, _label, start, end in SLOTS
            if any(window[1] <= start and end <= window[2] for window in mine)
        ]
        ticked = from_choices({day: DayChoice(slots=choice.slots)})
        rest = [window for window in mine if window not in ticked]
        choice.own = (rest[0][1], rest[0][2]) if rest else None
    return choices
