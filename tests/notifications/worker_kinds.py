"""Imported by the worker of test_worker.py: the kind of message that the test sends."""

from notifications import kinds
from notifications.kinds import MessageKind

KIND = "tests.worker"
kinds.register(
    MessageKind(
        key=KIND,
        label="From the worker",
        link=lambda message: f"https://upstream.example/{message.data['id']}",
    )
)
