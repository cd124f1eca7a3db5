"""ARM's rules about the network around a gateway, and about deleting what is still in use."""

from collections.abc import Iterator, Mapping
from ipaddress import ip_network
from itertools import combinations
from typing import Any

from ..document.arm_types import Kind, Shape
from . import arm_address_rules
from .arm_error import Refusal
from .arm_gateway_rules import references_below
from .arm_rules import ArmDocument, ArmRule, Request
from .kinds import GATEWAY

_PLATFORM_PORTS = range(65200, 65536)
_ANYWHERE = frozenset({"*", "internet", "0.0.0.0/0"})


def _address_is_standard(request: Request) -> Iterator[str]:
    for _, frontend in request.parts("frontendIPConfigurations"):
        address = request.other(frontend.get("publicIPAddress"))
        sku = str((request.properties.get("sku") or {}).get("name"))
        if address and sku.endswith("_v2") and (address.get("sku") or {}).get("name") != "Standard":
            yield (
                f"Application gateway {request.put.id} with SKU {sku} can only reference public ip with Standard SKU."
            )


def _zonal_addresses(request: Request) -> Iterator[tuple[str, set[str], set[str]]]:
    """For a gateway with zones: each public address in the subscription, its zones, and the gateway's."""
    zones = set(map(str, request.put.document.get("zones") or ()))
    for _, frontend in request.parts("frontendIPConfigurations"):
        address = request.other(frontend.get("publicIPAddress"))
        if zones and address is not None:
            yield str(address["id"]), set(map(str, address.get("zones") or ())), zones


def _zonal_gateway_has_a_zonal_address(request: Request) -> Iterator[str]:
    for identity, has, _ in _zonal_addresses(request):
        if not has:
            yield f"Zonal Application Gateway {request.put.id} cannot reference public IP {identity} without zones."


def _address_has_all_zones(request: Request) -> Iterator[str]:
    for identity, has, wants in _zonal_addresses(request):
        if has and not wants <= has:
            yield f"Public IP {identity} has the zones {sorted(has)}; it needs all of the gateway's, {sorted(wants)}."


def _new_gateway_has_a_delegated_subnet(request: Request) -> Iterator[str]:
    """Reported for new v2 gateways, public ones too; not known for existing gateways, which are therefore let pass."""
    if request.before is not None or not str((request.properties.get("sku") or {}).get("tier")).endswith("_v2"):
        return
    for _, place in request.parts("gatewayIPConfigurations"):
        subnet = request.other(place.get("subnet"))
        delegations = (subnet or {}).get("properties", {}).get("delegations") or ()
        services = [str(each.get("properties", {}).get("serviceName")).lower() for each in delegations]
        if subnet is not None and GATEWAY.lower() not in services:
            yield (
                f"Application Gateway {request.put.id} with network isolation requires that its subnet "
                f"{(place.get('subnet') or {}).get('id')} is delegated to {GATEWAY}."
            )


def _security_groups(request: Request) -> Iterator[tuple[str, list[Mapping[str, Any]]]]:
    """The rules on each subnet of a v2 gateway, by the id of their security group, first to last."""
    if not str((request.properties.get("sku") or {}).get("tier")).endswith("_v2"):
        return
    for _, place in request.parts("gatewayIPConfigurations"):
        subnet = request.other(place.get("subnet"))
        reference = (subnet or {}).get("properties", {}).get("networkSecurityGroup")
        group = request.other(reference)
        if group is not None:
            yield str(reference["id"]), _rules_of(str(reference["id"]), group, request.others)


def _rules_of(identity: str, group: ArmDocument, others: Mapping[str, ArmDocument]) -> list[Mapping[str, Any]]:
    inside = [rule.get("properties", {}) for rule in group.get("properties", {}).get("securityRules") or ()]
    prefix = f"{identity}/securityRules/".lower()
    beside = [found.get("properties", {}) for known, found in others.items() if known.startswith(prefix)]
    return sorted([*inside, *beside], key=lambda rule: int(rule["priority"]))


def _admits_the_platform(request: Request) -> Iterator[str]:
    for identity, rules in _security_groups(request):
        blocked = set(_PLATFORM_PORTS)
        for rule in rules:
            if rule["direction"] != "Inbound" or rule["protocol"] not in ("Tcp", "*") or not _is_from_manager(rule):
                continue
            matched = {port for port in blocked if any(port in span for span in _ports(rule))}
            if matched and rule["access"] == "Deny":
                break
            blocked -= matched
        if blocked:
            yield (
                f"Network security group {identity} blocks incoming internet traffic on ports 65200 - 65535 to subnet. "
                "This is not permitted for Application Gateways that have V2 Sku."
            )


