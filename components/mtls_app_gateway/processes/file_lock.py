"""The one lock between processes: on a file, and free again when the last process that inherited it has ended.

The system frees it, so a holder that was killed never leaves it behind. It is flock(2) itself and not the package
filelock, which neither hands a lock to the program that is started nor looks at one without taking it.
"""

import fcntl
import os
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from types import TracebackType
from typing import Self

import psutil  # type: ignore[import-untyped]

from .private_files import open_private
from .waiting import attempts


class LockHeldError(Exception):
    """Another process has the lock."""


class FileLock:
    """A lock on a private file. Use as a context, or call `acquire` and `release`; making one takes nothing.

    Args:
        path: the file, made if need be; a link is not followed.
        patience: seconds to wait for a holder to end.
    """

    def __init__(self, path: Path, *, patience: float = 0.0) -> None:
        self.path = path
        self._patience = patience
        self._descriptor: int | None = None

    def __enter__(self) -> Self:
        self.acquire()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.release()

    def acquire(self) -> None:
        """Take the lock.

        Raises:
            LockHeldError: where another process, or another lock of this one, still has it.
            OSError: where the file cannot be opened.
        """
        descriptor = open_private(self.path)
        try:
            for _ in attempts(self._patience):
                with suppress(BlockingIOError):
                    fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
                    self._descriptor = descriptor
                    return
        finally:
            if self._descriptor != descriptor:
                os.close(descriptor)
        raise LockHeldError(str(self.path))

    def release(self) -> None:
        """Free it, unless a program that was started has inherited it; nothing happens where it was not taken."""
        if self._descriptor is not None:
            os.close(self._descriptor)
            self._descriptor = None

    def fileno(self) -> int:
        """The descriptor of the locked file: a program that inherits it (`pass_fds`) holds the lock too."""
        if self._descriptor is None:
            raise ValueError(f"{self.path} is not locked here")
        return self._descriptor

    @property
    def is_taken(self) -> bool:
        """Whether this object has the lock."""
        return self._descriptor is not None

    @property
    def is_held(self) -> bool:
        """Whether any process has it. No file is made, and processes that look do not see each other."""
        try:
            descriptor = os.open(self.path, os.O_RDONLY | os.O_NOFOLLOW)
        except FileNotFoundError:
            return False
        try:
            fcntl.flock(descriptor, fcntl.LOCK_SH | fcntl.LOCK_NB)
        except BlockingIOError:
            return True
        finally:
            os.close(descriptor)
        return False

    def processes(self) -> Iterator[psutil.Process]:
        """The processes of this user, without this one, that have the file open.

        A number in a file would prove nothing about a process: it may be old, and anyone may have written it. Each
        process is known by its number and its start, so a signal never reaches another that has its number by then.
        """
        real = str(self.path.resolve())
        for process in psutil.process_iter():
            # An error says that it has ended, or may not be looked at and so is not this user's.
            with suppress(psutil.Error):
                if (
                    process.pid != os.getpid()
                    and process.uids().effective == os.geteuid()
                    and any(opened.path == real for opened in process.open_files())
                ):
                    yield process
