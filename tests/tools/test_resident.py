"""A process that outlives the command which started it: found, told apart, ended, whatever was killed before."""

import os
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.tools.programs import write_program
from tools.errors import MendableError
from tools.resident import Resident

# Starts a resident that announces itself late, and is killed before it does.
CUT_SHORT = """
import os, sys, threading
from pathlib import Path
from tools.resident import Resident
threading.Timer(0.3, os._exit, [1]).start()
Resident(Path(sys.argv[1])).ensure(sys.argv[2:], of="sources", environment={})
"""


@pytest.fixture
def resident(tmp_path: Path) -> Iterator[Resident]:
    made = Resident(tmp_path)
    yield made
    made.end(patience=0)


@pytest.fixture
def program(tmp_path: Path) -> str:
    """Notes its process id, announces what it was given, and stays."""
    return str(write_program(tmp_path / "program", f'echo $$ >>{tmp_path}/started; echo "$1"; exec sleep 600'))


def started(folder: Path) -> list[int]:
    """The processes that were started, in their order."""
    return [int(line) for line in (folder / "started").read_text().splitlines()]


def is_alive(process: int) -> bool:
    told = subprocess.run(["ps", "-o", "stat=", "-p", str(process)], capture_output=True, text=True, check=False)
    return told.stdout.strip()[:1] not in {"", "Z"}


def test_it_is_started_once_and_found_again(resident: Resident, program: str, tmp_path: Path) -> None:
    """The second time its first line is known without another process; another command takes its place."""
    assert "hello" == resident.ensure([program, "hello"], of="sources", environment={})
    assert "hello" == Resident(tmp_path).ensure([program, "hello"], of="sources", environment={})
    assert "hello" == resident.announced()
    assert "hi" == resident.ensure([program, "hi"], of="sources", environment={})
    assert "hi" == resident.ensure([program, "hi"], of="changed sources", environment={})

    first, second, third = started(tmp_path)
    assert [False, False, True] == [is_alive(process) for process in (first, second, third)]


def test_one_whose_starter_was_killed_is_ended(resident: Resident, tmp_path: Path) -> None:
    """A process that nobody heard announce itself is found by its lock, and makes way."""
    late = str(write_program(tmp_path / "late", f"echo $$ >>{tmp_path}/started; exec sleep 600"))
    done = subprocess.run([sys.executable, "-c", CUT_SHORT, str(tmp_path), late], check=False)
    assert 1 == done.returncode
    assert None is resident.announced()
    assert [True] == [is_alive(process) for process in started(tmp_path)]

    resident.end()

    assert not resident.is_running
    assert [False] == [is_alive(process) for process in started(tmp_path)]


def test_one_that_does_not_heed_is_killed(resident: Resident) -> None:
    """Asked in vain, it is killed when its time is over."""
    deaf = "import signal, time; signal.signal(signal.SIGTERM, signal.SIG_IGN); print(1, flush=True); time.sleep(600)"
    resident.ensure([sys.executable, "-c", deaf], of="sources", environment={})
    began = time.monotonic()

    resident.end(patience=0.3)

    assert not resident.is_running
    assert time.monotonic() - began >= 0.3


def test_a_number_that_is_not_its_own_is_not_signalled(resident: Resident, program: str, tmp_path: Path) -> None:
    """Whatever stands in the lock file, only a process that has it open is ended."""
    resident.ensure([program, "hello"], of="sources", environment={})
    with subprocess.Popen(["sleep", "600"], start_new_session=True) as bystander:
        (tmp_path / "stand-in.lock").write_text(f"{bystander.pid}\n")

        resident.end(patience=0.1)

        assert None is bystander.poll()
        bystander.kill()
    assert [False] == [is_alive(process) for process in started(tmp_path)]


def test_one_that_says_nothing_is_told(resident: Resident, tmp_path: Path) -> None:
    """Its own words are in the message, and it does not run on."""
    mute = str(write_program(tmp_path / "mute", "echo no such folder >&2; exec sleep 600"))

    with pytest.raises(MendableError, match="no such folder"):
        resident.ensure([mute], of="sources", environment=dict(os.environ), patience=0.5)

    assert not resident.is_running


def test_where_there_is_none_there_is_nothing_to_end(resident: Resident) -> None:
    """Ending nobody is no mistake."""
    resident.end()

    assert None is resident.announced()
