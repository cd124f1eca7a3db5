"""Runs a command and, however it ends or this process ends, ends every process it started.

`python -m tools.session COMMAND ...` returns the command's exit status. Process groups would not do: Pulumi puts each
of its plugins into a group of its own, so that killing it leaves them alive. No program leaves its session by accident,
so the command is given a session of its own, and the session is what is ended. Between this process and the command
stands a keeper, the session's leader, which ends the session when this process was killed and cannot do so itself.
"""

import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator, Sequence
from contextlib import suppress
from pathlib import Path
from types import FrameType

_KEEP = "--keep"


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
        # A closed terminal is no reason to break off in the middle: it is passed on as the request to end.
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

    Outright, because whoever is still there has missed its turn to end in order.
    """
    while members := [process for process in _members(session) if process != spare]:
        for process in members:
            with suppress(ProcessLookupError):
                os.kill(process, signal.SIGKILL)
        time.sleep(0.01)


def _keep(lifeline: int, command: Sequence[str]) -> int:
    # Handlers rather than SIG_IGN, which the command would inherit: it is asked to end, and the keeper waits for it.
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda _number, _frame: None)
    threading.Thread(target=_end_when_abandoned, args=(lifeline,), daemon=True).start()
    return _shell_status(subprocess.Popen(command).wait())


def _end_when_abandoned(lifeline: int) -> None:
    os.read(lifeline, 1)
    end_session(os.getsid(0), spare=os.getpid())
    os._exit(1)


def _members(session: int) -> Iterator[int]:
    """The living processes of a session; those that only wait for their parent to notice their end do not count."""
    if Path("/proc/self/stat").exists():
        return _members_by_proc(session)
    return _members_by_ps(session)


def _members_by_proc(session: int) -> Iterator[int]:
    for stat in Path("/proc").glob("[0-9]*/stat"):
        with suppress(OSError):
            # The program's name stands in parentheses and may hold anything, hence the last one (proc(5)).
            state, _parent, _group, its_session = stat.read_text(errors="replace").rpartition(")")[2].split()[:4]
            if int(its_session) == session and state not in "ZX":
                yield int(stat.parent.name)


def _members_by_ps(session: int) -> Iterator[int]:
    listing = subprocess.run(["/bin/ps", "-A", "-o", "pid=,stat="], capture_output=True, text=True, check=True).stdout
    for line in listing.splitlines():
        process, state = line.split()
        with suppress(OSError):
            if not state.startswith("Z") and os.getsid(int(process)) == session:
                yield int(process)


def _shell_status(status: int) -> int:
    """The exit status as a shell tells it: 128 and the signal's number for one that was killed."""
    return status if status >= 0 else 128 - status


if __name__ == "__main__":
    if sys.argv[1] == _KEEP:
        sys.exit(_keep(int(sys.argv[2]), sys.argv[3:]))
    sys.exit(run(sys.argv[1:]))
