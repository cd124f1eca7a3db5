"""Which rules are asked of which request."""

from collections.abc import Mapping

from . import address_rules, certificate_rules, change_rules, gateway_rules, name_rules, network_rules
from .arm_rules import Rule

RULES: Mapping[str, tuple[Rule, ...]] = {
    "Microsoft.Network/applicationGateways": (
        *gateway_rules.RULES,
        *certificate_rules.RULES,
        *network_rules.GATEWAY_RULES,
        *change_rules.GATEWAY_RULES,
    ),
    "Microsoft.Network/networkSecurityGroups": network_rules.SECURITY_GROUP_RULES,
    "Microsoft.Network/networkSecurityGroups/securityRules": address_rules.RULES,
    "Microsoft.Network/virtualNetworks": network_rules.NETWORK_RULES,
    "Microsoft.Network/virtualNetworks/subnets": network_rules.NETWORK_RULES,
}
"""The rules by ARM's resource type, in the order in which their refusals are told."""


def rules_of(arm_type: str) -> tuple[Rule, ...]:
    """The rules for requests of a type: those for every type, and its own."""
    return (*name_rules.NAME_RULES, *change_rules.RULES, *RULES.get(arm_type, ()))
