"""The rules of what stands around the traffic: resource group, size, firewall policy, network, address.

Sources: Microsoft, Application Gateway infrastructure configuration; Virtual network service tags.
"""

import re
from collections.abc import Iterator

from ..document.address_range import AddressRange, address_range
from ..document.placeholder import is_placeholder
from ..escaping import quoted
from ..problems import Severity
from .rule import Finding, Rule
from .settings import GatewaySettings, Network, Sku

_DNS_LABEL = re.compile(r"[a-z][a-z0-9-]{1,61}[a-z0-9]")
_PROVIDERS = {
    "network.subnetId": r"Microsoft\.Network/virtualNetworks/[^/]+/subnets/[^/]+",
    "wafPolicyId": r"Microsoft\.Network/ApplicationGatewayWebApplicationFirewallPolicies/[^/]+",
    "identityId": r"Microsoft\.ManagedIdentity/userAssignedIdentities/[^/]+",
}


def _resource_group_missing(settings: GatewaySettings) -> Iterator[Finding]:
    if settings.resource_group_name is None:
        yield Finding("resourceGroupName", "no resource group", "Name the resource group that the gateway goes into.")


def _id_malformed(settings: GatewaySettings) -> Iterator[Finding]:
    given = {
        "network.subnetId": settings.network.subnet_id,
        "wafPolicyId": settings.waf_policy_id,
        "identityId": settings.identity_id,
    }
    for where, identifier in given.items():
        pattern = rf"/subscriptions/[^/]+/resourceGroups/[^/]+/providers/{_PROVIDERS[where]}"
        if identifier and not is_placeholder(identifier) and not re.fullmatch(pattern, identifier, re.IGNORECASE):
            shape = _PROVIDERS[where].replace("[^/]+", "NAME").replace("\\", "")
            yield Finding(
                where,
                f"{quoted(identifier, 60)} is not the id of such a resource",
                f"Write /subscriptions/ID/resourceGroups/NAME/providers/{shape}.",
            )


def _waf_policy_missing(settings: GatewaySettings) -> Iterator[Finding]:
    if settings.sku is Sku.WAF and settings.waf_policy_id is None:
        yield Finding("wafPolicyId", "sku WAF_v2 without a firewall policy", "Give the id of an existing WAF policy.")


def _waf_policy_unusable(settings: GatewaySettings) -> Iterator[Finding]:
    if settings.sku is not Sku.WAF and settings.waf_policy_id is not None:
        yield Finding("wafPolicyId", f"a firewall policy and sku {settings.sku}", "Say sku: WAF_v2, or take it away.")


def _capacity(settings: GatewaySettings) -> Iterator[Finding]:
    scale = settings.autoscale
    if settings.capacity is not None and scale is not None:
        yield Finding("autoscale", "a fixed capacity and autoscale", "Give one of them.")
    if scale is not None and scale.min_capacity > scale.max_capacity:
        yield Finding("autoscale.minCapacity", f"{scale.min_capacity} is above {scale.max_capacity}", "Swap them.")


def _zones(settings: GatewaySettings) -> Iterator[Finding]:
    if len(settings.zones) == 1:
        yield Finding(
            "zones", f"the gateway is pinned to zone {settings.zones[0]}", "Leave zones out: Azure then uses all."
        )


def _network_conflict(settings: GatewaySettings) -> Iterator[Finding]:
    made = sorted(settings.network.model_fields_set - {"subnet_id"})
    if settings.network.subnet_id is not None and made:
        keys = ", ".join(str(Network.model_fields[key].alias) for key in made)
        yield Finding(
            "network.subnetId",
            f"an existing subnet, and {keys} for a new network",
            "Give one of them; the rules of an existing subnet's security group are its owner's.",
        )


def _prefixes(network: Network) -> Iterator[tuple[str, str]]:
    yield "network.subnetPrefix", network.subnet_prefix
    for position, subnet in enumerate(network.additional_subnets):
        yield f"network.additionalSubnets[{position}].addressPrefix", subnet.address_prefix


