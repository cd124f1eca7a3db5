"""A process that outlives the command which started it, and is found again, whatever was killed in between.

It holds a lock from the moment it is started to the moment it ends, so whether it runs is never a guess; its process id
stands in the locked file, written by itself before it is what it is to become.
"""

import contextlib
import fcntl
import os
import select
import signal
import subprocess
import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import psutil  # type: ignore[import-untyped]
from mtls_app_gateway.processes.lock_holders import holders
from mtls_app_gateway.processes.private_files import open_private

from tools.errors import MendableError

_LAST_PATIENCE = 10.0
"""Seconds until somebody who was killed and goes on is given up."""

# The shell writes down its own process id and then becomes the program, which thus has the same.
_BECOME = 'echo $$ >"$0" && exec "$@"'


@dataclass(frozen=True, slots=True)
class Resident:
    """What runs as long as `folder` says so: a lock file, what it announced, its log."""

    folder: Path

    @property
    def log(self) -> Path:
        """Everything it says on standard error."""
        return self.folder / "stand-in.log"

    @property
    def _lock(self) -> Path:
        return self.folder / "stand-in.lock"

    @property
    def _announced(self) -> Path:
        """The first line it said, below the command that started it."""
        return self.folder / "stand-in.announced"

    @property
    def is_running(self) -> bool:
        """Whether it lives, as far as its lock tells."""
        with self._opened() as lock:
            return lock is not None and not _try_lock(lock)

    def ensure(self, command: Sequence[str], *, of: str, environment: Mapping[str, str], patience: float = 60) -> str:
        """The first line of the process that this command starts, or has started before from the same sources.

        `of` names the state of the sources; a process of another command or another state is ended first.

        Raises:
            MendableError: where it does not start, with its own words.
        """
        wanted = " ".join([of, *command])
        running = self.announced(wanted)
        if running is not None:
            return running
        self.end()
        line = self._start(command, environment, patience)
        _write(self._announced, f"{wanted}\n{line}")
        return line

    def announced(self, wanted: str | None = None) -> str | None:
        """The first line of the process that runs, if it is the wanted one; None where there is no such process."""
        known, _, line = self._told().partition("\n")
        is_wanted = wanted is None or known == wanted
        return line if line and is_wanted and self.is_running else None

    def end(self, patience: float = 15) -> None:
        """Ask it to end, and kill it when it does not; returns when it is gone, at once where there is none.

        Raises:
            MendableError: where somebody holds its lock who cannot be ended.
        """
        asked = time.monotonic()
        while self.is_running:
            waited = time.monotonic() - asked
            if waited > patience + _LAST_PATIENCE:
                raise MendableError(f"A process that has {self._lock} open does not end. End it, then try again.")
            self._signal(signal.SIGTERM if waited <= patience else signal.SIGKILL)
            time.sleep(0.05)

    def _signal(self, number: signal.Signals) -> None:
        """Ask the leader to end, or kill its whole group; a number in a file is believed of who has the lock open."""
        with contextlib.suppress(ValueError, OSError, psutil.Error):
            leader = int(self._lock.read_text())
            for process in holders(self._lock):
                if process.pid == leader and number == signal.SIGKILL and os.getpgid(leader) == leader:
                    os.killpg(leader, number)
                elif process.pid == leader or number == signal.SIGKILL:
                    process.send_signal(number)

    def _start(self, command: Sequence[str], environment: Mapping[str, str], patience: float) -> str:
        self._announced.unlink(missing_ok=True)
        with os.fdopen(open_private(self._lock), "r+b") as lock, self.log.open("wb") as words:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
            process = subprocess.Popen(
                ["/bin/sh", "-c", _BECOME, str(self._lock), *command],
                env=environment,
                stdin=subprocess.DEVNULL,
                stdout=subprocess.PIPE,
                stderr=words,
                pass_fds=[lock.fileno()],
                start_new_session=True,
            )
        assert process.stdout is not None  # noqa: S101 - it was started with a pipe
        with process.stdout:
            readable, _, _ = select.select([process.stdout], [], [], patience)
            line = process.stdout.readline().decode().strip() if readable else ""
        if not line:
            self.end(patience=0)
            process.wait()
            said = self.log.read_text("utf-8", errors="replace") or f"nothing within {patience:.0f} s"
            raise MendableError(f"The stand-in for Azure did not start. It said:\n{said}")
        # It is not this process's to wait for.
        process.returncode = 0
        return line

    def _told(self) -> str:
        try:
            return self._announced.read_text("utf-8")
        except OSError:
            return ""

    @contextlib.contextmanager
    def _opened(self) -> Iterator[int | None]:
        try:
            lock = os.open(self._lock, os.O_RDONLY | os.O_NOFOLLOW)
        except FileNotFoundError:
            yield None
            return
        try:
            yield lock
        finally:
            os.close(lock)


def _try_lock(lock: int) -> bool:
    try:
        fcntl.flock(lock, fcntl.LOCK_SH | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True


def _write(path: Path, text: str) -> None:
    unfinished = path.with_name(f"{path.name}.unfinished")
    unfinished.write_text(text, encoding="utf-8")
    unfinished.replace(path)
