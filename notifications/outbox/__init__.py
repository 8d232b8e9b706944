"""The outbox: every message of the application but sign-in mail."""

from notifications.outbox.store import (
    DEFAULT_LIFE,
    MANY,
    Attachment,
    Draft,
    cancel,
    cancel_to,
    enqueue,
    enqueue_many,
)

__all__ = [
    "DEFAULT_LIFE",
    "MANY",
    "Attachment",
    "Draft",
    "cancel",
    "cancel_to",
    "enqueue",
    "enqueue_many",
]
