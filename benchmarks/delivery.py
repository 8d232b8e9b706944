"""How fast reminders are written down and messages leave, against the least that a mail needs.

    python benchmarks/delivery.py [--reminders 100000] [--messages 2000] [--json]

Materialising: the minute's round that finds so many reminders due at once (as after down time in a
large company), in a process of its own; its time and its peak memory, at a tenth of the number and
at the full one. The gate (exit status 1): the peak does not grow with the number, by more than a
tenth.

Sending: messages a second through one real worker and through two, and through a bare loop of
smtplib that makes a mail of each message's texts and hands it to the same server over one
connection, and knows nothing of leases and states. The ratios are a report: the aim is half of the
bare loop with one worker. They say more than the seconds, which depend on what else the machine
does. Beside them the ratio to a loop that does not even make its mails, but hands over the same one
again and again.

Written-out SQL: how many times as long the ordinary query sets take for the two places that do
without them, storing messages (notifications/outbox/bulk.py) and claiming one
(notifications/delivery/claiming.py). Both are tried in turns in one run.

A database of its own is made on the server of DATABASE_URL and dropped at the end; the mail server
keeps nothing.
"""

from __future__ import annotations

import argparse
import contextlib
import json
import os
import signal
import smtplib
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from datetime import timedelta
from email.message import EmailMessage
from email.utils import formatdate
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))

from benchmarks.pages import own_database  # noqa: E402 - needs the path above
from benchmarks.support.memory import peak_megabytes  # noqa: E402
from benchmarks.support.written_out import written_out  # noqa: E402

PAIRS = 500
AIM = 0.5
GROWTH = 1.1
START_SECONDS = 60.0
WORKER_SECONDS = 8.0


def start_django() -> None:
    """Django with the environment's database."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "mentoring.settings")
    import django

    django.setup()


# --- materialising --------------------------------------------------------------------------------


def company(reminders: int) -> None:
    """Pairs with so many sessions in an hour that each of their two reminders is due now."""
    from django.core.management import call_command

    from common import clock
    from meetings.models import MentoringSession
    from notifications.models import MessagePreferences
    from tests.factories import PairingFactory, ProgramFactory

    call_command("flush", interactive=False, verbosity=0)
    today = clock.now().date()
    dates = {"starts_on": today - timedelta(30), "ends_on": today + timedelta(200)}
    program = ProgramFactory(**dates, reminder_hours=[1], question_days=0)
    pairs = [PairingFactory(program=program) for _ in range(PAIRS)]
    people = [person for pair in pairs for person in (pair.mentor, pair.mentee)]
    MessagePreferences.objects.bulk_create(
        [MessagePreferences(person=person, quiet=False) for person in people]
    )
    starts = clock.now() + timedelta(minutes=59, seconds=50)
    fields: dict[str, Any] = {
        "wall_date": starts.date(),
        "wall_time": starts.time(),
        "time_zone": "UTC",
        "minutes": 45,
        "starts_at": starts,
        "ends_at": starts + timedelta(minutes=45),
        "timed_at": starts - timedelta(days=2),
    }
    sessions = (
        MentoringSession(pairing=pairs[number % PAIRS], number=number // PAIRS + 1, **fields)
        for number in range(reminders // 2)
    )
    MentoringSession.objects.bulk_create(sessions, batch_size=2000)


def materialise() -> dict[str, float]:
    """One round in this process."""
    from meetings.due.sessions import enqueue_due_reminders

    before = peak_megabytes()
    started = time.perf_counter()
    made = enqueue_due_reminders()
    seconds = time.perf_counter() - started
    return {"reminders": made, "seconds": seconds, "peak_mb": peak_megabytes(), "before_mb": before}


def in_own_process(words: list[str]) -> dict[str, float]:
    """What this script says when it is called with these words."""
    done = subprocess.run(
        [sys.executable, __file__, *words], cwd=ROOT, capture_output=True, text=True, check=True
    )
    found: dict[str, float] = json.loads(done.stdout.splitlines()[-1])
    return found


# --- sending --------------------------------------------------------------------------------------


@contextlib.contextmanager
def mail_server() -> Iterator[int]:
    """A mail server in a process of its own that throws everything away; its port."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = int(probe.getsockname()[1])
    options = f"-m aiosmtpd -n -c aiosmtpd.handlers.Sink -l 127.0.0.1:{port}"
    process = subprocess.Popen([sys.executable, *options.split()], stderr=subprocess.DEVNULL)
    try:
        end = time.monotonic() + START_SECONDS
        while time.monotonic() < end:
            with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", port), 1):
                break
            time.sleep(0.1)
        yield port
    finally:
        process.terminate()
        process.wait(10)


