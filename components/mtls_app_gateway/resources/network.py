"""The network that the gateway stands in: virtual network, security group, subnets; or a subnet that exists.

The security group and its rules stand before the subnet, and the subnet before the gateway: Azure refuses a
gateway whose subnet blocks its management ports. Source of the rules: Microsoft, Application Gateway
infrastructure configuration.
"""

from collections.abc import Iterator, Mapping
from typing import Any

import pulumi
import pulumi_azure_native as azure_native

from ..document.address_range import address_range
from ..settings.settings import GatewaySettings
from .placeholders import fill

_DELEGATION = "Microsoft.Network/applicationGateways"
_MANAGEMENT_PORTS = "65200-65535"


def security_rules(settings: GatewaySettings) -> tuple[dict[str, Any], ...]:
    """The inbound rules of the gateway's subnet, as arguments of `SecurityRuleArgs`."""
    rules = [*_client_rules(settings)]
    rules.append(_inbound("allow-gateway-manager", source="GatewayManager", destination="*", ports=[_MANAGEMENT_PORTS]))
    rules.append(
        _inbound("allow-azure-load-balancer", source="AzureLoadBalancer", destination="*", ports=["*"], protocol="*")
    )
    return tuple({**rule, "priority": 100 + 10 * position} for position, rule in enumerate(rules))


def _client_rules(settings: GatewaySettings) -> Iterator[dict[str, Any]]:
    ports = [str(port) for port in sorted({listener.port for listener in settings.listeners})]
    destination = settings.network.subnet_prefix
    # A list of sources takes address ranges alone; each service tag needs a rule of its own.
    ranges = [source for source in settings.network.allowed_sources if address_range(source) is not None]
    if ranges:
        rule = _inbound("allow-clients", source=None, destination=destination, ports=ports)
        yield {**rule, "source_address_prefixes": ranges}
    for tag in settings.network.allowed_sources:
        if address_range(tag) is None:
            yield _inbound(f"allow-clients-{tag.lower()}", source=tag, destination=destination, ports=ports)


def _inbound(
    name: str, *, source: str | None, destination: str, ports: list[str], protocol: str = "Tcp"
) -> dict[str, Any]:
    rule: dict[str, Any] = {
        "name": name,
        "access": "Allow",
        "direction": "Inbound",
        "protocol": protocol,
        "source_port_range": "*",
        "destination_address_prefix": destination,
    }
    if source is not None:
        rule["source_address_prefix"] = source
    return rule | ({"destination_port_range": ports[0]} if len(ports) == 1 else {"destination_port_ranges": ports})


class GatewayNetwork:
    """The children that make the network, and the id of the gateway's subnet."""

    def __init__(
        self,
        name: str,
        settings: GatewaySettings,
        common: Mapping[str, Any],
        values: Mapping[str, pulumi.Input[str]],
        opts: pulumi.ResourceOptions,
    ) -> None:
        network = settings.network

        security_group = azure_native.network.NetworkSecurityGroup(
            f"{name}-security-group",
            network_security_group_name=fill(network.security_group_name, values),
            security_rules=[azure_native.network.SecurityRuleArgs(**rule) for rule in security_rules(settings)],
            **common,
            opts=opts,
        )
        virtual_network = azure_native.network.VirtualNetwork(
            f"{name}-network",
            virtual_network_name=fill(network.name, values),
            address_space=azure_native.network.AddressSpaceArgs(address_prefixes=[network.address_prefix]),
            **common,
            opts=opts,
        )
        where = {"resource_group_name": common["resource_group_name"], "virtual_network_name": virtual_network.name}
        # One after the other, the gateway's last: a network takes one change of its subnets at a time, and a gateway
        # none in its network while it is made.
        before: list[pulumi.Resource] = []
        for subnet in network.additional_subnets:
            before = [
                azure_native.network.Subnet(
                    f"{name}-subnet-{subnet.name}",
                    subnet_name=subnet.name,
                    address_prefix=subnet.address_prefix,
                    **where,
                    opts=pulumi.ResourceOptions.merge(opts, pulumi.ResourceOptions(depends_on=before)),
                )
            ]
        self.subnet = azure_native.network.Subnet(
            f"{name}-gateway-subnet",
            subnet_name=network.subnet_name,
            address_prefix=network.subnet_prefix,
            network_security_group=azure_native.network.NetworkSecurityGroupArgs(id=security_group.id),
            delegations=[azure_native.network.DelegationArgs(name=_DELEGATION, service_name=_DELEGATION)],
            **where,
            opts=pulumi.ResourceOptions.merge(opts, pulumi.ResourceOptions(depends_on=before)),
        )
