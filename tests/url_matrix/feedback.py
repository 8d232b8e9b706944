"""Surveys: managers plan and count, named readers read, people answer by link."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from django.urls import reverse

from common import clock
from feedback import mail
from feedback.enums import Label, RoundState
from feedback.models import Participation, SurveyPlanItem, SurveyRound
from tests.feedback.factories import SCALE
from tests.url_matrix.core import MANAGERS, SIGNED_IN, Row, row
from tests.url_matrix.world import World


def survey_round(world: World, *, closed: bool = False) -> SurveyRound:
    """A confidential round of the program that asks `survey_holder`, and whose answers
    `named_reader` reads.
    """
    now = clock.now()
    made = SurveyRound.objects.create(
        program=world.program,
        number=1,
        kind="pulse",
        title="Pulse",
        label=Label.CONFIDENTIAL,
        audience="all",
        k=5,
        questions=[dict(SCALE)],
        state=RoundState.CLOSED if closed else RoundState.OPEN,
        closed_at=now if closed else None,
        answered=0,
        opens_at=now - timedelta(days=1),
        closes_at=now + timedelta(days=1),
        told_us="Heard.",
        told_us_at=now,
    )
    made.readers.add(world.people["named_reader"])
    Participation.objects.create(round=made, person=world.people["survey_holder"])
    return made


def item(world: World) -> SurveyPlanItem:
    """A planned survey of the program."""
    return SurveyPlanItem.objects.get_or_create(
        program=world.program, position=1, defaults={"title": "Pulse"}
    )[0]


def of_all(name: str) -> Any:
    """The address of a page about no program."""
    return lambda _world: reverse(name)


def of_staff_item(name: str) -> Any:
    """The address of a page of a planned staff survey."""

    def address(_world: World) -> str:
        item = SurveyPlanItem.objects.get_or_create(
            program=None, position=1, defaults={"title": "Mentoring here", "audience": "staff"}
        )[0]
        return reverse(name, args=[item.public_id])

    return address


def of_staff(name: str, **more: Any) -> Any:
    """The address of a page of a staff survey's round, which asked `survey_holder`."""

    def address(world: World) -> str:
        asked = survey_round(world, **more)
        SurveyRound.objects.filter(pk=asked.pk).update(
            program=None, label=Label.ANONYMOUS, audience="staff"
        )
        asked.readers.clear()
        return reverse(name, args=[asked.public_id])

    return address


def of_round(name: str, **options: Any) -> Any:
    """The address of a page of a round."""
    return lambda world: reverse(name, args=[survey_round(world, **options).public_id])


def of_item(name: str) -> Any:
    """The address of a page of a planned survey."""
    return lambda world: reverse(name, args=[item(world).public_id])


def of_program(name: str) -> Any:
    """The address of a page of the program."""
    return lambda world: reverse(name, args=[world.program.public_id])


def of_link(name: str) -> Any:
    """The personal link of `survey_holder`, who may answer without signing in."""
    return lambda world: reverse(
        name, args=[mail.make_token(survey_round(world).participations.get())]
    )


READERS = MANAGERS | {"named_reader"}
HR = {"hr_admin"}
ROWS: list[Row] = [
    row("feedback:round_list", of_program("feedback:round_list"), MANAGERS),
    row("feedback:plan_item_new", of_program("feedback:plan_item_new"), MANAGERS),
    row("feedback:staff_survey_list", of_all("feedback:staff_survey_list"), HR, others=403),
    row("feedback:staff_survey_new", of_all("feedback:staff_survey_new"), HR, others=403),
    row("feedback:plan_item_edit", of_staff_item("feedback:plan_item_edit"), HR),
    row("feedback:plan_item_open", of_staff_item("feedback:plan_item_open"), HR),
    row("feedback:round_detail", of_staff("feedback:round_detail"), HR),
    row("feedback:round_export", of_staff("feedback:round_export", closed=True), HR),
    row("feedback:told_us_edit", of_staff("feedback:told_us_edit", closed=True), HR),
    row(
        "feedback:round_heard",
        of_staff("feedback:round_heard", closed=True),
        HR | {"survey_holder"},
    ),
    row("feedback:plan_item_edit", of_item("feedback:plan_item_edit"), MANAGERS),
    row("feedback:plan_item_open", of_item("feedback:plan_item_open"), MANAGERS),
    row("feedback:survey_trial", of_item("feedback:survey_trial"), MANAGERS),
    row("feedback:trial_send", of_item("feedback:trial_send"), MANAGERS, method="post"),
    row("feedback:plan_item_remove", of_item("feedback:plan_item_remove"), MANAGERS),
    row("feedback:plan_item_remove", of_item("feedback:plan_item_remove"), MANAGERS, method="post"),
    row("feedback:round_detail", of_round("feedback:round_detail"), READERS),
    row("feedback:round_export", of_round("feedback:round_export", closed=True), READERS),
    row(
        "feedback:round_answers", of_round("feedback:round_answers", closed=True), {"named_reader"}
    ),
    row(
        "feedback:told_us_edit",
        of_round("feedback:told_us_edit"),
        MANAGERS,
        refused={"named_reader": 403},
    ),
    row("feedback:round_heard", of_round("feedback:round_heard"), READERS | {"survey_holder"}),
    row("feedback:survey_open", of_round("feedback:survey_open"), {"survey_holder"}),
    row(
        "feedback:survey_answer",
        of_link("feedback:survey_answer"),
        {"survey_holder"},
        public=True,
        refused=dict.fromkeys(SIGNED_IN - {"survey_holder"}, 403),
    ),
    row(
        "feedback:survey_opt_out",
        of_link("feedback:survey_opt_out"),
        set(),
        public=True,
        method="post",
    ),
]
