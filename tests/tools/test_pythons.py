"""Which Pythons the tests run on."""

import os
from pathlib import Path

from tests.tools.programs import write_program
from tools.pythons import find


def test_one_of_each_minor_version_is_found(tmp_path: Path) -> None:
    """Those on the search path come first, then pyenv's; the first of each minor version is taken, oldest first."""
    newer = write_program(tmp_path / "a/python3", "echo 3.13 final")
    older = write_program(tmp_path / "b/python3.11", "echo 3.11 final")
    write_program(tmp_path / "b/python3.13", "echo 3.13 final")
    managed = write_program(tmp_path / "pyenv/versions/3.12.1/bin/python3", "echo 3.12 final")
    search_path = os.pathsep.join([str(tmp_path / "a"), str(tmp_path / "b"), str(tmp_path / "gone")])

    assert [("3.11", older), ("3.12", managed), ("3.13", newer)] == list(find(search_path, tmp_path / "pyenv").items())


def test_what_cannot_run_the_project_is_left_out(tmp_path: Path) -> None:
    """A Python that is too old, no release, or cannot start or make environments is none of them."""
    write_program(tmp_path / "python3.9", "echo 3.9 final")
    write_program(tmp_path / "python3.12", "echo 'pyenv: python3.12: command not found' >&2; exit 127")
    write_program(tmp_path / "python3.15", "echo 3.15 beta")
    write_program(tmp_path / "python3-config", "echo 3.14 final")
    (tmp_path / "python3.14").symlink_to(tmp_path / "gone")

    assert {} == find(str(tmp_path), tmp_path / "pyenv")
