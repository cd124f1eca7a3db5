"""The network that is registered is the one that Microsoft requires for a gateway."""

from typing import Any

import pulumi
import pytest

from .conftest import Build
from .recorder import GATEWAY, NETWORK, SECURITY_GROUP, SUBNET, SUBSCRIPTION, Recorder

GROUP = f"/subscriptions/{SUBSCRIPTION}/resourceGroups/rg-edge/providers/Microsoft.Network"
EXISTING = f"{GROUP}/virtualNetworks/hub/subnets/gateways"
ANY_PORT = {
    "name": "allow-azure-load-balancer",
    "access": "Allow",
    "direction": "Inbound",
    "protocol": "*",
    "sourceAddressPrefix": "AzureLoadBalancer",
    "sourcePortRange": "*",
    "destinationAddressPrefix": "*",
    "destinationPortRange": "*",
}
MANAGEMENT = {
    "name": "allow-gateway-manager",
    "access": "Allow",
    "direction": "Inbound",
    "protocol": "Tcp",
    "sourceAddressPrefix": "GatewayManager",
    "sourcePortRange": "*",
    "destinationAddressPrefix": "*",
    "destinationPortRange": "65200-65535",
}


def rules(recorder: Recorder) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = recorder.the(SECURITY_GROUP).inputs["securityRules"]
    return found


def clients(name: str, priority: int, **parts: Any) -> dict[str, Any]:
    return {
        "name": name,
        "priority": priority,
        "access": "Allow",
        "direction": "Inbound",
        "protocol": "Tcp",
        "sourcePortRange": "*",
        "destinationAddressPrefix": "10.0.0.0/24",
        **parts,
    }


def test_every_client_may_reach_the_listener_by_default(
    build: Build, recorder: Recorder, smallest: dict[str, Any]
) -> None:
    """The internet reaches the listener's port, Azure's management its own ports, and Azure's probes any."""
    build(smallest)

    assert [
        clients("allow-clients-internet", 100, sourceAddressPrefix="Internet", destinationPortRange="443"),
        {**MANAGEMENT, "priority": 110},
        {**ANY_PORT, "priority": 120},
    ] == rules(recorder)


def test_allowed_sources_are_ranges_in_one_rule_and_service_tags_in_their_own(
    build: Build, recorder: Recorder, smallest: dict[str, Any]
) -> None:
    """Address ranges share a rule; a list of sources takes no service tag, so each has a rule of its own."""
    sources = ["203.0.113.0/24", "AzureFrontDoor.Backend", "198.51.100.7", "VirtualNetwork"]
    listeners = [{"port": 8443}, {"name": "other", "port": 444}]
    routes = [{"priority": 10}, {"name": "other", "listener": "other", "priority": 20}]
    build(smallest | {"network": {"allowed_sources": sources}, "listeners": listeners, "routes": routes})

    ports = {"destinationPortRanges": ["444", "8443"]}
    assert [
        clients("allow-clients", 100, sourceAddressPrefixes=["203.0.113.0/24", "198.51.100.7"], **ports),
        clients("allow-clients-azurefrontdoor.backend", 110, sourceAddressPrefix="AzureFrontDoor.Backend", **ports),
        clients("allow-clients-virtualnetwork", 120, sourceAddressPrefix="VirtualNetwork", **ports),
        {**MANAGEMENT, "priority": 130},
        {**ANY_PORT, "priority": 140},
    ] == rules(recorder)


@pytest.mark.parametrize("sources", [["203.0.113.0/24"], ["Internet", "10.0.0.0/8"]])
def test_nothing_is_denied(build: Build, recorder: Recorder, smallest: dict[str, Any], sources: list[str]) -> None:
    """No rule denies, and none speaks of what goes out: a gateway whose way out is blocked does not work."""
    build(smallest | {"network": {"allowed_sources": sources}})

    assert {("Allow", "Inbound")} == {(rule["access"], rule["direction"]) for rule in rules(recorder)}