def _is_from_manager(rule: Mapping[str, Any]) -> bool:
    sources = [rule.get("sourceAddressPrefix"), *(rule.get("sourceAddressPrefixes") or ())]
    return any(str(source).lower() in _ANYWHERE | {"gatewaymanager"} for source in sources)


def _ports(rule: Mapping[str, Any]) -> Iterator[range]:
    for ports in [rule.get("destinationPortRange"), *(rule.get("destinationPortRanges") or ())]:
        if ports == "*":
            yield range(65536)
        elif ports:
            first, _, last = str(ports).partition("-")
            yield range(int(first), int(last or first) + 1)


def _admits_outbound_traffic(request: Request) -> Iterator[str]:
    for identity, rules in _security_groups(request):
        denied = [rule for rule in rules if rule["direction"] == "Outbound" and rule["access"] == "Deny"]
        if any(rule["protocol"] in ("Tcp", "*") for rule in denied):
            yield (
                f"Network security group {identity} blocks outgoing internet traffic on subnet with Application "
                "Gateway. This is not permitted for Application Gateways that have V2 Sku."
            )


def _rules_do_not_conflict(request: Request) -> Iterator[str]:
    rules = list(request.parts("securityRules"))
    for (name, one), (other_name, other) in combinations(rules, 2):
        if (one.get("priority"), one.get("direction")) == (other.get("priority"), other.get("direction")):
            yield (
                f"Security rule {name} conflicts with rule {other_name}. Rules cannot have the same Priority and "
                "Direction."
            )


def _prefixes(properties: Mapping[str, Any]) -> list[str]:
    return [
        str(prefix)
        for prefix in (properties.get("addressPrefix"), *(properties.get("addressPrefixes") or ()))
        if prefix
    ]


def _network_of(request: Request) -> tuple[str, ArmDocument | None, list[tuple[str, list[str]]]]:
    """The network of a request, and its subnets with their prefixes after the request."""
    network_id = request.put.id.partition("/subnets/")[0]
    is_network = network_id == request.put.id
    network = request.put.document if is_network else request.others.get(network_id.lower())
    subnets = {
        str(part.get("name")): _prefixes(part.get("properties", {}))
        for part in (network or {}).get("properties", {}).get("subnets") or ()
    }
    prefix = f"{network_id}/subnets/".lower()
    for identity, found in request.others.items():
        if identity.startswith(prefix):
            subnets[str(found.get("name"))] = _prefixes(found.get("properties", {}))
    if not is_network:
        subnets[str(request.put.document["name"])] = _prefixes(request.properties)
    return network_id, network, list(subnets.items())


def _network_exists(request: Request) -> Iterator[str]:
    network_id, network, _ = _network_of(request)
    if network is None:
        yield (
            f"Can not perform requested operation on nested resource. Parent resource "
            f"'{network_id.rsplit('/', maxsplit=1)[-1]}' not found."
        )


def _subnets_are_inside(request: Request) -> Iterator[str]:
    _, network, subnets = _network_of(request)
    if network is None:
        return
    spaces = [ip_network(space) for space in network["properties"]["addressSpace"]["addressPrefixes"]]
    for name, prefixes in subnets:
        for prefix in map(ip_network, prefixes):
            if not any(prefix.version == space.version and prefix.subnet_of(space) for space in spaces):  # type: ignore[arg-type]
                yield (
                    f"Subnet '{name}' is not valid because its IP address range is outside the IP address range of "
                    f"virtual network '{network['name']}'."
                )


def _subnets_do_not_overlap(request: Request) -> Iterator[str]:
    _, network, subnets = _network_of(request)
    for (name, one), (_, other) in combinations(subnets, 2):
        if network and any(ip_network(a).overlaps(ip_network(b)) for a in one for b in other):
            yield (
                f"Subnet '{name}' is not valid because its IP address range overlaps with that of an existing subnet "
                f"in virtual network '{network['name']}'."
            )


def _security_groups_exist(request: Request) -> Iterator[str]:
    for subnet in (request.put.document, *(request.properties.get("subnets") or ())):
        group = subnet.get("properties", {}).get("networkSecurityGroup")
        if group and request.other(group) is None:
            yield (
                f"Resource {group.get('id')} referenced by resource {request.put.id} was not found. Please make sure "
                "that the referenced resource exists, and that both resources are in the same region."
            )


