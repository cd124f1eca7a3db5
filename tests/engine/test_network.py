"""What the network has beside the gateway, on the real engine."""

from typing import Any

import pulumi
from mtls_app_gateway.resources.azure_resource import SECURITY_GROUP, AzureResource
from mtls_app_gateway.resources.network import security_rules
from mtls_app_gateway.settings.settings import GatewaySettings

from tests.engine.component_program import CONFIG, Words, changes, edge, mint, smallest
from tests.engine.conftest import MakeStack, RunningEmulator

NETWORK = "Microsoft.Network/virtualNetworks"
SUBNET = f"{NETWORK}/subnets"
ADDRESS = "Microsoft.Network/publicIPAddresses"
HUB = "/subscriptions/00000000-0000-0000-0000-000000000001/resourceGroups/hub/providers/Microsoft.Network"


def test_each_extra_is_an_update_of_the_network_alone(stack: MakeStack, emulator: RunningEmulator) -> None:
    """The same settings change nothing, each edit is one update, and the subnets outlive a change of the network."""
    material, network = mint(), dict[str, Any]()
    made, words = stack(edge(lambda: smallest(material, network=network)), config=CONFIG), Words()
    words.up(made)

    network["dns_servers"] = ["10.0.9.4"]
    assert {"update": 1} == changes(words.up(made))
    assert "change-needs-restart: network.dnsServers" in str(words)
    assert {"dnsServers": ["10.0.9.4"]} == emulator.the(NETWORK)["properties"]["dhcpOptions"]

    for key, value, arm, sent in (
        ("service_endpoints", ["Microsoft.KeyVault"], "serviceEndpoints", [{"service": "Microsoft.KeyVault"}]),
        ("nat_gateway_id", f"{HUB}/natGateways/out", "natGateway", {"id": f"{HUB}/natGateways/out"}),
        ("route_table_id", f"{HUB}/routeTables/routes", "routeTable", {"id": f"{HUB}/routeTables/routes"}),
    ):
        network[key] = value
        assert {"update": 1} == changes(words.up(made)), key
        assert sent == emulator.the(SUBNET)["properties"][arm]
    assert {} == changes(words.up(made))


def test_private_subnets_and_protection_come_and_go(stack: MakeStack, emulator: RunningEmulator) -> None:
    """Each is one update of what it protects, and taking all away is an update of these alone."""
    material, settings = mint(), dict[str, Any](network={}, public_ip={"domain_name_label": "contoso"})
    made, words = stack(edge(lambda: smallest(material, **settings)), config=CONFIG), Words()
    words.up(made)

    plan = f"{HUB}/ddosProtectionPlans/plan"
    settings["network"] = {"ddos_protection_plan_id": plan}
    assert {"update": 1} == changes(words.up(made))
    assert {"id": plan} == emulator.the(NETWORK)["properties"]["ddosProtectionPlan"]
    settings["network"] = {"ddos_protection_plan_id": plan, "default_outbound_access": False}
    assert {"update": 1} == changes(words.up(made))
    assert emulator.the(SUBNET)["properties"]["defaultOutboundAccess"] is False
    settings["public_ip"] = {"domain_name_label": "contoso", "ddos_protection": "Enabled"}
    assert {"update": 1} == changes(words.up(made))
    assert {"protectionMode": "Enabled"} == emulator.the(ADDRESS)["properties"]["ddosSettings"]
    assert {} == changes(words.up(made))

    settings["public_ip"] |= {"domain_name_label_scope": "NoReuse"}
    assert {"update": 1} == changes(words.up(made))
    assert "NoReuse" == emulator.the(ADDRESS)["properties"]["dnsSettings"]["domainNameLabelScope"]
    assert {} == changes(words.up(made))

    settings |= {"network": {}, "public_ip": {"domain_name_label": "contoso"}}
    assert {"update": 3} == changes(words.up(made))
    assert {} == changes(words.up(made))


def _their_group() -> AzureResource:
    rules = security_rules(GatewaySettings())
    inputs = {"resourceGroupName": "rg-hub", "location": "westeurope", "securityRules": rules}
    return AzureResource(SECURITY_GROUP, "theirs", inputs, pulumi.ResourceOptions())


def test_an_existing_security_group_comes_in(stack: MakeStack, emulator: RunningEmulator) -> None:
    """The subnet gets it, and the group that was made goes."""
    hub = stack(lambda: pulumi.export("id", _their_group().id), name="hub", config=CONFIG)
    material, network, words = mint(), dict[str, Any](), Words()
    made = stack(edge(lambda: smallest(material, network=network)), config=CONFIG)
    words.up(made)

    network["security_group_id"] = words.up(hub).outputs["id"].value
    assert {"update": 1, "delete": 1} == changes(words.up(made))
    assert {"id": network["security_group_id"]} == emulator.the(SUBNET)["properties"]["networkSecurityGroup"]
    assert {} == changes(words.up(made))
