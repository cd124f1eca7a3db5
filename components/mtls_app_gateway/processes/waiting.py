"""The one way to wait for something that can only be looked at: again and again, with growing pauses."""

import time
from collections.abc import Iterator

_FIRST_PAUSE, _LONGEST_PAUSE = 0.002, 0.05


def attempts(patience: float) -> Iterator[None]:
    """Yields once, and then again and again until `patience` seconds have passed.

    Example:
        for _ in attempts(10):
            if is_there():
                return
        raise TimeoutError
    """
    deadline, pause = time.monotonic() + patience, _FIRST_PAUSE
    yield
    while time.monotonic() < deadline:
        time.sleep(pause)
        pause = min(pause * 1.5, _LONGEST_PAUSE)
        yield
