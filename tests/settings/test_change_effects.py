"""What a change of something deployed does: each row has a change that breaks it and one that keeps it."""

from typing import Any

import pytest
from mtls_app_gateway.document.placeholder import Placeholder
from mtls_app_gateway.document.view import view
from mtls_app_gateway.problems import Severity
from mtls_app_gateway.settings.change_effects import (
    PLACEMENT_ROWS,
    judge_address_update,
    judge_gateway_update,
    judge_network_update,
    judge_placement,
    placement_of,
)
from mtls_app_gateway.settings.problem_rows import CHANGE_REFUSED
from mtls_app_gateway.settings.settings import GatewaySettings

IDS = "/subscriptions/s/resourceGroups/rg/providers/Microsoft.Network"
DEPLOYED: dict[str, Any] = {
    "name": "edge-gateway0a1b2c3d",
    "properties": {
        "frontendIPConfigurations": [
            {"name": "public", "properties": {"publicIPAddress": {"id": f"{IDS}/publicIPAddresses/edge-public-ip1"}}},
            # A subnet of another resource group, which places nothing of ours.
            {"name": "private", "properties": {"subnet": {"id": f"{IDS.replace('/rg/', '/hub/')}/subnets/s"}}},
        ],
        "gatewayIPConfigurations": [
            {"name": "gateway", "properties": {"subnet": {"id": f"{IDS}/virtualNetworks/edge-network1/subnets/edge"}}}
        ],
    },
}
OWN_NETWORK = {
    "network.subnetName": "gateway",
    "network.subnetPrefix": "10.0.0.0/24",
    "network.addressPrefix": "10.0.0.0/16",
}
BEFORE = {"resourceGroupName": "rg", **OWN_NETWORK}
NAMED = {
    **BEFORE,
    "gatewayName": "agw",
    "publicIp.name": "pip",
    "network.name": "vnet",
    "network.securityGroupName": "nsg",
}


def shown(problems: Any) -> list[tuple[str, str, Severity, str | None]]:
    """Code, place, severity and Azure's code of each problem."""
    return [(problem.rule, problem.where, problem.severity, problem.azure_code) for problem in problems]


REPLACED, IN_USE = "PublicIPAddressCannotBeDeleted", "InUseSubnetCannotBeDeleted"
FRONTEND = "ApplicationGatewayFrontendIpPublicIpAddressCannotBeChanged"
MAY, REFUSED = ("change-may-be-refused", Severity.WARNING), ("change-refused", Severity.ERROR)
REPLACES = ("change-replaces", Severity.WARNING)


@pytest.mark.parametrize(
    ("before", "where", "value", "expected"),
    [
        (BEFORE, "resourceGroupName", "rg-other", (REPLACES, None)),
        (NAMED, "gatewayName", "agw-2", (REPLACES, None)),
        (BEFORE, "gatewayName", "agw", (MAY, None)),
        (NAMED, "publicIp.name", "pip-2", (REFUSED, REPLACED)),
        (BEFORE, "publicIp.name", "pip", (REFUSED, FRONTEND)),
        (NAMED, "network.name", "vnet-2", (MAY, IN_USE)),
        (BEFORE, "network.name", "vnet", (MAY, IN_USE)),
        (BEFORE, "network.subnetName", "other", (MAY, IN_USE)),
        (NAMED, "network.securityGroupName", "nsg-2", (MAY, "InUseNetworkSecurityGroupCannotBeDeleted")),
        (BEFORE, "network.subnetPrefix", "10.0.1.0/24", (MAY, None)),
        (BEFORE, "network.addressPrefix", "10.0.0.0/17", (MAY, None)),
        (BEFORE, "network.addressPrefix", "fd00::/56", (MAY, None)),
        ({}, "gatewayName", "agw", (REPLACES, None)),
    ],
)
def test_a_change_of_place_or_name(before: dict[str, str], where: str, value: str, expected: Any) -> None:
    """Each placing setting has its own effect, which depends on whether the old name was given or automatic."""
    (code, severity), azure_code = expected
    deployed = view({} if before is NAMED else DEPLOYED)

    assert [(code, where, severity, azure_code)] == shown(judge_placement(before, {**before, where: value}, deployed))


