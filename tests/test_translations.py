"""German is complete, says what the English says, and reaches pages and mails; a language from
right to left turns pages.
"""

from __future__ import annotations

import ast
import gettext
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.template import Context, Template
from django.template.loader import render_to_string
from django.test import Client
from django.urls import reverse
from django.utils import translation
from django.utils.html import strip_tags

from accounts.models import User
from feedback.mail import make_token
from notifications.mail.rendering import compose
from tests.factories import UserFactory
from tests.feedback.factories import ParticipationFactory
from tests.support.types import AsUser
from tests.url_matrix import core
from tests.url_matrix.world import World

ROOT = Path(settings.BASE_DIR)
CATALOGUE = ROOT / "locale" / "de" / "LC_MESSAGES"
APPS = (
    "accounts",
    "common",
    "concerns",
    "feedback",
    "goals",
    "mentoring",
    "notifications",
    "matching",
    "meetings",
    "pairings",
    "programs",
)
PLACEHOLDER = re.compile(r"%\(\w+\)[a-z]|%[sd]|\[\[\w+\]\]")
TAG = re.compile(r"</?[a-z][^>]*>")
BACKEND = "allauth.account.auth_backends.AuthenticationBackend"


@dataclass(frozen=True)
class Entry:
    """One entry of the catalogue; `words` has one German text, or one for each plural form."""

    context: str
    msgid: str
    plural: str
    words: tuple[str, ...]
    flags: str

    @property
    def key(self) -> tuple[str, str]:
        return self.context, self.msgid


def entries() -> list[Entry]:
    """What stands in the .po file, without its header."""
    found = []
    for block in re.split(r"\n\s*\n", (CATALOGUE / "django.po").read_text(encoding="utf-8")):
        texts: dict[str, str] = {}
        name = ""
        for line in block.splitlines():
            if line.startswith("#"):
                texts["flags"] = texts.get("flags", "") + (line if line.startswith("#,") else "")
                assert not line.startswith(("#~", "#:")), line
                continue
            name, _, quoted = (name, "", line) if line.startswith('"') else line.partition(" ")
            texts[name] = texts.get(name, "") + ast.literal_eval(quoted)
        words = tuple(texts[key] for key in sorted(texts) if key.startswith("msgstr"))
        if texts.get("msgid"):
            plural = texts.get("msgid_plural", "")
            found.append(
                Entry(
                    texts.get("msgctxt", ""), texts["msgid"], plural, words, texts.get("flags", "")
                )
            )
    return found


ENTRIES = entries()


def test_catalogue_is_whole() -> None:
    assert len(ENTRIES) > 2000
    assert len({entry.key for entry in ENTRIES}) == len(ENTRIES)


def test_every_entry_is_translated_and_none_is_a_guess() -> None:
    assert [
        entry.msgid for entry in ENTRIES if "fuzzy" in entry.flags or not all(entry.words)
    ] == []
    assert [
        entry.msgid for entry in ENTRIES if len(entry.words) != (2 if entry.plural else 1)
    ] == []


def test_placeholders_and_tags_are_those_of_the_original() -> None:
    wrong = []
    for entry in ENTRIES:
        for pattern in (PLACEHOLDER, TAG):
            # a singular may say "one" where the plural says the number
            allowed = [
                sorted(pattern.findall(text)) for text in (entry.msgid, entry.plural or entry.msgid)
            ]
            wrong += [
                (entry.msgid, text)
                for text in entry.words
                if sorted(pattern.findall(text)) not in allowed
            ]
    assert wrong == []


def test_line_breaks_and_subjects_stay() -> None:
    for entry in ENTRIES:
        for text in entry.words:
            assert text.startswith("\n") == entry.msgid.startswith("\n"), entry
            assert text.startswith("Subject: ") == entry.msgid.startswith("Subject: "), entry


def test_people_are_addressed_formally() -> None:
    familiar = re.compile(
        r"\b(du|dich|dir|dein|deine|deinen|deinem|deiner|euch|euer|eure)\b", re.IGNORECASE
    )
    assert [text for entry in ENTRIES for text in entry.words if familiar.search(text)] == []


def test_compiled_catalogue_agrees_with_its_source() -> None:
    with (CATALOGUE / "django.mo").open("rb") as file:
        compiled = gettext.GNUTranslations(file)._catalog  # type: ignore[attr-defined]
    expected: dict[Any, str] = {}
    for entry in ENTRIES:
        name = f"{entry.context}\x04{entry.msgid}" if entry.context else entry.msgid
        expected |= (
            {(name, n): text for n, text in enumerate(entry.words)}
            if entry.plural
            else {name: entry.words[0]}
        )
    compiled.pop("")
    assert compiled == expected


def called(node: ast.Call) -> str:
    """The name of what is called."""
    return node.func.id if isinstance(node.func, ast.Name) else getattr(node.func, "attr", "")


def text_of(node: ast.expr) -> str | None:
    return node.value if isinstance(node, ast.Constant) and isinstance(node.value, str) else None


