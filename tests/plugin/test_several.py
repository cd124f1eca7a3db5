"""Several gateways and several stacks: what may share a name, what may not; and a child changed from outside."""

from collections.abc import Callable
from typing import Any, cast

import pulumi
import pytest
from mtls_app_gateway import MtlsAppGateway, MtlsAppGatewayArgs
from mtls_app_gateway.resources.gateway_resource import GATEWAY_TOKEN
from pulumi import automation as auto

from tests.engine.component_program import CONFIG, GATEWAY, Material, smallest
from tests.engine.conftest import MakeStack, RunningEmulator


def gateways(material: Material, *names: str, **settings: Any) -> Callable[[], None]:
    """A program with components of these names, each of these settings."""

    def program() -> None:
        for name in names:
            MtlsAppGateway(name, cast(MtlsAppGatewayArgs, smallest(material, **settings)))

    return program


def refused(run: Callable[[], Any]) -> str:
    """What the engine's diagnostics say of a run that fails."""
    with pytest.raises(auto.CommandError) as raised:
        run()
    return str(raised.value).split("Diagnostics:", 1)[1].split("Resources:", 1)[0]


def test_one_gateway_in_several_stacks(stack: MakeStack, emulator: RunningEmulator, material: Material) -> None:
    """
    One program in two stacks makes two gateways; where both ask for one name in one resource group, the second is told
    so, and the first stays as it is.
    """
    for name in ("dev", "prod"):
        stack(gateways(material, "edge"), config=CONFIG, name=name).up()
    assert 2 == len([each for each in emulator.resources().values() if each["type"] == GATEWAY])

    named = gateways(material, "edge", gateway_name="contoso-edge", resource_group_name="rg-one")
    stack(named, config=CONFIG, name="first").up()
    before = emulator.resources()
    said = refused(stack(named, config=CONFIG, name="second").up)

    assert "/resourceGroups/rg-one/providers/Microsoft.Network/applicationGateways/contoso-edge" in said
    assert "already exist" in said
    assert before.items() <= emulator.resources().items()


def test_two_components_of_one_name(stack: MakeStack, emulator: RunningEmulator, material: Material) -> None:
    """Two components of one stack need two names, and the engine says so before anything is made."""
    said = refused(stack(gateways(material, "edge", "edge"), config=CONFIG).preview)

    assert "Duplicate resource URN" in said
    assert "MtlsAppGateway::edge" in said
    assert {} == emulator.resources()


def test_transforms_reach_the_children(stack: MakeStack, emulator: RunningEmulator, material: Material) -> None:
    """What the component does not offer, its consumer changes with a transform of a child."""

    def change(found: pulumi.ResourceTransformArgs) -> pulumi.ResourceTransformResult | None:
        if found.type_ != GATEWAY_TOKEN:
            return None
        return pulumi.ResourceTransformResult({**found.props, "forceFirewallPolicyAssociation": True}, found.opts)

    def program() -> None:
        options = pulumi.ResourceOptions(transforms=[change])
        MtlsAppGateway("edge", cast(MtlsAppGatewayArgs, smallest(material)), options)

    stack(program, config=CONFIG).up()

    assert emulator.the(GATEWAY)["properties"]["forceFirewallPolicyAssociation"] is True
