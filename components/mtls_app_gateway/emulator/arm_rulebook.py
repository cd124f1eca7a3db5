"""Maps resource types to the rules that apply to their requests."""

from collections.abc import Mapping

from . import (
    arm_address_rules,
    arm_certificate_rules,
    arm_change_rules,
    arm_frontend_rules,
    arm_gateway_rules,
    arm_lock_rules,
    arm_name_rules,
    arm_network_rules,
)
from .arm_rules import ArmRule

RULES_BY_TYPE: Mapping[str, tuple[ArmRule, ...]] = {
    "Microsoft.Network/applicationGateways": (
        *arm_gateway_rules.GATEWAY_RULES,
        *arm_frontend_rules.FRONTEND_RULES,
        *arm_certificate_rules.CERTIFICATE_RULES,
        *arm_network_rules.GATEWAY_NETWORK_RULES,
        *arm_change_rules.GATEWAY_CHANGE_RULES,
    ),
    "Microsoft.Authorization/locks": arm_lock_rules.LOCK_RULES,
    "Microsoft.Network/networkSecurityGroups": arm_network_rules.SECURITY_GROUP_RULES,
    "Microsoft.Network/networkSecurityGroups/securityRules": arm_address_rules.ADDRESS_RULES,
    "Microsoft.Network/virtualNetworks": arm_network_rules.NETWORK_RULES,
    "Microsoft.Network/virtualNetworks/subnets": arm_network_rules.NETWORK_RULES,
}
"""The rules of each ARM type, in the order in which their refusals are reported."""


def rules_of(arm_type: str) -> tuple[ArmRule, ...]:
    """The rules for requests of a type: those of all types, then its own."""
    return (*arm_name_rules.ARM_NAME_RULES, *arm_change_rules.CHANGE_RULES, *RULES_BY_TYPE.get(arm_type, ()))
