"""A lock has one holder, is inherited, and is free again once every holder has ended."""

import os
import subprocess
import sys
import threading
from pathlib import Path

import pytest
from mtls_app_gateway.processes.file_lock import FileLock, LockHeldError


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "lock"


def test_a_lock_has_one_holder(path: Path) -> None:
    """
    The second is refused until the first has released it; releasing twice is no mistake.
    """
    with FileLock(path) as first:
        with pytest.raises(LockHeldError):
            FileLock(path).acquire()
        assert FileLock(path).is_held
        first.release()
        FileLock(path).acquire()


def test_looking_makes_and_takes_nothing(path: Path) -> None:
    """
    Where there is no file it is not held, and none is made; a lock that was never taken has no descriptor.
    """
    lock = FileLock(path)

    assert (False, False, False) == (lock.is_held, lock.is_taken, path.exists())
    with pytest.raises(ValueError, match="is not locked here"):
        lock.fileno()


def test_a_patient_one_waits(path: Path) -> None:
    """
    With patience the lock is taken as soon as its holder lets go.
    """
    held = FileLock(path)
    held.acquire()
    threading.Timer(0.1, held.release).start()

    with FileLock(path, patience=10) as waited:
        assert waited.is_taken


def test_a_started_program_holds_it_until_it_is_killed(path: Path) -> None:
    """
    A process that inherits the descriptor holds the lock after its starter has released it, until it is killed.
    """
    with FileLock(path) as lock:
        sleeper = subprocess.Popen(["sleep", "60"], pass_fds=[lock.fileno()])

    assert FileLock(path).is_held
    assert [sleeper.pid] == [process.pid for process in FileLock(path).processes()]
    sleeper.kill()
    sleeper.wait()
    assert not FileLock(path).is_held


def test_a_killed_holder_frees_it(path: Path) -> None:
    """
    A process that dies by `kill -9` leaves the file and no lock.
    """
    program = "import sys; from pathlib import Path; from mtls_app_gateway.processes.file_lock import FileLock\n"
    program += "lock = FileLock(Path(sys.argv[1])); lock.acquire(); print('locked', flush=True); sys.stdin.read()"
    with subprocess.Popen(
        [sys.executable, "-c", program, path], stdin=subprocess.PIPE, stdout=subprocess.PIPE
    ) as holder:
        assert holder.stdout is not None
        assert b"locked\n" == holder.stdout.readline()
        assert FileLock(path).is_held
        holder.kill()
        holder.wait()

    assert path.exists()
    with FileLock(path):
        pass


def test_a_link_is_not_followed(path: Path) -> None:
    """
    A link where the lock belongs is an error, to take and to look at: it may lead to another's file.
    """
    path.symlink_to(path.parent / "other")

    for use in (FileLock(path).acquire, lambda: FileLock(path).is_held):
        with pytest.raises(OSError, match="symbolic link"):
            use()
    assert not os.path.lexists(path.parent / "other")
