"""Makes the gateway's network: virtual network, security group, subnets.

The security group and its rules are made before the subnet, and the subnet before the gateway: Azure refuses a
gateway whose subnet blocks its management ports. Source of the rules: Microsoft, Application Gateway
infrastructure configuration.
"""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import pulumi

from ..document.address_range import address_range
from ..settings.change_effects import judge_network_update
from ..settings.enums import FrontendKind
from ..settings.http_redirects import ports_of
from ..settings.settings import GatewaySettings
from .azure_resource import SECURITY_GROUP, SUBNET, VIRTUAL_NETWORK, AzureResource
from .changes import judged_update
from .placeholders import fill

_DELEGATION = "Microsoft.Network/applicationGateways"
_MANAGEMENT_PORTS = "65200-65535"


def security_rules(
    settings: GatewaySettings, public_address: pulumi.Input[str | None] = None
) -> tuple[dict[str, Any], ...]:
    """The inbound rules of the gateway's subnet."""
    rules = [*_client_rules(settings, public_address)]
    rules.append(_inbound("allow-gateway-manager", source="GatewayManager", destination="*", ports=[_MANAGEMENT_PORTS]))
    rules.append(
        _inbound("allow-azure-load-balancer", source="AzureLoadBalancer", destination="*", ports=["*"], protocol="*")
    )
    return tuple({**rule, "priority": 100 + 10 * position} for position, rule in enumerate(rules))


def _client_rules(settings: GatewaySettings, public_address: pulumi.Input[str | None]) -> Iterator[dict[str, Any]]:
    subnet, network, private = settings.network.subnet_prefix, settings.network, settings.private_ip
    public_ports = ports_of(settings, FrontendKind.PUBLIC)
    private_ports = ports_of(settings, FrontendKind.PRIVATE)
    # Where both frontends have a port, Azure looks for the frontend's address, not the subnet's range, as destination.
    is_shared = bool(set(public_ports) & set(private_ports))
    yield from _rules_for(
        "allow-clients", network.allowed_sources, public_address if is_shared else subnet, public_ports
    )
    if private is not None:
        yield from _rules_for(
            "allow-private-clients", private.allowed_sources, private.address if is_shared else subnet, private_ports
        )


def _rules_for(
    name: str, sources: Sequence[str], destination: pulumi.Input[str | None], listened: Sequence[int]
) -> Iterator[dict[str, Any]]:
    ports = [str(port) for port in sorted(listened)]
    # A list of sources takes address ranges alone; each service tag needs a rule of its own.
    ranges = [source for source in sources if address_range(source) is not None]
    if ports and ranges:
        rule = _inbound(name, source=None, destination=destination, ports=ports)
        yield {**rule, "sourceAddressPrefixes": ranges}
    for tag in sources if ports else ():
        if address_range(tag) is None:
            yield _inbound(f"{name}-{tag.lower()}", source=tag, destination=destination, ports=ports)


def _inbound(
    name: str, *, source: str | None, destination: pulumi.Input[str | None], ports: list[str], protocol: str = "Tcp"
) -> dict[str, Any]:
    rule: dict[str, Any] = {
        "name": name,
        "access": "Allow",
        "direction": "Inbound",
        "protocol": protocol,
        "sourcePortRange": "*",
        "destinationAddressPrefix": destination,
    }
    if source is not None:
        rule["sourceAddressPrefix"] = source
    return rule | ({"destinationPortRange": ports[0]} if len(ports) == 1 else {"destinationPortRanges": ports})


class GatewayNetwork:
    """The resources of the network, and the gateway's subnet among them."""

    def __init__(
        self,
        name: str,
        settings: GatewaySettings,
        common: Mapping[str, Any],
        values: Mapping[str, pulumi.Input[str]],
        *,
        public_address: pulumi.Input[str | None],
        component: pulumi.Resource,
    ) -> None:
        network, opts = settings.network, pulumi.ResourceOptions(parent=component)

        security_group_id: pulumi.Input[str] = fill(network.security_group_id, values)
        if network.security_group_id is None:
            inputs = {
                "networkSecurityGroupName": fill(network.security_group_name, values),
                "securityRules": security_rules(settings, public_address),
                **common,
            }
            security_group_id = AzureResource(SECURITY_GROUP, f"{name}-security-group", inputs, opts).id
        virtual_network = AzureResource(
            VIRTUAL_NETWORK,
            f"{name}-network",
            {
                "virtualNetworkName": fill(network.name, values),
                "addressSpace": {"addressPrefixes": [network.address_prefix]},
                "dhcpOptions": {"dnsServers": list(network.dns_servers)} if network.dns_servers else None,
                **_protection(network.ddos_protection_plan_id, values),
                **common,
            },
            pulumi.ResourceOptions.merge(
                opts,
                pulumi.ResourceOptions(hooks=judged_update(f"{name}-network", judge_network_update, component)),
            ),
        )
        shared = {
            "resourceGroupName": common["resourceGroupName"],
            "virtualNetworkName": virtual_network.returned("name"),
            "defaultOutboundAccess": network.default_outbound_access,
        }
        # One after the other, the gateway's last: a network takes one change of its subnets at a time, and a gateway
        # none in its network while it is made.
        before: list[pulumi.Resource] = []
        for subnet in network.additional_subnets:
            inputs = {"subnetName": subnet.name, "addressPrefix": subnet.address_prefix, **shared}
            before = [AzureResource(SUBNET, f"{name}-subnet-{subnet.name}", inputs, _after(before, opts))]
        self.subnet = AzureResource(
            SUBNET,
            f"{name}-gateway-subnet",
            {
                "subnetName": network.subnet_name,
                "addressPrefix": network.subnet_prefix,
                "networkSecurityGroup": {"id": security_group_id},
                "delegations": [{"name": _DELEGATION, "serviceName": _DELEGATION}],
                "serviceEndpoints": [{"service": service} for service in network.service_endpoints] or None,
                "natGateway": _reference(network.nat_gateway_id, values),
                "routeTable": _reference(network.route_table_id, values),
                **shared,
            },
            _after(before, opts),
        )


def _reference(identifier: str | None, values: Mapping[str, pulumi.Input[str]]) -> dict[str, Any] | None:
    return None if identifier is None else {"id": fill(identifier, values)}


def _protection(plan_id: str | None, values: Mapping[str, pulumi.Input[str]]) -> dict[str, Any]:
    plan = _reference(plan_id, values)
    return {} if plan is None else {"enableDdosProtection": True, "ddosProtectionPlan": plan}


def _after(resources: list[pulumi.Resource], opts: pulumi.ResourceOptions) -> pulumi.ResourceOptions:
    return pulumi.ResourceOptions.merge(opts, pulumi.ResourceOptions(depends_on=resources))