def test_the_gateway_has_a_delegated_subnet_of_its_own(
    build: Build, recorder: Recorder, smallest: dict[str, Any]
) -> None:
    """A /24 that is delegated to gateways and guarded by the security group, in a network of its own."""
    build(smallest)

    (subnet,) = recorder.of(SUBNET)
    network = recorder.the(NETWORK)
    delegation = "Microsoft.Network/applicationGateways"
    assert {"addressPrefixes": ["10.0.0.0/16"]} == network.inputs["addressSpace"]
    assert "gateway" == subnet.inputs["subnetName"]
    assert "10.0.0.0/24" == subnet.inputs["addressPrefix"]
    assert [{"name": delegation, "serviceName": delegation}] == subnet.inputs["delegations"]
    assert {"id": f"{GROUP}/networkSecurityGroups/edge-security-group0a1b2c3d"} == subnet.inputs["networkSecurityGroup"]
    assert "edge-network0a1b2c3d" == subnet.inputs["virtualNetworkName"]


def test_the_subnet_and_its_security_group_are_made_before_the_gateway(
    build: Build, recorder: Recorder, smallest: dict[str, Any]
) -> None:
    """The gateway waits for the subnet, the subnet for the security group with all its rules."""
    build(smallest)

    (subnet,) = recorder.of(SUBNET)
    assert subnet.urn in recorder.the(GATEWAY).depends_on
    assert recorder.the(SECURITY_GROUP).urn in subnet.depends_on


def test_names_and_ranges_are_settings(build: Build, recorder: Recorder, smallest: dict[str, Any]) -> None:
    """Network, security group and subnets are called and sized as requested; the gateway's is the last of them."""
    network = {
        "name": "vnet",
        "address_prefix": "10.8.0.0/16",
        "subnet_name": "edge",
        "subnet_prefix": "10.8.1.0/24",
        "security_group_name": "nsg",
        "additional_subnets": [
            {"name": "backends", "address_prefix": "10.8.2.0/24"},
            {"name": "tools", "address_prefix": "10.8.3.0/24"},
        ],
    }
    build(smallest | {"network": network})

    backends, tools, edge = recorder.of(SUBNET)
    assert "nsg" == recorder.the(SECURITY_GROUP).inputs["networkSecurityGroupName"]
    assert "vnet" == recorder.the(NETWORK).inputs["virtualNetworkName"]
    assert {"addressPrefixes": ["10.8.0.0/16"]} == recorder.the(NETWORK).inputs["addressSpace"]
    assert [("edge", "10.8.1.0/24"), ("backends", "10.8.2.0/24"), ("tools", "10.8.3.0/24")] == [
        (subnet.inputs["subnetName"], subnet.inputs["addressPrefix"]) for subnet in (edge, backends, tools)
    ]
    assert backends.urn in tools.depends_on
    assert tools.urn in edge.depends_on
    assert {"10.8.1.0/24"} == {rules(recorder)[0]["destinationAddressPrefix"]}


def test_nothing_is_sent_of_what_is_not_asked_for(build: Build, recorder: Recorder, smallest: dict[str, Any]) -> None:
    """A network that exists stays as it is until one of these is given."""
    build(smallest)

    (subnet,) = recorder.of(SUBNET)
    assert {"dhcpOptions", "ddosProtectionPlan"}.isdisjoint(recorder.the(NETWORK).inputs)
    assert {"serviceEndpoints", "natGateway", "routeTable", "defaultOutboundAccess"}.isdisjoint(subnet.inputs)


