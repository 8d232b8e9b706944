"""Reading the built-in program templates from their folders; docs/content.md describes them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import cache
from pathlib import Path
from typing import Any
from uuid import UUID, uuid5

from mentoring.content.folder import ContentError, document_of, text_of, toml_of, value_of
from mentoring.content.model import Guide, Item, ProgramTemplate, Question, Step, Survey, TopicText

FOLDER = Path(__file__).parent
NAMESPACE = UUID("5a1b7f1e-0000-4000-8000-000000000100")
PLACEHOLDERS = ("{topic}", "{exercise}", "{questions}")
CADENCE = ("position", "planned_sessions", "interval_weeks", "session_minutes", "driver")


def template_keys() -> list[str]:
    """The names of all templates, in the order of their pages."""
    found = {file.parent.name: toml_of(file) for file in FOLDER.glob("*/program.toml")}
    return sorted(found, key=lambda key: found[key].get("position", 0))


def languages(key: str) -> list[str]:
    """The languages in which a template is written."""
    return sorted(file.parent.name for file in (FOLDER / key).glob("*/program.toml"))


def templates(language: str) -> list[ProgramTemplate]:
    """All templates that are written in a language."""
    return [load(key, language) for key in template_keys() if language in languages(key)]


@cache
def load(key: str, language: str) -> ProgramTemplate:
    """One template in one language.

    KeyError where there is none; ContentError for a file that is missing or does not fit.
    """
    if key not in template_keys() or language not in languages(key):
        raise KeyError(f"{key} in {language}")
    return _read(FOLDER / key, language)


def _read(folder: Path, language: str) -> ProgramTemplate:
    file = folder / "program.toml"
    structure = toml_of(file)
    cadence: dict[str, Any] = {name: value_of(structure, name, file) for name in CADENCE}
    reader = _Reader(folder / language, structure)
    return ProgramTemplate(
        key=folder.name,
        language=language,
        topics=tuple(reader.topics()),
        guides=tuple(reader.guides()),
        mentor_prep=tuple(reader.prep("mentor")),
        mentee_prep=tuple(reader.prep("mentee")),
        surveys=tuple(reader.surveys(folder.name)),
        agreement_text=text_of(folder / language / "ground-rules.md"),
        **cadence,
        **reader.words(),
    )


class _Reader:
    """The words of a template in one language, in the structure that all languages share."""

    def __init__(self, folder: Path, structure: dict[str, Any]) -> None:
        self.folder = folder
        self.structure = structure
        self.groups: list[dict[str, Any]] = structure.get("groups", [])
        self.program = toml_of(folder / "program.toml")

    def words(self) -> dict[str, Any]:
        """Name, summary, labels; and what only a program with topics has."""
        file = self.folder / "program.toml"
        labels = value_of(self.program, "labels", file)
        words: dict[str, Any] = {f"{name}_label": value_of(labels, name, file) for name in SIDES}
        for name in ("name", "summary"):
            words[name] = value_of(self.program, name, file)
        if self.groups:
            words["purpose"] = value_of(self.program, "purpose", file)
            words["invitation"] = text_of(self.folder / "invitation.md")
            words["closing_ritual"] = text_of(self.folder / "closing-ritual.md")
        return words

    def topics(self) -> Iterator[TopicText]:
        """The topics, group by group."""
        if not self.groups:
            return
        file = self.folder / "topics.toml"
        texts = toml_of(file)
        for group in self.groups:
            for key in group["topics"]:
                yield self._topic(key, group["key"], value_of(texts, key, file))

    def _topic(self, key: str, group: str, text: dict[str, Any]) -> TopicText:
        file = self.folder / "topics.toml"
        names = ("name", "exercise", "mentor_goal", "mentee_goal")
        return TopicText(
            category=self._category(group),
            questions=tuple(value_of(text, "questions", file)),
            is_burdening=key in self.structure.get("burdening", []),
            **{name: value_of(text, name, file) for name in names},
        )

    def _category(self, group: str) -> str:
        """The name of a group of topics."""
        file = self.folder / "program.toml"
        return str(value_of(self.program.get("groups", {}), group, file))

    def guides(self) -> Iterator[Guide]:
        """The first session, one for each group of topics, the last session."""
        if not self.groups:
            return
        minutes = self.structure["minutes"]
        yield self._guide("first", "first", minutes["first"])
        for group in self.groups:
            guide = self._guide(group["key"], "topic", group["minutes"])
            self._check_placeholders(group["key"], guide)
            yield guide
        yield self._guide("last", "last", minutes["last"])

    def _guide(self, name: str, kind: str, minutes: Sequence[int]) -> Guide:
        file = self.folder / "guides" / f"{name}.md"
        if sum(minutes) != self.structure["session_minutes"]:
            raise ContentError(file, f"its minutes in program.toml add up to {sum(minutes)}")
        page = document_of(file, minutes)
        if not page.title or not page.lead:
            raise ContentError(file, "has no title, or does not say what it is for")
        items = [
            Item(length, part.title, part.text, part.remote)
            for length, part in zip(minutes, page.sections, strict=True)
        ]
        category = self._category(name) if kind == "topic" else ""
        return Guide(kind, page.title, page.lead, tuple(items), category)

    def _check_placeholders(self, name: str, guide: Guide) -> None:
        whole = " ".join([guide.title, guide.aim, *(item.text for item in guide.agenda)])
        for placeholder in PLACEHOLDERS:
            if placeholder not in whole:
                file = self.folder / "guides" / f"{name}.md"
                raise ContentError(file, f"{placeholder} is missing")

    def prep(self, side: str) -> Iterator[Step]:
        """The prep pack of one side."""
        minutes = self.structure["minutes"][f"prep_{side}"]
        file = self.folder / f"prep-{side}.md"
        page = document_of(file, minutes)
        card = page.lead.removeprefix("card:").strip()
        if card and card not in [part.title for part in page.sections]:
            raise ContentError(file, f"no step is called “{card}”")
        for length, part in zip(minutes, page.sections, strict=True):
            yield Step(part.title, part.text, length, part.question, part.title == card)

    def surveys(self, template: str) -> Iterator[Survey]:
        """The planned surveys; a question that is asked twice keeps its key."""
        file = self.folder / "surveys.toml"
        words = toml_of(file)
        for structure in self.structure.get("surveys", []):
            fields = dict(structure)
            text = value_of(words.get("surveys", {}), fields.pop("key"), file)
            asked = [self._question(template, key, words) for key in fields.pop("questions")]
            title, intro = value_of(text, "title", file), value_of(text, "intro", file)
            side = fields.get("audience")
            if side in SIDES:
                title = f"{title} ({{{side}}})"  # HR sees both sides' in one list
            yield Survey(title=title, intro=intro, questions=tuple(asked), **fields)

    def _question(self, template: str, key: str, words: dict[str, Any]) -> Question:
        file = self.folder / "surveys.toml"
        fields = dict(self.structure.get("questions", {}).get(key, {}))
        text = value_of(words.get("questions", {}), key, file)
        number = fields.pop("options", 0)
        options = tuple(text.get("options", ()))
        if len(options) != number:
            raise ContentError(file, f"“{key}” has {len(options)} options instead of {number}")
        return Question(
            key=uuid5(NAMESPACE, f"{template}/{key}"),
            text=value_of(text, "text", file),
            low=text.get("low", ""),
            high=text.get("high", ""),
            options=options,
            **fields,
        )


SIDES = ("mentor", "mentors", "mentee", "mentees")
