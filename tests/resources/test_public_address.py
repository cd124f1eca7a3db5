"""The public address is made, read, or not there; it has the zones that its gateway needs."""

from typing import Any

import pulumi
import pytest

from .conftest import Build
from .recorder import ADDRESS, GATEWAY, PUBLIC_IP, SECURITY_GROUP, SUBSCRIPTION, Recorder


@pytest.mark.parametrize(
    "zones",
    [
        (None, None, None),
        (["1", "2", "3"], None, ["1", "2", "3"]),
        (["2"], None, ["2"]),
        (["2"], ["1", "2", "3"], ["1", "2", "3"]),
        (None, ["1", "2", "3"], ["1", "2", "3"]),
        (["1", "2"], [], None),
    ],
)
def test_the_address_has_its_own_zones_or_the_gateways(
    build: Build, recorder: Recorder, smallest: dict[str, Any], zones: tuple[list[str] | None, ...]
) -> None:
    """
    Zones given to the gateway alone are the address's too; the address's own stay its own, none among them.
    """
    gateway, address, expected = zones

    build(smallest | {"zones": gateway, "public_ip": {"zones": address}})

    assert gateway == recorder.the(GATEWAY).inputs.get("zones")
    assert expected == recorder.the(PUBLIC_IP).inputs.get("zones")


EXISTING = f"/subscriptions/{SUBSCRIPTION}/resourceGroups/rg-hub/providers/Microsoft.Network/publicIPAddresses/owned"
PRIVATE = {"listeners": [{"frontend": "Private"}], "private_ip": {"address": "10.0.0.250"}}
BOTH = PRIVATE | {
    "listeners": [{}, {"name": "inside", "frontend": "Private"}],
    "routes": [{"priority": 10}, {"name": "inside", "listener": "inside", "priority": 20}],
}


def frontends(recorder: Recorder) -> dict[str, Any]:
    """The frontends that are requested, by name."""
    return {each.pop("name"): each for each in recorder.the(GATEWAY).inputs["frontendIPConfigurations"]}


def destinations(recorder: Recorder) -> dict[str, str]:
    """Where clients may go, by the name of the rule."""
    rules = recorder.the(SECURITY_GROUP).inputs["securityRules"]
    return {each["name"]: each["destinationAddressPrefix"] for each in rules if "clients" in each["name"]}


def test_an_existing_address_is_read_and_left_to_its_owner(
    build: Build, recorder: Recorder, smallest: dict[str, Any]
) -> None:
    """An address by id is used as it is: none is made, and the outputs say what it is."""
    outputs = build(smallest | {"public_ip": {"id": EXISTING}}).outputs

    assert [EXISTING] == recorder.reads
    assert () == recorder.of(PUBLIC_IP)
    assert {"public": {"publicIPAddress": {"id": EXISTING}}} == frontends(recorder)
    assert (ADDRESS, None) == (outputs["publicAddress"], outputs["privateAddress"])
    assert "https://owned.westeurope.cloudapp.azure.com/" == outputs["url"]


def test_a_private_gateway_has_no_public_address(build: Build, recorder: Recorder, smallest: dict[str, Any]) -> None:
    """Where every listener is private there is one frontend, in the gateway's subnet, and nothing public."""
    outputs = build(smallest | PRIVATE).outputs

    assert () == recorder.of(PUBLIC_IP)
    assert ["private"] == list(frontends(recorder))
    assert (None, "10.0.0.250", None) == tuple(outputs[key] for key in ("publicAddress", "privateAddress", "fqdn"))
    assert "https://10.0.0.250/" == outputs["url"]
    assert {"allow-private-clients-virtualnetwork": "10.0.0.0/24"} == destinations(recorder)


def test_a_preview_says_what_a_private_gateway_needs(
    build: Build, recorder: Recorder, smallest: dict[str, Any]
) -> None:
    """The subscription's feature and the way to the internet are in each preview, and stop nothing."""
    build(smallest | PRIVATE, preview=True)

    said = [line.split(":")[0] for line in recorder.said("INFO")]
    assert {"private-only", "no-way-to-internet"} <= set(said)
    assert "EnableApplicationGatewayNetworkIsolation" in "".join(recorder.said("INFO"))


def test_an_unused_public_address_is_kept_where_that_is_said(
    build: Build, recorder: Recorder, smallest: dict[str, Any]
) -> None:
    """Without the subscription's feature a public address stays, which no listener uses and no client may reach."""
    outputs = build(smallest | PRIVATE | {"public_ip": {"keep_unused": True}}).outputs

    assert ["public", "private"] == list(frontends(recorder))
    assert (ADDRESS, "https://10.0.0.250/") == (outputs["publicAddress"], outputs["url"])
    assert {"allow-private-clients-virtualnetwork": "10.0.0.0/24"} == destinations(recorder)
    assert not [line for line in recorder.said("WARNING") if "unused-part" in line]


def test_one_port_on_both_frontends_is_let_in_by_address(
    build: Build, recorder: Recorder, smallest: dict[str, Any]
) -> None:
    """Clients of each frontend may reach its own address alone where both have the port."""
    build(smallest | BOTH)

    assert {"allow-clients-internet": ADDRESS, "allow-private-clients-virtualnetwork": "10.0.0.250"} == destinations(
        recorder
    )


@pytest.mark.parametrize("subnet", [None, f"{EXISTING.partition('/publicIP')[0]}/virtualNetworks/v/subnets/s"])
def test_a_private_gateway_in_another_subscription_is_refused(
    build: Build, recorder: Recorder, smallest: dict[str, Any], subnet: str | None
) -> None:
    """Without a public address the subnet is what the gateway's subscription is compared with."""
    recorder.gateway_subscription = "22222222-2222-2222-2222-222222222222"

    with pytest.raises(pulumi.RunError, match="subscriptions-differ"):
        build(smallest | PRIVATE | {"network": {"subnet_id": subnet} if subnet else {}})


def test_a_label_with_a_scope_and_protection(build: Build, recorder: Recorder, smallest: dict[str, Any]) -> None:
    """What is asked for is sent, and nothing else: a plan only where one is given."""
    plan = f"{EXISTING.partition('/publicIP')[0]}/ddosProtectionPlans/plan"
    given = {"domain_name_label": "edge", "domain_name_label_scope": "NoReuse", "ddos_protection": "Enabled"}
    build(smallest | {"public_ip": {**given, "ddos_protection_plan_id": plan}})

    (address,) = recorder.of(PUBLIC_IP)
    assert {"domainNameLabel": "edge", "domainNameLabelScope": "NoReuse"} == address.inputs["dnsSettings"]
    assert {"protectionMode": "Enabled", "ddosProtectionPlan": {"id": plan}} == address.inputs["ddosSettings"]


def test_protection_without_a_plan_or_none_asked_for(
    build: Build, recorder: Recorder, smallest: dict[str, Any]
) -> None:
    """An address that exists stays as it is until protection is asked for."""
    build(smallest)
    build(smallest | {"public_ip": {"ddos_protection": "Disabled"}})

    plain, disabled = recorder.of(PUBLIC_IP)
    assert {"dnsSettings", "ddosSettings"}.isdisjoint(plain.inputs)
    assert {"protectionMode": "Disabled"} == disabled.inputs["ddosSettings"]
