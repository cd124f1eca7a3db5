"""The plugin as other languages meet it: the real engine, YAML programs and the emulator."""

import sys
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import pytest

from tests.engine.component_program import Material, mint
from tests.engine.conftest import (
    REPOSITORY,
    RunEngine,
    RunningEmulator,
    StartEmulator,
    engine_environment,
    pytest_configure,
    run_engine,
    stack,
    start_emulator,
)

from .yaml_project import YamlProject

__all__ = ["engine_environment", "pytest_configure", "run_engine", "stack", "start_emulator"]

HOST = REPOSITORY / "components" / "__main__.py"
MakeYamlProject = Callable[..., YamlProject]
"""Makes a project of a YAML program: `make(resources, outputs=..., name=...)`."""


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Let no event loop that Pulumi's inline runner forgot to close turn a test red."""
    for item in items:
        if item.path.parent == Path(__file__).parent:
            item.add_marker(pytest.mark.filterwarnings("ignore:unclosed:ResourceWarning"))


@pytest.fixture(scope="session")
def plugin_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with the plugin as an executable, which needs no language host of Pulumi."""
    folder = tmp_path_factory.mktemp("plugin")
    executable = folder / "pulumi-resource-mtls-app-gateway"
    executable.write_text(f'#!/bin/sh\nexec "{sys.executable}" "{HOST}" "$@"\n')
    executable.chmod(0o755)
    return folder


@pytest.fixture(scope="module")
def material() -> Material:
    """Certificates for all tests of a module."""
    return mint()


@pytest.fixture
def emulator(request: pytest.FixtureRequest, start_emulator: StartEmulator) -> RunningEmulator:
    """An emulator with an empty subscription; its options are the parameter of a test, if it has one."""
    return start_emulator(*getattr(request, "param", ()))


@pytest.fixture
def yaml_project(
    run_engine: RunEngine, emulator: RunningEmulator, plugin_folder: Path, tmp_path: Path
) -> MakeYamlProject:
    """Make projects of YAML programs that consume the plugin."""

    def make(
        resources: Mapping[str, Any], *, outputs: Mapping[str, Any] | None = None, name: str = "edge"
    ) -> YamlProject:
        assert emulator.process.poll() is None
        folder = tmp_path / f"yaml-{name}"
        folder.mkdir()
        made = YamlProject(folder, run_engine, plugin_folder, name)
        made.write(resources, outputs or {})
        return made

    return make
