"""Waiting looks at least once, again in between, and ends in time."""

import time

from mtls_app_gateway.processes.waiting import attempts


def test_without_patience_there_is_one_attempt() -> None:
    """
    No time to wait is still time to look.
    """
    assert [None] == list(attempts(0))


def test_attempts_end_with_the_patience() -> None:
    """
    The last attempt comes after the time has passed, and not long after.
    """
    began = time.monotonic()

    count = len(list(attempts(0.2)))

    assert 0.2 <= time.monotonic() - began < 2
    assert count > 3