def _prefix_malformed(settings: GatewaySettings) -> Iterator[Finding]:
    whole = ("network.addressPrefix", settings.network.address_prefix)
    for where, prefix in (whole, *_prefixes(settings.network)):
        if not is_placeholder(prefix) and address_range(prefix) is None:
            yield Finding(where, f"{quoted(prefix, 60)} is no address range", "Write one like 10.0.0.0/24.")


def _prefix_outside(settings: GatewaySettings) -> Iterator[Finding]:
    whole = address_range(settings.network.address_prefix)
    for where, prefix in _prefixes(settings.network):
        part = address_range(prefix)
        if whole and part and not (part.version == whole.version and part.subnet_of(whole)):  # type: ignore[arg-type]
            yield Finding(where, f"{part} is not inside {whole}", "Choose a part of network.addressPrefix.")


def _prefix_overlap(settings: GatewaySettings) -> Iterator[Finding]:
    before: list[tuple[str, AddressRange]] = []
    for where, prefix in _prefixes(settings.network):
        part = address_range(prefix)
        if part is None:
            continue
        for other_where, other in before:
            if part.overlaps(other):
                yield Finding(where, f"{part} overlaps {other} of {other_where}", "Give each subnet its own range.")
        before.append((where, part))


def _subnet_small(settings: GatewaySettings) -> Iterator[Finding]:
    part = address_range(settings.network.subnet_prefix)
    if settings.network.subnet_id is None and part is not None and part.num_addresses < 256:
        yield Finding(
            "network.subnetPrefix",
            f"/{part.prefixlen} has {part.num_addresses} addresses",
            "Use /24: 125 instances, one private address, five that Azure keeps, and room for upgrades.",
        )


def _subnet_names(settings: GatewaySettings) -> Iterator[Finding]:
    for position, subnet in enumerate(settings.network.additional_subnets):
        if subnet.name.lower() == settings.network.subnet_name.lower():
            yield Finding(
                f"network.additionalSubnets[{position}].name", f"{subnet.name!r} is the gateway's own", "Rename one."
            )


def _dns_label(settings: GatewaySettings) -> Iterator[Finding]:
    label = settings.public_ip.domain_name_label
    if label is not None and not is_placeholder(label) and not _DNS_LABEL.fullmatch(label):
        yield Finding(
            "publicIp.domainNameLabel",
            f"{quoted(label, 70)} is no label",
            "Use 3 to 63 lower-case letters, digits and hyphens, a letter first.",
        )


_NETWORK = ("network",)
SURROUNDINGS_RULES = (
    Rule("resource-group-missing", "There is a resource group.", ("resourceGroupName",), _resource_group_missing),
    Rule("id-malformed", "An id is that of the right kind.", ("network", "wafPolicyId", "identityId"), _id_malformed),
    Rule(
        "waf-policy-missing",
        "WAF_v2 has a firewall policy.",
        ("sku", "wafPolicyId"),
        _waf_policy_missing,
        "ApplicationGatewayFirewallNotConfiguredForSelectedSku",
    ),
    Rule("waf-policy-unusable", "A firewall policy needs WAF_v2.", ("sku", "wafPolicyId"), _waf_policy_unusable),
    Rule("capacity", "The size is fixed or scales, within its range.", ("capacity", "autoscale"), _capacity),
    Rule("single-zone", "The gateway spans zones.", ("zones",), _zones, severity=Severity.WARNING),
    Rule("network-conflict", "The subnet exists or is made.", _NETWORK, _network_conflict),
    Rule("prefix-malformed", "Address ranges are well formed.", _NETWORK, _prefix_malformed),
    Rule("prefix-outside", "Subnets lie inside the network.", _NETWORK, _prefix_outside),
    Rule("prefix-overlap", "Subnets do not overlap.", _NETWORK, _prefix_overlap),
    Rule("subnet-small", "The gateway's subnet is a /24.", _NETWORK, _subnet_small, severity=Severity.WARNING),
    Rule("subnet-names", "Subnets have names of their own.", _NETWORK, _subnet_names),
    Rule("dns-label", "The DNS label is one.", ("publicIp",), _dns_label),
)
