"""Remembers that something was finished, and from which files; and a lock that needs no installed package."""

import fcntl
import hashlib
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path


def digest(files: Sequence[Path]) -> str:
    """The SHA-256 of the files' names and contents, in their order."""
    whole = hashlib.sha256()
    for file in files:
        whole.update(f"{file.name}\0{hashlib.sha256(file.read_bytes()).hexdigest()}\0".encode())
    return whole.hexdigest()


def read(stamp: Path) -> str | None:
    """The stamp's text, or None where nothing was ever finished."""
    try:
        return stamp.read_text(encoding="utf-8")
    except FileNotFoundError:
        return None


class LockedError(Exception):
    """Another process holds the lock."""


@contextmanager
def locked(file: Path, *, waiting: str | None) -> Iterator[None]:
    """Hold a lock on an existing file; the system frees it when this process ends, in whatever way.

    Args:
        file: what to lock; it is not written.
        waiting: printed before waiting for another holder. None means not to wait.

    Raises:
        LockedError: another process holds it, and `waiting` is None.
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
