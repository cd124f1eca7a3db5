"""A group is found by its lock, gets SIGTERM before SIGKILL, and is never mistaken for another process."""

import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from mtls_app_gateway.processes.file_lock import LockHeldError
from mtls_app_gateway.processes.process_group import ProcessGroup

DEAF = "import signal, time; signal.signal(signal.SIGTERM, signal.SIG_IGN); print(1, flush=True); time.sleep(60)"


@pytest.fixture
def group(tmp_path: Path) -> Iterator[ProcessGroup]:
    made = ProcessGroup(tmp_path / "running")
    yield made
    made.end()


def started(group: ProcessGroup, *command: str) -> "subprocess.Popen[bytes]":
    """A program of the group, once it has printed a line."""
    process = group.start(command, stdout=subprocess.PIPE, stderr=sys.stderr.buffer)
    assert process.stdout is not None
    with process.stdout:
        process.stdout.readline()
    return process


def test_it_runs_from_start_to_end(group: ProcessGroup) -> None:
    """
    Its lock says whether it runs; a second start is refused; asked to end, it ends by that request.
    """
    before = group.is_running
    program = started(group, "/bin/sh", "-c", "echo; exec sleep 60")

    assert (False, True) == (before, group.is_running)
    with pytest.raises(LockHeldError):
        started(group, "true")
    group.end(patience=10)

    assert not group.is_running
    assert -signal.SIGTERM == program.wait(10)


def test_one_that_ignores_the_request_is_killed(group: ProcessGroup) -> None:
    """
    It gets the time it was promised, and no more.
    """
    program = started(group, sys.executable, "-c", DEAF)
    began = time.monotonic()

    group.end(patience=0.3)

    assert -signal.SIGKILL == program.wait(10)
    assert time.monotonic() - began >= 0.3


def test_children_that_inherit_the_lock_end_too(group: ProcessGroup) -> None:
    """
    Where the leader was killed alone, the group still runs, and its end finds the child.
    """
    leader = started(group, "/bin/sh", "-c", "sleep 60 & echo; wait")
    leader.kill()
    leader.wait()
    left = group.is_running

    group.end()

    assert (True, False) == (left, group.is_running)


def test_a_reader_of_the_file_is_left_alone(group: ProcessGroup, tmp_path: Path) -> None:
    """
    A program that has the lock file open and works elsewhere is not signalled.
    """
    program = started(group, "/bin/sh", "-c", "echo; exec sleep 60")
    with (tmp_path / "running").open() as opened, subprocess.Popen(["sleep", "60"], cwd="/", stdin=opened) as reader:
        group.end()

        assert None is reader.poll()
        reader.kill()
    program.wait()
