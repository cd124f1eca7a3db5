"""The rules of size and place: instances, zones of the gateway and its address, members of a pool.

Sources: Microsoft, Application Gateway frontend IP configuration and Azure subscription and service limits; for the
bounds of autoscale, what the portal and the service answered in 2019 (hashicorp/terraform-provider-azurerm, pull 4958).
"""

from collections.abc import Iterator

from ..escaping import quoted
from ..problems import Finding, Rule, Severity
from ..review.checks import repeated
from .settings import GatewaySettings

_ZONES = ("1", "2", "3")
_HIGHEST_MINIMUM = 100
_MOST_MEMBERS = 1200


def _zone_unknown(settings: GatewaySettings) -> Iterator[Finding]:
    for where, zones in (("zones", settings.zones), ("publicIp.zones", settings.public_ip.zones or ())):
        for position, zone in enumerate(zones):
            if zone not in _ZONES:
                yield Finding(f"{where}[{position}]", f"{quoted(zone, 20)} is no zone", "Write '1', '2' or '3'.")
        for position, zone in repeated(zones):
            yield Finding(f"{where}[{position}]", f"zone {quoted(zone, 20)} is named already", "Take it away.")


def _address_zones(settings: GatewaySettings) -> Iterator[Finding]:
    missing = sorted(set(settings.zones) - set(settings.public_ip.zones or settings.zones))
    if missing:
        yield Finding("publicIp.zones", f"zone {', '.join(missing)} of the gateway is not one of its address's")


def _address_without_zones(settings: GatewaySettings) -> Iterator[Finding]:
    if settings.zones and settings.public_ip.zones == ():
        yield Finding("publicIp.zones", "the gateway has zones and its address none, which Azure has refused")


_ZONAL = ("zones", "publicIp")
SIZE_RULES = (
    Rule(
        code="zone-unknown",
        demands="A zone is 1, 2 or 3, named once.",
        source="Microsoft, Azure availability zones",
        remedy="Write '1', '2' or '3', each once.",
        check=_zone_unknown,
    ),
    Rule(
        code="address-zones",
        demands="The address is in every zone of the gateway.",
        source="Microsoft, Application Gateway frontend IP configuration",
        remedy="Name each zone of the gateway, or leave publicIp.zones out: the address then has the same.",
        check=_address_zones,
    ),
    Rule(
        code="address-without-zones",
        demands="The address of a gateway with zones has zones.",
        source="an observation: deployments report this error code",
        remedy="Leave publicIp.zones out: the address then has the gateway's. Keep it empty only for an address that "
        "exists without zones, because zones of an address cannot be changed.",
        azure_code="ZonalApplicationGatewayCannotReferenceNoZonePublicIp",
        severity=Severity.WARNING,
        check=_address_without_zones,
    ),
)
