"""The built-in program templates, and installing one into a new program.

The texts are data of the program from then on: people change them, so they are written in one
language and not translated.
"""

from __future__ import annotations

from dataclasses import asdict

from django.db import transaction

from accounts.models import User
from common import audit
from feedback.domain.plan import install_default_plan
from mentoring.content.blank import BLANK
from mentoring.content.digital_fluency import DIGITAL_FLUENCY
from mentoring.content.model import Guide, ProgramTemplate, Step
from programs.enums import PairRole
from programs.models import PrepStep, Program, SessionGuide, Topic

__all__ = ["TEMPLATES", "ProgramTemplate", "install"]

TEMPLATES: dict[str, ProgramTemplate] = {
    template.key: template for template in (DIGITAL_FLUENCY, BLANK)
}


# The fields that a program and its template have in common.
COPIED = (
    "purpose",
    "agreement_text",
    "planned_sessions",
    "interval_weeks",
    "session_minutes",
    "driver",
)


@transaction.atomic
def install(*, program: Program, template_key: str, actor: User | None = None) -> Program:
    """Fill a new draft with a template: texts, cadence, topics, prep packs, guides, survey plan.

    KeyError for an unknown key. To be called once, right after `create_program`, in the same
    transaction.
    """
    template = TEMPLATES[template_key]
    _copy_fields(program, template)
    program.topics.set(_topics(template))
    _prep(program, PairRole.MENTOR, template.mentor_prep)
    _prep(program, PairRole.MENTEE, template.mentee_prep)
    _guides(program, template.guides)
    install_default_plan(program=program, surveys=template.plain_surveys, actor=actor)
    audit.record(
        "program.template_installed",
        program,
        actor=actor,
        scope=program.public_id,
        template=template.key,
    )
    return program


def _copy_fields(program: Program, template: ProgramTemplate) -> None:
    """Save the program with the template's texts and cadence."""
    program.template_key = template.key
    program.goal_starters = list(template.goal_starters)
    for name in COPIED:
        setattr(program, name, getattr(template, name))
    program.save()


def _topics(template: ProgramTemplate) -> list[Topic]:
    """The template's topics, made where the company does not have them yet."""
    return [
        Topic.objects.get_or_create(name=name, program=None, defaults={"category": category})[0]
        for category, names in template.topics
        for name in names
    ]


def _prep(program: Program, role: PairRole, steps: tuple[Step, ...]) -> None:
    """The steps of one role, in their order."""
    PrepStep.objects.bulk_create(
        PrepStep(program=program, role=role, position=position, **asdict(step))
        for position, step in enumerate(steps, start=1)
    )


def _guides(program: Program, guides: tuple[Guide, ...]) -> None:
    """One guide for each session, numbered from 1."""
    SessionGuide.objects.bulk_create(
        SessionGuide(program=program, number=number, **asdict(guide))
        for number, guide in enumerate(guides, start=1)
    )