def mail_of(row: Any) -> EmailMessage:
    """A mail of a message's texts."""
    mail = EmailMessage()
    mail["From"] = "upstream@example.com"
    mail["To"] = "person@example.com"
    mail["Subject"] = row.subject
    mail["Message-ID"] = f"<{row.public_id}@example.com>"
    mail["Date"] = formatdate()
    mail.set_content(row.text)
    mail.add_alternative(row.html, subtype="html")
    return mail


def bare(port: int, rows: list[Any], *, same: bool) -> float:
    """Mails a second through smtplib: each made of its own texts, or `same`: the first one again
    and again.
    """
    first = mail_of(rows[0])
    with smtplib.SMTP("127.0.0.1", port) as server:
        started = time.perf_counter()
        for row in rows:
            server.send_message(first if same else mail_of(row))
        return len(rows) / (time.perf_counter() - started)


def through_workers(port: int, number: int, workers: int) -> float:
    """Messages a second through so many workers of one process each, from their first message to
    their last.
    """
    from django.db import connection
    from django.db.models import Max, Min

    from common import background, clock
    from notifications.models import OutboxMessage

    queued = OutboxMessage.objects.filter(state="queued")
    chosen = list(queued.values_list("pk", flat=True)[:number])
    queued.update(try_at=clock.now() + timedelta(days=1))
    OutboxMessage.objects.filter(pk__in=chosen).update(try_at=clock.now())
    with connection.cursor() as cursor:
        # what the two updates have left behind is this benchmark's own
        cursor.execute("VACUUM ANALYZE")
    processes = [start_worker(port, position) for position in range(workers)]
    try:
        time.sleep(WORKER_SECONDS)  # both are up before the first bell
        for _ in processes:
            background.enqueue("notifications.tasks.send_due")
        wait_for_end()
    finally:
        for process in processes:
            os.killpg(process.pid, signal.SIGKILL)
            process.wait(10)
    times = OutboxMessage.objects.filter(pk__in=chosen, state="sent").aggregate(
        first=Min("sent_at"), last=Max("sent_at")
    )
    return float((number - 1) / (times["last"] - times["first"]).total_seconds())


def wait_for_end() -> None:
    """Until no message is due or in a sender's hands. Raises TimeoutError."""
    from common import clock
    from notifications.models import OutboxMessage

    end = time.monotonic() + 1200
    leased = OutboxMessage.objects.filter(state="leased")
    while OutboxMessage.objects.claimable(clock.now()).exists() or leased.exists():
        if time.monotonic() > end:
            raise TimeoutError("Not all messages were sent.")
        time.sleep(0.5)


def start_worker(port: int, position: int) -> subprocess.Popen[bytes]:
    """With production's settings and one process; no beat."""
    options = "-W ignore -m celery -q -A mentoring worker -c 1 -l WARNING"
    options += f" --without-gossip --without-mingle --hostname bench{position}@%h -Q mail"
    environment = dict(os.environ)
    for name in ("TESTING", "DEBUG", "DEMO", "CLOCK_FILE"):
        environment.pop(name, None)
    environment |= {
        "BASE_URL": "https://upstream.example.com",
        "MAIL_FROM": "Upstream <upstream@example.com>",
        "EMAIL_URL": f"smtp://127.0.0.1:{port}",
        "EMAIL_WITHOUT_TLS": "1",
        "LOG_LEVEL": "WARNING",
    }
    command = [sys.executable, *options.split()]
    return subprocess.Popen(command, cwd=ROOT, env=environment, start_new_session=True)


