"""Settings from the environment: whatever is wrong is said at once, by name, and the process
ends.
"""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest
from cryptography.fernet import Fernet

from mentoring.env import Environment, EnvironmentProblem

ROOT = Path(__file__).resolve().parents[2]
KEY = Fernet.generate_key().decode()
GOOD = {
    "SECRET_KEY": "s" * 50,
    "ENCRYPTION_KEYS": KEY,
    "BASE_URL": "https://mentoring.company.example",
    "DATABASE_URL": "postgresql://u:p@db:5432/upstream",
    "REDIS_URL": "redis://redis:6379/0",
    "EMAIL_URL": "smtp+tls://user:pw@mail:587",
    "MAIL_FROM": "Upstream <mentoring@company.example>",
}


def start(environment: dict[str, str], code: str = "") -> subprocess.CompletedProcess[str]:
    """Import the settings in a process of its own, with this environment alone."""
    program = f"from mentoring import settings\n{code}"
    clean = {name: os.environ[name] for name in ("PATH", "HOME", "LANG") if name in os.environ}
    return subprocess.run(
        [sys.executable, "-c", program],
        cwd=ROOT,
        env=clean | environment,
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )


@pytest.mark.broad
def test_production_starts_with_what_it_needs_and_nothing_more() -> None:
    code = (
        "print(settings.HTTPS, settings.EMAIL_HOST, settings.EMAIL_USE_TLS, "
        "repr(settings.CLOCK_FILE))"
    )
    done = start(GOOD, code)
    assert (done.returncode, done.stdout.strip()) == (0, "True mail True ''"), done.stderr


@pytest.mark.broad
def test_mail_without_encryption_needs_an_explicit_setting() -> None:
    plain = {"EMAIL_URL": "smtp://mail:25", "EMAIL_WITHOUT_TLS": "1"}
    done = start(GOOD | plain, "print(settings.EMAIL_HOST, settings.EMAIL_USE_TLS)")
    assert (done.returncode, done.stdout.strip()) == (0, "mail False"), done.stderr


@pytest.mark.broad
@pytest.mark.parametrize(("https", "prefix"), [("1", "__Host-"), ("0", "")])
def test_cookies_belong_to_this_very_host_in_production(https: str, prefix: str) -> None:
    code = (
        "print(settings.SESSION_COOKIE_NAME, settings.CSRF_COOKIE_NAME, "
        "settings.SESSION_COOKIE_SECURE)"
    )
    done = start(GOOD | {"HTTPS": https}, code)
    names = [f"{prefix}sessionid", f"{prefix}csrftoken"]
    assert done.stdout.split() == [*names, str(https == "1")], done.stderr


@pytest.mark.broad
def test_production_without_anything_names_every_variable_at_once() -> None:
    done = start({})
    assert done.returncode != 0
    assert "Traceback" not in done.stderr
    for name in GOOD:
        assert f"- {name} is not set: expected " in done.stderr


WRONG = [
    ("SECRET_KEY", "short", "SECRET_KEY is too short"),
    ("ENCRYPTION_KEYS", "not-a-key", "ENCRYPTION_KEYS is wrong: expected one or more Fernet keys"),
    (
        "BASE_URL",
        "mentoring.company.example",
        "BASE_URL ('mentoring.company.example') is wrong: expected an address",
    ),
    (
        "DATABASE_URL",
        "mysql://u:secret@db/x",
        "DATABASE_URL is wrong: expected an address that starts with postgres://",
    ),
    ("REDIS_URL", "localhost", "REDIS_URL is wrong"),
    ("EMAIL_URL", "mail:25", "EMAIL_URL is wrong"),
    ("EMAIL_URL", "smtp://mail:25", "EMAIL_URL sends mail without encryption"),
    ("MAIL_FROM", "Upstream", "MAIL_FROM is wrong"),
    ("DATABASE_POOL", "1", "DATABASE_POOL ('1') is wrong: expected a whole number from 2 to 100"),
    ("BEAT_SECONDS", "soon", "BEAT_SECONDS ('soon') is wrong"),
    ("DEMO", "perhaps", "DEMO ('perhaps') is wrong: expected 1 or 0"),
    ("CLOCK_FILE", "/tmp/clock", "CLOCK_FILE moves the clock"),
]


@pytest.mark.broad
@pytest.mark.parametrize(("name", "value", "says"), WRONG)
def test_wrong_value_ends_the_process_with_the_name(name: str, value: str, says: str) -> None:
    done = start(GOOD | {name: value})
    assert done.returncode != 0
    assert says in done.stderr
    assert "secret" not in done.stderr, "secrets are not repeated"
    assert "Traceback" not in done.stderr


@pytest.mark.broad
def test_secret_from_a_file(tmp_path: Path) -> None:
    path = tmp_path / "key"
    path.write_text("f" * 60 + "\n")
    rest = {name: value for name, value in GOOD.items() if name != "SECRET_KEY"}
    done = start(rest | {"SECRET_KEY_FILE": str(path)}, "print(len(settings.SECRET_KEY))")
    assert (done.returncode, done.stdout.strip()) == (0, "60"), done.stderr


def test_secret_file_that_is_not_there_is_named(tmp_path: Path) -> None:
    env = Environment({"TOKEN_FILE": str(tmp_path / "none")})
    env.text("TOKEN", secret=True)
    with pytest.raises(
        EnvironmentProblem, match=r"TOKEN_FILE: cannot read .*none \(No such file or directory\)"
    ):
        env.check()


def test_secret_given_twice_is_a_problem(tmp_path: Path) -> None:
    env = Environment({"TOKEN_FILE": str(tmp_path), "TOKEN": "x"})
    assert env.text("TOKEN", secret=True) == "x"
    with pytest.raises(EnvironmentProblem, match="TOKEN and TOKEN_FILE are both set"):
        env.check()


def test_file_variant_is_for_secrets_alone(tmp_path: Path) -> None:
    path = tmp_path / "level"
    path.write_text("DEBUG")
    assert Environment({"LOG_LEVEL_FILE": str(path)}).text("LOG_LEVEL", "INFO") == "INFO"


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ("1", True),
        ("TRUE", True),
        ("on", True),
        ("0", False),
        ("No", False),
        ("", False),
        (" ", False),
    ],
)
def test_flag(value: str, expected: bool) -> None:
    env = Environment({"F": value})
    assert env.flag("F") is expected
    env.check()


def test_list_drops_blanks() -> None:
    assert Environment({"L": " a, ,b,"}).listed("L", [], expected="x") == ["a", "b"]


@pytest.mark.parametrize(
    ("value", "fine"), [("2", True), ("100", True), ("101", False), ("-1", False), ("2.5", False)]
)
def test_whole_number_within_bounds(value: str, fine: bool) -> None:
    env = Environment({"N": value})
    assert env.whole("N", 7, low=2, high=100) == (int(value) if fine else 7)
    assert bool(env.problems) is not fine
