"""What `make up` and `make down` do, for real: this project's program, the real engine and the emulator.

Not proved here: `make` itself and the set-up before it.
"""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import pytest

from tests.engine.machine import copy_for_local, descendants, emulator_of, gateway_of, living, processes_about
from tools import local
from tools.local import Local
from tools.set_up import ROOT

PATIENCE = 60


@pytest.fixture
def here(tmp_path: Path) -> Iterator[Local]:
    """The environment "local" of a project of the test's own, beside whatever is up in this one."""
    made = copy_for_local(tmp_path)
    yield made
    local.down(made)


def test_up_twice_changed_and_down(here: Local, capfd: pytest.CaptureFixture[str]) -> None:
    """
    Everything is created, then nothing changes, then the mode alone does, and in the end nothing is left.

    The gateway answers from the first `up` on, through the others, on one port, until `down`; every verdict holds.
    """
    tracked = here.root / "Pulumi.local.yaml"
    before = tracked.read_text()

    assert 0 == local.up(here)
    said = capfd.readouterr().out
    raised, port = gateway_of(here), gateway_of(here).listeners[0].port
    assert " created" in said
    assert f"https listens at https://127.0.0.1:{port}/ (Passthrough)" in said
    assert "203.0.113.x, is reserved for\ndocumentation and leads nowhere" in said

    assert 0 == local.up(here)
    assert "    8 unchanged\n" in capfd.readouterr().out.partition("Updating")[2]
    assert raised == gateway_of(here)
    assert before == tracked.read_text()
    _no_secret_in_plain_text(here)

    tracked.write_text(before.replace("mode: Passthrough", "mode: Strict"))
    assert 0 == local.up(here)
    said = capfd.readouterr().out
    assert '~ default: "Passthrough" => "Strict"' in said
    assert "~ 1 updated" in said
    assert f"https listens at https://127.0.0.1:{port}/ (Strict)" in said

    ours = descendants(emulator_of(here))
    assert 0 == local.down(here)
    assert not here.folder.exists()
    assert {} == processes_about(here.root)
    assert set() == ours & living()


def _no_secret_in_plain_text(here: Local) -> None:
    secrets = [
        subprocess.run(
            ["pulumi", "-C", str(here.config.parent), "config", "get", "--stack", "local", key],
            env=local.environment_of(here),
            capture_output=True,
            text=True,
            check=True,
        ).stdout.strip()
        for key in local.SECRET_KEYS
    ]
    assert min(map(len, secrets)) >= 32
    for file in [path for path in here.folder.rglob("*") if path.is_file()]:
        text = file.read_text(errors="replace")
        assert [] == [file for secret in secrets if secret in text]


def test_killing_the_engine_leaves_no_process_and_up_recovers(here: Local) -> None:
    """After `kill -9` of the real engine its language host, the program and the emulator end, and `up` starts anew."""
    program = (
        "import sys; from pathlib import Path; from tools.local import Local, main\n"
        f"sys.exit(main(['up'], Local(Path({str(here.root)!r}))))"
    )
    owner = subprocess.Popen(
        [sys.executable, "-m", "tools.session", sys.executable, "-c", program],
        cwd=ROOT,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        text=True,
    )
    engine = _wait_for("pulumi --non-interactive up", owner)
    session = os.getsid(engine)
    _wait_for("pulumi-language-python", owner)
    assert session != os.getsid(0)

    os.kill(engine, signal.SIGKILL)

    _, said = owner.communicate(timeout=PATIENCE)
    assert 130 == owner.returncode
    assert "Pulumi was ended by SIGKILL." in said
    assert {} == _processes(session)
    assert {} == processes_about(here.root)
    assert 0 == local.up(here)


def _wait_for(command: str, owner: "subprocess.Popen[str]") -> int:
    """The process of the owner's session with this command in its arguments, as soon as there is one."""
    end = time.monotonic() + PATIENCE
    while time.monotonic() < end and owner.poll() is None:
        for keeper in [process for process, parent in _parents().items() if parent == owner.pid]:
            for process, arguments in _processes(keeper).items():
                if command in arguments:
                    return process
        time.sleep(0.02)
    pytest.fail(f"no {command} in time")


def _parents() -> dict[int, int]:
    return {int(process): int(parent) for process, parent in (line.split() for line in _ps("pid=,ppid="))}


def _processes(session: int) -> dict[int, str]:
    """The living processes of a session, with their arguments."""
    found = {}
    for line in _ps("pid=,stat=,args="):
        process, state, *arguments = line.split(maxsplit=2)
        with suppress(ProcessLookupError):
            if not state.startswith("Z") and os.getsid(int(process)) == session:
                found[int(process)] = "".join(arguments)
    return found


def _ps(columns: str) -> list[str]:
    command = ["ps", "-A", "-ww", "-o", columns]
    return subprocess.run(command, capture_output=True, text=True, check=True).stdout.splitlines()
