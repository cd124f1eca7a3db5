"""What the network has beside the gateway, on the real engine."""

from typing import Any

from tests.engine.component_program import CONFIG, Words, changes, edge, mint, smallest
from tests.engine.conftest import MakeStack, RunningEmulator

NETWORK = "Microsoft.Network/virtualNetworks"
SUBNET = f"{NETWORK}/subnets"
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
