"""The minute's round."""

from __future__ import annotations

import pytest

from mentoring.tasks import STEPS, find_due_work, run_steps


def works() -> int:
    return 3


def fails() -> int:
    raise RuntimeError("on purpose")


def test_run_steps_goes_on_after_a_failure(caplog: pytest.LogCaptureFixture) -> None:
    assert run_steps((fails, works)) == {"fails": None, "works": 3}
    assert "due_work_failed" in caplog.text


@pytest.mark.django_db
def test_find_due_work_on_an_empty_installation_does_nothing() -> None:
    find_due_work()
    assert run_steps(STEPS) == {step.__name__: 0 for step in STEPS}
