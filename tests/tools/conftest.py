"""A project and a search path of the test's own, so that no test sees what this machine has."""

import os
from pathlib import Path

import pytest


@pytest.fixture
def programs(tmp_path: Path) -> Path:
    """A folder for programs, the only one on the search path besides the system's own shell tools."""
    folder = tmp_path / "programs"
    folder.mkdir()
    return folder


@pytest.fixture
def search_path(programs: Path) -> str:
    return os.pathsep.join([str(programs), "/usr/bin", "/bin"])


@pytest.fixture
def root(tmp_path: Path) -> Path:
    """A project with pins of its own, so that no test sees this one's engine or packages."""
    folder = tmp_path / "project"
    for module in ("engine", "python-host"):
        (folder / "tools" / module).mkdir(parents=True)
        (folder / "tools" / module / "go.sum").write_text("", encoding="utf-8")
        (folder / "tools" / module / "go.mod").write_text(
            "require (\n\tgithub.com/pulumi/pulumi/pkg/v3 v3.259.0\n)\n", encoding="utf-8"
        )
    (folder / "components").mkdir()
    for source in ("requirements.txt", "requirements-dev.txt", "constraints.txt", "components/pyproject.toml"):
        (folder / source).write_text("", encoding="utf-8")
    return folder
