"""The rules of the house that a linter does not know.

(Layers are import-linter's, in `make check`.)
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from django.apps import apps
from django.conf import settings
from django.db import models
from django.urls import URLPattern, get_resolver

from mentoring.celery import app as celery_app

ROOT = Path(__file__).resolve().parent.parent
APPS = (
    "common",
    "notifications",
    "accounts",
    "programs",
    "matching",
    "meetings",
    "pairings",
    "goals",
    "concerns",
    "feedback",
    "mentoring",
)
CODE = sorted(
    path
    for name in (*APPS, "tests", "scripts", "benchmarks")
    for path in (ROOT / name).rglob("*.py")
)
CODE = [path for path in CODE if "migrations" not in path.parts]
OURS = [path for path in CODE if path.relative_to(ROOT).parts[0] in APPS]
FILE_LINES, FUNCTION_LINES = 400, 50


def name_of(path: Path) -> str:
    return str(path.relative_to(ROOT))


def functions(path: Path) -> Iterator[ast.FunctionDef | ast.AsyncFunctionDef]:
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            yield node


def lines_with(pattern: str, paths: list[Path]) -> list[str]:
    found = re.compile(pattern)
    return [
        f"{name_of(path)}:{number}"
        for path in paths
        for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), start=1)
        if found.search(line) and not line.lstrip().startswith(("#", '"""'))
    ]


def test_no_file_is_too_long() -> None:
    assert [
        name_of(path)
        for path in CODE
        if len(path.read_text(encoding="utf-8").splitlines()) > FILE_LINES
    ] == []


@pytest.mark.broad
def test_no_function_is_too_long() -> None:
    long = [
        f"{name_of(path)}: {node.name} has {node.end_lineno - node.lineno + 1} lines"
        for path in CODE
        for node in functions(path)
        if node.end_lineno is not None and node.end_lineno - node.lineno + 1 > FUNCTION_LINES
    ]
    assert long == []


def imports_of(path: Path, modules: dict[str, Path]) -> set[Path]:
    """The files of ours that a file imports, anywhere in it. `modules` leads from name to file."""
    names: set[str] = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            names |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module:
            names.add(node.module)
            names |= {f"{node.module}.{alias.name}" for alias in node.names}
    return {modules[name] for name in names if name in modules} - {path}


def circle_in(graph: dict[Path, set[Path]]) -> list[Path]:
    """Some files that import each other in a circle; empty if there are none.

    Files that import nothing more are taken out until none is left, or only circles and what leads
    to them.
    """
    left = {path: set(imported) for path, imported in graph.items()}
    while True:
        done = {path for path, imported in left.items() if not imported & left.keys()}
        if not done:
            break
        for path in done:
            del left[path]
    if not left:
        return []
    circle = [next(iter(left))]
    while circle.count(circle[-1]) == 1:
        circle.append(min(left[circle[-1]] & left.keys()))
    return circle[circle.index(circle[-1]) :]


@pytest.mark.broad
def test_no_files_import_each_other_in_a_circle() -> None:
    """Imports inside functions count: they would only hide a circle.

    An `__init__.py` that only names what its package offers does not count.
    """
    faces = {path for path in OURS if path.name == "__init__.py" and not list(functions(path))}
    modules = {
        ".".join(path.relative_to(ROOT).with_suffix("").parts): path
        for path in OURS
        if path not in faces
    }
    graph = {path: imports_of(path, modules) for path in modules.values()}
    assert [name_of(path) for path in circle_in(graph)] == []


def test_a_circle_is_found() -> None:
    one, two, three = Path("one.py"), Path("two.py"), Path("three.py")
    assert circle_in({one: {two}, two: {three}, three: set()}) == []
    assert set(circle_in({one: {two}, two: {three}, three: {two}})) == {two, three}


