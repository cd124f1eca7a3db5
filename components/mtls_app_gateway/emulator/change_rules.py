"""What Azure does not let change on a resource that is there, though azure-native sends it as an update."""

from collections.abc import Iterator, Mapping
from typing import Any

from .answers import normalised_location
from .arm_rules import Document, Question, Rule


def _location_stays(question: Question) -> Iterator[str]:
    before, after = ((each or {}).get("location") for each in (question.before, question.put.document))
    if before and after and normalised_location(before) != normalised_location(after):
        name = question.put.document["name"]
        yield (
            f"The resource '{name}' already exists in location '{before}'. A resource with the same name cannot be "
            f"created in location '{normalised_location(after)}'. Please select a new resource name."
        )


def _zones(document: Document) -> list[str]:
    return sorted(map(str, document.get("zones") or ()))


def _zones_stay(question: Question) -> Iterator[str]:
    if question.before is not None and _zones(question.before) != _zones(question.put.document):
        had, wants = (", ".join(_zones(each)) or "NoZone" for each in (question.before, question.put.document))
        yield f"Resource {question.put.id} has an existing availability zone constraint {had}; the request has {wants}."


def _parts_before(question: Question, collection: str) -> Mapping[str, Mapping[str, Any]]:
    found = (question.before or {}).get("properties", {}).get(collection) or ()
    return {str(part.get("name")).lower(): part.get("properties", {}) for part in found}


def _moved(question: Question, collection: str, reference: str) -> Iterator[str]:
    """The parts of a gateway that are there and would point at something else."""
    before = _parts_before(question, collection)
    for name, part in question.parts(collection):
        had, wants = (
            str((each.get(reference) or {}).get("id", "")).lower() for each in (before.get(name.lower(), {}), part)
        )
        if had and wants and had != wants:
            yield name


def _public_address_stays(question: Question) -> Iterator[str]:
    for name in _moved(question, "frontendIPConfigurations", "publicIPAddress"):
        yield (
            f"The public IP address of frontend IP configuration {name} of Application Gateway {question.put.id} "
            "cannot be changed."
        )


def _subnet_stays(question: Question) -> Iterator[str]:
    for name in _moved(question, "gatewayIPConfigurations", "subnet"):
        yield (
            f"The subnet of gateway IP configuration {name} of Application Gateway {question.put.id} can be changed "
            "only while the gateway is stopped, and only to one of the same virtual network."
        )


RULES = (
    Rule(
        "location-stays",
        "InvalidResourceLocation",
        "github.com/fortinetsolutions/Azure-Templates/issues/8, met by a network interface",
        _location_stays,
    ),
    Rule(
        "zones-stay",
        "ResourceAvailabilityZonesCannotBeModified",
        "github.com/hashicorp/terraform-provider-azurerm/issues/2293",
        _zones_stay,
    ),
)
"""For every type."""

GATEWAY_RULES = (
    Rule(
        "public-address-stays",
        "ApplicationGatewayFrontendIpPublicIpAddressCannotBeChanged",
        "github.com/Azure/azure-cli/issues/4133",
        _public_address_stays,
    ),
    Rule("subnet-stays", None, "Microsoft Learn, application-gateway/application-gateway-faq", _subnet_stays),
)
