"""A program that outlives the command which started it, and is found again, whatever was killed in between."""

import select
import subprocess
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from mtls_app_gateway.processes.file_lock import LockHeldError
from mtls_app_gateway.processes.private_files import write_private
from mtls_app_gateway.processes.process_group import ProcessGroup

from tools.errors import ToolError


@dataclass(frozen=True, slots=True)
class Daemon:
    """The emulator that serves the environment in `folder`: it holds a lock there as long as it runs."""

    folder: Path

    @property
    def log(self) -> Path:
        """Everything it writes to standard error."""
        return self.folder / "emulator.log"

    @property
    def lock(self) -> Path:
        return self.folder / "emulator.lock"

    @property
    def _announcement(self) -> Path:
        """The state of the sources and the command that started it, and below them its first line."""
        return self.folder / "emulator.announced"

    @property
    def is_running(self) -> bool:
        """Whether it is alive, by its lock."""
        return ProcessGroup(self.lock).is_running

    def ensure(self, command: Sequence[str], *, of: str, environment: Mapping[str, str], patience: float = 60) -> str:
        """The first line of the program that this command starts, or has started before from the same sources.

        Args:
            command: what to run, in `folder`.
            of: the state of the sources; a program of another command or another state is ended first.
            environment: all of its environment variables.
            patience: seconds it may take until its first line.

        Raises:
            ToolError: where it does not start, with what it wrote to standard error.
        """
        wanted = " ".join([of, *command])
        running = self.announced(wanted)
        if running is not None:
            return running
        self.end()
        line = self._start(command, environment, patience)
        write_private(self._announcement, f"{wanted}\n{line}".encode())
        return line

    def announced(self, wanted: str | None = None) -> str | None:
        """The first line of the program that runs, if it is the wanted one; None where no such program runs."""
        try:
            known, _, line = self._announcement.read_text("utf-8").partition("\n")
        except FileNotFoundError:
            return None
        is_wanted = wanted is None or known == wanted
        return line if line and is_wanted and self.is_running else None

    def end(self, patience: float = 15) -> None:
        """Ask it to end, and kill it when it does not; returns when it is gone, at once where it does not run.

        Raises:
            ToolError: where it cannot be ended.
        """
        try:
            ProcessGroup(self.lock).end(patience)
        except LockHeldError:
            raise ToolError(f"A process that has {self.lock} open does not end. End it, then try again.") from None

    def _start(self, command: Sequence[str], environment: Mapping[str, str], patience: float) -> str:
        self._announcement.unlink(missing_ok=True)
        with self.log.open("wb") as log:
            group = ProcessGroup(self.lock)
            process = group.start(command, stdout=subprocess.PIPE, stderr=log, environment=environment)
        assert process.stdout is not None  # noqa: S101 - it was started with a pipe
        with process.stdout:
            readable, _, _ = select.select([process.stdout], [], [], patience)
            line = process.stdout.readline().decode().strip() if readable else ""
        if not line:
            self.end(patience=0)
            process.wait()
            reason = self.log.read_text("utf-8", errors="replace") or f"no output within {patience:.0f} s"
            raise ToolError(f"The emulator did not start:\n{reason}")
        # It outlives this process, which therefore never waits for it.
        process.returncode = 0
        return line
