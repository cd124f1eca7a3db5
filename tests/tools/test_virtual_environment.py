"""When the virtual environment is made, repaired or left alone. Python and pip are fakes that record their calls."""

from pathlib import Path

import pytest

from tests.tools.programs import write_program
from tools import virtual_environment
from tools.errors import ToolError

# Makes environments whose Python says its version, and notes each use of venv and of pip.
PYTHON = """
if [ "$1" = -c ]; then cat {version}; exit; fi
echo "$2" "$3" >> {notes}
case "$2" in
  venv) mkdir -p "$3/bin" && cp "$0" "$3/bin/python" ;;
  pip) exit $(cat {pip_status}) ;;
esac"""


class Machine:
    """A machine with one Python on it."""

    def __init__(self, folder: Path) -> None:
        self.version, self.pip_status, self._notes = folder / "version", folder / "pip-status", folder / "notes"
        self.version.write_text("3.12\n")
        self.pip_status.write_text("0\n")
        self.python = write_program(
            folder / "python3", PYTHON.format(version=self.version, notes=self._notes, pip_status=self.pip_status)
        )

    def calls(self) -> list[str]:
        """The calls since the last time: `venv` and `pip`."""
        said = self._notes.read_text() if self._notes.exists() else ""
        self._notes.unlink(missing_ok=True)
        return [line.split()[0] for line in said.splitlines()]


@pytest.fixture
def machine(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Machine:
    there = Machine(tmp_path)
    monkeypatch.setattr("sys.executable", str(there.python))
    return there


@pytest.fixture
def ready(root: Path, machine: Machine) -> Machine:
    """A machine on which everything is installed."""
    virtual_environment.ensure(root)
    assert ["venv", "pip"] == machine.calls()
    return machine


def test_nothing_is_started_when_nothing_changed(
    root: Path, ready: Machine, capsys: pytest.CaptureFixture[str]
) -> None:
    """What is installed and unchanged is left alone: no venv, no pip, no word."""
    capsys.readouterr()

    virtual_environment.ensure(root)

    assert [] == ready.calls()
    assert not capsys.readouterr().out


@pytest.mark.parametrize(
    "source", ["requirements.txt", "requirements-dev.txt", "constraints.txt", "components/pyproject.toml"]
)
def test_changed_requirements_are_installed_on_top(root: Path, ready: Machine, source: str) -> None:
    """A change in any file that says what to install is installed into the environment that is there."""
    (root / source).write_text("something-new==1.0\n")

    virtual_environment.ensure(root)
    assert ["pip"] == ready.calls()

    virtual_environment.ensure(root)
    assert [] == ready.calls()


def test_a_broken_off_installation_is_made_anew(root: Path, machine: Machine) -> None:
    """After an installation that did not come to its end nothing in the folder is trusted."""
    machine.pip_status.write_text("1\n")
    with pytest.raises(ToolError, match="The same command starts it again"):
        virtual_environment.ensure(root)
    machine.calls()
    machine.pip_status.write_text("0\n")
    (root / ".venv/half-written").touch()

    virtual_environment.ensure(root)

    assert ["venv", "pip"] == machine.calls()
    assert not (root / ".venv/half-written").exists()


def test_a_moved_project_gets_an_environment_of_its_own(root: Path, ready: Machine, tmp_path: Path) -> None:
    """Scripts and the editable install name the old folder, so a copied or moved one is not used."""
    moved = root.rename(tmp_path / "moved")

    virtual_environment.ensure(moved)

    assert ["venv", "pip"] == ready.calls()


def test_another_python_behind_the_environment_makes_it_anew(root: Path, ready: Machine) -> None:
    """When the system's Python went from 3.12 to 3.13, the packages of 3.12 are of no use to it."""
    ready.version.write_text("3.13\n")

    virtual_environment.ensure(root)

    assert ["venv", "pip"] == ready.calls()


def test_an_environment_whose_python_is_gone_is_made_anew(root: Path, ready: Machine) -> None:
    """The Python an environment was made from can be uninstalled; its link then leads nowhere."""
    (root / ".venv/bin/python").unlink()
    (root / ".venv/bin/python").symlink_to("/nowhere/python3.12")

    virtual_environment.ensure(root)

    assert ["venv", "pip"] == ready.calls()


def test_an_environment_made_by_hand_is_adopted(root: Path, machine: Machine) -> None:
    """A `.venv` of another program, such as `pulumi install`, is completed and not thrown away."""
    write_program(root / ".venv/bin/python", machine.python.read_text().removeprefix("#!/bin/sh\n"))

    virtual_environment.ensure(root)

    assert ["pip"] == machine.calls()


def test_an_environment_of_an_old_python_is_not_adopted(root: Path, machine: Machine) -> None:
    """A `.venv` of Python 3.9 is replaced by one that will do."""
    write_program(root / ".venv/bin/python", "echo 3.9")

    virtual_environment.ensure(root)

    assert ["venv", "pip"] == machine.calls()


def test_a_failing_venv_names_the_usual_reason(root: Path, machine: Machine) -> None:
    """Where the module venv is missing, as on Debian, the message says which package has it."""
    write_program(machine.python, "exit 1")

    with pytest.raises(ToolError, match="python3-venv"):
        virtual_environment.ensure(root)


def test_the_build_backend_is_pinned_too(root: Path, machine: Machine) -> None:
    """
    pip builds this product with the versions of constraints.txt, whichever name of the setting it knows.

    Pip takes blanks in it for the ends of files: it is given as an address, in which a folder's name has none.
    """
    folder = root.rename(root.with_name("my clone ü"))
    script = machine.python.read_text()
    machine.python.write_text(script.replace("pip) exit", "pip) env > pip-environment; exit"))

    virtual_environment.ensure(folder)

    said = (folder / "pip-environment").read_text().splitlines()
    constraints = (folder / "constraints.txt").as_uri()
    assert constraints.endswith("/my%20clone%20%C3%BC/constraints.txt")
    assert f"PIP_CONSTRAINT={constraints}" in said
    assert f"PIP_BUILD_CONSTRAINT={constraints}" in said
