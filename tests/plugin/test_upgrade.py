"""A state that an earlier version left is taken over by today's code: nothing is replaced, nothing loses its name.

What is recorded below `recorded/<version>` is what `up` left of the program here: the state as `pulumi stack export`
writes it, without where each resource stood in the program, and the emulator's subscription. The certificates
were throwaway ones, and their keys are in neither.
"""

import shutil
from pathlib import Path
from typing import Any

import pytest
from mtls_app_gateway.document.azure import API
from mtls_app_gateway.resources.gateway_resource import GATEWAY_TOKEN

from tests.engine.component_program import PASSWORD, Material
from tests.engine.conftest import RunningEmulator, StartEmulator

from .conftest import MakeYamlProject
from .yaml_project import edge

RECORDED = Path(__file__).parent / "recorded"
VERSIONS = sorted(path.name for path in RECORDED.iterdir())


def program(material: Material) -> dict[str, Any]:
    """What was and is deployed; its shape never changes, a version with more to keep records another program."""
    settings = {
        "resourceGroupName": "rg-edge",
        "location": "westeurope",
        "mode": "Strict",
        "strict": {"trustedCaChains": [{"name": "partners", "data": material.partners}]},
        "profiles": [{"name": "open", "mode": "Passthrough"}],
        "listenerCertificates": [{"pfx": material.pfx, "password": PASSWORD}],
        "listeners": [{}, {"name": "second", "port": 8443, "profile": "open"}],
        "routes": [{"priority": 10}, {"name": "second", "listener": "second", "priority": 20}],
        "backends": [{"fqdns": ["app.example.com"]}],
        "network": {"additionalSubnets": [{"name": "app", "addressPrefix": "10.0.2.0/24"}]},
        "publicIp": {"domainNameLabel": "contoso-edge"},
        "tags": {"owner": "edge"},
    }
    return {"edge": edge(settings)}


@pytest.fixture(params=VERSIONS)
def recorded(request: pytest.FixtureRequest) -> Path:
    """What a version left."""
    return RECORDED / str(request.param)


@pytest.fixture
def emulator(recorded: Path, start_emulator: StartEmulator, tmp_path: Path) -> RunningEmulator:
    """An emulator with the subscription as that version left it."""
    folder = tmp_path / "subscription"
    shutil.copytree(recorded / "subscription", folder)
    # A clone has the modes that its user's umask gave it; a subscription is its owner's alone.
    for copied in (folder, *(each for each in folder.rglob("*") if each.is_dir())):
        copied.chmod(0o700)
    return start_emulator(folder=folder)


def _at_this_version(name: str) -> str:
    """A resource's type and name, as today's API version has it."""
    for former in API.former_packages:
        name = name.replace(former, API.package)
    return name


def test_nothing_is_replaced(
    material: Material, recorded: Path, emulator: RunningEmulator, yaml_project: MakeYamlProject
) -> None:
    """
    With new certificates an up changes the gateway in place, records in the component where its resources are, and then
    changes nothing.
    """
    before = {its_id: each["type"] for its_id, each in emulator.resources().items()}
    project = yaml_project(program(material))
    project.init()
    project.run("stack", "import", "--file", str(recorded / "state.json"))
    names = {_at_this_version(name) for name in project.state()}

    upgraded = project.up()

    assert {"updated": 2, "unchanged": len(before) + 1} == upgraded
    assert [GATEWAY_TOKEN] == [each["type"] for each in emulator.journal("Update") if not each.get("preview")]
    assert before == {its_id: each["type"] for its_id, each in emulator.resources().items()}
    assert names == project.state().keys()
    assert {"unchanged"} == project.up().keys()
