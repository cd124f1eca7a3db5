"""
The example `quickstart` goes up by its README's lines, and its network is that of Microsoft's template.

The gateway itself is compared with the template in `tests/settings/test_parity.py`.
"""

import json
import re
from pathlib import Path
from typing import Any

from tests.engine.conftest import RunEngine, RunningEmulator
from tests.engine.project import REPOSITORY, copy_project, write_pfx

PASSWORD = "Zk4Tg9Lm2Wc7"
README = REPOSITORY / "examples/quickstart/README.md"
TEMPLATE = REPOSITORY / "tests/fixtures/quickstart/template.json"


def test_the_quickstart_goes_up(run_engine: RunEngine, emulator: RunningEmulator, tmp_path: Path) -> None:
    """
    By the README's lines the example becomes the template's network, address and Passthrough gateway.
    """
    project = copy_project(tmp_path / "project", run_engine)
    write_pfx(project.folder / "edge.pfx", PASSWORD)
    (block,) = re.findall(r"```sh\n(.*?)pulumi up\n```", README.read_text(), re.DOTALL)
    project.type_lines(block, PASSWORD)

    done = project.run("up", "--yes", "--skip-preview")

    assert 0 == done.returncode, done.stdout + done.stderr
    wanted, *_ = json.loads(TEMPLATE.read_text())["resources"]
    network = emulator.the("Microsoft.Network/virtualNetworks")
    assert "mtlsVnet" == network["name"]
    assert ["10.0.0.0/16"] == network["properties"]["addressSpace"]["addressPrefixes"]
    subnets = [each for each in emulator.resources().values() if each["type"].endswith("/subnets")]
    assert {"appgwsubnet": "10.0.0.0/24", "backendSubnet": "10.0.2.0/24"} == {
        each["name"].split("/")[-1]: each["properties"]["addressPrefix"] for each in subnets
    }
    delegated = {each["name"].split("/")[-1]: _delegations(each) for each in subnets}
    assert {each["name"]: _delegations(each) for each in _with_names(wanted)} == delegated
    address = emulator.the("Microsoft.Network/publicIPAddresses")
    assert ("mtlsPip", "Standard") == (address["name"], address["sku"]["name"])
    assert "Static" == address["properties"]["publicIPAllocationMethod"]
    gateway = emulator.the("Microsoft.Network/applicationGateways")
    (profile,) = gateway["properties"]["sslProfiles"]
    assert "Passthrough" == profile["properties"]["clientAuthConfiguration"]["verifyClientAuthMode"]


def _delegations(subnet: dict[str, Any]) -> list[str]:
    return [each["properties"]["serviceName"] for each in subnet["properties"].get("delegations", [])]


def _with_names(network: dict[str, Any]) -> list[dict[str, Any]]:
    """The template's subnets, their names written out."""
    return [
        {**each, "name": "appgwsubnet" if each["name"].startswith("[") else each["name"]}
        for each in network["properties"]["subnets"]
    ]