GATEWAY_NETWORK_RULES = (
    ArmRule(
        "address-is-standard",
        "ApplicationGatewayInvalidPublicIpSku",
        "github.com/Azure/azure-cli/issues/12059",
        _address_is_standard,
    ),
    ArmRule(
        "new-gateway-has-a-delegated-subnet",
        "ApplicationGatewayNetworkIsolationRequiresSubnetDelegation",
        "github.com/Azure/apim-landing-zone-accelerator/issues/149",
        _new_gateway_has_a_delegated_subnet,
    ),
    ArmRule(
        "zonal-gateway-has-a-zonal-address",
        "ZonalApplicationGatewayCannotReferenceNoZonePublicIp",
        "github.com/hashicorp/terraform-provider-azurerm/pull/10767",
        _zonal_gateway_has_a_zonal_address,
    ),
    ArmRule(
        "address-has-all-zones-of-the-gateway",
        None,
        "Microsoft Learn, application-gateway/configuration-frontend-ip",
        _address_has_all_zones,
    ),
    ArmRule(
        "admits-the-platform",
        "ApplicationGatewaySubnetInboundTrafficBlockedByNetworkSecurityGroup",
        "github.com/Azure/AKS-Construction/issues/333",
        _admits_the_platform,
    ),
    ArmRule(
        "admits-outbound-traffic",
        "ApplicationGatewaySubnetOutboundTrafficBlockedByNetworkSecurityGroup",
        "github.com/MicrosoftDocs/azure-docs/issues/84599",
        _admits_outbound_traffic,
    ),
)

SECURITY_GROUP_RULES = (
    *arm_address_rules.ADDRESS_RULES,
    ArmRule(
        "rules-do-not-conflict",
        "SecurityRuleConflict",
        "github.com/hashicorp/terraform-provider-azurerm/issues/11137",
        _rules_do_not_conflict,
    ),
)

NETWORK_RULES = (
    ArmRule(
        "security-groups-exist",
        "InvalidResourceReference",
        "github.com/Azure/terraform-provider-azapi/issues/200",
        _security_groups_exist,
    ),
    ArmRule(
        "network-exists",
        "ParentResourceNotFound",
        "Microsoft Learn, azure-resource-manager/troubleshooting/error-parent-resource",
        _network_exists,
    ),
    ArmRule(
        "subnets-are-inside",
        "NetcfgSubnetRangeOutsideVnet",
        "github.com/MicrosoftDocs/azure-docs/pull/123869",
        _subnets_are_inside,
    ),
    ArmRule(
        "subnets-do-not-overlap",
        "NetcfgSubnetRangesOverlap",
        "github.com/MicrosoftDocs/azure-docs/pull/123869",
        _subnets_do_not_overlap,
    ),
)

_IN_USE: Mapping[str, tuple[str, str, str]] = {
    "Microsoft.Network/publicIPAddresses": (
        "PublicIPAddressCannotBeDeleted",
        "Public IP address {} can not be deleted since it is still allocated to resource {}.",
        "github.com/ernestio/ernest/issues/514",
    ),
    "Microsoft.Network/virtualNetworks": (
        "InUseSubnetCannotBeDeleted",
        "Subnet of {} is in use by {} and cannot be deleted.",
        "github.com/kubernetes-sigs/cluster-api-provider-azure/issues/172",
    ),
    "Microsoft.Network/virtualNetworks/subnets": (
        "InUseSubnetCannotBeDeleted",
        "Subnet {} is in use by {} and cannot be deleted.",
        "github.com/kubernetes-sigs/cluster-api-provider-azure/issues/172",
    ),
    "Microsoft.Network/networkSecurityGroups": (
        "InUseNetworkSecurityGroupCannotBeDeleted",
        "Network security group {} cannot be deleted because it is in use by the following resources: {}.",
        "github.com/pulumi/pulumi-azure-native/issues/3051",
    ),
}


def refusals_to_delete(identity: str, document: ArmDocument, others: Mapping[str, ArmDocument]) -> list[Refusal]:
    """The reasons not to delete a resource: each other resource that still refers to it, or to a part of it."""
    if document["type"] not in _IN_USE:
        return []
    code, message, _ = _IN_USE[str(document["type"])]
    own = identity.lower()
    return [
        Refusal(code, message.format(identity, user["id"]))
        for known, user in others.items()
        if not f"{known}/".startswith(f"{own}/") and any(f"{used}/".startswith(f"{own}/") for used in _uses(user))
    ]


def _uses(document: ArmDocument) -> Iterator[str]:
    if document["type"] == GATEWAY:
        for _, identity in references_below(document, Shape(Kind.OBJECT, of=GATEWAY)):
            yield identity.lower()
    subnets = [document, *(document.get("properties", {}).get("subnets") or ())]
    for subnet in subnets:
        group = (subnet.get("properties", {}).get("networkSecurityGroup") or {}).get("id")
        if group:
            yield str(group).lower()
