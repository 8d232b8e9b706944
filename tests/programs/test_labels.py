"""A program's own words for its two sides: on every page of those who take part, and in texts."""

from __future__ import annotations

import re

import pytest
from django.db import transaction
from django.template import Context, Template
from django.test import Client
from django.utils import translation
from django.utils.html import strip_tags

from accounts.models import User
from programs.enums import PairRole
from programs.labels import side_label, side_labels, with_labels
from programs.models import Program
from tests.url_matrix import core
from tests.url_matrix.world import World

OWN_WORDS = {
    "mentor_label": "pilot",
    "mentors_label": "pilots",
    "mentee_label": "captain",
    "mentees_label": "captains",
}
USUAL_WORDS = re.compile(r"\b(mentors?|mentees?)\b", re.IGNORECASE)
# The help of these gives the usual words as examples.
SET_HERE = {"programs:program_wizard", "programs:text_edit"}
PAGES = [
    row
    for row in core.all_rows()
    if row.method == "get" and not row.public and row.name not in SET_HERE
]


def labelled() -> Program:
    return Program(name="Ours", **OWN_WORDS)


def test_each_side_has_a_word_for_one_and_for_several() -> None:
    program = labelled()
    assert side_label(program, PairRole.MENTOR) == "pilot"
    assert side_label(program, PairRole.MENTEE, plural=True) == "captains"
    assert side_labels(program) == {"mentor": "pilot", "mentee": "captain"}


def test_default_words_are_mentor_and_mentee() -> None:
    assert side_labels(Program()) == {"mentor": "mentor", "mentee": "mentee"}
    assert side_label(Program(), PairRole.MENTOR, plural=True) == "mentors"


def test_placeholders_in_a_text_are_replaced() -> None:
    text = "{Mentors} teach, {mentees} learn: one {mentor}, one {mentee}."
    assert with_labels(text, labelled()) == "Pilots teach, captains learn: one pilot, one captain."


@pytest.mark.parametrize(
    "text", ["{program.name}", "{mentor.__class__}", "{0}", "{", "100 %", "%(mentor)s", "{{mentor"]
)
def test_other_braces_stay_as_they_are(text: str) -> None:
    assert with_labels(text, labelled()) == text


def test_without_a_program_the_words_are_the_usual_ones() -> None:
    assert with_labels("{Mentors} teach a {mentee}.", None) == "Mentors teach a mentee."


def test_tag_gives_the_word_and_escapes_it() -> None:
    program = Program(mentor_label="<b>pilot")
    text = '{% side_label program "mentor" capital=True %}, {{ text|with_labels:program }}'
    shown = Template(text).render(Context({"program": program, "text": "a {mentor}"}))
    assert shown == "&lt;b&gt;pilot, a &lt;b&gt;pilot"


def words_on(page: str) -> str:
    """What somebody can read on a page."""
    return strip_tags(re.sub(r"<(script|style)\b.*?</\1>", "", page, flags=re.DOTALL))


@pytest.mark.broad
@pytest.mark.django_db
@pytest.mark.parametrize("role", ["mentor", "mentee", "coordinator"])
def test_no_page_says_mentor_or_mentee_where_the_program_has_other_words(
    role: str, world: World
) -> None:
    Program.objects.update(**OWN_WORDS)
    person = world.people[role]
    User.objects.filter(name__iregex=r"mentor|mentee").update(name="Somebody")
    client = Client()
    client.force_login(
        User.objects.get(pk=person.pk),
        backend="allauth.account.auth_backends.AuthenticationBackend",
    )
    found = {}
    for row in PAGES:
        if role not in row.allowed:
            continue
        with transaction.atomic():
            if row.setup:
                row.setup(world)
            response = client.get(row.url(world), row.data)
            transaction.set_rollback(True)
        if response.headers.get("Content-Type", "").startswith("text/html"):
            words = set(USUAL_WORDS.findall(words_on(response.content.decode())))
            if words:
                found[row.name] = words
    assert found == {}


def test_german_sentences_write_the_words_of_a_program_with_a_capital() -> None:
    program = Program(mentors_label="scouts", mentee_label="mentee")
    with translation.override("de"):
        assert side_label(program, "mentor", plural=True) == "Scouts"
        assert with_labels("als {mentee}", program) == "als Mentee"
    assert with_labels("as {mentee}", program) == "as mentee"
