"""The rules of subnets that Azure knows and a plan cannot repair: size, family, reserved names, delegation.

Sources: Microsoft, Azure Virtual Network FAQ; Application Gateway infrastructure configuration and private deployment.
"""

from collections.abc import Iterator

from ..document.address_range import AddressRange, address_range
from ..problems import Finding, Rule, Severity
from .settings import GatewaySettings

_SMALLEST = 29
_VPN_SUBNET = "gatewaysubnet"


def _prefixes(settings: GatewaySettings) -> Iterator[tuple[str, AddressRange]]:
    network = settings.network
    prefixes = {
        "network.addressPrefix": network.address_prefix,
        "network.subnetPrefix": network.subnet_prefix,
        **{
            f"network.additionalSubnets[{position}].addressPrefix": subnet.address_prefix
            for position, subnet in enumerate(network.additional_subnets)
        },
    }
    for where, prefix in prefixes.items():
        part = address_range(prefix)
        if part is not None:
            yield where, part


def _subnet_too_small(settings: GatewaySettings) -> Iterator[Finding]:
    for where, part in _prefixes(settings):
        if part.version == 4 and part.prefixlen > _SMALLEST:
            yield Finding(
                where,
                f"/{part.prefixlen} has {part.num_addresses} address{'es' if part.num_addresses > 1 else ''}",
                f"Use /{_SMALLEST} or larger: Azure keeps five addresses of each subnet.",
            )


def _network_ipv6(settings: GatewaySettings) -> Iterator[Finding]:
    for where, part in _prefixes(settings):
        if part.version == 6:
            yield Finding(where, f"{part} is IPv6, and no network has IPv6 alone")


def _subnet_name_reserved(settings: GatewaySettings) -> Iterator[Finding]:
    given = {
        "network.subnetName": settings.network.subnet_name,
        "network.subnetId": (settings.network.subnet_id or "").rpartition("/")[2],
    }
    for where, name in given.items():
        if name.lower() == _VPN_SUBNET:
            yield Finding(where, f"{name!r} is the subnet of VPN and ExpressRoute gateways")


def _subnet_delegation(settings: GatewaySettings) -> Iterator[Finding]:
    if settings.network.subnet_id is not None:
        yield Finding(
            "network.subnetId",
            "it is not known here whether this subnet is delegated to Microsoft.Network/applicationGateways, and Azure "
            "has refused new gateways in a subnet that is not",
        )


_NETWORK = ("network",)
SUBNET_RULES = (
    Rule(
        code="subnet-too-small",
        demands="A subnet is a /29 or larger.",
        source="Microsoft, Azure Virtual Network FAQ",
        remedy="Use /29 or larger: Azure keeps five addresses of each subnet.",
        check=_subnet_too_small,
    ),
    Rule(
        code="network-ipv6",
        demands="The network is IPv4.",
        source="Microsoft, IPv6 for Azure Virtual Network",
        remedy="Use a range of IPv4.",
        check=_network_ipv6,
    ),
    Rule(
        code="subnet-name-reserved",
        demands="The gateway's subnet is none of a VPN gateway's.",
        source="Microsoft, Application Gateway infrastructure configuration",
        remedy="Use a subnet of another name.",
        check=_subnet_name_reserved,
    ),
    Rule(
        code="subnet-delegation",
        demands="An existing subnet is delegated to gateways.",
        source="Microsoft, Private Application Gateway deployment; the error code of deployments",
        remedy="Have its owner delegate it before the first deployment.",
        azure_code="ApplicationGatewayNetworkIsolationRequiresSubnetDelegation",
        severity=Severity.NOTE,
        check=_subnet_delegation,
    ),
)
