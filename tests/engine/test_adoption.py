"""
A gateway that exists comes into a stack by the steps of `examples/adopt/README.md`, and stays the gateway it was.

What it does not prove: what else the answer of a live gateway holds that no program says.
"""

import json
import re
import shlex
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pulumi
import pulumi_azure_native as azure_native
import pytest
from click.testing import CliRunner
from mtls_app_gateway.cli import main
from mtls_app_gateway.document.reading import read_document
from mtls_app_gateway.document.spelling import flatten
from mtls_app_gateway.emulator.kinds import GATEWAY_PACKAGE, KINDS
from mtls_app_gateway.resources.gateway_resource import ApplicationGateway
from pulumi import automation as auto

from tests.engine.component_program import CONFIG, GATEWAY, PASSWORD, Material, Words, edge, mint, smallest
from tests.engine.conftest import MakeStack, RunEngine, RunningEmulator
from tests.engine.project import REPOSITORY, SUBSCRIPTION, Project, copy_project, write_pfx

README = REPOSITORY / "examples/adopt/README.md"
QUICKSTART = REPOSITORY / "tests/fixtures/quickstart"
COMPONENT_AND_PROVIDER = ["**::edge", "**::edge-azure"]

GROUP = "rg-mtls-quickstart"

ITS_OWN_ID = r"\w+\[\d+\]\.id"
REFERENCE = r"\w+\[\d+\]\.\w+(\[\d+\])?\.id"
PUT_ONLY = r"sslCertificates\[\d+\]\.(data|password)"
AZURES_DEFAULT = (
    r"sslProfiles\[\d+\]\.clientAuthConfiguration\.verifyClient(CertIssuerDN|Revocation)"
    r"|backendHttpSettingsCollection\[\d+\]\.validateCertChainAndExpiry"
)


@pytest.fixture(scope="module")
def material() -> Material:
    """Certificates for all tests here."""
    return mint()


def live_id(token: str, emulator: RunningEmulator) -> str:
    """The id of the one live resource of a type."""
    wanted = KINDS[token].arm_type.casefold()
    (found,) = (identity for identity, it in emulator.resources().items() if it["type"].casefold() == wanted)
    return found


def fill_in(asked: dict[str, Any], emulator: RunningEmulator) -> list[str]:
    """Put the ids where the engine left a place for them; the names of what is imported."""
    for resource in asked["resources"]:
        assert "<PLACEHOLDER>" == resource["id"]
        resource["id"] = live_id(resource["type"], emulator)
    return [resource["name"] for resource in asked["resources"]]


def adopt(made: auto.Stack, emulator: RunningEmulator, folder: Path) -> list[str]:
    """The README's steps to the import; the names of what is imported."""
    made.up(target=COMPONENT_AND_PROVIDER)
    path = folder / "adopt.json"
    made.preview(import_file=str(path))
    asked = json.loads(path.read_text())
    names = fill_in(asked, emulator)
    made.import_resources(resources=asked["resources"], name_table=asked["nameTable"], generate_code=False)
    return names


def updated(made: auto.Stack) -> dict[str, set[str]]:
    """An up, and by its name each resource it changed, with the changed paths; every change is in place."""
    events: list[auto.EngineEvent] = []
    made.up(on_event=events.append)
    steps = [event.resource_pre_event.metadata for event in events if event.resource_pre_event]
    acted = [step for step in steps if step.op != auto.OpType.SAME]
    assert {auto.OpType.UPDATE} >= {step.op for step in acted}
    return {step.urn.rsplit("::", 1)[1]: set(step.detailed_diff or ()) for step in acted}


def test_a_gateway_changes_stacks(
    stack: MakeStack, emulator: RunningEmulator, tmp_path: Path, material: Material
) -> None:
    """
    The first up is one update in place for each resource, of spelling, PUT-only values and Azure's defaults alone.
    """
    strict = {"trusted_ca_chains": [{"name": "partners", "data": material.partners}]}
    named = {
        "gateway_name": "edge",
        "public_ip": {"name": "edge-ip"},
        "network": {"name": "edge-network", "security_group_name": "edge-rules"},
    }
    asked = smallest(material, mode="Strict", strict=strict, **named)
    before = stack(edge(lambda: asked), config=CONFIG, project="before")
    Words().up(before)
    document = read_document(emulator.the(GATEWAY))
    protected = edge(lambda: asked, lambda: pulumi.ResourceOptions(protect=True))
    made = stack(protected, config=CONFIG, project="after")

    imported = adopt(made, emulator, tmp_path)
    found = updated(made)

    gateway = found.pop("edge-gateway")
    kinds = (ITS_OWN_ID, REFERENCE, PUT_ONLY, AZURES_DEFAULT)
    by_kind = [{path for path in gateway if re.fullmatch(kind, path)} for kind in kinds]
    assert gateway == set().union(*by_kind)
    own, references, put_only, defaults = by_kind
    assert 12 == len(own)
    assert {"httpListeners[0].sslProfile.id", "sslProfiles[0].trustedClientCertificates[0].id"} < references
    assert {"sslCertificates[0].data", "sslCertificates[0].password"} == put_only
    assert {"backendHttpSettingsCollection[0].validateCertChainAndExpiry"} == defaults
    assert {
        "edge-public-ip": {"idleTimeoutInMinutes", "ipAddress", "publicIPAddressVersion"},
        "edge-security-group": {f"securityRules[{rule}].{name}" for rule in range(3) for name in ("id", "type")},
        "edge-gateway-subnet": {"delegations[0].id", "delegations[0].type"},
    } == found
    assert set(imported) == {"edge-network", "edge-gateway", *found}

    assert {} == updated(made)
    assert document == read_document(emulator.the(GATEWAY))

    # Under another name it would be another gateway.
    asked["gateway_name"] = "another"
    assert "as it is currently marked for protection" in Words().red(made.preview)


