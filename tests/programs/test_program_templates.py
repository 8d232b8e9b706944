"""The built-in templates are complete, and install what they hold."""

from __future__ import annotations

import pytest

from feedback.enums import Audience, Label, QuestionKind, SurveyKind
from mentoring.content import TEMPLATES, install
from mentoring.content.model import ProgramTemplate
from mentoring.workflows.new_program import new_program
from programs.enums import PairRole
from programs.models import Program, Topic
from tests.programs import factories as make

FLUENCY = TEMPLATES["digital_fluency"]


@pytest.mark.parametrize("template", TEMPLATES.values(), ids=lambda template: template.key)
def test_template_is_complete(template: ProgramTemplate) -> None:
    assert template.summary and template.contains and template.agreement_text
    assert template.mentor_prep and template.mentee_prep
    for guide in template.guides:
        assert sum(item.minutes for item in guide.agenda) == template.session_minutes, guide.title
        assert guide.aim and all(item.text for item in guide.agenda)
    for survey in template.surveys:
        assert survey.kind in SurveyKind and survey.label in Label and survey.audience in Audience
        assert survey.questions and all(
            question.kind in QuestionKind for question in survey.questions
        )
        for question in survey.questions:
            assert bool(question.options) == (question.kind in {"single", "multiple"}), (
                question.text
            )
            if question.kind == "text":
                assert "name nobody" in question.text


def test_digital_fluency_has_what_it_promises() -> None:
    assert sum(len(names) for _category, names in FLUENCY.topics) == 12
    assert len(FLUENCY.guides) == FLUENCY.planned_sessions == 6
    for pack in (FLUENCY.mentor_prep, FLUENCY.mentee_prep):
        assert sum(step.minutes for step in pack) == 10
    assert {survey.kind for survey in FLUENCY.surveys} == {
        "baseline",
        "pulse",
        "midpoint",
        "closing",
    }


@pytest.mark.django_db
@pytest.mark.parametrize("key", TEMPLATES)
def test_install_fills_a_new_program(key: str) -> None:
    template = TEMPLATES[key]
    program = Program.objects.get(pk=new_program(actor=make.hr(), template_key=key, name="New").pk)
    assert (program.purpose, program.agreement_text) == (template.purpose, template.agreement_text)
    assert program.prep_steps.filter(role=PairRole.MENTOR).count() == len(template.mentor_prep)
    assert [guide.title for guide in program.guides.all()] == [
        guide.title for guide in template.guides
    ]
    assert program.survey_plan.count() == len(template.surveys)
    assert program.template_key == key


@pytest.mark.django_db
def test_two_programs_share_the_topics_of_a_template() -> None:
    for name in ("One", "Two"):
        new_program(actor=make.hr(), template_key="digital_fluency", name=name)
    assert Topic.objects.count() == 12


@pytest.mark.django_db
def test_an_unknown_template_leaves_nothing_behind() -> None:
    with pytest.raises(KeyError):
        new_program(actor=make.hr(), template_key="nonsense", name="New")
    with pytest.raises(KeyError):
        install(program=make.draft(), template_key="nonsense")
    assert not Program.objects.filter(name="New").exists()
