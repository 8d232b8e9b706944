"""How coarsely a shown group speaks: numbers in fives, shares in classes, a mean for many alone.

Exact figures of two rounds can be subtracted, and where everybody said the same they tell what each
one said. So shares are given in classes that begin at multiples of their width; the first and the
last one are open. The widths follow from an attack (benchmarks/anonymity.py). The idea: National
Center for Education Statistics, publication 2011-603.
"""

from __future__ import annotations

FIVE = 5
# (answers from which on, number of equal classes between 0 and 100 %)
STEPS = ((200, 20), (60, 10), (20, 5), (10, 3), (0, 2))
MEAN_FROM = 100  # answers; below, no mean is shown


def steps_of(answers: int) -> int:
    """In how many classes the shares of so many answers are given."""
    return next(steps for least, steps in STEPS if answers >= least)


def class_of(count: int, answers: int, steps: int) -> int:
    """The class, from 0, in which the share of `count` among the answers lies."""
    return min(count * steps // answers, steps - 1)


def in_fives(number: int) -> int:
    """The beginning of the class of five in which a number lies."""
    return number // FIVE * FIVE


def percents(number: int, steps: int) -> tuple[float, float]:
    """Where a class of a share begins and ends, in percent."""
    return 100 * number / steps, 100 * (number + 1) / steps


def shown_mean(total: int, answers: int, at_least: int) -> float | None:
    """The mean with one decimal, where it is known that there are enough answers."""
    return round(total / answers, 1) if at_least >= MEAN_FROM else None
