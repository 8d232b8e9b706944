"""Every built-in program is complete in every language, and installs what it holds."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import asdict
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings

from feedback.enums import Audience, Label, QuestionKind, SurveyKind
from mentoring.content import install, loading
from mentoring.content.folder import ContentError
from mentoring.content.model import ProgramTemplate, Survey
from mentoring.workflows.new_program import new_program
from programs.enums import GuideKind, PairRole
from programs.models import Program, Topic
from tests.programs import factories as make

LANGUAGES = [code for code, _name in settings.LANGUAGES]
ALL = [(key, language) for key in loading.template_keys() for language in LANGUAGES]
WITH_TOPICS = [(key, language) for key, language in ALL if key != "blank"]
LABELS = {"mentor", "mentors", "mentee", "mentees"}
PLACEHOLDERS = LABELS | {label.capitalize() for label in LABELS}
IN_FRAMES = {"topic", "exercise", "questions"}
# words that a German text does not have, however short it is
ENGLISH = re.compile(r"\b(the|and|you|your|with|what|this|they|have|which|about)\b", re.IGNORECASE)
NOBODY = {"en": "name nobody", "de": "keine Namen"}
BRACES = re.compile(r"{([^}]*)}")


def texts_of(value: Any) -> Iterator[str]:
    """Every text in a template."""
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict):
        for part in value.values():
            yield from texts_of(part)
    elif isinstance(value, list | tuple):
        for part in value:
            yield from texts_of(part)


def words_of(template: ProgramTemplate) -> list[str]:
    """Every text that people read."""
    fields = asdict(template)
    for name in ("key", "language", "driver"):
        del fields[name]
    for survey in fields["surveys"]:
        for name in ("kind", "label", "audience"):
            del survey[name]
        for question in survey["questions"]:
            del question["key"], question["kind"]
    for guide in fields["guides"]:
        del guide["kind"]
    return list(texts_of(fields))


def test_there_is_every_program_in_every_language() -> None:
    for key in loading.template_keys():
        assert loading.languages(key) == sorted(LANGUAGES), key


@pytest.mark.parametrize(("key", "language"), ALL)
def test_words_are_whole(key: str, language: str) -> None:
    template = loading.load(key, language)
    for text in words_of(template):
        unknown = set(BRACES.findall(text)) - PLACEHOLDERS - IN_FRAMES
        assert not unknown, text
        assert "TODO" not in text
        assert "  " not in text.replace("\n", ""), text


@pytest.mark.parametrize("key", loading.template_keys())
def test_nothing_in_german_is_english(key: str) -> None:
    """A title of a book or a film may be; then this test wants it in the list."""
    for text in words_of(loading.load(key, "de")):
        assert not ENGLISH.search(text), text


@pytest.mark.parametrize("key", loading.template_keys())
def test_both_languages_have_the_same_structure(key: str) -> None:
    english, german = (loading.load(key, language) for language in LANGUAGES)
    assert [len(pack) for pack in _packs(english)] == [len(pack) for pack in _packs(german)]
    assert [step.is_card for step in english.mentor_prep] == [
        step.is_card for step in german.mentor_prep
    ]
    assert [bool(step.question) for pack in _packs(english) for step in pack] == [
        bool(step.question) for pack in _packs(german) for step in pack
    ]
    assert [topic.is_burdening for topic in english.topics] == [
        topic.is_burdening for topic in german.topics
    ]


def _packs(template: ProgramTemplate) -> tuple[Any, Any]:
    return template.mentor_prep, template.mentee_prep


@pytest.mark.parametrize(("key", "language"), WITH_TOPICS)
def test_topics_are_complete(key: str, language: str) -> None:
    template = loading.load(key, language)
    assert 10 <= len(template.topics) <= 14
    assert 3 <= len(template.categories) <= 4
    assert len({topic.name for topic in template.topics}) == len(template.topics)
    for topic in template.topics:
        assert len(topic.questions) == 3, topic.name
        assert len(topic.name) <= 120
        assert len(topic.category) <= 80


@pytest.mark.parametrize(("key", "language"), WITH_TOPICS)
def test_guides_fill_the_session_and_can_be_held_remotely(key: str, language: str) -> None:
    template = loading.load(key, language)
    kinds = [guide.kind for guide in template.guides]
    assert kinds == ["first", *["topic"] * len(template.categories), "last"]
    for guide in template.guides:
        assert sum(item.minutes for item in guide.agenda) == template.session_minutes, guide.title
        assert any(item.remote for item in guide.agenda), guide.title
        assert len(guide.title) <= 120


@pytest.mark.parametrize(("key", "language"), WITH_TOPICS)
def test_the_junior_s_pack_has_a_card(key: str, language: str) -> None:
    template = loading.load(key, language)
    assert [step.is_card for step in template.mentor_prep].count(True) == 1
    for pack in _packs(template):
        assert 8 <= sum(step.minutes for step in pack) <= 20
        assert any(step.question for step in pack)


@pytest.mark.parametrize(("key", "language"), ALL)
def test_surveys_ask_in_forms_that_exist(key: str, language: str) -> None:
    for survey in loading.load(key, language).surveys:
        assert survey.kind in SurveyKind
        assert survey.label in Label
        assert survey.audience in Audience
        for question in survey.questions:
            assert question.kind in QuestionKind
            assert bool(question.options) == (question.kind in {"single", "multiple"})
            if question.kind == "text":
                assert NOBODY[language] in question.text, question.text


@pytest.mark.parametrize("key", [key for key in loading.template_keys() if key != "blank"])
@pytest.mark.parametrize("side", ["mentors", "mentees"])
def test_each_side_is_asked_before_and_after(key: str, side: str) -> None:
    surveys = [survey for survey in loading.load(key, "en").surveys if survey.audience == side]
    assert [survey.kind for survey in surveys] == ["baseline", "pulse", "midpoint", "closing"]
    baseline, *_between, closing = surveys
    scales = {question.key for question in baseline.questions if question.kind != "text"}
    assert scales <= _keys(closing)


def _keys(survey: Survey) -> set[Any]:
    return {question.key for question in survey.questions}


def test_a_question_is_the_same_in_both_languages() -> None:
    english, german = (loading.load("digital_fluency", language) for language in LANGUAGES)
    assert [_keys(survey) for survey in english.surveys] == [
        _keys(survey) for survey in german.surveys
    ]


@pytest.mark.django_db
@pytest.mark.broad
@pytest.mark.parametrize(("key", "language"), ALL)
def test_install_fills_a_new_program(key: str, language: str) -> None:
    template = loading.load(key, language)
    made = new_program(actor=make.hr(), template_key=key, language=language, name="New")
    program = Program.objects.get(pk=made.pk)
    assert program.language == language
    assert (program.purpose, program.agreement_text) == (template.purpose, template.agreement_text)
    assert program.mentors_label == template.mentors_label
    assert program.prep_steps.filter(role=PairRole.MENTOR).count() == len(template.mentor_prep)
    assert program.guides.filter(kind=GuideKind.TOPIC).count() == len(template.categories)
    assert program.survey_plan.count() == len(template.surveys)
    assert {topic.name for topic in program.topics.all()} == {
        topic.name for topic in template.topics
    }


@pytest.mark.django_db
def test_each_program_has_its_own_texts() -> None:
    one, two = (
        new_program(actor=make.hr(), template_key="digital_fluency", name=name)
        for name in ("One", "Two")
    )
    one.topics.update(exercise="Ours")
    assert not two.topics.filter(exercise="Ours").exists()
    assert Topic.objects.count() == one.topics.count() + two.topics.count()


@pytest.mark.django_db
@pytest.mark.parametrize(("key", "language"), [("nonsense", "en"), ("blank", "xx"), ("..", "en")])
def test_an_unknown_template_leaves_nothing_behind(key: str, language: str) -> None:
    with pytest.raises(KeyError):
        new_program(actor=make.hr(), template_key=key, language=language, name="New")
    with pytest.raises(KeyError):
        install(program=make.draft(), template_key=key, language=language)
    assert not Program.objects.filter(name="New").exists()


def _copy(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A template to break."""
    import shutil

    folder = tmp_path / "broken"
    shutil.copytree(loading.FOLDER / "digital_fluency", folder)
    monkeypatch.setattr(loading, "FOLDER", tmp_path)
    loading.load.cache_clear()
    return folder


