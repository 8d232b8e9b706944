"""The embedded servers, really started, killed and started again."""

from __future__ import annotations

import os
import signal
import stat
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from types import SimpleNamespace

import psycopg
import pytest
from redis import Redis

from mentoring import embedded
from tests.services import FAST_AND_UNSAFE

pytestmark = pytest.mark.slow


@pytest.fixture
def var(tmp_path: Path) -> Iterator[Path]:
    # Short, since a socket's path has a limit, and readable from above for the user that Postgres
    # runs as.
    yield tmp_path / "v"
    embedded.stop_postgres(tmp_path / "v")
    embedded.stop_valkey(tmp_path / "v")


def number_in(url: str) -> int:
    with psycopg.connect(url) as connection:
        connection.execute("CREATE TABLE IF NOT EXISTS kept (id int)")
        connection.execute("INSERT INTO kept VALUES (1)")
        row = connection.execute("SELECT count(*) FROM kept").fetchone()
    assert row is not None
    return int(row[0])


def postmaster(var: Path) -> int:
    return int((var / "postgres" / "postmaster.pid").read_text().split()[0])


def test_postgres_keeps_its_data_through_everything(var: Path) -> None:
    url = embedded.start_postgres(var, options=FAST_AND_UNSAFE)
    assert url == embedded.default_database_url(var)
    assert number_in(url) == 1
    pid = postmaster(var)

    assert embedded.start_postgres(var) == url, "a living one is adopted"
    assert postmaster(var) == pid
    assert number_in(url) == 2

    assert embedded.stop_postgres(var)
    assert not embedded.stop_postgres(var)
    embedded.start_postgres(var)
    assert number_in(url) == 3

    os.kill(postmaster(var), signal.SIGKILL)
    embedded.start_postgres(var)
    assert number_in(url) == 4


def test_postgres_is_not_fooled_by_a_recycled_pid(var: Path) -> None:
    url = embedded.start_postgres(var, options=FAST_AND_UNSAFE)
    text = (var / "postgres" / "postmaster.pid").read_text()
    embedded.stop_postgres(var)
    (var / "postgres" / "postmaster.pid").write_text(
        text.replace(text.split()[0], str(os.getpid()), 1)
    )
    assert not embedded.stop_postgres(var), "this process is not Postgres and must not be signalled"
    embedded.start_postgres(var)
    assert number_in(url) == 1


def test_an_interrupted_initdb_is_done_again(var: Path) -> None:
    (var / "postgres").mkdir(parents=True)
    (var / "postgres" / "PG_VERSION").write_text("18")
    assert number_in(embedded.start_postgres(var, options=FAST_AND_UNSAFE)) == 1


def test_valkey_keeps_its_data_and_is_adopted(var: Path) -> None:
    url = embedded.start_valkey(var)
    path = embedded.runtime_dir(var) / "valkey.sock"
    assert url == f"redis+socket://{path}?virtual_host=0"
    with Redis(unix_socket_path=str(path)) as client:
        client.set("kept", 1)
        assert embedded.start_valkey(var) == url
        assert client.get("kept") == b"1"
    assert embedded.stop_valkey(var)
    assert not embedded.stop_valkey(var)
    embedded.start_valkey(var)
    with Redis(unix_socket_path=str(path)) as client:
        assert client.get("kept") == b"1"


def test_a_long_path_gets_a_short_private_folder(tmp_path: Path) -> None:
    long = tmp_path / ("x" * 90)
    folder = embedded.make_folders(long)
    assert len(str(folder)) <= embedded.LONGEST_FOLDER
    assert folder == embedded.runtime_dir(long) != embedded.runtime_dir(tmp_path / "y")
    assert stat.S_IMODE(folder.stat().st_mode) == 0o700
    folder.rmdir()


def test_a_folder_that_somebody_put_there_is_refused(tmp_path: Path) -> None:
    long = tmp_path / ("x" * 90)
    folder = embedded.runtime_dir(long)
    folder.symlink_to(tmp_path)
    try:
        with pytest.raises(embedded.EmbeddedError, match="belongs to somebody else"):
            embedded.make_folders(long)
    finally:
        folder.unlink()


def test_a_full_disk_is_said(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(embedded.shutil, "disk_usage", lambda _: SimpleNamespace(free=5 * 2**20))
    with pytest.raises(embedded.EmbeddedError, match=r"^The disk is full: 5 MB are left"):
        embedded.start_postgres(tmp_path)


def test_a_failing_server_says_why(var: Path) -> None:
    with pytest.raises(
        embedded.EmbeddedError, match=r"(?s)Postgres could not start.*no_such_setting"
    ):
        embedded.start_postgres(var, options={"no_such_setting": "1"})


def test_secrets_are_made_once_and_kept_private(tmp_path: Path) -> None:
    first = embedded.demo_secrets(tmp_path)
    assert stat.S_IMODE((tmp_path / "demo.env").stat().st_mode) == 0o600
    assert embedded.demo_secrets(tmp_path) == first
    assert len(first["SECRET_KEY"]) >= 50
    assert not set("'\"\\$` ") & set("".join(first.values())), "a shell can source it"


@pytest.mark.skipif(os.geteuid() != 0, reason="root alone hands Postgres to another user")
def test_other_user_finds_programs_inside_folders_of_root(tmp_path: Path) -> None:
    """A checkout in a folder that root alone may enter; access(2) is what Postgres asks before it
    starts its own programs.
    """
    program = tmp_path / "closed" / "program"
    program.parent.mkdir(mode=0o700)
    program.write_text("#!/bin/sh\n")
    program.chmod(0o755)
    asking = f"import os; print(os.geteuid(), os.access({str(program)!r}, os.X_OK))"
    command = [*embedded.AS_NOBODY, sys.executable, "-c", asking]
    said = subprocess.run(
        command, cwd="/", capture_output=True, text=True, check=True
    ).stdout.split()
    assert said[0] != "0"
    assert said[1] == "True"
