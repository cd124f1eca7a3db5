"""What Azure asks of the addresses in a network security rule.

A service tag is not looked up, because no complete list of tags is here.
"""

import re
from collections.abc import Iterator, Mapping
from ipaddress import ip_network
from itertools import combinations
from typing import Any

from ..document.address_range import AddressRange
from .arm_rules import Question, Rule

_TAG = re.compile(r"\*|[A-Za-z][A-Za-z0-9]*(?:\.[A-Za-z0-9]+)*")
_SIDES = ("sourceAddressPrefix", "destinationAddressPrefix")


def _rules(question: Question) -> Iterator[tuple[str, Mapping[str, Any]]]:
    """The security rules of a request: those of a group, or one that is made on its own."""
    if question.put.kind.arm_type.endswith("/securityRules"):
        yield str(question.put.document["name"]), question.properties
    yield from question.parts("securityRules")


def _prefixes(rule: Mapping[str, Any], side: str) -> list[str]:
    found = [rule.get(side), *(rule.get(f"{side}es") or ())]
    return [str(prefix) for prefix in found if prefix]


def _range(prefix: str) -> AddressRange | None:
    """The range of a prefix, bits of a host in it or not; None where it is none."""
    try:
        return ip_network(prefix, strict=False)
    except ValueError:
        return None


def _ranges(rule: Mapping[str, Any], side: str) -> list[AddressRange]:
    return [found for prefix in _prefixes(rule, side) if (found := _range(prefix)) is not None]


def _prefixes_are_addresses_or_tags(question: Question) -> Iterator[str]:
    for name, rule in _rules(question):
        for prefix in (prefix for side in _SIDES for prefix in _prefixes(rule, side)):
            if _range(prefix) is None and not _TAG.fullmatch(prefix):
                yield f"Security rule {name} has an invalid address prefix: {prefix!r}."


def _families_are_not_mixed(question: Question) -> Iterator[str]:
    for name, rule in _rules(question):
        if len({each.version for side in _SIDES for each in _ranges(rule, side)}) > 1:
            yield f"Security rule {name} cannot contain address prefixes from different address families."


def _ranges_do_not_overlap(question: Question) -> Iterator[str]:
    for name, rule in _rules(question):
        for side in _SIDES:
            for first, second in combinations(_ranges(rule, side), 2):
                if first.version == second.version and first.overlaps(second):
                    yield f"Security rule {name} has overlapping subnets {first} and {second} in its {side}es."


RULES = (
    Rule(
        "prefixes-are-addresses-or-tags",
        "SecurityRuleInvalidAddressPrefix",
        "github.com/hashicorp/terraform-provider-azurerm/issues/5617",
        _prefixes_are_addresses_or_tags,
    ),
    Rule(
        "families-are-not-mixed",
        "ResourceCannotContainAddressPrefixesFromDifferentAddressFamilies",
        "github.com/hashicorp/terraform-provider-azurerm/issues/12534",
        _families_are_not_mixed,
    ),
    Rule(
        "ranges-do-not-overlap",
        "OverlappingSubnetsNotPermittedInSecurityRule",
        "github.com/alan-turing-institute/data-safe-haven/issues/2077",
        _ranges_do_not_overlap,
    ),
)
