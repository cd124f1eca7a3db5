"""Lists the Pythons of this machine that the project runs on, one per minor version: `python -m tools.pythons`."""

import os
import re
import subprocess
from collections.abc import Iterator
from pathlib import Path

from tools.virtual_environment import OLDEST_PYTHON

# Debian leaves out what `python -m venv` needs, and pyenv's shims fail for versions that are not switched on.
_QUESTION = "import ensurepip, sys, venv; print('%d.%d' % sys.version_info[:2], sys.version_info.releaselevel)"


def find(search_path: str, pyenv: Path) -> dict[str, Path]:
    """The first usable Python of each minor version, oldest first: those on the search path, then pyenv's."""
    found: dict[str, Path] = {}
    for program in (*_on_path(search_path), *sorted(pyenv.glob("versions/*/bin/python3"))):
        version = _version(program)
        if version is not None and tuple(map(int, version.split("."))) >= OLDEST_PYTHON:
            found.setdefault(version, program)
    return dict(sorted(found.items(), key=lambda pair: tuple(map(int, pair[0].split(".")))))


def _on_path(search_path: str) -> Iterator[Path]:
    for folder in search_path.split(os.pathsep):
        yield from sorted(each for each in Path(folder).glob("python3*") if re.fullmatch(r"python3(\.\d+)?", each.name))


def _version(program: Path) -> str | None:
    """The minor version of a program that is a released Python and can make virtual environments."""
    try:
        answer = subprocess.run([program, "-c", _QUESTION], capture_output=True, text=True, timeout=60, check=False)
    except (OSError, subprocess.TimeoutExpired):
        return None
    version, _, level = answer.stdout.strip().partition(" ")
    return version if answer.returncode == 0 and level == "final" else None


if __name__ == "__main__":
    pyenv_root = Path(os.environ.get("PYENV_ROOT", Path.home() / ".pyenv"))
    for minor, python in find(os.environ.get("PATH", os.defpath), pyenv_root).items():
        print(minor, python)
