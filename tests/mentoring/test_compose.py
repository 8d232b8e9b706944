"""docker-compose.yml against the compose specification, and against what the services need of each
other.
"""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import yaml

from mentoring import embedded

ROOT = Path(__file__).resolve().parents[2]
FILE = ROOT / "docker-compose.yml"
OURS = ["web", "worker", "beat", "migrate"]


@pytest.fixture(scope="module")
def compose() -> dict[str, Any]:
    return dict(yaml.safe_load(FILE.read_text()))


@pytest.mark.broad
def test_it_fits_the_compose_specification() -> None:
    checker = Path(sys.executable).parent / "check-jsonschema"
    done = subprocess.run(
        [str(checker), "--builtin-schema", "vendor.compose-spec", str(FILE)],
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr


def test_services_and_volumes_refer_to_each_other(compose: dict[str, Any]) -> None:
    services = compose["services"]
    for name, service in services.items():
        for needed, how in service.get("depends_on", {}).items():
            assert needed in services, f"{name} waits for {needed}"
            if how["condition"] == "service_healthy":
                assert services[needed]["healthcheck"].get("test"), (
                    f"{name} waits for the health of {needed}"
                )
        for volume in service.get("volumes", []):
            assert volume.split(":")[0] in compose["volumes"], f"{name} mounts {volume}"


def test_everything_lasting_restarts_and_is_watched(compose: dict[str, Any]) -> None:
    for name, service in compose["services"].items():
        if name != "migrate":
            assert service["restart"] == "unless-stopped"
        if name not in {"migrate", "web", "mailpit"}:  # web's own check is in the image
            assert service["healthcheck"]["test"]
        assert "latest" not in service["image"] or name in OURS


@pytest.mark.parametrize("name", OURS)
def test_our_containers_have_no_rights_to_lose(compose: dict[str, Any], name: str) -> None:
    service = compose["services"][name]
    assert service["read_only"] is True
    assert service["cap_drop"] == ["ALL"]
    assert service["security_opt"] == ["no-new-privileges:true"]


def test_only_web_and_the_mail_viewer_are_reachable_and_only_from_this_machine(
    compose: dict[str, Any],
) -> None:
    ports = {
        name: service["ports"]
        for name, service in compose["services"].items()
        if "ports" in service
    }
    assert set(ports) == {"web", "mailpit"}
    assert all("127.0.0.1" in port for entry in ports.values() for port in entry)


def test_no_secret_is_in_the_file(compose: dict[str, Any]) -> None:
    # Every password is a reference that fails with a sentence when .env does not set it.
    for password in re.findall(r"PASSWORD: (\S+)|://\w+:([^@\s]+)@", FILE.read_text()):
        assert "".join(password).startswith("${POSTGRES_PASSWORD:?")
    assert compose["services"]["postgres"]["image"] == "postgres:18"


def filled_in_example() -> dict[str, str]:
    """The variables of .env.example as an administrator would fill them in."""
    lines = [
        line
        for line in (ROOT / ".env.example").read_text().splitlines()
        if line and not line.startswith("#")
    ]
    given = dict(line.split("=", 1) for line in lines)
    filled = embedded.new_secrets() | {
        "POSTGRES_PASSWORD": "0123456789abcdef",
        "BASE_URL": "https://upstream.example.com",
        "EMAIL_URL": "smtp+tls://user:password@mail.example.com:587",
        "MAIL_FROM": "Upstream <mentoring@example.com>",
    }
    assert {name for name, value in given.items() if not value} == {*filled, "METRICS_TOKEN"}, (
        "all but one are needed"
    )
    return given | filled


@pytest.mark.broad
@pytest.mark.slow
def test_the_example_environment_starts_the_application(compose: dict[str, Any]) -> None:
    given = filled_in_example()
    environment = {"PATH": os.environ["PATH"], **given}
    for name, value in compose["services"]["web"]["environment"].items():
        environment[name] = re.sub(
            r"\$\{POSTGRES_PASSWORD:[^}]*\}", given["POSTGRES_PASSWORD"], value
        )
    done = subprocess.run(
        [sys.executable, "manage.py", "check", "--deploy", "--fail-level", "WARNING"],
        cwd=ROOT,
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
