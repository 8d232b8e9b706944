"""Changing the pairs of a finished run by hand, and undoing it.

A change is made in the run itself, under its lock, and recorded as a `HandChange`. Nobody is
notified before the run is published. The new pairs are pinned, so that the next run keeps them;
undoing the change removes these pins.

Every change is checked against the rules as they are at that moment, as publishing does. Private
rules are reported as "not available".
"""

from matching.domain.by_hand.changeable import is_changeable
from matching.domain.by_hand.changing import Changed, Choice, change
from matching.domain.by_hand.undoing import undo

__all__ = ["Changed", "Choice", "change", "is_changeable", "undo"]