@pytest.mark.parametrize(
    "after",
    [
        BEFORE,
        {},
        {**BEFORE, "gatewayName": "EDGE-gateway0a1b2c3d", "publicIp.name": "edge-public-ip1"},
        {**BEFORE, "network.name": "edge-network1"},
        {**BEFORE, "network.securityGroupName": "nsg"},
        {**BEFORE, "network.addressPrefix": "10.0.0.0/8"},
        {**BEFORE, "resourceGroupName": "RG"},
    ],
    ids=["same", "nothing known", "the names there are", "the network there is", "group", "wider", "case"],
)
def test_what_changes_nothing_is_not_spoken_of(after: dict[str, str]) -> None:
    """The names that the resources have already may be written down; a range may grow."""
    assert [] == shown(judge_placement(BEFORE, after, view(DEPLOYED)))


def test_a_component_that_deployed_nothing_is_not_judged() -> None:
    """Without a deployed gateway an automatic name is not known, and nothing is in use."""
    assert [] == shown(judge_placement(BEFORE, {**BEFORE, "publicIp.name": "pip", "gatewayName": "agw"}, view({})))


def test_a_given_subnet_is_not_taken_for_our_own_network() -> None:
    """A gateway that leaves a given subnet for a network of its own replaces no network."""
    before = {"resourceGroupName": "rg"}

    assert [] == shown(judge_placement(before, {**BEFORE, "network.name": "vnet"}, view(DEPLOYED)))


def test_every_row_says_why_it_is_known() -> None:
    """A refusal has a record or a page; what is inferred is a warning."""
    assert all(row.source for row in PLACEMENT_ROWS)
    assert [] == [row.where for row in PLACEMENT_ROWS if row.change is CHANGE_REFUSED and "github" not in row.source]


@pytest.mark.parametrize("network", [{}, {"subnetId": f"{IDS}/virtualNetworks/v/subnets/s"}])
def test_the_placing_settings(network: dict[str, str]) -> None:
    """Names and ranges count as they were given; a given subnet has none of its own network's."""
    settings = GatewaySettings.model_validate(
        {"resourceGroupName": "rg", "gatewayName": "agw", "publicIp": {"name": "pip"}, "network": network}
    )
    names = {"resourceGroupName": "rg", "gatewayName": "agw", "publicIp.name": "pip"}

    assert names | ({} if network else OWN_NETWORK) == placement_of(settings)


def inputs(**changed: Any) -> dict[str, Any]:
    """A gateway's inputs in Pulumi's spelling."""
    given: dict[str, Any] = {
        "location": "West Europe",
        "zones": ["1", "2"],
        "frontendIPConfigurations": [{"name": "public", "publicIPAddress": {"id": f"{IDS}/publicIPAddresses/a"}}],
        "gatewayIPConfigurations": [{"name": "gateway", "subnet": {"id": f"{IDS}/virtualNetworks/v/subnets/s"}}],
    }
    return given | changed


def subnet(identifier: str) -> list[dict[str, Any]]:
    return [{"name": "gateway", "subnet": {"id": identifier}}]


def address(identifier: str) -> list[dict[str, Any]]:
    return [{"name": "public", "publicIPAddress": {"id": identifier}}]


LATER = Placeholder("(known later)")
ZONES = "ResourceAvailabilityZonesCannotBeModified"


@pytest.mark.parametrize(
    ("changed", "where", "expected"),
    [
        ({"zones": ["1"]}, "zones", (REFUSED, ZONES)),
        ({"zones": None}, "zones", (REFUSED, ZONES)),
        ({"location": "northeurope"}, "location", (MAY, "InvalidResourceLocation")),
        (
            {"frontendIPConfigurations": address(f"{IDS}/publicIPAddresses/b")},
            "publicIp",
            (REFUSED, FRONTEND),
        ),
        ({"frontendIPConfigurations": address(LATER)}, "publicIp", (MAY, FRONTEND)),
        (
            {"gatewayIPConfigurations": subnet(f"{IDS}/virtualNetworks/v/subnets/other")},
            "network",
            (REFUSED, None),
        ),
        ({"gatewayIPConfigurations": subnet(LATER)}, "network", (MAY, None)),
    ],
)
def test_an_update_of_the_gateway(changed: dict[str, Any], where: str, expected: Any) -> None:
    """What azure-native takes for an update, and Azure does not."""
    (code, severity), azure_code = expected

    assert [(code, where, severity, azure_code)] == shown(judge_gateway_update(inputs(), inputs(**changed)))


