"""Every page about a program, for those who run it, shows where it is: in one place of five, with
the program's name in its title.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from html import unescape
from typing import Any

import pytest
from django.db import transaction
from django.test import Client
from django.utils.html import escape

from accounts.models import User
from programs.places import PLACES
from tests.url_matrix import core
from tests.url_matrix.world import World

pytestmark = pytest.mark.broad

FRAME = "programs/program_base.html"
IN_PLACES = Counter(page for place in PLACES for part in place.parts for page in part.pages)
ROWS = [row for row in core.all_rows() if row.method == "get" and row.allowed & core.MANAGERS]


def test_no_page_is_in_two_places() -> None:
    assert [page for page, times in IN_PLACES.items() if times > 1] == []


def test_every_page_that_is_listed_exists() -> None:
    routes = {row.name for row in core.all_rows()}
    assert sorted(set(IN_PLACES) - routes) == []


def opened(world: World) -> Iterator[tuple[str, Any]]:
    """Each page of a program that a coordinator or HR may open, and its answer."""
    for row in ROWS:
        with transaction.atomic():
            if row.setup:
                row.setup(world)
            role = "coordinator" if "coordinator" in row.allowed else "hr_admin"
            client = Client()
            client.force_login(User.objects.get(pk=world.people[role].pk))
            answer = client.get(row.url(world))
            if FRAME in {template.name for template in answer.templates}:
                yield row.name, answer
            transaction.set_rollback(True)


def test_every_page_of_a_program_is_in_one_place(world: World) -> None:
    wrong, seen = [], set()
    for name, answer in opened(world):
        seen.add(name)
        text = answer.content.decode()
        title = unescape(text.partition("<title>")[2].partition("</title>")[0])
        if IN_PLACES[name] != 1:
            wrong.append(f"{name} is in {IN_PLACES[name]} places")
        elif sum(link.current for link in answer.context["places"]) != 1:
            wrong.append(f"{name} does not show its place")
        if world.program.name not in title:
            wrong.append(f"{name}: the title is “{title}”")
        if escape(world.program.name) not in text.partition("breadcrumb")[2]:
            wrong.append(f"{name}: no breadcrumb of the program")
    assert wrong == []
    assert len(seen) > 30
