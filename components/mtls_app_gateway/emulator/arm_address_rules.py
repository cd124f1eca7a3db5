"""ARM's rules about the addresses in a network security rule.

Service tags are not looked up: no complete list of them is at hand.
"""

import re
from collections.abc import Iterator, Mapping
from ipaddress import ip_network
from itertools import combinations
from typing import Any

from ..document.address_range import AddressRange
from .arm_rules import ArmRule, Request

_TAG = re.compile(r"\*|[A-Za-z][A-Za-z0-9]*(?:\.[A-Za-z0-9]+)*")
_SIDES = ("sourceAddressPrefix", "destinationAddressPrefix")


def _rules(request: Request) -> Iterator[tuple[str, Mapping[str, Any]]]:
    """The security rules of a request: those of a group, or one that is made on its own."""
    if request.put.kind.arm_type.endswith("/securityRules"):
        yield str(request.put.document["name"]), request.properties
    yield from request.parts("securityRules")


def _prefixes(rule: Mapping[str, Any], side: str) -> list[str]:
    found = [rule.get(side), *(rule.get(f"{side}es") or ())]
    return [str(prefix) for prefix in found if prefix]


def _range(prefix: str) -> AddressRange | None:
    """The range of a prefix, with or without host bits; None where the text is not a range."""
    try:
        return ip_network(prefix, strict=False)
    except ValueError:
        return None


def _ranges(rule: Mapping[str, Any], side: str) -> list[AddressRange]:
    return [found for prefix in _prefixes(rule, side) if (found := _range(prefix)) is not None]


def _prefixes_are_addresses_or_tags(request: Request) -> Iterator[str]:
    for name, rule in _rules(request):
        for prefix in (prefix for side in _SIDES for prefix in _prefixes(rule, side)):
            if _range(prefix) is None and not _TAG.fullmatch(prefix):
                yield f"Security rule {name} has an invalid address prefix: {prefix!r}."


def _families_are_not_mixed(request: Request) -> Iterator[str]:
    for name, rule in _rules(request):
        if len({each.version for side in _SIDES for each in _ranges(rule, side)}) > 1:
            yield f"Security rule {name} cannot contain address prefixes from different address families."


def _ranges_do_not_overlap(request: Request) -> Iterator[str]:
    for name, rule in _rules(request):
        for side in _SIDES:
            for first, second in combinations(_ranges(rule, side), 2):
                if first.version == second.version and first.overlaps(second):
                    yield f"Security rule {name} has overlapping subnets {first} and {second} in its {side}es."


ADDRESS_RULES = (
    ArmRule(
        "prefixes-are-addresses-or-tags",
        "SecurityRuleInvalidAddressPrefix",
        "github.com/hashicorp/terraform-provider-azurerm/issues/5617",
        _prefixes_are_addresses_or_tags,
    ),
    ArmRule(
        "families-are-not-mixed",
        "ResourceCannotContainAddressPrefixesFromDifferentAddressFamilies",
        "github.com/hashicorp/terraform-provider-azurerm/issues/12534",
        _families_are_not_mixed,
    ),
    ArmRule(
        "ranges-do-not-overlap",
        "OverlappingSubnetsNotPermittedInSecurityRule",
        "github.com/alan-turing-institute/data-safe-haven/issues/2077",
        _ranges_do_not_overlap,
    ),
)
