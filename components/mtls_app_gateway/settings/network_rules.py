"""The rules of what is around the gateway: resource group, ids, size, network, address.

Sources: Microsoft, Application Gateway infrastructure configuration; Virtual network service tags.
"""

import re
from collections.abc import Iterator

from ..document.address_range import AddressRange, address_range
from ..document.placeholder import is_placeholder
from ..escaping import quoted
from ..problems import Finding, Rule, Severity
from .implied import path_rules_of
from .settings import GatewaySettings, Network
from .shapes import given_keys

_DNS_LABEL = re.compile(r"[a-z][a-z0-9-]{1,61}[a-z0-9]")
_PROVIDERS = {
    "network.subnetId": r"Microsoft\.Network/virtualNetworks/[^/]+/subnets/[^/]+",
    "network.natGatewayId": r"Microsoft\.Network/natGateways/[^/]+",
    "network.routeTableId": r"Microsoft\.Network/routeTables/[^/]+",
    "network.ddosProtectionPlanId": r"Microsoft\.Network/ddosProtectionPlans/[^/]+",
    "publicIp.ddosProtectionPlanId": r"Microsoft\.Network/ddosProtectionPlans/[^/]+",
    "network.securityGroupId": r"Microsoft\.Network/networkSecurityGroups/[^/]+",
    "publicIp.id": r"Microsoft\.Network/publicIPAddresses/[^/]+",
    "wafPolicyId": r"Microsoft\.Network/ApplicationGatewayWebApplicationFirewallPolicies/[^/]+",
    "identityId": r"Microsoft\.ManagedIdentity/userAssignedIdentities/[^/]+",
}


def _resource_group_missing(settings: GatewaySettings) -> Iterator[Finding]:
    if settings.resource_group_name is None:
        yield Finding("resourceGroupName", "no resource group")


def _id_malformed(settings: GatewaySettings) -> Iterator[Finding]:
    given = {
        "network.subnetId": settings.network.subnet_id,
        "network.natGatewayId": settings.network.nat_gateway_id,
        "network.routeTableId": settings.network.route_table_id,
        "network.ddosProtectionPlanId": settings.network.ddos_protection_plan_id,
        "publicIp.ddosProtectionPlanId": settings.public_ip.ddos_protection_plan_id,
        "network.securityGroupId": settings.network.security_group_id,
        "publicIp.id": settings.public_ip.id,
        "wafPolicyId": settings.waf_policy_id,
        "identityId": settings.identity_id,
        **{f"{where}.wafPolicyId": path_rule.waf_policy_id for where, _, path_rule in path_rules_of(settings)},
    }
    for where, identifier in given.items():
        provider = _PROVIDERS["wafPolicyId" if where.endswith(".wafPolicyId") else where]
        pattern = rf"/subscriptions/[^/]+/resourceGroups/[^/]+/providers/{provider}"
        if identifier and not is_placeholder(identifier) and not re.fullmatch(pattern, identifier, re.IGNORECASE):
            shape = provider.replace("[^/]+", "NAME").replace("\\", "")
            yield Finding(
                where,
                f"{quoted(identifier, 60)} is not the id of such a resource",
                f"Write /subscriptions/ID/resourceGroups/NAME/providers/{shape}.",
            )


def _capacity(settings: GatewaySettings) -> Iterator[Finding]:
    scale = settings.autoscale
    if settings.capacity is not None and scale is not None:
        yield Finding("autoscale", "a fixed capacity and autoscale", "Give one of them.")
    if scale is not None and scale.min_capacity > scale.max_capacity:
        yield Finding("autoscale.minCapacity", f"{scale.min_capacity} is above {scale.max_capacity}", "Swap them.")


def _network_conflict(settings: GatewaySettings) -> Iterator[Finding]:
    made = ", ".join(given_keys(settings.network, "subnet_id", "ip_configuration_name"))
    if settings.network.subnet_id is not None and made:
        yield Finding("network.subnetId", f"an existing subnet, and {made} for a new network")
    private = settings.private_ip
    if settings.network.subnet_id is not None and private and "allowed_sources" in private.model_fields_set:
        saw = "an existing subnet, and sources for the security group of a new one"
        yield Finding("privateIp.allowedSources", saw)


def _prefixes(network: Network) -> Iterator[tuple[str, str]]:
    yield "network.subnetPrefix", network.subnet_prefix
    for position, subnet in enumerate(network.additional_subnets):
        yield f"network.additionalSubnets[{position}].addressPrefix", subnet.address_prefix


