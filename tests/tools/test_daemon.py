"""A program that outlives the command which started it: found, recognised, ended, whatever was killed before."""

import os
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.tools.programs import write_program
from tools.daemon import Daemon
from tools.errors import ToolError

# Starts a daemon that announces itself late, and is killed before it does.
CUT_SHORT = """
import os, sys, threading
from pathlib import Path
from tools.daemon import Daemon
threading.Timer(0.3, os._exit, [1]).start()
Daemon(Path(sys.argv[1])).ensure(sys.argv[2:], of="sources", environment={})
"""


@pytest.fixture
def daemon(tmp_path: Path) -> Iterator[Daemon]:
    daemon = Daemon(tmp_path)
    yield daemon
    daemon.end(patience=0)


@pytest.fixture
def program(tmp_path: Path) -> str:
    """Writes down its process id, prints its argument, and stays."""
    return str(write_program(tmp_path / "program", f'echo $$ >>{tmp_path}/started; echo "$1"; exec sleep 600'))


def started(folder: Path) -> list[int]:
    """The processes that were started, in their order."""
    return [int(line) for line in (folder / "started").read_text().splitlines()]


def is_alive(process: int) -> bool:
    listing = subprocess.run(["ps", "-o", "stat=", "-p", str(process)], capture_output=True, text=True, check=False)
    return listing.stdout.strip()[:1] not in {"", "Z"}


def test_it_is_started_once_and_found_again(daemon: Daemon, program: str, tmp_path: Path) -> None:
    """The second time its first line is known without another process; another command takes its place."""
    assert "hello" == daemon.ensure([program, "hello"], of="sources", environment={})
    assert "hello" == Daemon(tmp_path).ensure([program, "hello"], of="sources", environment={})
    assert "hello" == daemon.announced()
    assert "hi" == daemon.ensure([program, "hi"], of="sources", environment={})
    assert "hi" == daemon.ensure([program, "hi"], of="changed sources", environment={})

    first, second, third = started(tmp_path)
    assert [False, False, True] == [is_alive(process) for process in (first, second, third)]


def test_one_whose_starter_was_killed_is_ended(daemon: Daemon, tmp_path: Path) -> None:
    """A program whose first line was never read is found by its lock, and ended."""
    late = str(write_program(tmp_path / "late", f"echo $$ >>{tmp_path}/started; exec sleep 600"))
    done = subprocess.run([sys.executable, "-c", CUT_SHORT, str(tmp_path), late], check=False)
    assert 1 == done.returncode
    assert None is daemon.announced()
    assert [True] == [is_alive(process) for process in started(tmp_path)]

    daemon.end()

    assert not daemon.is_running
    assert [False] == [is_alive(process) for process in started(tmp_path)]


def test_one_that_ignores_the_request_is_killed(daemon: Daemon) -> None:
    """Asked in vain, it is killed when its time is over."""
    deaf = "import signal, time; signal.signal(signal.SIGTERM, signal.SIG_IGN); print(1, flush=True); time.sleep(600)"
    daemon.ensure([sys.executable, "-c", deaf], of="sources", environment={})
    began = time.monotonic()

    daemon.end(patience=0.3)

    assert not daemon.is_running
    assert time.monotonic() - began >= 0.3


def test_one_that_announces_nothing_is_an_error(daemon: Daemon, tmp_path: Path) -> None:
    """What it wrote to standard error is in the message, and it does not run on."""
    mute = str(write_program(tmp_path / "mute", "echo no such folder >&2; exec sleep 600"))

    with pytest.raises(ToolError, match="no such folder"):
        daemon.ensure([mute], of="sources", environment=dict(os.environ), patience=0.5)

    assert not daemon.is_running


def test_where_none_runs_there_is_nothing_to_end(daemon: Daemon) -> None:
    """Ending what does not run is no mistake."""
    daemon.end()

    assert None is daemon.announced()