def aliases(tree: ast.Module) -> dict[str, str]:
    """What the functions of django.utils.translation are called in a module."""
    return {
        name.asname or name.name: name.name
        for node in ast.walk(tree)
        if isinstance(node, ast.ImportFrom) and node.module == "django.utils.translation"
        for name in node.names
    }


def strings_of_python() -> Iterator[tuple[str, str]]:
    """(context, text) of every string that the code marks."""
    for app in APPS:
        for path in sorted((ROOT / app).rglob("*.py")):
            tree = ast.parse(path.read_text(encoding="utf-8"))
            names = aliases(tree)
            for node in (node for node in ast.walk(tree) if isinstance(node, ast.Call)):
                real = names.get(called(node), "")
                if not re.fullmatch(r"(u|n|p|np)?gettext(_lazy|_noop)?", real):
                    continue
                contextual = real.startswith(("p", "np"))
                texts = [text_of(argument) for argument in node.args]
                context, msgid = (texts[0], texts[1]) if contextual else ("", texts[0])
                if context is not None and msgid is not None:
                    yield context, msgid


QUOTED = r"""(?:"([^"]*)"|'([^']*)')"""
TRANSLATE = re.compile(r"{%\s*translate\s+" + QUOTED + r"(?:[^%]*?\bcontext\s+" + QUOTED + r")?")
CONSTANT = re.compile(r"[\s|:=,(]_\(" + QUOTED + r"\)")
BLOCK = re.compile(r"{%\s*blocktranslate\b(.*?)%}(.*?){%\s*endblocktranslate\s*%}", re.DOTALL)


def msgid_of_block(options: str, body: str) -> str:
    """As makemessages has it: variables as %(name)s, the singular alone, trimmed if so asked."""
    singular = re.split(r"{%\s*plural\s*%}", body)[0]
    text = re.sub(r"{{\s*(\w+)\s*}}", r"%(\1)s", singular.replace("%", "%%"))
    return (
        " ".join(line.strip() for line in text.strip().splitlines())
        if re.search(r"\btrimmed\b", options)
        else text
    )


def strings_of_templates() -> Iterator[tuple[str, str]]:
    """(context, text) of every string that the templates mark."""
    for path in sorted((ROOT / "templates").rglob("*.*")):
        source = path.read_text(encoding="utf-8")
        for one, other, context, context_too in TRANSLATE.findall(source):
            yield context or context_too, (one or other).replace("%", "%%")
        for one, other in CONSTANT.findall(source):
            yield "", one or other
        for options, body in BLOCK.findall(source):
            yield "", msgid_of_block(options, body)


@pytest.mark.broad
@pytest.mark.parametrize(
    ("strings", "least"), [(strings_of_python, 1000), (strings_of_templates, 1000)]
)
def test_every_marked_string_is_in_the_catalogue(
    strings: Callable[[], Iterator[tuple[str, str]]], least: int
) -> None:
    known = {entry.key for entry in ENTRIES}
    marked = set(strings())
    assert len(marked) > least
    assert sorted(marked - known) == []


@pytest.mark.broad
def test_no_entry_is_left_that_nothing_uses() -> None:
    used = {*strings_of_python(), *strings_of_templates()}
    assert sorted(entry.key for entry in ENTRIES if entry.key not in used) == []


def test_templates_say_nothing_that_is_not_marked() -> None:
    """Words between tags that stand in no {% translate %} or {% blocktranslate %}."""
    said = []
    for path in sorted((ROOT / "templates").rglob("*.html")):
        text = path.read_text(encoding="utf-8")
        for pattern in (r"{%\s*comment.*?endcomment\s*%}", r"{#.*?#}", r"<style.*?</style>"):
            text = re.sub(pattern, "", text, flags=re.DOTALL)
        text = re.sub(r"{%\s*block (?:width|body_class)\s*%}.*?{%", "{%", BLOCK.sub("", text))
        text = re.sub(
            r"{{.*?}}", "", re.sub(r"{%.*?%}", "\n", text, flags=re.DOTALL), flags=re.DOTALL
        )
        text = re.sub(r"<[^>]*>", "\n", text)
        said += [
            f"{path.name}: {line.strip()}"
            for line in text.splitlines()
            if re.search(r"[A-Za-z]{2}", line)
        ]
    names = {"base_plain.html: · Upstream", "people_list.html: CSV", "people_list.html: XLSX"}
    names |= {f"my_calendar.html: {name}" for name in ("Apple", "Google", "Outlook")}
    names |= {f"session_detail.html: {name}" for name in ("Google", "Outlook")}
    assert sorted(set(said) - names) == []


@pytest.fixture
def world(world: World) -> World:
    """The small company; everybody reads German."""
    User.objects.update(locale="de")
    return world


def opened(row: core.Row, world: World) -> Any:
    """The page as the first role sees it that may open it; None where there is none."""
    role = min(row.allowed & set(world.people), key=core.ROLES.index, default=None)
    if role is None:
        return None
    if row.setup:
        row.setup(world)
    client = Client()
    client.force_login(User.objects.get(pk=world.people[role].pk), backend=BACKEND)
    response = client.get(row.url(world), row.data)
    is_page = response.status_code == 200 and response.headers["Content-Type"].startswith(
        "text/html"
    )
    return response.content.decode() if is_page else None


