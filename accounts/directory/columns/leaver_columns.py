"""Columns that tell who has left, by states such as "Terminated" or by last days."""

from __future__ import annotations

from accounts.directory.columns.contents import (
    OF_EMPTY,
    Column,
    fullness,
    has_letters,
    is_day,
    is_last_day,
    is_yes_or_no,
)
from accounts.directory.columns.headings import (
    COLUMNS,
    fields_named,
    has_word,
    is_about_manager,
    words_of,
)
from accounts.directory.values.cells import YES_OR_NO
from accounts.directory.values.status import (
    ON_LEAVE_WORDS,
    StatusColumn,
    is_gone,
    is_kind_of_work,
    is_on_leave,
    question_of,
)

# What a column gains that tells more than others: whom the company has lost, or who is on leave.
SOMEBODY_GONE = 1.0
SOMEBODY_ON_LEAVE = 0.5
KINDS_OF_WORK = 0.6  # "Full-time" says that somebody works here, but nothing about others
NEARLY_ALL = 0.9
SPARSE = 0.5
MOST_STATES = 25  # different ones


def score_of_status(column: Column, named: float) -> float:
    """How good a column is as status; `named` is how clearly its heading says so.

    Never 0: a column "Status" with other words is an error that has to be seen.
    """
    if not column.filled:
        return named * OF_EMPTY if column.cells else named
    reader = StatusColumn.of(column.heading, column.cells)
    fits = max(OF_EMPTY, column.share(reader.understands))
    has_leavers = reader.empty_is_left or any(map(reader.is_gone, column.counts))
    if has_leavers:
        return (named + SOMEBODY_GONE) * fits
    if any(map(is_on_leave, column.counts)):
        return (named + SOMEBODY_ON_LEAVE) * fits
    if all(map(is_kind_of_work, column.counts)):
        fits *= KINDS_OF_WORK
    return named * fits * fullness(column)


def tells_who_left(column: Column) -> bool:
    """Whether a column used as status has states, not only kinds of work or nothing."""
    reader = StatusColumn.of(column.heading, column.cells)
    telling = filter(reader.understands, column.counts)
    return not all(map(is_kind_of_work, telling))


def looks_like_states(column: Column) -> bool:
    """Whether the cells alone say who works here and who has left, whatever the heading is.

    Yes, no and codes do not count: they may answer any question.
    """
    if len(column.counts) > MOST_STATES or is_about_something_else(column.heading):
        return False
    return column.share(is_state_in_words) >= NEARLY_ALL and tells_who_left(column)


def holds_leavers(column: Column) -> bool:
    """As `looks_like_states`, with somebody who has left."""
    return looks_like_states(column) and any(map(is_gone, column.counts))


def asks_who_left(column: Column) -> bool:
    """Whether the heading asks who works here or who has left, and the cells are yes and no."""
    if is_about_something_else(column.heading) or not question_of(column.heading):
        return False
    return column.share(is_yes_or_no) == 1


def looks_like_last_days(column: Column) -> bool:
    """Whether the cells are days and the heading has a word for leaving."""
    return is_about_leaving(column.heading) and column.share(is_last_day) >= NEARLY_ALL


def may_be_last_days(column: Column) -> bool:
    """Whether a few people have a day under a heading that nobody knows."""
    is_known = bool(fields_named(column.heading)) or is_about_something_else(column.heading)
    is_sparse = 0 < column.share_filled <= SPARSE
    return is_sparse and not is_known and column.share(is_day) >= NEARLY_ALL


def looks_like_reasons(column: Column) -> bool:
    """Whether some people have a reason or a kind of leaving."""
    is_sparse = 0 < column.share_filled <= SPARSE
    return (
        is_sparse and is_about_leaving(column.heading) and column.share(has_letters) >= NEARLY_ALL
    )


def is_about_leaving(heading: str) -> bool:
    """Whether a heading has a word for leaving, and none for the end of something else."""
    has_stem = any(stem in words_of(heading) for stem in COLUMNS["leaving_stems"])
    is_leaving = has_stem or has_word(heading, COLUMNS["leaving_words"])
    return is_leaving and not is_about_something_else(heading)


def is_about_something_else(heading: str) -> bool:
    """Whether a heading names another field, or the state or the end of something else."""
    others = fields_named(heading).keys() - {"status", "left_on"}
    has_other_word = has_word(heading, [*COLUMNS["no_state_words"], *ON_LEAVE_WORDS])
    return bool(others) or has_other_word or is_about_manager(heading)


def is_state_in_words(cell: str) -> bool:
    """Whether a cell is a state in words."""
    is_code = len(cell) < 3 or cell.isdecimal() or cell.casefold() in YES_OR_NO
    return not is_code and is_gone(cell) is not None