@pytest.mark.parametrize(
    "changed",
    [
        {},
        {"zones": ["2", "1"], "location": "westeurope"},
        {"location": LATER},
        {"location": None},
        {"frontendIPConfigurations": address(f"{IDS.lower()}/publicipaddresses/A")},
        {"frontendIPConfigurations": LATER},
        {"frontendIPConfigurations": [{"name": "private", "publicIPAddress": None}]},
    ],
    ids=["else", "order and spelling", "later location", "no location", "case", "later", "nothing to compare"],
)
def test_an_update_in_place(changed: dict[str, Any]) -> None:
    """Everything else happens in place, with a note of what that costs."""
    (problem,) = judge_gateway_update(inputs(), inputs(**changed))

    assert ("change-in-place", Severity.NOTE) == (problem.rule, problem.severity)
    assert "30 s" in problem.saw


PUBLIC = {"name": "public", "publicIPAddress": {"id": f"{IDS}/publicIPAddresses/a"}}
PRIVATE = {"name": "private", "subnet": {"id": "s"}, "privateIPAddress": "10.0.0.250"}


@pytest.mark.parametrize(
    ("before", "after", "expected"),
    [
        ([PUBLIC], [PUBLIC, PRIVATE], []),
        ([PUBLIC, PRIVATE], [PUBLIC], []),
        ([PRIVATE], [PRIVATE | {"name": "PRIVATE"}], []),
        ([PUBLIC, PRIVATE], [PRIVATE], ["publicIp"]),
        ([PUBLIC], [PUBLIC | {"name": "other"}], ["publicIp"]),
        ([PRIVATE], [PRIVATE | {"name": "other"}], ["privateIp"]),
        ([PRIVATE], [PRIVATE | {"privateIPAddress": "10.0.0.251"}], ["privateIp.address"]),
    ],
)
def test_an_update_of_the_frontends(before: list[Any], after: list[Any], expected: list[str]) -> None:
    """Renames, another private address, and the end of the public one are warned of; a frontend more or less is not."""
    found = judge_gateway_update({"frontendIPConfigurations": before}, {"frontendIPConfigurations": after})

    assert [(*MAY[:1], where, MAY[1], None) for where in expected] == [
        each for each in shown(found) if each[0] != "change-in-place"
    ]


def test_the_names_of_an_address_that_was_brought_are_not_the_components() -> None:
    """An existing address in another resource group says nothing of where the component's own resources are."""
    placed = view({"properties": {"frontendIPConfigurations": [{"name": "p", "properties": {
        "publicIPAddress": {"id": f"{IDS.replace('/rg/', '/hub/')}/publicIPAddresses/owned"}
    }}]}})  # fmt: skip
    given = {"resourceGroupName": "rg", "publicIp.id": "owned"}

    assert [] == list(judge_placement(given, given, placed))
    assert ["resourceGroupName"] == [each.where for each in judge_placement({"resourceGroupName": "rg"}, given, placed)]


def test_an_update_of_the_address() -> None:
    """Its zones are as fixed as the gateway's."""
    (problem,) = judge_address_update({"zones": ["1", "2", "3"]}, {})

    assert [("change-refused", "zones", Severity.ERROR, ZONES)] == shown([problem])
    assert "1, 2, 3 become none" in problem.saw
    assert () == tuple(judge_address_update({"tags": {}}, {"tags": {"a": "b"}}))


def test_an_update_of_the_network() -> None:
    """A gateway that is running asks the old DNS servers."""
    own, azure = {"dhcpOptions": {"dnsServers": ["10.0.9.4", "10.0.9.5"]}}, {"dhcpOptions": None}

    (problem,) = judge_network_update(azure, own)
    assert [("change-needs-restart", "network.dnsServers", Severity.WARNING, None)] == shown([problem])
    assert "Azure's own become 10.0.9.4, 10.0.9.5" == problem.saw
    assert () == (*judge_network_update(own, {**own, "tags": {"a": "b"}}), *judge_network_update(azure, {}))
