"""Faults of senders and of the mail server."""

from __future__ import annotations

import random
import threading
import time
from datetime import timedelta

from tests.faults.crowd import RCPT, TAKEN, Crowd, mails
from tests.faults.ledger import Tally
from tests.faults.site import Program, Site, kill
from tests.smtp import DIE_AFTER_TAKING, DIE_BEFORE_TAKING, HANG_AFTER_TAKING

KILLS, QUICK_KILLS = 50, 8
BATCH = 40
# When the next worker dies: once the server has its mail and has not said so; before it has; and at
# any moment.
MOMENTS = (TAKEN, "", RCPT, "")
SEED = 7

SETTLED = 0.4  # seconds: far less than a lease


class Killer:
    """Kills workers in the middle of a mail, and knows which mails that may have doubled."""

    def __init__(self, site: Site, crowd: Crowd) -> None:
        self.site, self.crowd = site, crowd
        self.at: dict[int, str] = {}  # the address of the latest mail from each port
        self.talks: set[tuple[str, int]] = (
            set()
        )  # address and attempt of all talks that were going on at some kill
        self.armed = ""
        self.beside: set[str] = set()  # to whom other threads of the killed worker were sending
        self.nudge = False
        self.done = threading.Event()
        self.lock = threading.Lock()
        self.random = random.Random(SEED)
        site.sink.on_step = self.on_step

    def on_step(self, step: str, address: str, port: int) -> None:
        """Called by the mail server before it answers."""
        self.at[port] = address
        with self.lock:
            if step != self.armed or self.crowd.is_nudge(address) != self.nudge:
                return
            worker = self.site.worker_at(port)
            if worker is None:
                return
            self.armed = ""
            others = [
                other for other in self.site.ports_of(worker) if other != port and other in self.at
            ]
            self.end(worker, [port], accepted=step == TAKEN)
            self.beside = {self.at[other] for other in others}
        self.done.set()

    def end(self, worker: Program, ports: list[int], *, accepted: bool) -> None:
        """Kill it; whether it was sending after acceptance is known by its ports."""
        kill(worker)
        self.site.workers.remove(worker)
        for port in ports:
            self.crowd.breaks.accepted[self.at[port]] += accepted

    def kill_at(self, step: str, *, nudge: bool) -> None:
        """When the next nudge, or other mail, is at this step."""
        self.done.clear()
        self.nudge, self.armed = nudge, step
        self.site.wait(self.done.is_set, f"a mail is at “{step}”")
        self.excuse_taken(self.beside)

    def kill_any(self) -> None:
        """At a moment that nobody has chosen, while it has a connection to the mail server."""
        time.sleep(self.random.uniform(0, 0.15))
        self.site.wait(self._try_any, "a worker is sending")

    def note_talks(self) -> None:
        """Right after a kill: its lease lasts for seconds.

        A talk begins before the server hears of a recipient.
        """
        going_on = mails().filter(state="leased", dialog_at__isnull=False)
        self.talks |= set(going_on.values_list("recipient__email", "attempts"))

    def count_cuts(self) -> None:
        """When all has settled: of the talks that were noted, those that were tried again or stayed
        unknown were cut.
        """
        ends = {
            email: (state, tries)
            for email, state, tries in mails().values_list("recipient__email", "state", "attempts")
        }
        for address, attempt in self.talks:
            state, tries = ends[address]
            self.crowd.breaks.cut[address] += tries > attempt or state == "unknown"

    def _try_any(self) -> bool:
        for worker in self.random.sample(self.site.workers, len(self.site.workers)):
            ports = [port for port in self.site.ports_of(worker) if port in self.at]
            if ports:
                # whether the server has the mail is known when the dust has settled: it may be
                # taking it right now
                taken = {self.at[port] for port in ports}
                self.end(worker, ports, accepted=False)
                self.excuse_taken(taken)
                return True
        return False

    def excuse_taken(self, addresses: set[str]) -> None:
        """Of those to whom a killed worker was sending, whose mail the server had, or got all the
        same.
        """
        # the server may still be taking what had arrived when the worker was killed
        time.sleep(max(self.site.sink.delay * 2, SETTLED))
        # one whose end has been written down already would be no fault of the kill if it came twice
        going_on = mails().filter(state="leased", dialog_at__isnull=False)
        talking = set(going_on.values_list("recipient__email", flat=True))
        for address in (
            addresses & talking & {mail.recipients[0] for mail in self.site.sink.messages}
        ):
            self.crowd.breaks.accepted[address] += 1


def kill_workers(site: Site) -> Tally:
    """kill -9 of a whole worker mid-batch. A new one starts each time, and beat rings for it."""
    crowd = Crowd(site)
    site.sink.delay = 0.03
    killer = Killer(site, crowd)
    site.beat()
    kills = QUICK_KILLS if site.quick else KILLS
    for number in range(kills):
        while len(site.workers) < min(3, kills - number + 1):
            site.worker()
        if mails().filter(state="queued").count() < BATCH:
            crowd.put(BATCH, nudges=True)
        moment = MOMENTS[number % len(MOMENTS)]
        if moment:
            killer.kill_at(moment, nudge=number % 8 > 3)
        else:
            killer.kill_any()
        killer.note_talks()
    site.settle()
    killer.count_cuts()
    return crowd.tally()


def smtp_down(site: Site) -> Tally:
    """No mail server; then one that says "later"; then a good one.

    What loses its point meanwhile is missed, never late.
    """
    crowd = Crowd(site)
    site.sink.stop()
    site.worker(2)
    site.beat()
    late = crowd.put(10, expires_in=timedelta(seconds=4))
    crowd.put(BATCH, nudges=True)
    site.wait(
        lambda: mails().filter(state="missed").count() == len(late), "what lost its point is missed"
    )
    refused: list[str] = []

    def later(address: str) -> str:
        refused.append(address)
        return "451 4.3.0 later"

    site.sink.on_rcpt = later
    site.sink.start()
    crowd.put(10)
    site.wait(lambda: len(refused) >= BATCH // 2, "mails were put off")
    site.sink.on_rcpt = lambda _address: ""
    return crowd.tally()


def smtp_drop(site: Site) -> Tally:
    """The connection breaks after the mail; the server has kept nothing."""
    return _break(site, DIE_BEFORE_TAKING, accepted=False)


def smtp_kept(site: Site) -> Tally:
    """The connection breaks after the mail; the server has kept it.

    The one fault in which a second copy is promised.
    """
    return _break(site, DIE_AFTER_TAKING, accepted=True)


def smtp_hang(site: Site) -> Tally:
    """The server keeps the mail and never answers, so that the sender gives up."""
    return _break(site, HANG_AFTER_TAKING, accepted=True, share=8)


def _break(site: Site, reply: str, *, accepted: bool, share: int = 3) -> Tally:
    """Every third message (or so) meets it once, nudges among them."""
    crowd = Crowd(site)
    crowd.put(BATCH, nudges=True)
    crowd.break_once(reply, {one.address for one in crowd.due[::share]}, accepted=accepted)
    site.worker(2)
    site.beat()
    return crowd.tally()
