"""Runs a command, and ends every process it started when it or this process ends, in whatever way.

`python -m tools.session COMMAND ...` returns the command's exit status. Process groups would not do: Pulumi puts each
of its plugins into a group of its own, so killing Pulumi's group leaves them alive. No program leaves its session by
accident, so the command gets a session of its own, and the whole session is ended. Its leader, between this process and
the command, is a keeper: it ends the session when this process was killed and cannot do so itself.
"""

import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator, Sequence
from contextlib import suppress
from types import FrameType

import psutil  # type: ignore[import-untyped]

_KEEP = "--keep"
_ENDED = {psutil.STATUS_ZOMBIE, psutil.STATUS_DEAD}


def run(command: Sequence[str]) -> int:
    """Run the command in a session of its own; SIGINT, SIGTERM and SIGHUP reach its process group.

    The command has no terminal to read from: its standard input is empty.
    """
    lifeline, held_open = os.pipe()
    keeper = subprocess.Popen(
        [sys.executable, __file__, _KEEP, str(lifeline), *command],
        stdin=subprocess.DEVNULL,
        pass_fds=(lifeline,),
        start_new_session=True,
    )
    os.close(lifeline)

    def forward(number: int, _frame: FrameType | None) -> None:
        # A closed terminal is no reason to stop in the middle: it is passed on as a request to end.
        with suppress(ProcessLookupError):
            os.killpg(keeper.pid, signal.SIGTERM if number == signal.SIGHUP else number)

    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, forward)
    try:
        status = keeper.wait()
    finally:
        end_session(keeper.pid)
        os.close(held_open)
    return _shell_status(status)


def end_session(session: int, *, spare: int | None = None) -> None:
    """Kill every process of the session except `spare`; returns when none is left.

    With SIGKILL, because a process that is still there has had its chance to end in order.
    """
    while members := [process for process in _members(session) if process != spare]:
        for process in members:
            with suppress(ProcessLookupError):
                os.kill(process, signal.SIGKILL)
        time.sleep(0.01)


def _keep(lifeline: int, command: Sequence[str]) -> int:
    # Handlers rather than SIG_IGN, which the command would inherit: the keeper only waits for the command to end.
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda _number, _frame: None)
    threading.Thread(target=_end_when_abandoned, args=(lifeline,), daemon=True).start()
    return _shell_status(subprocess.Popen(command).wait())


def _end_when_abandoned(lifeline: int) -> None:
    os.read(lifeline, 1)
    end_session(os.getsid(0), spare=os.getpid())
    os._exit(1)


def _members(session: int) -> Iterator[int]:
    """The living processes of a session; one that has ended and waits for its parent does not count."""
    for process in psutil.pids():
        with suppress(OSError, psutil.Error):
            if os.getsid(process) == session and psutil.Process(process).status() not in _ENDED:
                yield process


def _shell_status(status: int) -> int:
    """The exit status as a shell reports it: 128 plus the signal's number for a process that was killed."""
    return status if status >= 0 else 128 - status


if __name__ == "__main__":
    if sys.argv[1] == _KEEP:
        sys.exit(_keep(int(sys.argv[2]), sys.argv[3:]))
    sys.exit(run(sys.argv[1:]))
