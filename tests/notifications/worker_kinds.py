"""Imported by the worker of test_worker.py: the kind of message that the test sends."""

from notifications.kinds import registry

KIND = "tests.worker"
registry.register(
    KIND,
    label="From the worker",
    link=lambda message: f"https://upstream.example/{message.data['id']}",
)
