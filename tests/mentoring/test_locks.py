"""The lock files: complete, hashed, and without a word about where the packages came from."""

from __future__ import annotations

import json
import re
import tomllib
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
LOCKS = ["requirements.txt", "requirements-dev.txt"]


def canonical(name: str) -> str:
    return re.sub(r"[-_.]+", "-", name).lower()


def pins(lock: str) -> dict[str, set[str]]:
    """Each package's pinned lines; several when they differ by Python version."""
    found: dict[str, set[str]] = {}
    for line in (ROOT / lock).read_text().splitlines():
        if match := re.match(r"([A-Za-z0-9._-]+)==(\S+)( ; [^\\]+)? \\$", line):
            found.setdefault(canonical(match[1]), set()).add(line)
    return found


def wanted(groups: list[str]) -> set[str]:
    """The packages that pyproject.toml names, with those of the groups and of the groups inside
    them.
    """
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())
    entries = list(project["project"]["dependencies"])
    for group in groups:
        for entry in project["dependency-groups"][group]:
            if isinstance(entry, str):
                entries.append(entry)
            else:
                entries += project["dependency-groups"][entry["include-group"]]
    return {canonical(re.match(r"[A-Za-z0-9._-]+", entry)[0]) for entry in entries}  # type: ignore[index]


@pytest.mark.parametrize(
    ("lock", "groups"), [("requirements.txt", []), ("requirements-dev.txt", ["dev"])]
)
def test_every_dependency_is_locked(lock: str, groups: list[str]) -> None:
    assert wanted(groups) <= set(pins(lock)), "run 'make lock'"


def test_development_runs_what_production_runs() -> None:
    development = pins("requirements-dev.txt")
    assert {
        name: lines
        for name, lines in pins("requirements.txt").items()
        if development.get(name) != lines
    } == {}


@pytest.mark.parametrize("lock", LOCKS)
def test_every_package_has_a_hash(lock: str) -> None:
    blocks = re.split(r"\n(?=\S)", (ROOT / lock).read_text().strip())
    without = [
        block.split()[0]
        for block in blocks
        if not block.startswith("#") and "--hash=sha256:" not in block
    ]
    assert without == []


@pytest.mark.parametrize("lock", LOCKS)
def test_no_address_in_the_lock(lock: str) -> None:
    text = (ROOT / lock).read_text()
    assert not re.search(r"https?:|file:|--index-url|--extra-index-url|--find-links| @ ", text)


def test_front_end_lock_matches_and_names_no_registry() -> None:
    package = json.loads((ROOT / "package.json").read_text())
    lock = json.loads((ROOT / "package-lock.json").read_text())
    for kind in ("dependencies", "devDependencies"):
        assert lock["packages"][""][kind] == package[kind]
        assert all(re.fullmatch(r"\d+\.\d+\.\d+", version) for version in package[kind].values()), (
            "exact versions"
        )
    entries = {name: entry for name, entry in lock["packages"].items() if name}
    assert [name for name, entry in entries.items() if "integrity" not in entry] == []
    assert [name for name, entry in entries.items() if "resolved" in entry] == []


def test_every_dependency_has_its_line_in_the_docs() -> None:
    text = (ROOT / "docs" / "dependencies.md").read_text()
    told = {canonical(name) for name in re.findall(r"`([^`]+)`", text)}
    package = json.loads((ROOT / "package.json").read_text())
    front_end = {
        canonical(name) for name in [*package["dependencies"], *package["devDependencies"]]
    }
    assert (wanted(["dev"]) | front_end) - told == set()
