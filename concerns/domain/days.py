"""The days that are promised, in the company's time zone: an author's own zone is not kept."""

from __future__ import annotations

from datetime import date, timedelta

from accounts.domain.company import company
from common import clock

# Directive (EU) 2019/1937, Article 9 (1) b and f: seven days, three months. No three months are
# shorter than 89 days.
ACKNOWLEDGE = timedelta(days=7)
ANSWER = timedelta(days=89)


def today() -> date:
    """The company's day."""
    return clock.today(company().time_zone)
