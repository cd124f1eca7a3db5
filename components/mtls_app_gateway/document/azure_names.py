"""The names that Azure accepts for the resources of a gateway: length and characters, one row for each type.

Source: Microsoft, Naming rules and restrictions for Azure resources (azure-resource-manager/management/
resource-name-rules), read in MicrosoftDocs/azure-docs. Words that Azure reserves, such as trademarks, are not checked.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass

AZURE_CODE = "InvalidResourceName"
"""ARM's code for a name that it refuses."""

_NETWORK_NAME = re.compile(r"[A-Za-z0-9](?:[A-Za-z0-9_.-]*[A-Za-z0-9_])?")
_NETWORK_DEMAND = "letters, digits, '_', '.' and '-', the first a letter or digit, the last a letter, digit or '_'"
_GROUP_NAME = re.compile(r"[\w().-]*[\w()-]")
_GROUP_DEMAND = "letters, digits, '_', '-', '.', '(' and ')', not ending in '.'"


@dataclass(frozen=True, slots=True)
class NameRule:
    """What Azure asks of the name of one type of resource."""

    shortest: int
    longest: int
    pattern: re.Pattern[str] = _NETWORK_NAME
    """The whole name, whatever its length."""
    characters: str = _NETWORK_DEMAND
    """The pattern in words."""

    @property
    def demand(self) -> str:
        """The rule in words, after 'a name has'."""
        return f"{self.shortest} to {self.longest} characters: {self.characters}"

    def accepts(self, name: str) -> bool:
        """Whether Azure takes this name."""
        return self.shortest <= len(name) <= self.longest and self.pattern.fullmatch(name) is not None


NAME_RULES: Mapping[str, NameRule] = {
    "Microsoft.Network/applicationGateways": NameRule(1, 80),
    "Microsoft.Network/networkSecurityGroups": NameRule(1, 80),
    "Microsoft.Network/networkSecurityGroups/securityRules": NameRule(1, 80),
    "Microsoft.Network/publicIPAddresses": NameRule(1, 80),
    "Microsoft.Network/virtualNetworks": NameRule(2, 64),
    "Microsoft.Network/virtualNetworks/subnets": NameRule(1, 80),
    "Microsoft.Resources/resourceGroups": NameRule(1, 90, _GROUP_NAME, _GROUP_DEMAND),
}
"""The rules by ARM's resource type. A type that is not here has no rule that is known."""


def name_refusal(arm_type: str, name: str) -> str | None:
    """The rule of this type that the name breaks, in words; None where it is accepted or no rule is known.

    >>> name_refusal("Microsoft.Network/virtualNetworks", "hub-network") is None
    True
    """
    rule = NAME_RULES.get(arm_type)
    return rule.demand if rule is not None and not rule.accepts(name) else None
