"""The stand-in under the real engine behaves as azure-native and Azure do, over the life of a deployment."""

from typing import Any

import pulumi
from mtls_app_gateway.rehearsal.stand_in.kinds import GATEWAY_PACKAGE
from mtls_app_gateway.rehearsal.stand_in.schema import encoded_parameter

from tests.engine.conftest import MakeStack, Program, RunningStandIn
from tests.rehearsal.stand_in import estate

GATEWAY = "Microsoft.Network/applicationGateways"
OTHER_SUBSCRIPTION = "22222222-2222-2222-2222-222222222222"
CONFIG = {
    "azure-native:subscriptionId": estate.SUBSCRIPTION,
    f"{GATEWAY_PACKAGE}:subscriptionId": estate.SUBSCRIPTION,
}


async def _gateway_package() -> str:
    import base64

    parameter = base64.b64encode(encoded_parameter()).decode()
    return await pulumi.runtime.register_package("azure-native", "3.29.0", "", GATEWAY_PACKAGE, "3.29.0", parameter)


class Plain(pulumi.CustomResource):
    """A resource without an SDK."""

    def __init__(
        self, token: str, name: str, props: dict[str, Any], opts: pulumi.ResourceOptions | None = None
    ) -> None:
        outputs = dict.fromkeys(("sslProfiles", "ipAddress", "etag", "subnets", "trustedClientCertificates"))
        package = _gateway_package() if token.startswith(GATEWAY_PACKAGE) else None
        super().__init__(token, name, outputs | props, opts, package_ref=package)


class PlainProvider(pulumi.ProviderResource):
    """A provider without an SDK."""

    def __init__(self, package: str, name: str, props: dict[str, Any]) -> None:
        super().__init__(package, name, props, package_ref=_gateway_package() if package == GATEWAY_PACKAGE else None)


def small_estate(token: str = f"{GATEWAY_PACKAGE}:network:ApplicationGateway", **gateway: Any) -> Program:
    """A group of rules, a network, an address and a gateway."""

    def program() -> None:
        doors = Plain("azure-native:network:NetworkSecurityGroup", "doors", estate.security_group_inputs())
        network = Plain("azure-native:network:VirtualNetwork", "net", estate.network_inputs(doors.id))
        address = Plain("azure-native:network:PublicIPAddress", "address", estate.address_inputs())
        subnet = pulumi.Output.concat(network.id, "/subnets/gateway")
        inputs = estate.gateway_inputs(**{"subnet": subnet, "address": address.id} | gateway)
        edge = Plain(token, "edge", inputs)
        pulumi.export("profiles", pulumi.get(edge, "sslProfiles"))

    return program


def test_up_again_and_down(stack: MakeStack, stand_in: RunningStandIn) -> None:
    """
    A first up creates, a second changes nothing, destroy leaves nothing.
    """
    made = stack(small_estate(), config=CONFIG)

    first = made.up()
    assert first.summary.resource_changes == {"create": 5}
    second = made.up()
    assert second.summary.resource_changes == {"same": 5}
    made.destroy()
    assert stand_in.resources() == {}
