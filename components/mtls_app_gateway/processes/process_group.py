"""The one supervisor of programs: starts one that can be found and ended later, whatever was killed in between."""

import signal
import subprocess
from collections.abc import Mapping, Sequence
from contextlib import suppress
from pathlib import Path
from typing import IO

import psutil  # type: ignore[import-untyped]

from .file_lock import FileLock, LockHeldError
from .waiting import attempts

_LAST_PATIENCE = 10.0
"""Seconds until processes that were killed, and are still there, are given up."""
_START_PATIENCE = 1.0
"""Seconds to wait for the lock at a start: a process that only looks whether it is held has it for a moment."""


class ProcessGroup:
    """A program that works in the folder of a lock file and holds the lock, with all children that inherit it.

    So whether it runs is never a guess, and only a process that has the lock open and works in that folder is ever
    signalled: a program that merely reads the file is left alone. Making a group starts nothing.
    """

    def __init__(self, lock: Path) -> None:
        self._lock = lock

    @property
    def is_running(self) -> bool:
        """Whether any process of the group is alive."""
        return FileLock(self._lock).is_held

    def start(
        self,
        command: Sequence[str],
        *,
        stdin: int = subprocess.DEVNULL,
        stdout: int = subprocess.DEVNULL,
        stderr: IO[bytes],
        environment: Mapping[str, str] | None = None,
    ) -> subprocess.Popen[bytes]:
        """Start the program in a session of its own.

        Raises:
            LockHeldError: where the group runs already.
        """
        with FileLock(self._lock, patience=_START_PATIENCE) as lock:
            return subprocess.Popen(  # noqa: S603
                command,
                cwd=self._lock.parent,
                env=environment,
                stdin=stdin,
                stdout=stdout,
                stderr=stderr,
                pass_fds=[lock.fileno()],
                start_new_session=True,
            )

    def end(self, patience: float = 0.0) -> None:
        """Ask the group to end, kill it after `patience` seconds, and return when nothing of it is left.

        Raises:
            LockHeldError: where it cannot be ended.
        """
        if patience:
            self._signal(signal.SIGTERM)
            for _ in attempts(patience):
                if not self.is_running:
                    return
        for _ in attempts(_LAST_PATIENCE):
            if not self.is_running:
                return
            self._signal(signal.SIGKILL)
        raise LockHeldError(str(self._lock))

    def _signal(self, number: signal.Signals) -> None:
        folder = self._lock.parent.resolve()
        for process in FileLock(self._lock).processes():
            with suppress(psutil.Error):
                if Path(process.cwd()) == folder:
                    process.send_signal(number)
