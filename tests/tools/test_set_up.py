"""Set-up as `make` starts it: which Pythons get how far, and that two of them do not get into each other's way."""

import ast
import select
import subprocess
import sys
from pathlib import Path

import pytest

from tools import set_up, stamps

PATIENCE = 20

# Whatever lies behind the check of the version cannot be imported, so that nothing is ever set up by this.
OLD_PYTHON = """
import runpy, sys
sys.modules["tools.stamps"] = None
sys.version_info = (3, 9, 18, "final", 0)
sys.version = "3.9.18 (main)"
runpy.run_module("tools.set_up", run_name="__main__")
"""


def test_an_old_python_is_told_what_is_needed() -> None:
    """A Python older than 3.11 ends with one line that names it, what is needed and how to choose another."""
    done = subprocess.run(
        [sys.executable, "-c", OLD_PYTHON], cwd=set_up.ROOT, capture_output=True, text=True, check=False
    )

    assert 1 == done.returncode
    assert f"Python 3.11 or newer is needed; {sys.executable} is 3.9.18." in done.stderr
    assert "make PYTHON=python3.12" in done.stderr
    assert 1 == len(done.stderr.splitlines())


@pytest.mark.parametrize("module", ["__init__.py", "set_up.py"])
def test_an_old_python_can_read_as_far_as_that(module: str) -> None:
    """What is read before the version is checked is in the grammar of Python 3.7."""
    ast.parse((Path(set_up.__file__).parent / module).read_text(), feature_version=(3, 7))


def test_a_second_make_waits_for_the_first(tmp_path: Path) -> None:
    """The second says that it waits, and goes on when the first has ended."""
    lock = tmp_path / "lock"
    lock.touch()

    with stamps.locked(lock, waiting=None):
        second = _another_process_that_wants(lock, waiting="waiting")
        assert second.stdout is not None
        assert select.select([second.stdout], [], [], PATIENCE)[0], "it does not say that it waits"
        assert "waiting\n" == second.stdout.readline()
        assert second.poll() is None

    assert "in\n" == second.communicate(timeout=PATIENCE)[0]


def test_a_lock_that_is_not_waited_for_says_so(tmp_path: Path) -> None:
    """Where waiting makes no sense, a held lock is an error of its own."""
    lock = tmp_path / "lock"
    lock.touch()

    with stamps.locked(lock, waiting=None):
        _, said = _another_process_that_wants(lock, waiting=None).communicate(timeout=PATIENCE)

    assert "LockedError" in said


def _another_process_that_wants(lock: Path, *, waiting: str | None) -> "subprocess.Popen[str]":
    program = (
        "from pathlib import Path; from tools import stamps\n"
        f"with stamps.locked(Path({str(lock)!r}), waiting={waiting!r}): print('in')"
    )
    command = [sys.executable, "-c", program]
    return subprocess.Popen(command, cwd=set_up.ROOT, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
