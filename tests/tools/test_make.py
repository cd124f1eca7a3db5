"""What `make` would run, and what a clone never commits."""

import shutil
import subprocess
from pathlib import Path

import pytest

from tools.set_up import ROOT


def dry_run(folder: Path, *arguments: str) -> str:
    """What `make` says that it would do in a folder with this project's Makefile."""
    shutil.copyfile(ROOT / "Makefile", folder / "Makefile")
    command = ["make", "-n", *arguments]
    return subprocess.run(command, cwd=folder, capture_output=True, text=True, check=True).stdout


def test_down_builds_no_engine(tmp_path: Path) -> None:
    """What is up is taken away with the engine that is there, or without one; only `up` needs one in any case."""
    (tmp_path / ".local").mkdir()

    assert "tools.set_up packages\n" in dry_run(tmp_path, "down")
    assert "tools.set_up\n" not in dry_run(tmp_path, "down")
    assert "tools.set_up\n" in dry_run(tmp_path, "up")


def test_down_without_anything_up_sets_nothing_up(tmp_path: Path) -> None:
    """Where there is no .local there is nothing to install."""
    assert "tools.set_up" not in dry_run(tmp_path, "down")


def test_targets_do_not_run_at_the_same_time(tmp_path: Path) -> None:
    """`make -j up down` would take away what is being made."""
    assert "\n.NOTPARALLEL:" in dry_run(tmp_path, "-p", "help")


@pytest.mark.parametrize("name", ["edge.pfx", "clients/alice.key.pem", ".local/x", ".engine/x"])
def test_private_keys_are_not_committed(tmp_path: Path, name: str) -> None:
    """Git ignores what the README's lines write: a PFX for the config, the key of a client."""
    shutil.copyfile(ROOT / ".gitignore", tmp_path / ".gitignore")
    for arguments in (["init", "--quiet"], ["check-ignore", "--quiet", name]):
        done = subprocess.run(["git", *arguments], cwd=tmp_path, capture_output=True, text=True, check=False)

    assert (0, "") == (done.returncode, done.stderr)
