"""All faults: what each is called, and which broken sender must not get past it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from importlib import import_module
from typing import TYPE_CHECKING

from tests.services import FAST_AND_UNSAFE

if TYPE_CHECKING:
    from tests.faults.ledger import Tally
    from tests.faults.site import Site

# How the faults' Postgres runs: an immediate stop must lose nothing that was committed; the rest
# may be fast.
POSTGRES = FAST_AND_UNSAFE | {"synchronous_commit": "on"}


@dataclass(frozen=True)
class Fault:
    """`where` is module:function, loaded when Django is set up.

    `breaks` names functions of broken.py.

    `alone`: it damages a server that the others use, so it runs when they are done.
    """

    title: str
    where: str
    breaks: tuple[str, ...]
    alone: bool = False

    def load(self) -> Callable[[Site], Tally]:
        """The function."""
        module, _, name = self.where.partition(":")
        found: Callable[[Site], Tally] = getattr(import_module(f"tests.faults.{module}"), name)
        return found


FAULTS = {
    "kill": Fault(
        "a worker killed while it sends, 50 times",
        "sending:kill_workers",
        ("mark-first", "forget-dialog"),
    ),
    "smtp-down": Fault("mail server down, then 4xx, then up", "sending:smtp_down", ("give-up",)),
    "smtp-drop": Fault(
        "mail server closes after DATA, keeps nothing", "sending:smtp_drop", ("no-resend",)
    ),
    "smtp-kept": Fault(
        "mail server closes after DATA, keeps the mail", "sending:smtp_kept", ("new-id",)
    ),
    "smtp-hang": Fault(
        "mail server keeps the mail, never answers", "sending:smtp_hang", ("new-id",)
    ),
    "valkey-restart": Fault(
        "Valkey stopped twice, each time started empty", "servers:valkey_restart", ("bell-only",)
    ),
    "valkey-flush": Fault("Valkey flushed five times", "servers:valkey_flush", ("bell-only",)),
    "valkey-hang": Fault("Valkey hung for eight seconds", "servers:valkey_hang", ("patient",)),
    "beats": Fault("two beats for an hour of moved time", "clocks:two_beats", ("no-key",)),
    "dst": Fault("change of clocks: Berlin, New York, Lord Howe", "clocks:dst", ("second-fold",)),
    "postgres": Fault(
        "Postgres stopped at once, three times", "servers:postgres_restart", ("hasty",), alone=True
    ),
}