@pytest.mark.parametrize(
    ("name", "before", "after", "words"),
    [
        ("en/topics.toml", "[networks]", "[other]", "“networks” is missing"),
        ("en/topics.toml", "[networks]", "[networks", "Expected"),
        ("en/guides/first.md", "## ", "### ", "has 0 sections"),
        ("en/guides/social_media.md", "{exercise}", "it", "{exercise} is missing"),
        ("program.toml", "first = [5,", "first = [6,", "add up to 46"),
        ("en/ground-rules.md", None, "", "is empty"),
        ("en/surveys.toml", "options = [", "choices = [", "options instead of"),
        ("en/prep-mentor.md", "card: ", "card: No ", "no step is called"),
    ],
)
def test_a_broken_file_is_named_with_what_is_wrong(
    name: str,
    before: str | None,
    after: str,
    words: str,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    file = _copy(tmp_path, monkeypatch) / name
    text = file.read_text()
    file.write_text(after if before is None else text.replace(before, after))
    with pytest.raises(ContentError, match=re.escape(words)) as refused:
        loading.load("broken", "en")
    assert Path(name).name in str(refused.value)


def test_a_missing_file_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (_copy(tmp_path, monkeypatch) / "en" / "invitation.md").unlink()
    with pytest.raises(ContentError, match=r"invitation\.md: is missing"):
        loading.load("broken", "en")
