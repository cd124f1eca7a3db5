"""Frontends on the real engine: deployed, left as they are, changed alone, rehearsed as deployed, and destroyed."""

import json
from pathlib import Path
from typing import Any, cast

import pulumi
import pytest
from mtls_app_gateway import MtlsAppGateway, MtlsAppGatewayArgs
from mtls_app_gateway.rehearsal.local_gateway import LocalGateway
from mtls_app_gateway.resources.azure_resource import PUBLIC_ADDRESS, AzureResource
from mtls_app_gateway.verify.judge.verdict import RowOutcome

from tests.engine.component_program import CHILDREN, CONFIG, GATEWAY, Material, Words, changes, edge, mint, smallest
from tests.engine.conftest import MakeStack, RunningEmulator
from tests.verify.asking import outcomes, target_of, verify

ADDRESS = "Microsoft.Network/publicIPAddresses"
INSIDE = {"name": "inside", "frontend": "Private", "host_names": ["app.example.com"]}
PRIVATE: dict[str, Any] = {"private_ip": {"address": "10.0.0.250"}, "listeners": [INSIDE]}
BOTH: dict[str, Any] = {
    **PRIVATE,
    "listeners": [{"host_names": ["app.example.com"]}, INSIDE],
    "routes": [{"priority": 10}, {"name": "inside", "listener": "inside", "priority": 20}],
}
KEPT = {**PRIVATE, "routes": [{"listener": "inside", "priority": 10}], "public_ip": {"keep_unused": True}}
ROUTED = {**PRIVATE, "routes": [{"listener": "inside", "priority": 10}]}


@pytest.fixture(scope="module")
def material() -> Material:
    """Certificates for all tests here."""
    return mint()


@pytest.mark.parametrize(
    "deployed",
    [(BOTH, ["public", "private"]), (ROUTED, ["private"]), (KEPT, ["public", "private"])],
    ids=["both", "private alone", "public kept unused"],
)
def test_private_frontends_from_first_to_last(
    stack: MakeStack,
    emulator: RunningEmulator,
    material: Material,
    tmp_path: Path,
    deployed: tuple[dict[str, Any], list[str]],
) -> None:
    """A second up changes nothing, an edit the gateway alone; each listener holds on its port, and all goes."""
    frontends, names = deployed
    asked = {**frontends, "http2": False}
    made, words = stack(edge(lambda: smallest(material, **asked)), config=CONFIG), Words()

    assert {"create": CHILDREN + len(names)} == changes(words.up(made))
    assert {} == changes(words.up(made))
    asked["http2"] = True
    result = words.up(made)
    assert {"update": 1} == changes(result)

    gateway = emulator.the(GATEWAY)["properties"]
    assert names == [each["name"] for each in gateway["frontendIPConfigurations"]]
    document = json.loads(result.outputs["document"].value)
    with LocalGateway(tmp_path / "gateway") as running:
        local = running.show(document)
        assert len(local.listeners) == len({each.local_port for each in local.listeners})
        for listener in local.listeners:
            found = outcomes(verify(document, listener.name, target_of(local, listener.name)))
            assert not {RowOutcome.FAILS, RowOutcome.UNANSWERED} & set(found.values()), (listener.name, found)
            assert RowOutcome.HOLDS in found.values()

    made.destroy(on_output=words.said.append)
    assert {} == emulator.resources()
    assert "Traceback" not in str(words)


def test_an_existing_address_is_used_and_outlives_the_gateway(
    stack: MakeStack, emulator: RunningEmulator, material: Material
) -> None:
    """The address of another program is read, shown in the outputs, never changed, and there after the end."""
    inputs = {"resourceGroupName": "rg-hub", "sku": {"name": "Standard"}, "publicIPAllocationMethod": "Static"}
    hub = stack(
        lambda: pulumi.export("id", AzureResource(PUBLIC_ADDRESS, "owned", inputs, pulumi.ResourceOptions()).id),
        name="hub",
        config=CONFIG,
    )
    words = Words()
    identity = words.up(hub).outputs["id"].value

    def program() -> None:
        gateway = MtlsAppGateway("edge", cast(MtlsAppGatewayArgs, smallest(material, public_ip={"id": identity})))
        pulumi.export("url", gateway.url)

    made = stack(program, name="edge", config=CONFIG)
    before = emulator.the(ADDRESS)
    result = words.up(made)
    assert f"https://{before['properties']['ipAddress']}/" == result.outputs["url"].value
    assert {} == {key: value for key, value in changes(words.up(made)).items() if key != "read"}
    assert before == emulator.the(ADDRESS)
    gateway = emulator.the(GATEWAY)["properties"]
    assert [identity] == [each["properties"]["publicIPAddress"]["id"] for each in gateway["frontendIPConfigurations"]]
    made.destroy(on_output=words.said.append)
    assert [identity] == list(emulator.resources())
    assert "Traceback" not in str(words)
