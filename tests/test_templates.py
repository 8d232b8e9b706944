"""What holds for every template: it compiles, keeps to the Content-Security-Policy, and shows
errors where forms are.
"""

from __future__ import annotations

import re
from pathlib import Path

from django.template import TemplateSyntaxError
from django.template.loader import get_template

from notifications.mail.blocks import read

FOLDER = Path(__file__).resolve().parent.parent / "templates"
FORBIDDEN = {
    r"\sstyle=": "inline style",
    r"<style\b": "inline style",
    r"<script(?![^>]*\ssrc=)": "inline script",
    r"\son(?:click|change|submit|load|input|focus|blur|key\w+)=": "inline script",
    r"\bhx-on": "inline script",
    r"(?<!xmlns=)[\"']https?://(?!\{)[^\"']*\.(?:js|css|png|svg|woff2?)\b": "another site's file",
}


def pages() -> dict[str, str]:
    """The text of each template of a page, by name; mails have rules of their own."""
    found = {path.relative_to(FOLDER).as_posix(): path for path in sorted(FOLDER.rglob("*.html"))}
    return {
        name: path.read_text(encoding="utf-8")
        for name, path in found.items()
        if not name.startswith("email/")
    }


def with_parts(name: str, texts: dict[str, str]) -> str:
    """A template with those that it extends or includes, as far as they are named in quotes;
    without the outermost frame.
    """
    parts = re.findall(r"""{%\s*(?:include|extends)\s+["']([^"'#]+)["']""", texts[name])
    inner = [part for part in parts if part in texts and part not in {"base.html", name}]
    return texts[name] + "".join(with_parts(part, texts) for part in inner)


def is_page(text: str) -> bool:
    return bool(
        re.match(r"\s*(?:{% comment %}.*?{% endcomment %}\s*)?{%\s*extends\b", text, re.DOTALL)
    )


def test_every_template_compiles() -> None:
    broken = []
    for name in pages():
        try:
            get_template(name)
        except TemplateSyntaxError as error:
            broken.append(f"{name}: {error}")
    assert broken == []


def test_templates_keep_to_the_content_security_policy() -> None:
    broken = [
        f"{name}: {what}"
        for name, text in pages().items()
        for pattern, what in FORBIDDEN.items()
        if re.search(pattern, text)
    ]
    assert broken == []


def test_every_page_has_a_title_and_a_heading() -> None:
    texts = pages()
    broken = [
        name
        for name, text in texts.items()
        if is_page(text)
        and not name.rpartition("/")[2].endswith(("_base.html", "base_entrance.html"))
        if not (
            "{% block title %}" in with_parts(name, texts)
            and re.search(r"{% block (heading|page_header) %}", with_parts(name, texts))
        )
    ]
    assert broken == []


def test_every_page_with_a_form_of_fields_has_the_error_summary() -> None:
    texts = pages()
    broken = []
    for name, text in texts.items():
        whole = with_parts(name, texts)
        fields = re.search(r"\|\s*crispy\b|{%\s*crispy\s", whole)
        if (
            is_page(text)
            and fields
            and 'method="post"' in whole
            and "error_summary.html" not in whole
        ):
            broken.append(name)
    assert broken == []


WITHOUT_TOKEN = {
    "notifications/unsubscribe.html"
}  # a signed link is its permission, and no cookie is to be set there


def test_every_form_that_posts_carries_the_token() -> None:
    broken = [
        name
        for name, text in pages().items()
        for form in re.findall(r"<form\b.*?</form>", text, re.DOTALL)
        if 'method="post"' in form and "{% csrf_token %}" not in form and name not in WITHOUT_TOKEN
    ]
    assert broken == []


def mails() -> dict[str, str]:
    """The text of each template of a mail, by name; without the layout."""
    folder = FOLDER / "email"
    found = {path.relative_to(folder).as_posix(): path for path in sorted(folder.glob("*/*"))}
    return {name: path.read_text(encoding="utf-8") for name, path in found.items()}


def test_every_branch_of_the_template_of_a_mail_can_be_read() -> None:
    for name, text in mails().items():
        get_template(f"email/{name}")
        branches = re.sub(r"{%.*?%}|{{.*?}}|{#.*?#}", "", text)
        if not name.rpartition("/")[2].startswith("_"):
            read(branches.replace("<title>", "<title>Subject"))


# Each lets a value through as it is, with tags and all.
UNESCAPED = r"\|\s*safe\b|\|\s*safeseq\b|{%\s*autoescape\b|{%\s*filter\b|href=(?!\")"


def test_no_template_of_a_mail_leaves_a_value_unescaped() -> None:
    assert [name for name, text in mails().items() if re.search(UNESCAPED, text)] == []