def test_dns_servers_endpoints_and_ways_out(build: Build, recorder: Recorder, smallest: dict[str, Any]) -> None:
    """The network asks these servers; endpoints, NAT gateway and routes are the gateway's subnet's alone."""
    network = {
        "dns_servers": ["10.0.9.4", "10.0.9.5"],
        "service_endpoints": ["Microsoft.KeyVault", "Microsoft.Storage"],
        "nat_gateway_id": pulumi.Output.from_input(f"{GROUP}/natGateways/out"),
        "route_table_id": f"{GROUP}/routeTables/routes",
        "additional_subnets": [{"name": "backends", "address_prefix": "10.0.2.0/24"}],
    }
    build(smallest | {"network": network})

    backends, edge = recorder.of(SUBNET)
    assert {"dnsServers": ["10.0.9.4", "10.0.9.5"]} == recorder.the(NETWORK).inputs["dhcpOptions"]
    assert [{"service": "Microsoft.KeyVault"}, {"service": "Microsoft.Storage"}] == edge.inputs["serviceEndpoints"]
    assert {"id": f"{GROUP}/natGateways/out"} == edge.inputs["natGateway"]
    assert {"id": f"{GROUP}/routeTables/routes"} == edge.inputs["routeTable"]
    assert {"serviceEndpoints", "natGateway", "routeTable"}.isdisjoint(backends.inputs)


def test_a_preview_says_what_a_route_table_may_break(
    build: Build, recorder: Recorder, smallest: dict[str, Any]
) -> None:
    """The table is its owner's and not read here: its default route is a note, with Azure's code."""
    build(smallest | {"network": {"route_table_id": f"{GROUP}/routeTables/routes"}}, preview=True)

    (said,) = [line for line in recorder.said("INFO") if line.startswith("default-route")]
    assert "ApplicationGatewaySubnetUserDefinedRouteNotAllowed" in said


def test_a_protected_network_with_private_subnets(build: Build, recorder: Recorder, smallest: dict[str, Any]) -> None:
    """The plan is the network's and switches its protection on; every subnet that is made is private or is not."""
    plan = f"{GROUP}/ddosProtectionPlans/plan"
    subnets = [{"name": "backends", "address_prefix": "10.0.2.0/24"}]
    network = {"ddos_protection_plan_id": plan, "default_outbound_access": False, "additional_subnets": subnets}
    build(smallest | {"network": network})

    made = recorder.the(NETWORK).inputs
    assert (True, {"id": plan}) == (made["enableDdosProtection"], made["ddosProtectionPlan"])
    assert [False, False] == [subnet.inputs["defaultOutboundAccess"] for subnet in recorder.of(SUBNET)]


def test_an_existing_security_group_takes_the_place_of_ours(
    build: Build, recorder: Recorder, smallest: dict[str, Any]
) -> None:
    """None is made, the subnet has the existing one, and a preview says what is not known of it."""
    group = f"{GROUP}/networkSecurityGroups/theirs"
    build(smallest | {"network": {"security_group_id": group}}, preview=True)

    (subnet,) = recorder.of(SUBNET)
    assert () == recorder.of(SECURITY_GROUP)
    assert {"id": group} == subnet.inputs["networkSecurityGroup"]
    (said,) = [line for line in recorder.said("INFO") if line.startswith("security-group-unread")]
    assert "clients in at 443, GatewayManager at 65200-65535" in said


def test_an_existing_subnet_takes_the_place_of_all_that(
    build: Build, recorder: Recorder, smallest: dict[str, Any]
) -> None:
    """With a subnet's id no network is made, and the gateway is in that subnet."""
    build(smallest | {"network": {"subnet_id": EXISTING}})

    assert () == (*recorder.of(NETWORK), *recorder.of(SUBNET), *recorder.of(SECURITY_GROUP))
    (configuration,) = recorder.the(GATEWAY).inputs["gatewayIPConfigurations"]
    assert {"id": EXISTING} == configuration["subnet"]


def test_a_redirect_from_http_opens_port_80_to_the_same_sources(
    build: Build, recorder: Recorder, smallest: dict[str, Any]
) -> None:
    """Whoever may reach the HTTPS listeners reaches the redirect to them, and no other client does."""
    build({**smallest, "redirectHttpToHttps": True, "network": {"allowedSources": ["203.0.113.0/24"]}})

    ports = {"destinationPortRanges": ["80", "443"]}
    first, *_ = rules(recorder)
    assert clients("allow-clients", 100, sourceAddressPrefixes=["203.0.113.0/24"], **ports) == first
