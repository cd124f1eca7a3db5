"""ARM's rules about changes: what an existing resource keeps, although azure-native sends the change as an update."""

from collections.abc import Iterator, Mapping
from typing import Any

from .answers import normalised_location
from .arm_rules import ArmDocument, ArmRule, Request


def _location_stays(request: Request) -> Iterator[str]:
    before, after = ((each or {}).get("location") for each in (request.before, request.put.document))
    if before and after and normalised_location(before) != normalised_location(after):
        name = request.put.document["name"]
        yield (
            f"The resource '{name}' already exists in location '{before}'. A resource with the same name cannot be "
            f"created in location '{normalised_location(after)}'. Please select a new resource name."
        )


def _zones(document: ArmDocument) -> list[str]:
    return sorted(map(str, document.get("zones") or ()))


def _zones_stay(request: Request) -> Iterator[str]:
    if request.before is not None and _zones(request.before) != _zones(request.put.document):
        had, wants = (", ".join(_zones(each)) or "NoZone" for each in (request.before, request.put.document))
        yield f"Resource {request.put.id} has an existing availability zone constraint {had}; the request has {wants}."


def _parts_before(request: Request, collection: str) -> Mapping[str, Mapping[str, Any]]:
    found = (request.before or {}).get("properties", {}).get(collection) or ()
    return {str(part.get("name")).lower(): part.get("properties", {}) for part in found}


def _moved(request: Request, collection: str, reference: str) -> Iterator[str]:
    """The names of existing parts of a gateway whose reference would change."""
    before = _parts_before(request, collection)
    for name, part in request.parts(collection):
        had, wants = (
            str((each.get(reference) or {}).get("id", "")).lower() for each in (before.get(name.lower(), {}), part)
        )
        if had and wants and had != wants:
            yield name


def _public_address_stays(request: Request) -> Iterator[str]:
    for name in _moved(request, "frontendIPConfigurations", "publicIPAddress"):
        yield (
            f"The public IP address of frontend IP configuration {name} of Application Gateway {request.put.id} "
            "cannot be changed."
        )


def _subnet_stays(request: Request) -> Iterator[str]:
    for name in _moved(request, "gatewayIPConfigurations", "subnet"):
        yield (
            f"The subnet of gateway IP configuration {name} of Application Gateway {request.put.id} can be changed "
            "only while the gateway is stopped, and only to one of the same virtual network."
        )


CHANGE_RULES = (
    ArmRule(
        "location-stays",
        "InvalidResourceLocation",
        "github.com/fortinetsolutions/Azure-Templates/issues/8, met by a network interface",
        _location_stays,
    ),
    ArmRule(
        "zones-stay",
        "ResourceAvailabilityZonesCannotBeModified",
        "github.com/hashicorp/terraform-provider-azurerm/issues/2293",
        _zones_stay,
    ),
)
"""For every type."""

GATEWAY_CHANGE_RULES = (
    ArmRule(
        "public-address-stays",
        "ApplicationGatewayFrontendIpPublicIpAddressCannotBeChanged",
        "github.com/Azure/azure-cli/issues/4133",
        _public_address_stays,
    ),
    ArmRule("subnet-stays", None, "Microsoft Learn, application-gateway/application-gateway-faq", _subnet_stays),
)
