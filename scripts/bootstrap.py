"""Make .venv and fill it from the lock file; do nothing when it is up to date.

Run by whatever Python the machine has, so: standard library only, and syntax that an old Python 3
can still read, because it must be able to say that it is too old.

    python3 scripts/bootstrap.py requirements-dev.txt

Ends with status 0 and a usable .venv, or with status 1 and one sentence about what is missing.
"""

import errno
import hashlib
import os
import shutil
import subprocess
import sys

ROOT = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
VENV = os.path.join(ROOT, ".venv")
STAMP = os.path.join(VENV, ".lock-digest")
OLDEST = (3, 11)
# A full install takes about 1.3 GB; with less than this it would fail half-way through.
NEEDED_BYTES = 1500 * 1024 * 1024


class SetUpError(Exception):
    """Carries the one sentence that the person is shown."""


def venv_python():
    return os.path.join(VENV, "bin", "python")


def digest(lock):
    """Of the lock file and of the Python that the wheels were chosen for."""
    with open(lock, "rb") as stream:
        content = stream.read()
    version = "{}.{}".format(*sys.version_info[:2])
    return hashlib.sha256(content + version.encode()).hexdigest()


def up_to_date(wanted):
    try:
        with open(STAMP) as stream:
            return stream.read().strip() == wanted and os.path.exists(venv_python())
    except OSError:
        return False


def usable():
    """Whether .venv was finished once, by this version of Python: then a new lock is installed over
    it.
    """
    return (
        os.path.exists(STAMP) and os.path.isdir(site_packages()) and os.path.exists(venv_python())
    )


def site_packages():
    return os.path.join(VENV, "lib", "python{}.{}".format(*sys.version_info[:2]), "site-packages")


def check_machine():
    if sys.version_info < OLDEST:
        raise SetUpError(
            "Python {}.{} or newer is needed, but {} is {}.{}: install a newer one or name it, "
            "as in "
            "'make demo PYTHON=/path/to/python3.12'.".format(
                OLDEST[0], OLDEST[1], sys.executable, sys.version_info[0], sys.version_info[1]
            )
        )
    try:
        import ensurepip  # noqa: F401
    except ImportError:
        raise SetUpError(
            "This Python ({}) has no ensurepip, so it cannot make a virtual environment: on "
            "Debian or Ubuntu "
            "run 'apt-get install python{}.{}-venv' and try again.".format(
                sys.executable, *sys.version_info[:2]
            )
        ) from None
    free = shutil.disk_usage(ROOT).free
    if free < NEEDED_BYTES:
        raise SetUpError(
            "The disk is too full: {} MB are free in {}, and setting up needs {} MB.".format(
                free // 2**20, ROOT, NEEDED_BYTES // 2**20
            )
        )


def run(command, failure):
    """Run quietly; on failure show what the command said, then the sentence."""
    done = subprocess.run(
        command, cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, check=False
    )
    if done.returncode:
        output = done.stdout.decode("utf-8", "replace")
        sys.stderr.write(output)
        if os.strerror(errno.ENOSPC) in output:
            raise SetUpError("The disk is full: {} needs room for its packages.".format(ROOT))
        raise SetUpError(failure)


def install(lock):
    if not usable():
        print(
            "Making the virtual environment in .venv (Python {}.{}) ...".format(
                *sys.version_info[:2]
            ),
            flush=True,
        )
        # --clear: after another Python, or an attempt that was cut off, nothing old may be left in
        # it.
        make = [sys.executable, "-m", "venv", "--clear", VENV]
        run(make, "The virtual environment in .venv could not be made.")
    print(
        "Installing the packages of {} (about a minute) ...".format(os.path.basename(lock)),
        flush=True,
    )
    pip = [
        venv_python(),
        "-m",
        "pip",
        "--disable-pip-version-check",
        "install",
        "--quiet",
        "--no-input",
    ]
    run(
        # Each package is pinned by its hash, and none is compiled here: no compiler is needed.
        [*pip, "--require-hashes", "--only-binary", ":all:", "--requirement", lock],
        "The packages could not be installed: see the lines above (is the package index within "
        "reach?).",
    )
    # As an editable install would: pytest, celery and gunicorn find the project from wherever they
    # are called.
    with open(os.path.join(site_packages(), "upstream.pth"), "w") as stream:
        stream.write(ROOT + "\n")


def main():
    lock = os.path.join(ROOT, sys.argv[1] if len(sys.argv) > 1 else "requirements-dev.txt")
    try:
        wanted = digest(lock)
        if up_to_date(wanted):
            return 0
        check_machine()
        install(lock)
        with open(STAMP, "w") as stream:
            stream.write(wanted + "\n")
    except SetUpError as error:
        sys.stderr.write("{}\n".format(error))
        return 1
    except OSError as error:
        full = error.errno == errno.ENOSPC
        sys.stderr.write("{}\n".format("The disk is full: {}".format(ROOT) if full else error))
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
