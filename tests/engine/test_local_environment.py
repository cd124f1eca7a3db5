"""What `make up` and `make down` do, for real: this project's program, the real engine and the stand-in.

Not proved here: `make` itself and the set-up before it.
"""

import os
import shutil
import signal
import subprocess
import sys
import time
from contextlib import suppress
from pathlib import Path

import pytest

from tools import local
from tools.local import Local
from tools.set_up import ROOT

PATIENCE = 60


@pytest.fixture
def here(tmp_path: Path) -> Local:
    """The environment "local" of a project of the test's own, beside whatever is up in this one."""
    for name in ("Pulumi.yaml", "Pulumi.local.yaml", "__main__.py"):
        shutil.copy(ROOT / name, tmp_path)
    shutil.copytree(ROOT / "authorities", tmp_path / "authorities")
    for name in (".venv", ".engine", "components", "tools"):
        (tmp_path / name).symlink_to(ROOT / name)
    return Local(tmp_path)


def test_up_twice_changed_and_down(here: Local, capfd: pytest.CaptureFixture[str]) -> None:
    """Everything is created, then nothing changes, then the mode alone does, and in the end nothing is left."""
    tracked = here.root / "Pulumi.local.yaml"
    before = tracked.read_text()

    assert 0 == local.up(here)
    assert " created" in capfd.readouterr().out
    assert 0 == local.up(here)
    assert " unchanged" in capfd.readouterr().out.splitlines()[-8:][0]
    assert before == tracked.read_text()
    _no_secret_in_plain_text(here)

    tracked.write_text(before.replace("mode: Passthrough", "mode: Strict"))
    assert 0 == local.up(here)
    said = capfd.readouterr().out
    assert '~ default: "Passthrough" => "Strict"' in said
    assert "~ 1 updated" in said

    assert 0 == local.down(here)
    assert not here.folder.exists()


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
    """After `kill -9` of the real engine its language host, the program and the stand-in end, and `up` starts anew."""
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
