"""The rules of names and tags of the resources in Azure.

Sources: Microsoft, Naming rules and restrictions for Azure resources; Use tags to organize your Azure resources.
Not checked: names that are known only later, which Azure judges.
"""

from collections.abc import Iterator

from ..document.azure_names import AZURE_CODE, name_refusal
from ..document.placeholder import is_placeholder
from ..escaping import quoted
from ..problems import Finding, Rule
from .settings import GatewaySettings

_MOST_TAGS = 50
_LONGEST_TAG_NAME = 512
_LONGEST_TAG_VALUE = 256
_NOT_IN_TAG_NAMES = "<>%&\\?/"


def _resource_name(settings: GatewaySettings) -> Iterator[Finding]:
    names = {
        "resourceGroupName": (settings.resource_group_name, "Microsoft.Resources/resourceGroups"),
        "gatewayName": (settings.gateway_name, "Microsoft.Network/applicationGateways"),
        "network.name": (settings.network.name, "Microsoft.Network/virtualNetworks"),
        "network.securityGroupName": (settings.network.security_group_name, "Microsoft.Network/networkSecurityGroups"),
        "publicIp.name": (settings.public_ip.name, "Microsoft.Network/publicIPAddresses"),
    }
    for where, (name, arm_type) in names.items():
        demand = name_refusal(arm_type, name) if name is not None and not is_placeholder(name) else None
        if name is not None and demand is not None:
            yield Finding(where, f"Azure refuses the name {quoted(name, 90)}", f"Use {demand}.")


def _tags(settings: GatewaySettings) -> Iterator[Finding]:
    if len(settings.tags) > _MOST_TAGS:
        yield Finding("tags", f"{len(settings.tags)} tags", f"A resource takes at most {_MOST_TAGS}.")
    for name, value in settings.tags.items():
        wrong = sorted(set(name) & set(_NOT_IN_TAG_NAMES))
        if wrong:
            yield Finding("tags", f"the name {quoted(name)} has {' '.join(wrong)}", "Leave these characters out.")
        if not 1 <= len(name) <= _LONGEST_TAG_NAME:
            yield Finding("tags", f"a name of {len(name)} characters", f"Use 1 to {_LONGEST_TAG_NAME}.")
        if not is_placeholder(value) and len(value) > _LONGEST_TAG_VALUE:
            yield Finding("tags", f"{quoted(name)} has {len(value)} characters", f"Use at most {_LONGEST_TAG_VALUE}.")


NAME_RULES = (
    Rule(
        code="resource-name",
        demands="A resource has a name that Azure accepts.",
        source="Microsoft, Naming rules and restrictions for Azure resources",
        remedy="Use a name that Azure accepts.",
        azure_code=AZURE_CODE,
        check=_resource_name,
    ),
    Rule(
        code="tags",
        demands="Tags keep to Azure's limits.",
        source="Microsoft, Use tags to organize your Azure resources",
        remedy="Keep to Azure's limits of tags.",
        check=_tags,
    ),
)
