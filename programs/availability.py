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


def _require_in_week(day: int, start: int, end: int) -> None:
    if not (0 <= day <= 6 and 0 <= start < end <= DAY_MINUTES):
        raise ValueError(f"not a window of a week: {day}, {start}-{end}")


def normalise(windows: list[Window]) -> list[Window]:
    """Sorted, with windows that overlap or touch joined.

    ValueError for one that is empty or outside its day.
    """
    joined: list[Window] = []
    for day, start, end in sorted(windows):
        _require_in_week(day, start, end)
        last_day, _last_start, last_end = joined[-1] if joined else (None, 0, 0)
        if day == last_day and start <= last_end:
            joined[-1][2] = max(last_end, end)
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
    choices = {}
    for day in range(7):
        choices[day] = _to_choice(day, [window for window in windows if window[0] == day])
    return choices


def _to_choice(day: int, windows: list[Window]) -> DayChoice:
    """The choice that shows the windows of one day."""
    choice = DayChoice()
    for key, _label, start, end in SLOTS:
        if _is_covered(start, end, windows):
            choice.slots.append(key)

    ticked = from_choices({day: choice})
    rest = [window for window in windows if window not in ticked]
    if rest:
        _day, start, end = rest[0]
        choice.own = (start, end)
    return choice


def _is_covered(start: int, end: int, windows: list[Window]) -> bool:
    """Whether one of the windows holds all of this time."""
    return any(
        window_start <= start and end <= window_end for _day, window_start, window_end in windows
    )