@pytest.mark.broad
@pytest.mark.parametrize(
    "row", [row for row in core.all_rows() if row.method == "get"], ids=lambda row: row.name
)
def test_page_is_german_for_a_german_person(row: core.Row, world: World) -> None:
    page = opened(row, world)
    if page is None or "<html" not in page:
        return
    assert '<html lang="de"' in page
    assert not re.search(r'\s(?:value|max|min|low|high|step|width|height)="\d+,\d+"', page), (
        "a number with a German comma"
    )
    for field in re.findall(r'<input[^>]*type="date"[^>]*>', page):
        value = re.search(r'value="([^"]*)"', field)
        assert value is None or not value[1] or re.fullmatch(r"\d{4}-\d\d-\d\d", value[1]), field
    assert (
        "Zum Inhalt springen" in page or "<nav" not in page
    )  # a page without menus has nothing to skip
    assert not re.search(r">\s*(?:Save|Cancel|Search|Home|Profile|Back|Optional)\s*<", page)


def test_home_names_times_in_german(world: World, as_user: AsUser) -> None:
    page = as_user(world.people["mentee"]).get(reverse("mentoring:home")).content.decode()
    assert "Ortszeit Berlin" in page
    assert "Berlin time" not in page


def test_sign_in_follows_the_browser(client: Client, db: None) -> None:
    page = client.get(
        "/sign-in/login/", headers={"accept-language": "de-AT,de;q=0.9,en;q=0.5"}
    ).content.decode()
    assert '<html lang="de"' in page
    assert "Anmelden" in page
    assert (
        '<html lang="en"'
        in client.get("/sign-in/login/", headers={"accept-language": "fr"}).content.decode()
    )


def test_own_language_comes_before_that_of_the_browser(as_user: AsUser, db: None) -> None:
    client = as_user(UserFactory(locale="en"))
    assert (
        '<html lang="en"'
        in client.get("/me/profile/", headers={"accept-language": "de"}).content.decode()
    )


def test_language_chosen_on_the_profile_holds_at_once(as_user: AsUser, db: None) -> None:
    client = as_user(UserFactory(locale="en"))
    chosen = {
        "preferred_name": "Mimi",
        "pronouns": "",
        "time_zone": "Asia/Tokyo",
        "locale": "de",
        "languages": ["de"],
    }
    page = client.post("/me/profile/", chosen, follow=True).content.decode()
    assert '<html lang="de"' in page
    assert "Ihr Profil ist gespeichert." in page


def test_survey_is_german(as_user: AsUser, db: None) -> None:
    asked = ParticipationFactory(person=UserFactory(locale="de"))
    page = (
        as_user(asked.person)
        .get(reverse("feedback:survey_answer", args=[make_token(asked)]))
        .content.decode()
    )
    assert '<html lang="de"' in page
    assert "Ihre Antworten werden ohne Ihren Namen" in page


@pytest.mark.parametrize(
    ("locale", "subject"), [("de", "Mentoring-Treffen gebucht"), ("en", "Mentoring session booked")]
)
def test_mail_is_in_the_language_of_its_recipient(world: World, locale: str, subject: str) -> None:
    recipient = world.pairing.mentor
    recipient.locale = locale
    context = {
        "session": world.session,
        "other": world.pairing.mentee,
        "actor": world.pairing.mentee,
        "mentee": world.pairing.mentee,
    }
    with translation.override("en" if locale == "de" else "de"):
        letter = compose(
            recipient=recipient, template="meetings/session_scheduled", context=context
        )
    assert letter.subject.startswith(subject)
    assert ("Ortszeit Berlin" if locale == "de" else "Berlin time") in letter.text
    assert f'<html lang="{locale}">' in letter.html


def test_dates_and_zones_are_german() -> None:
    shown = Template("{% local_time moment 'Europe/Berlin' %}, {% local_date moment.date %}")
    with translation.override("de"):
        words = strip_tags(
            shown.render(Context({"moment": datetime(2027, 3, 9, 13, 0, tzinfo=UTC)}))
        )
    assert words == "Di, 9. Mär 2027, 14:00 (Ortszeit Berlin), Di, 9. Mär 2027"


@pytest.mark.parametrize(
    ("language", "direction"), [("ar", "rtl"), ("he", "rtl"), ("de", "ltr"), ("en", "ltr")]
)
def test_page_turns_with_its_language(language: str, direction: str, rf: Any, db: None) -> None:
    with translation.override(language):
        page = render_to_string("404.html", request=rf.get("/"))
        frame = render_to_string("base.html", {"user": User(), "nav": {"product_name": "Upstream"}})
    assert f'<html lang="{language}"' in page + frame
    assert f'dir="{direction}"' in frame
    assert ("tabler.rtl.min" in frame) == (direction == "rtl")
