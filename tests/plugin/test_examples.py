"""The examples are run: the Python stack and the YAML stack, which are one stack in two languages."""

import json
import shutil
import sys
from pathlib import Path
from typing import Any

import pytest
import yaml

from tests.engine.component_program import CONFIG, GATEWAY, PASSWORD, Material, files_with
from tests.engine.conftest import REPOSITORY, RunEngine, RunningEmulator

from .test_same_gateway import without_chance
from .yaml_project import YamlProject

EXAMPLES = REPOSITORY / "examples"
PROJECTS = (REPOSITORY, *(file.parent for file in sorted(EXAMPLES.glob("*/Pulumi.yaml"))))
CHILDREN = 3
"""What the component registers here: provider, address, gateway."""
AROUND = 4
"""What the stack brings: resource group, network, subnet, and a security group that gets the gateway's address."""


@pytest.fixture
def example(run_engine: RunEngine, plugin_folder: Path, material: Material, tmp_path: Path) -> Any:
    """Make a stack of a copy of an example, with a certificate for its listener."""

    def make(name: str, stack: str) -> YamlProject:
        folder = tmp_path / name
        shutil.copytree(EXAMPLES / name, folder)
        project = YamlProject(folder, run_engine, plugin_folder, project_name(folder))
        project.init({key: value for key, value in CONFIG.items() if key != "azure-native:location"}, stack)
        project.run("config", "set", "--secret", "listenerPfx", material.pfx)
        project.run("config", "set", "--secret", "listenerPassword", PASSWORD)
        return project

    return make


def test_the_yaml_stack_and_the_python_stack(example: Any, emulator: RunningEmulator, material: Material) -> None:
    """
    In YAML: a preview that does not know the subnet yet, an up, a second that changes nothing, a mode that changes in
    place, a destroy that leaves nothing. In Python: the same gateway. In neither a secret in a file of the state.
    """
    project = example("yaml-stack", "in-yaml")
    _use_the_executable(project)

    previewed = project.run("preview")
    assert [] == emulator.journal("Create")
    assert f"+ {1 + AROUND + 1 + CHILDREN} to create" in previewed
    assert {"created": 1 + AROUND + 1 + CHILDREN} == project.up()
    in_yaml, address = project.outputs(), emulator.the("Microsoft.Network/publicIPAddresses")["properties"]["ipAddress"]
    (rule,) = emulator.the("Microsoft.Network/networkSecurityGroups")["properties"]["securityRules"]
    assert address == rule["properties"]["destinationAddressPrefix"]
    assert {"unchanged"} == project.up().keys()
    project.run("config", "set", "partnersMode", "Passthrough")
    assert {"updated": 1} == {what: count for what, count in project.up().items() if what != "unchanged"}
    assert [] == list(files_with(project.folder.parent / "backend", material.pfx, PASSWORD))
    project.run("destroy", "--yes", "--skip-preview")
    assert {} == emulator.resources()

    in_python = example("python-stack", "in-python")
    (in_python.folder / ".venv").symlink_to(sys.prefix)
    assert {"created": 1 + AROUND + 1 + CHILDREN} == in_python.up()
    assert without_chance(in_yaml) == without_chance(in_python.outputs())
    assert {"default": "Passthrough", "partners": "Strict"} == in_yaml["modes"]
    assert GATEWAY == json.loads(in_yaml["document"])["type"]


def project_name(folder: Path) -> str:
    """The name in a folder's Pulumi.yaml."""
    return str(yaml.safe_load((folder / "Pulumi.yaml").read_text())["name"])


def test_each_project_has_a_name_of_its_own() -> None:
    """
    Two stacks of one name in two projects of one name would be one stack to a backend.
    """
    names = [project_name(folder) for folder in PROJECTS]

    assert 4 == len(names) == len(set(names))


def _use_the_executable(project: YamlProject) -> None:
    # A plugin in Python needs Pulumi's current Python host; as an executable it needs none.
    path = project.folder / "Pulumi.yaml"
    program = yaml.safe_load(path.read_text())
    assert {"mtls-app-gateway": "../../components"} == program.pop("packages")
    program["plugins"] = {"providers": [{"name": "mtls-app-gateway", "path": str(project.plugin_folder)}]}
    path.write_text(yaml.safe_dump(program, sort_keys=False))
