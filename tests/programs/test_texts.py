"""HR's own texts: changed for one program alone, refused where they would not fit."""

from __future__ import annotations

from typing import Any

import pytest
from django.urls import reverse

from common.models import AuditEntry
from mentoring.workflows.new_program import new_program
from programs.enums import ProgramState
from programs.models import Program, SessionGuide
from tests.meetings.test_log_wrong_turns import fields
from tests.programs import factories as make
from tests.support.types import AsUser

pytestmark = pytest.mark.django_db


@pytest.fixture
def program() -> Program:
    return new_program(actor=make.hr(), template_key="digital_fluency", name="Ours")


def url_of(program: Program, kind: str, text: Any) -> str:
    return reverse("programs:text_edit", args=[program.public_id, kind, text.public_id])


def change(as_user: AsUser, program: Program, kind: str, text: Any, **values: Any) -> Any:
    """Open the page, change these fields, send the form."""
    client, url = as_user(make.hr()), url_of(program, kind, text)
    data = fields(client.get(url)) | values
    return client.post(url, data)


def test_a_topic_is_changed_for_this_program_alone(as_user: AsUser, program: Program) -> None:
    other = new_program(actor=make.hr(), template_key="digital_fluency", name="Theirs")
    topic = program.own_topics.order_by("pk").first()
    assert topic is not None
    page = change(as_user, program, "topic", topic, questions="Why?\n\n How? \n")
    assert page.status_code == 303
    topic.refresh_from_db()
    assert topic.questions == ["Why?", "How?"]
    assert other.own_topics.get(name=topic.name).questions != ["Why?", "How?"]
    assert AuditEntry.objects.filter(verb="program.text_changed").count() == 1


def test_a_step_of_a_prep_pack_is_changed(as_user: AsUser, program: Program) -> None:
    step = program.prep_steps.filter(is_card=True).get()
    change(as_user, program, "step", step, title="Ours", minutes=4)
    step.refresh_from_db()
    assert (step.title, step.minutes, step.is_card) == ("Ours", 4, True)


def test_a_guide_loses_one_part_and_gains_another(as_user: AsUser, program: Program) -> None:
    guide = program.guides.get(kind="first")
    count = len(guide.agenda)
    values = {
        "title_1": "",
        "text_1": "",
        f"title_{count + 1}": "Tea",
        f"text_{count + 1}": "Drink",
    }
    values |= {f"minutes_{count + 1}": guide.agenda[0]["minutes"]}
    assert change(as_user, program, "guide", guide, **values).status_code == 303
    guide.refresh_from_db()
    assert [part["title"] for part in guide.agenda][-1] == "Tea"
    assert len(guide.agenda) == count


@pytest.mark.parametrize(
    ("values", "field"),
    [
        ({"minutes_1": "50"}, "__all__"),
        ({"minutes_1": ""}, "minutes_1"),
        ({"title_1": ""}, "title_1"),
        ({"text_1": ""}, "text_1"),
        ({"title": ""}, "title"),
    ],
)
def test_a_guide_that_does_not_fit_is_refused_and_stays(
    as_user: AsUser, program: Program, values: dict[str, str], field: str
) -> None:
    guide = program.guides.get(kind="first")
    page = change(as_user, program, "guide", guide, **values)
    assert page.status_code == 422
    assert field in page.context["form"].errors
    assert SessionGuide.objects.get(pk=guide.pk).agenda == guide.agenda


def test_two_topics_of_one_name_are_refused(as_user: AsUser, program: Program) -> None:
    one, two = program.own_topics.order_by("pk")[:2]
    page = change(as_user, program, "topic", one, name=two.name.upper())
    assert page.status_code == 422
    assert "name" in page.context["form"].errors


def test_after_the_end_nothing_is_changed(as_user: AsUser, program: Program) -> None:
    step = program.prep_steps.filter(is_card=True).get()
    Program.objects.update(state=ProgramState.CLOSED)
    page = change(as_user, program, "step", step, title="Late")
    assert page.status_code == 422
    assert "has ended" in page.text


def test_the_text_of_another_program_is_not_found(as_user: AsUser, program: Program) -> None:
    other = new_program(actor=make.hr(), template_key="blank", name="Theirs")
    step = other.prep_steps.first()
    assert as_user(make.hr()).get(url_of(program, "step", step)).status_code == 404
    assert as_user(make.hr()).get(url_of(program, "nothing", step)).status_code == 404


def test_the_list_takes_constant_queries(
    as_user: AsUser, program: Program, django_assert_max_num_queries: Any
) -> None:
    client = as_user(make.hr())
    with django_assert_max_num_queries(12):
        page = client.get(reverse("programs:text_list", args=[program.public_id]))
    assert "Prep pack of mentors" in page.text
