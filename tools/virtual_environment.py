"""Makes `.venv`, the virtual environment in which everything of this project runs.

A stamp inside names its folder, its Python, and the requirements it was installed from. A folder that was moved, or
whose Python is gone, is made again; changed requirements are installed into it.
"""

import os
import shutil
import subprocess
import sys
from pathlib import Path

from tools import stamps
from tools.errors import ToolError

OLDEST_PYTHON = (3, 11)
_SOURCES = ("requirements.txt", "requirements-dev.txt", "constraints.txt", "components/pyproject.toml")
_UNFINISHED = "unfinished"


def ensure(root: Path) -> None:
    """Bring `.venv` in line with the requirements; does nothing, and starts no pip, when it already is."""
    folder = root / ".venv"
    stamp = folder / ".set-up"
    stamped = stamps.read(stamp)
    python = _python_of(folder)
    if python is not None and stamped == _wanted(root, python):
        return
    if python is None or (stamped is not None and not stamped.startswith(_place(root, python))):
        # Scripts and the editable install contain the paths of the folder and the Python: nothing of it can be used.
        shutil.rmtree(folder, ignore_errors=True)
        python = _create(folder)
        print(f"Installing the Python packages into {folder.name}/: about 1 minute and 600 MB.", flush=True)
    else:
        print(f"Bringing the Python packages in {folder.name}/ up to date.", flush=True)
    stamp.write_text(_UNFINISHED, encoding="utf-8")
    _install(root, folder)
    stamp.write_text(_wanted(root, python), encoding="utf-8")


def _create(folder: Path) -> str:
    print(f"Creating {folder.name}/ with Python {sys.version.split()[0]}.", flush=True)
    done = subprocess.run([sys.executable, "-m", "venv", str(folder)], check=False)
    python = _python_of(folder)
    if done.returncode != 0 or python is None:
        raise ToolError(
            f"{sys.executable} could not create the virtual environment {folder}: its output is above. On Debian "
            "and Ubuntu the module is a package of its own (python3-venv). Another Python: make PYTHON=python3.12"
        )
    return python


def _install(root: Path, folder: Path) -> None:
    # A path would be split at its blanks.
    constraints = (root / "constraints.txt").as_uri()
    pip = [str(folder / "bin/python"), "-m", "pip", "--quiet", "--disable-pip-version-check", "--no-input"]
    done = subprocess.run(
        [*pip, "install", "--requirement", "requirements-dev.txt"],
        cwd=root,
        # The build backend is pinned as well; which of the two names pip reads depends on its version.
        env={**os.environ, "PIP_CONSTRAINT": constraints, "PIP_BUILD_CONSTRAINT": constraints},
        check=False,
    )
    if done.returncode != 0:
        raise ToolError("pip could not install the packages: its output is above. The same command starts it again.")


def _python_of(folder: Path) -> str | None:
    """The minor version of the environment's Python ("3.11"), or None where it, or its pip, does not start."""
    command = [str(folder / "bin/python"), "-c", "import pip, sys; print('%d.%d' % sys.version_info[:2])"]
    try:
        answer = subprocess.run(command, capture_output=True, text=True, check=False)
    except OSError:
        return None
    version = answer.stdout.strip()
    if answer.returncode != 0 or tuple(map(int, version.split("."))) < OLDEST_PYTHON:
        return None
    return version


def _place(root: Path, python: str) -> str:
    return f"{root} on Python {python}\n"


def _wanted(root: Path, python: str) -> str:
    return f"{_place(root, python)}{stamps.digest([root / source for source in _SOURCES])}\n"