def quickstart(material: Material) -> Callable[[], None]:
    """Microsoft's quickstart as its template deploys it: network, address, gateway."""
    template, parameters = (
        json.loads((QUICKSTART / name).read_text()) for name in ("template.json", "parameters.json")
    )
    inputs = flatten(read_document(template, parameters))

    def program() -> None:
        network = azure_native.network.VirtualNetwork(
            "network",
            virtual_network_name="mtlsVnet",
            address_space=azure_native.network.AddressSpaceArgs(address_prefixes=["10.0.0.0/16"]),
            resource_group_name=GROUP,
        )
        subnet = azure_native.network.Subnet(
            "subnet",
            subnet_name="appgwsubnet",
            virtual_network_name=network.name,
            address_prefix="10.0.0.0/24",
            delegations=[azure_native.network.DelegationArgs(name=GATEWAY, service_name=GATEWAY)],
            resource_group_name=GROUP,
        )
        address = azure_native.network.PublicIPAddress(
            "address",
            public_ip_address_name="mtlsPip",
            sku=azure_native.network.PublicIPAddressSkuArgs(name="Standard"),
            public_ip_allocation_method="Static",
            resource_group_name=GROUP,
        )
        inputs["location"] = "westeurope"
        inputs["sslCertificates"][0] |= {"data": material.pfx, "password": PASSWORD}
        inputs["gatewayIPConfigurations"][0]["subnet"] = {"id": subnet.id}
        inputs["frontendIPConfigurations"][0]["publicIPAddress"] = {"id": address.id}
        ApplicationGateway("gateway", {**inputs, "resourceGroupName": GROUP})

    return program


def test_the_quickstart_is_adopted(
    stack: MakeStack, run_engine: RunEngine, emulator: RunningEmulator, tmp_path: Path, material: Material
) -> None:
    """
    By the README's lines Microsoft's gateway comes into a stack of this project, and what would change reads as there.
    """
    config = {f"{package}:subscriptionId": SUBSCRIPTION for package in ("azure-native", GATEWAY_PACKAGE)}
    Words().up(stack(quickstart(material), config={**CONFIG, **config}, project="portal"))
    project = copy_project(tmp_path / "project", run_engine)
    write_pfx(project.folder / "edge.pfx", PASSWORD)
    text = README.read_text()
    program, (protected,) = project.folder / "__main__.py", re.findall(r"```python\n(.*?)```", text, re.DOTALL)
    program.write_text(re.sub(r"^gateway = .*\n", protected, program.read_text(), flags=re.MULTILINE))
    set_up, ask, import_and_look, _ = re.findall(r"```sh\n(.*?)```", text, re.DOTALL)
    project.type_lines(set_up, PASSWORD)

    pulumi_lines(project, ask)
    path = project.folder / "adopt.json"
    asked = json.loads(path.read_text())
    assert ["edge-public-ip", "edge-gateway"] == fill_in(asked, emulator)
    path.write_text(json.dumps(asked))
    preview = pulumi_lines(project, import_and_look)

    told = CliRunner().invoke(main, ["diff", "-"], input=preview)
    assert re.findall(r"```text\n(.*?)```", text, re.DOTALL) == [told.stdout]


def pulumi_lines(project: Project, block: str) -> str:
    """Type a README's lines for the engine, each answered with yes, and give what the last one printed."""
    printed = ""
    for line in block.splitlines():
        command, *rest = shlex.split(line.split(" | ")[0])[1:]
        answers = ["--yes", "--skip-preview"] if command in {"up", "import"} else []
        done = project.run(command, *rest, *answers)
        assert 0 == done.returncode, done.stdout + done.stderr
        printed = done.stdout
    return printed