def _prefix_malformed(settings: GatewaySettings) -> Iterator[Finding]:
    whole = ("network.addressPrefix", settings.network.address_prefix)
    for where, prefix in (whole, *_prefixes(settings.network)):
        if not is_placeholder(prefix) and address_range(prefix) is None:
            yield Finding(where, f"{quoted(prefix, 60)} is no address range")


def _prefix_outside(settings: GatewaySettings) -> Iterator[Finding]:
    whole = address_range(settings.network.address_prefix)
    for where, prefix in _prefixes(settings.network):
        part = address_range(prefix)
        if whole and part and not (part.version == whole.version and part.subnet_of(whole)):  # type: ignore[arg-type]
            yield Finding(where, f"{part} is not inside {whole}")


def _prefix_overlap(settings: GatewaySettings) -> Iterator[Finding]:
    before: list[tuple[str, AddressRange]] = []
    for where, prefix in _prefixes(settings.network):
        part = address_range(prefix)
        if part is None:
            continue
        for other_where, other in before:
            if part.overlaps(other):
                yield Finding(where, f"{part} overlaps {other} of {other_where}")
        before.append((where, part))


def _subnet_small(settings: GatewaySettings) -> Iterator[Finding]:
    part = address_range(settings.network.subnet_prefix)
    if settings.network.subnet_id is None and part is not None and part.num_addresses < 256:
        yield Finding("network.subnetPrefix", f"/{part.prefixlen} has {part.num_addresses} addresses")


def _subnet_names(settings: GatewaySettings) -> Iterator[Finding]:
    for position, subnet in enumerate(settings.network.additional_subnets):
        if subnet.name.lower() == settings.network.subnet_name.lower():
            yield Finding(f"network.additionalSubnets[{position}].name", f"{subnet.name!r} is the gateway's own")


def _dns_label(settings: GatewaySettings) -> Iterator[Finding]:
    label = settings.public_ip.domain_name_label
    if label is not None and not is_placeholder(label) and not _DNS_LABEL.fullmatch(label):
        yield Finding("publicIp.domainNameLabel", f"{quoted(label, 70)} is no label")


_NETWORK = ("network",)
NETWORK_RULES = (
    Rule(
        code="resource-group-missing",
        demands="There is a resource group.",
        source="Azure REST API 2025-03-01, applicationGateways: the path holds a resource group",
        remedy="Name the resource group that the gateway goes into.",
        check=_resource_group_missing,
    ),
    Rule(
        code="id-malformed",
        demands="An id is that of the right kind.",
        source="Microsoft, Azure Resource Manager resource ids",
        remedy="Give the id as `az resource show --query id` prints it.",
        check=_id_malformed,
    ),
    Rule(
        code="capacity",
        demands="The size is fixed or scales, within its range.",
        source="Azure REST API 2025-03-01, applicationGateways: sku.capacity and autoscaleConfiguration",
        remedy="Give a capacity, or autoscale from the smaller to the larger number.",
        check=_capacity,
    ),
    Rule(
        code="network-conflict",
        demands="The subnet exists or is made.",
        source="this product's own decision: the subnet is made, or it exists",
        remedy="Give one of them; the rules of an existing subnet's security group are its owner's.",
        check=_network_conflict,
    ),
    Rule(
        code="prefix-malformed",
        demands="Address ranges are well formed.",
        source="RFC 4632, section 3.1",
        remedy="Write one like 10.0.0.0/24.",
        check=_prefix_malformed,
    ),
    Rule(
        code="prefix-outside",
        demands="Subnets lie inside the network.",
        source="Microsoft, Azure Virtual Network FAQ",
        remedy="Choose a part of network.addressPrefix.",
        check=_prefix_outside,
    ),
    Rule(
        code="prefix-overlap",
        demands="Subnets do not overlap.",
        source="Microsoft, Azure Virtual Network FAQ",
        remedy="Give each subnet its own range.",
        check=_prefix_overlap,
    ),
    Rule(
        code="subnet-small",
        demands="The gateway's subnet is a /24.",
        source="Microsoft, Application Gateway infrastructure configuration",
        remedy="Use /24: 125 instances, one private address, five that Azure keeps, and room for upgrades.",
        severity=Severity.WARNING,
        check=_subnet_small,
    ),
    Rule(
        code="subnet-names",
        demands="Subnets have names of their own.",
        source="Azure REST API 2025-03-01, applicationGateways: a part is known by its name, whatever its case",
        remedy="Rename one.",
        check=_subnet_names,
    ),
    Rule(
        code="dns-label",
        demands="The DNS label is one.",
        source="Microsoft, Public IP addresses in Azure: DNS name label",
        remedy="Use 3 to 63 lower-case letters, digits and hyphens, a letter first.",
        check=_dns_label,
    ),
)
