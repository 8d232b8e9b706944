"""The first step on a stranger's machine: what it says when something is missing."""

from __future__ import annotations

import ast
import builtins
import errno
import importlib.util
import subprocess
from collections.abc import Callable
from pathlib import Path
from types import ModuleType, SimpleNamespace
from typing import Any

import pytest

SCRIPT = Path(__file__).resolve().parents[2] / "scripts" / "bootstrap.py"


@pytest.fixture
def bootstrap(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> ModuleType:
    """The script, set to a project folder of its own with a lock file in it."""
    spec = importlib.util.spec_from_file_location("bootstrap", SCRIPT)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    (tmp_path / "requirements-dev.txt").write_text("")
    monkeypatch.setattr(module, "ROOT", str(tmp_path))
    monkeypatch.setattr(module, "VENV", str(tmp_path / ".venv"))
    monkeypatch.setattr(module, "STAMP", str(tmp_path / ".venv" / ".lock-digest"))
    monkeypatch.setattr(module.sys, "argv", ["bootstrap.py"])
    return module


def test_an_old_python_can_read_it() -> None:
    ast.parse(SCRIPT.read_text(), feature_version=(3, 6))


def one_sentence(capsys: pytest.CaptureFixture[str]) -> str:
    text = capsys.readouterr().err
    assert "Traceback" not in text
    assert text.count("\n") == 1
    return text


def test_an_old_python_is_told_so(
    bootstrap: ModuleType, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(bootstrap.sys, "version_info", (3, 9, 2))
    assert bootstrap.main() == 1
    assert "Python 3.11 or newer is needed" in one_sentence(capsys)


def test_a_missing_ensurepip_names_the_package(
    bootstrap: ModuleType, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    real: Callable[..., Any] = builtins.__import__

    def without(name: str, *rest: Any) -> Any:
        if name == "ensurepip":
            raise ImportError(name)
        return real(name, *rest)

    monkeypatch.setattr(builtins, "__import__", without)
    assert bootstrap.main() == 1
    assert "-venv' and try again" in one_sentence(capsys)


def test_a_full_disk_is_said_before_anything_is_written(
    bootstrap: ModuleType,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    tmp_path: Path,
) -> None:
    monkeypatch.setattr(bootstrap.shutil, "disk_usage", lambda _: SimpleNamespace(free=7 * 2**20))
    assert bootstrap.main() == 1
    assert one_sentence(capsys).startswith("The disk is too full: 7 MB are free")
    assert not (tmp_path / ".venv").exists()


def test_a_disk_that_fills_up_is_said(
    bootstrap: ModuleType, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def full(*_: Any, **__: Any) -> Any:
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(bootstrap, "check_machine", lambda: None)
    monkeypatch.setattr(subprocess, "run", full)
    assert bootstrap.main() == 1
    assert one_sentence(capsys).startswith("The disk is full")


def test_the_second_run_does_nothing(
    bootstrap: ModuleType,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    tmp_path: Path,
) -> None:
    commands: list[list[str]] = []

    def made(command: list[str], _failure: str) -> None:
        commands.append(command)
        Path(bootstrap.site_packages()).mkdir(parents=True, exist_ok=True)
        (tmp_path / ".venv" / "bin").mkdir(exist_ok=True)
        Path(bootstrap.venv_python()).touch()

    monkeypatch.setattr(bootstrap, "check_machine", lambda: None)
    monkeypatch.setattr(bootstrap, "run", made)
    assert bootstrap.main() == 0
    assert len(commands) == 2
    assert bootstrap.main() == 0
    assert len(commands) == 2
    (tmp_path / "requirements-dev.txt").write_text("# renewed\n")
    assert bootstrap.main() == 0
    assert "--require-hashes" in commands[-1]
    assert len(commands) == 3, "a new lock is installed over the old environment"
    capsys.readouterr()
