"""The rules of size and place: instances, zones of the gateway and its address, members of a pool.

Sources: Microsoft, Application Gateway frontend IP configuration and Azure subscription and service limits; for the
bounds of autoscale, what the portal and the service answered in 2019 (hashicorp/terraform-provider-azurerm, pull 4958).
"""

from collections.abc import Iterator

from ..escaping import quoted
from ..problems import Severity
from .rule import Finding, Rule, repeated
from .settings import GatewaySettings

_ZONES = ("1", "2", "3")
_HIGHEST_MINIMUM = 100
_MOST_MEMBERS = 1200


def _autoscale_range(settings: GatewaySettings) -> Iterator[Finding]:
    scale = settings.autoscale
    if scale is None:
        return
    if scale.min_capacity == scale.max_capacity:
        yield Finding(
            "autoscale.maxCapacity",
            f"both ends are {scale.max_capacity}, which Azure has been seen to refuse",
            "Give a larger maxCapacity, or a fixed capacity in place of autoscale.",
        )
    if scale.min_capacity > _HIGHEST_MINIMUM:
        yield Finding(
            "autoscale.minCapacity",
            f"{scale.min_capacity} is more than {_HIGHEST_MINIMUM}, which Azure has been seen to refuse",
            f"Give at most {_HIGHEST_MINIMUM}.",
        )


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
        yield Finding(
            "publicIp.zones",
            f"zone {', '.join(missing)} of the gateway is not one of its address's",
            "Name each zone of the gateway, or leave publicIp.zones out: the address then has the same.",
        )


def _address_without_zones(settings: GatewaySettings) -> Iterator[Finding]:
    if settings.zones and settings.public_ip.zones == ():
        yield Finding(
            "publicIp.zones",
            "the gateway has zones and its address none, which Azure has refused",
            "Leave publicIp.zones out: the address then has the gateway's. Keep it empty only for an address that "
            "exists without zones, because zones of an address cannot be changed.",
        )


def _pool_members(settings: GatewaySettings) -> Iterator[Finding]:
    for position, backend in enumerate(settings.backends):
        count = len(backend.fqdns) + len(backend.ip_addresses)
        if count > _MOST_MEMBERS:
            yield Finding(f"backends[{position}]", f"{count} pool members", f"A pool takes at most {_MOST_MEMBERS}.")


_ZONAL = ("zones", "publicIp")
SIZE_RULES = (
    Rule(
        "autoscale-range",
        "Autoscale has room between its ends.",
        ("autoscale",),
        _autoscale_range,
        severity=Severity.WARNING,
    ),
    Rule("zone-unknown", "A zone is 1, 2 or 3, named once.", _ZONAL, _zone_unknown),
    Rule("address-zones", "The address is in every zone of the gateway.", _ZONAL, _address_zones),
    Rule(
        "address-without-zones",
        "The address of a gateway with zones has zones.",
        _ZONAL,
        _address_without_zones,
        "ZonalApplicationGatewayCannotReferenceNoZonePublicIp",
        Severity.WARNING,
    ),
    Rule("pool-members", "A pool keeps to Azure's limit.", ("backends",), _pool_members),
)
