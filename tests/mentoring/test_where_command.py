"""`manage.py where`: from an address to its code."""

from __future__ import annotations

from io import StringIO

import pytest
from django.core.management import CommandError, call_command


def test_address_leads_to_its_view_and_template() -> None:
    said = StringIO()
    call_command("where", "/me/calendar/", stdout=said)
    words = said.getvalue()
    assert "meetings:my_calendar" in words
    assert "meetings/views/calendar.py:" in words
    assert "meetings/my_calendar.html" in words


def test_unknown_address_is_named() -> None:
    with pytest.raises(CommandError, match="No page has the address /nowhere/"):
        call_command("where", "/nowhere/")
