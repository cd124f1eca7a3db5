"""Remembers that something was finished, and from what, so that it is not done again and never half believed."""

import fcntl
import hashlib
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path


def digest(files: Sequence[Path]) -> str:
    """The SHA-256 of the files' names and contents, in the order given."""
    whole = hashlib.sha256()
    for file in files:
        whole.update(f"{file.name}\0{hashlib.sha256(file.read_bytes()).hexdigest()}\0".encode())
    return whole.hexdigest()


def read(stamp: Path) -> str | None:
    """What the stamp says, or None where nothing was ever finished."""
    try:
        return stamp.read_text(encoding="utf-8")
    except FileNotFoundError:
        return None


class LockedError(Exception):
    """Somebody else holds the lock."""


@contextmanager
def locked(file: Path, *, waiting: str | None) -> Iterator[None]:
    """Hold the lock on a file that exists; the system lets go of it when this process ends, however it ends.

    `waiting` is printed before waiting for whoever holds it; None means not to wait, but to raise LockedError.
    """
    with file.open("rb") as handle:
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            if waiting is None:
                raise LockedError from None
            print(waiting, flush=True)
            fcntl.flock(handle, fcntl.LOCK_EX)
        yield
