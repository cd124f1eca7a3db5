"""The environment that tests and deployments run in: this project's Python and engine before anything else."""

import os
from pathlib import Path

import pytest

from tests.tools.programs import write_program
from tools import pulumi_engine
from tools.errors import ToolError
from tools.set_up import ROOT
from tools.with_engine import attached, environment


def test_an_engine_built_here_comes_second(root: Path, programs: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """This project's Python comes first, then the engine built here, then what the user had."""
    built = pulumi_engine.Engine(root / ".engine/bin", (3, 259, 0))
    monkeypatch.setattr(pulumi_engine, "find", lambda *_: built)

    seen = environment(root, {"PATH": str(programs), "LANG": "C"})

    assert [str(root / ".venv/bin"), str(root / ".engine/bin"), str(programs)] == seen["PATH"].split(os.pathsep)
    assert str(root / ".venv") == seen["VIRTUAL_ENV"]
    assert "C" == seen["LANG"]


def test_an_installed_engine_changes_nothing_else(root: Path, programs: Path) -> None:
    """An engine that is on the PATH stays in its place there, so that no other program is found before its turn."""
    write_program(programs / "pulumi", "echo v3.300.0")
    write_program(programs / "pulumi-language-python", "exit 1")

    seen = environment(root, {"PATH": f"/opt/other:{programs}:/bin"})

    assert f"{root / '.venv/bin'}:/opt/other:{programs}:/bin" == seen["PATH"]


def test_modules_are_compiled_once(root: Path, programs: Path) -> None:
    """Some hundred processes import this project in one run: what each compiled anew is kept, whatever a user set."""
    write_program(programs / "pulumi", "echo v3.300.0")
    write_program(programs / "pulumi-language-python", "exit 1")

    seen = environment(root, {"PATH": str(programs), "PYTHONDONTWRITEBYTECODE": "1"})

    assert "PYTHONDONTWRITEBYTECODE" not in seen


def test_without_an_engine_nothing_is_run(root: Path, programs: Path) -> None:
    """Before the set-up the remedy is named, instead of a program that is not found."""
    with pytest.raises(ToolError, match=r"found no pulumi\. Run `make set-up`"):
        environment(root, {"PATH": str(programs)})


def test_an_engine_that_is_attached_downloads_nothing() -> None:
    """With the emulator in its place, azure-native is not looked for on the network first."""
    assert {
        "PULUMI_DEBUG_PROVIDERS": "azure-native:4321",
        "PULUMI_DISABLE_AUTOMATIC_PLUGIN_ACQUISITION": "true",
    } == attached(4321)


def test_it_is_attached_in_one_place_only() -> None:
    """No tool, test or benchmark attaches an engine by a rule of its own, without the second variable."""
    by_hand = '"PULUMI_DEBUG_' + 'PROVIDERS": f"'
    sources = [path for folder in ("tools", "tests", "benchmarks") for path in (ROOT / folder).rglob("*.py")]

    assert [ROOT / "tools/with_engine.py"] == [path for path in sources if by_hand in path.read_text(encoding="utf-8")]
