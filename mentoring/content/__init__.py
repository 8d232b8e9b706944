"""The built-in program templates, and installing one into a new program.

A program has one language. The texts are data of the program from then on, so that an upgrade
never changes them, and people can.
"""

from __future__ import annotations

from dataclasses import asdict

from django.db import transaction

from accounts.models import User
from common import audit
from feedback.domain.plan import install_default_plan
from mentoring.content import loading
from mentoring.content.model import Guide, ProgramTemplate, Step
from programs.enums import PairRole
from programs.models import PrepStep, Program, SessionGuide, Topic

# The fields that a program and its template have in common.
COPIED = (
    "language",
    "purpose",
    "invitation",
    "closing_ritual",
    "agreement_text",
    "mentor_label",
    "mentors_label",
    "mentee_label",
    "mentees_label",
    "planned_sessions",
    "interval_weeks",
    "session_minutes",
    "driver",
)


@transaction.atomic
def install(
    *, program: Program, template_key: str, language: str, actor: User | None = None
) -> Program:
    """Fill a new draft with a template: texts, cadence, topics, prep packs, guides, survey plan.

    KeyError for a template that does not exist in this language. To be called once, right after
    `create_program`, in the same transaction.
    """
    template = loading.load(template_key, language)
    _copy_fields(program, template)
    program.topics.set(_topics(program, template))
    _prep(program, PairRole.MENTOR, template.mentor_prep)
    _prep(program, PairRole.MENTEE, template.mentee_prep)
    _guides(program, template.guides)
    surveys = [survey.plain() for survey in template.surveys]
    install_default_plan(program=program, surveys=surveys, actor=actor)
    audit.record(
        "program.template_installed",
        program,
        actor=actor,
        scope=program.public_id,
        template=template.key,
        language=language,
    )
    return program


def _copy_fields(program: Program, template: ProgramTemplate) -> None:
    """Save the program with the template's texts and cadence."""
    program.template_key = template.key
    for name in COPIED:
        setattr(program, name, getattr(template, name))
    program.save()


def _topics(program: Program, template: ProgramTemplate) -> list[Topic]:
    """The template's topics as the program's own."""
    topics = []
    for text in template.topics:
        fields = {**asdict(text), "questions": list(text.questions)}
        topics.append(Topic(program=program, **fields))
    return Topic.objects.bulk_create(topics)


def _prep(program: Program, role: PairRole, steps: tuple[Step, ...]) -> None:
    """The steps of one role, in their order."""
    PrepStep.objects.bulk_create(
        PrepStep(program=program, role=role, position=position, **asdict(step))
        for position, step in enumerate(steps, start=1)
    )


def _guides(program: Program, guides: tuple[Guide, ...]) -> None:
    """The guides for the first session, for each group of topics, and for the last session."""
    SessionGuide.objects.bulk_create(
        SessionGuide(program=program, **asdict(guide)) for guide in guides
    )