def send(number: int) -> dict[str, float]:
    """The rates; the bare loops before, between and after the workers, so that all see the same
    machine.
    """
    from notifications.models import OutboxMessage

    queued = OutboxMessage.objects.filter(state="queued")
    rows = list(queued.only("public_id", "subject", "text", "html")[:number])
    own: list[float] = []
    same: list[float] = []
    workers: dict[str, float] = {}
    with mail_server() as port:
        for name, count in (("one", 1), ("two", 2), ("", 0)):
            own.append(bare(port, rows, same=False))
            same.append(bare(port, rows, same=True))
            if count:
                workers[name] = through_workers(port, number, count)
    figures = {"bare_a_second": sum(own) / len(own), "same_a_second": sum(same) / len(same)}
    for name, rate in workers.items():
        figures |= {f"{name}_a_second": rate, name: rate / figures["bare_a_second"]}
        figures[f"{name}_to_same"] = rate / figures["same_a_second"]
    return figures


# --- the report -----------------------------------------------------------------------------------


def measure(reminders: int, messages: int, *, as_json: bool) -> bool:
    """Print it all; whether the gate holds."""
    start_django()
    from django.core.management import call_command

    call_command("migrate", verbosity=0)
    call_command("createcachetable", verbosity=0)
    peaks = []
    for number in (reminders // 10, reminders):
        company(number)
        figures = in_own_process(["--materialise"])
        peaks.append(figures["peak_mb"])
        if as_json:
            print(json.dumps({"measured": "materialise", **figures}), flush=True)
        else:
            print(materialised_words(figures), flush=True)
    figures = send(messages)
    if as_json:
        print(json.dumps({"measured": "send", "messages": messages, **figures}))
    else:
        print(sent_words(figures))
    figures = written_out(messages)
    if as_json:
        print(json.dumps({"measured": "written_out", "messages": messages, **figures}))
    else:
        print(written_out_words(figures))
    return peaks[1] <= peaks[0] * GROWTH


def materialised_words(figures: dict[str, float]) -> str:
    """What one round has done, in a line."""
    reminders, seconds = figures["reminders"], figures["seconds"]
    return (
        f"materialised {reminders:>7.0f} reminders in {seconds:6.1f} s "
        f"({reminders / seconds:5.0f} a second), peak memory {figures['peak_mb']:.0f} MB"
    )


def sent_words(figures: dict[str, float]) -> str:
    """The rates, a line each."""
    lines = [
        f"bare loop of smtplib  {figures['bare_a_second']:6.0f} mails a second",
        f"the same mail always  {figures['same_a_second']:6.0f} mails a second",
    ]
    for name, words in (("one", "one worker"), ("two", "two workers")):
        rate, ratio = figures[f"{name}_a_second"], figures[name]
        remark = f"   below the aim of {AIM}" if name == "one" and ratio < AIM else ""
        beside = f"({figures[f'{name}_to_same']:.2f} to the same mail always)"
        lines.append(f"{words:20}  {rate:6.0f} a second, ratio {ratio:.2f} {beside}{remark}")
    return "\n".join(lines)


def written_out_words(figures: dict[str, float]) -> str:
    """What written-out SQL is worth, a line each."""
    return (
        f"storing with query sets takes {figures['copy']:.1f} times as long as COPY\n"
        f"claiming with query sets takes {figures['claim']:.1f} times as long as one statement"
    )


def main() -> int:
    """The exit status."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--reminders", type=int, default=100_000)
    parser.add_argument("--messages", type=int, default=2_000)
    parser.add_argument("--json", action="store_true", help="one JSON object per line")
    parser.add_argument("--materialise", action="store_true", help=argparse.SUPPRESS)
    given = parser.parse_args()
    if given.materialise:
        start_django()
        print(json.dumps(materialise()))
        return 0
    # the workers must not outlive this process
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(1))
    os.environ["CLOCK_FILE"] = os.devnull  # a demo or a test beside this one may move its clock
    drop = own_database()
    try:
        held = measure(given.reminders, given.messages, as_json=given.json)
    finally:
        from django.db import connections

        connections.close_all()
        drop()
    if not held:
        print("Peak memory grows with the number of reminders.", file=sys.stderr)
    return 0 if held else 1


if __name__ == "__main__":
    sys.exit(main())
