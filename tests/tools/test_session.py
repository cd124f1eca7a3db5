"""Whatever is killed, no process of a session survives; real processes, really killed."""

import os
import shlex
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path

import psutil  # type: ignore[import-untyped]
import pytest

from tests.tools.programs import write_program
from tools import session

# Like the engine: a plugin in a process group of its own, as Pulumi starts them, that would go on for ever.
PLUGIN = 'import os, time; os.setpgid(0, 0); open("plugin", "w").write(str(os.getpid())); time.sleep(600)'
ENGINE = f"""
{shlex.join([sys.executable, "-c", PLUGIN])} &
echo $$ > engine
"""
PATIENCE = 20


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    return tmp_path


@pytest.fixture
def start(folder: Path) -> Iterator[Callable[[str], "subprocess.Popen[bytes]"]]:
    """Starts a session around a fake engine and returns when the engine and its plugin are there."""
    started = []

    def start(rest: str) -> "subprocess.Popen[bytes]":
        engine = write_program(folder / "pulumi", ENGINE + rest)
        owner = subprocess.Popen([sys.executable, session.__file__, str(engine)])
        started.append(owner)
        _until(lambda: _process(folder / "engine") is not None and _process(folder / "plugin") is not None)
        return owner

    yield start
    for owner in started:
        owner.kill()
        owner.wait()


def _process(note: Path) -> int | None:
    """The process id noted in a file, once it is written in full."""
    text = note.read_text().strip() if note.exists() else ""
    return int(text) if text else None


def _noted(note: Path) -> int:
    process = _process(note)
    assert process is not None
    return process


def _is_alive(process: int) -> bool:
    with suppress(psutil.Error):
        return bool(psutil.Process(process).status() != psutil.STATUS_ZOMBIE)
    return False


def _until(claim: Callable[[], bool]) -> None:
    end = time.monotonic() + PATIENCE
    while not claim():
        assert time.monotonic() < end, "it did not come true in time"
        time.sleep(0.01)


def test_the_exit_status_is_the_commands() -> None:
    """A command's own exit status comes back, and a kill by a signal is reported as a shell reports it."""
    assert 7 == subprocess.run([sys.executable, session.__file__, "/bin/sh", "-c", "exit 7"], check=False).returncode
    assert (
        137 == subprocess.run([sys.executable, session.__file__, "/bin/sh", "-c", "kill -9 $$"], check=False).returncode
    )


def test_what_an_engine_leaves_behind_ends_with_it(
    start: Callable[[str], "subprocess.Popen[bytes]"], folder: Path
) -> None:
    """An engine that ends by itself leaves no plugin behind."""
    owner = start("while [ ! -e go-on ]; do sleep 0.05; done; exit 3")
    plugin = _noted(folder / "plugin")

    assert _is_alive(plugin)
    (folder / "go-on").touch()

    assert 3 == owner.wait(PATIENCE)
    assert not _is_alive(plugin)


def test_killing_the_engine_ends_its_plugins(start: Callable[[str], "subprocess.Popen[bytes]"], folder: Path) -> None:
    """After `kill -9` of the engine no plugin of it lives, whatever process group it made for itself."""
    owner = start("wait")
    engine, plugin = _noted(folder / "engine"), _noted(folder / "plugin")

    os.kill(engine, signal.SIGKILL)

    assert 137 == owner.wait(PATIENCE)
    assert not _is_alive(plugin)


def test_killing_the_owner_ends_engine_and_plugins(
    start: Callable[[str], "subprocess.Popen[bytes]"], folder: Path
) -> None:
    """Even when the process that owns the session is killed outright, nothing of it goes on alone."""
    owner = start("wait")
    engine, plugin = _noted(folder / "engine"), _noted(folder / "plugin")

    owner.kill()

    _until(lambda: not _is_alive(engine) and not _is_alive(plugin))


def test_killing_the_keeper_ends_engine_and_plugins(
    start: Callable[[str], "subprocess.Popen[bytes]"], folder: Path
) -> None:
    """The process in between is no weak point: killing it ends the rest too."""
    owner = start("wait")
    engine, plugin = _noted(folder / "engine"), _noted(folder / "plugin")

    os.kill(os.getsid(engine), signal.SIGKILL)

    assert 137 == owner.wait(PATIENCE)
    assert not _is_alive(engine)
    assert not _is_alive(plugin)


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
def test_an_engine_asked_to_end_ends_in_order(
    start: Callable[[str], "subprocess.Popen[bytes]"], folder: Path, number: signal.Signals
) -> None:
    """Ctrl-C and requests to end reach the engine, which gets the time to end what it is doing."""
    owner = start("trap 'echo in order > ended; exit 5' INT TERM; while :; do sleep 0.05; done")
    plugin = _noted(folder / "plugin")

    owner.send_signal(number)

    assert 5 == owner.wait(PATIENCE)
    assert "in order" == (folder / "ended").read_text().strip()
    assert not _is_alive(plugin)


def test_a_session_is_listed_without_other_processes() -> None:
    """The listing has a session's processes and no other's."""
    with subprocess.Popen(["/bin/sleep", "600"], start_new_session=True) as other:
        try:
            members = set(session._members(os.getsid(0)))
            assert os.getpid() in members
            assert other.pid not in members
            assert {other.pid} == set(session._members(other.pid))
        finally:
            other.kill()