def test_now_is_asked_in_one_place() -> None:
    """So that tests and the demo can move it.

    (Leases and the heartbeat ask the database's clock.)
    """
    asking = r"timezone\.now\(|datetime\.now\(|date\.today\(|datetime\.utcnow\("
    places = lines_with(asking, OURS)
    assert [place for place in places if not place.startswith("common/clock.py")] == []


def test_text_fields_of_forms_check_their_characters() -> None:
    """Django's CharField takes control characters; common.fields has one for a line and lines."""
    but = {ROOT / "common" / "fields.py", ROOT / "accounts" / "forms" / "sign_in.py"}
    assert lines_with(r"forms\.CharField\(", [path for path in OURS if path not in but]) == []


def test_tasks_are_enqueued_through_background_alone() -> None:
    places = lines_with(r"\.(delay|apply_async|send_task)\(", OURS)
    assert [place for place in places if not place.startswith("common/background.py")] == []


def test_every_task_that_is_enqueued_by_name_exists() -> None:
    call = re.compile(r"enqueue(?:_on_commit)?\(\s*\"(\w+\.tasks\.\w+)\"")
    named = {name for path in OURS for name in call.findall(path.read_text(encoding="utf-8"))}
    assert named
    celery_app.loader.import_default_modules()
    assert named <= set(celery_app.tasks)


def test_there_are_no_model_signals_and_no_logic_in_save() -> None:
    assert lines_with(r"\b(pre|post)_(save|delete|init)\b|m2m_changed", OURS) == []
    saving = [
        model.__name__
        for model in apps.get_models()
        if model.__module__.split(".")[0] in APPS and model.save is not models.Model.save
    ]
    # a person's password is hashed by Django's own base class
    assert [name for name in saving if name != "User"] == []


def test_there_is_no_second_door() -> None:
    assert not [
        app
        for app in settings.INSTALLED_APPS
        if "admin" in app or "hijack" in app or "impersonate" in app
    ]
    doors = lines_with(r"\.as_view\(|csrf_exempt|mark_safe\(request", OURS)
    # the one click of mail programs (RFC 8058) has a signed link in the place of a cookie and a
    # token
    assert [
        door for door in doors if not door.startswith("notifications/views/unsubscribe.py:")
    ] == []


# rows that no address ever names
WITHOUT_ADDRESS = {
    "AuditEntry",
    "Avoidance",
    "ComfortPulse",
    "Company",
    "EnrolmentTopic",
    "FrozenTable",
    "GoalChange",
    "Grade",
    "Heartbeat",
    "PlannedTopic",
    "PrepAnswer",
    "PrepTick",
    "SessionAttendance",
    "SessionLogRevision",
    "SessionStatement",
    "Signature",
    "SuppressedAddress",
    "TalkSettings",
    "TopicRating",
}


@pytest.mark.parametrize(
    "model",
    [m for m in apps.get_models() if m.__module__.split(".")[0] in APPS],
    ids=lambda m: m.__name__,
)
def test_models_with_addresses_have_public_ids(model: type[models.Model]) -> None:
    """A number in an address tells how many there are and can be guessed."""
    names = {field.name for field in model._meta.get_fields()}
    key = model._meta.pk
    assert (
        "public_id" in names
        or not isinstance(key, models.BigAutoField)
        or model.__name__ in WITHOUT_ADDRESS
    )


def test_url_name_is_the_name_of_its_view() -> None:
    """So that a name found in a template leads to the function, and back."""
    others = [
        f"{app}:{pattern.name} is {pattern.callback.__name__}"
        for app, pattern in routes(get_resolver())
        if app and pattern.callback.__name__ != pattern.name
    ]
    assert others == []


def routes(resolver: Any, app: str = "") -> Iterator[tuple[str, URLPattern]]:
    """(namespace, route) of every address."""
    for pattern in resolver.url_patterns:
        if isinstance(pattern, URLPattern):
            yield app, pattern
        else:
            yield from routes(pattern, pattern.namespace or app)
