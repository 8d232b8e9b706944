"""The built-in program templates, and installing one into a new program.

The texts are data of the program from then on: people change them, so they are written in one
language and not translated.
"""

from __future__ import annotations

from django.db import transaction

from accounts.models import User
from common import audit
from feedback.domain.plan import install_default_plan
from mentoring.content.blank import BLANK
from mentoring.content.digital_fluency import DIGITAL_FLUENCY
from mentoring.content.model import ProgramTemplate, Step
from programs.enums import PairRole
from programs.models import PrepStep, Program, SessionGuide, Topic

__all__ = ["TEMPLATES", "ProgramTemplate", "install"]

TEMPLATES: dict[str, ProgramTemplate] = {
    template.key: template for template in (DIGITAL_FLUENCY, BLANK)
}


@transaction.atomic
def install(*, program: Program, template_key: str, actor: User | None = None) -> Program:
    """Fill a new draft with a template: topics, agreement, prep packs, guides, goal starters,
    survey plan, cadence.

    KeyError for an unknown key. To be called once, right after `create_program`, in the same
    transaction.
    """
    template = TEMPLATES[template_key]
    program.template_key = template.key
    program.purpose = template.purpose
    program.agreement_text = template.agreement_text
    program.goal_starters = list(template.goal_starters)
    program.planned_sessions, program.interval_weeks = (
        template.planned_sessions,
        template.interval_weeks,
    )
    program.session_minutes, program.driver = template.session_minutes, template.driver
    program.save()
    program.topics.set(_topics(template))
    _prep(program, PairRole.MENTOR, template.mentor_prep)
    _prep(program, PairRole.MENTEE, template.mentee_prep)
    SessionGuide.objects.bulk_create(
        SessionGuide(
            program=program,
            number=number,
            title=guide.title,
            aim=guide.aim,
            agenda=[
                {"minutes": item.minutes, "title": item.title, "text": item.text}
                for item in guide.agenda
            ],
        )
        for number, guide in enumerate(template.guides, start=1)
    )
    install_default_plan(program=program, surveys=template.plain_surveys, actor=actor)
    audit.record(
        "program.template_installed",
        program,
        actor=actor,
        scope=program.public_id,
        template=template.key,
    )
    return program


def _topics(template: ProgramTemplate) -> list[Topic]:
    """The template's topics, made where the company does not have them yet."""
    return [
        Topic.objects.get_or_create(name=name, program=None, defaults={"category": category})[0]
        for category, names in template.topics
        for name in names
    ]


def _prep(program: Program, role: PairRole, steps: tuple[Step, ...]) -> None:
    PrepStep.objects.bulk_create(
        PrepStep(
            program=program,
            role=role,
            position=at,
            title=step.title,
            body=step.body,
            minutes=step.minutes,
        )
        for at, step in enumerate(steps, start=1)
    )
