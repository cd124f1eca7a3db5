"""`kill -9` of any process of ours, at any moment of `make up`: the real engine, the emulator, nginx.

`MTLS_KILLS=20` sets how many random moments are tried, by default one; `MTLS_SEED` repeats those of a failure.
"""

import os
import random
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path

import pytest

from tests.engine.machine import (
    copy_for_local,
    descendants,
    emulator_of,
    gateway_of,
    is_listening,
    living,
    processes_about,
)
from tools import local
from tools.local import Local
from tools.set_up import ROOT

KILLS = int(os.environ.get("MTLS_KILLS", "1"))
PATIENCE = 90.0


@pytest.fixture
def here(tmp_path: Path) -> Iterator[Local]:
    """The environment "local" of a project of the test's own."""
    made = copy_for_local(tmp_path / "project")
    yield made
    local.down(made)


def test_killed_at_any_moment_up_works_again(here: Local) -> None:
    """
    Whichever of our processes is killed, and when: the next `up` works, and has only processes of its own.
    """
    seed = int(os.environ.get("MTLS_SEED", str(time.time_ns() % 1_000_000)))
    choose = random.Random(seed)  # noqa: S311 - cases to repeat, no secret
    for number in range(KILLS):
        if choose.random() < 0.5:
            local.down(here)
        killed = _kill_during_up(here, choose)
        context = f"seed {seed}, moment {number}: {killed}"
        assert 0 == _run(here, "up").wait(PATIENCE), context
        about = processes_about(here.root)
        emulator = emulator_of(here)
        assert set() == set(about) - descendants(emulator), (context, about)
        assert is_listening(gateway_of(here).listeners[0].port), context

    ours = descendants(emulator_of(here))
    kept = {path.name for path in here.root.iterdir()} - {".local"}
    assert 0 == local.down(here)
    assert {} == processes_about(here.root)
    assert set() == ours & living()
    assert kept == {path.name for path in here.root.iterdir()}


def _kill_during_up(here: Local, choose: random.Random) -> str:
    """Let `up` run for a random time, and kill one of the processes there are then, at random."""
    owner = _run(here, "up")
    moment = choose.uniform(0.05, 7.0)
    with suppress(subprocess.TimeoutExpired):
        owner.wait(moment)
    candidates = sorted(processes_about(here.root).items())
    killed, arguments = choose.choice(candidates) if candidates else (0, "no process")
    if killed:
        with suppress(ProcessLookupError):
            os.kill(killed, signal.SIGKILL)
    owner.wait(PATIENCE)
    # The owner of a session ends with it; what is left then is the emulator with a session of its own.
    _until(lambda: not any("tools.session" in each for each in processes_about(here.root).values()))
    return f"after {moment:.2f} s {arguments[:150]}"


def _run(here: Local, operation: str) -> "subprocess.Popen[bytes]":
    """As `make` does it."""
    program = (
        "import sys; from pathlib import Path; from tools.local import Local, main\n"
        f"sys.exit(main([{operation!r}], Local(Path({str(here.root)!r}))))"
    )
    command = [sys.executable, "-m", "tools.session", sys.executable, "-c", program]
    return subprocess.Popen(command, cwd=ROOT, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)


def _until(is_so: Callable[[], bool]) -> None:
    end = time.monotonic() + PATIENCE
    while not is_so():
        assert time.monotonic() < end, "not in time"
        time.sleep(0.05)
