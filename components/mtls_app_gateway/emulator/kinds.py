"""The resource types the stand-in serves: Pulumi's token, ARM's type, and the path that leads to a resource."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from ..document.azure import API, DEFAULT_API
from ..document.spelling import NAME_INPUTS

BASE_PACKAGE = "azure-native"
GATEWAY_PACKAGE = API.package
GATEWAY = "Microsoft.Network/applicationGateways"
NETWORK = "Microsoft.Network/virtualNetworks"
RESOURCE_GROUP = "Microsoft.Resources/resourceGroups"


@dataclass(frozen=True, slots=True)
class ResourceKind:
    """One resource type.

    `path` names the inputs that make up the id below the subscription, the resource's own name last. A kind outside
    Microsoft.Network has no place in the type table and is checked loosely: `strict` is False. `dropped` names the
    properties that the API version of this token does not know, at any depth. `fixed` names those that azure-native
    replaces the resource for; it has a list of them, and every other change is sent as an update.
    """

    token: str
    arm_type: str
    path: tuple[str, ...]
    api_version: str
    strict: bool = True
    located: bool = True
    dropped: frozenset[str] = frozenset()
    fixed: tuple[str, ...] = ()

    @property
    def name_input(self) -> str:
        """The input that holds the resource's own name."""
        return self.path[-1]

    def id_of(self, subscription: str, inputs: Mapping[str, Any]) -> str:
        """The absolute id of the resource that these inputs describe."""
        group, *names = [str(inputs[step]) for step in self.path]
        prefix = f"/subscriptions/{subscription}/resourceGroups/{group}"
        if not names:
            return prefix
        namespace, *types = self.arm_type.split("/")
        pairs = "/".join(f"{kind}/{name}" for kind, name in zip(types, names, strict=True))
        return f"{prefix}/providers/{namespace}/{pairs}"

    def names_in(self, inputs: Mapping[str, Any]) -> dict[str, str]:
        """The names along the path, the resource's own last, by ARM's type."""
        namespace, *types = self.arm_type.split("/")
        below = [f"{namespace}/{'/'.join(types[:depth])}" for depth in range(1, len(self.path))]
        return dict(zip([RESOURCE_GROUP, *below], (str(inputs[step]) for step in self.path), strict=True))

    def path_of(self, identity: str) -> dict[str, str]:
        """The path inputs that an absolute id stands for; ValueError if it is no id of this kind."""
        segments = identity.strip("/").split("/")
        names = segments[3:4] + segments[7::2]
        inputs = dict(zip(self.path, names, strict=False))
        if len(inputs) != len(self.path) or self.id_of(segments[1], inputs).lower() != identity.lower():
            raise ValueError(f"{identity} is not the id of a {self.arm_type}")
        return inputs


def _network(
    module: str, arm_type: str, *, located: bool = True, parents: tuple[str, ...] = (), **rest: Any
) -> ResourceKind:
    path = ("resourceGroupName", *parents, NAME_INPUTS[arm_type])
    package, api = (BASE_PACKAGE, DEFAULT_API) if "package" not in rest else (rest.pop("package"), API)
    return ResourceKind(f"{package}:network:{module}", arm_type, path, api.version, located=located, **rest)


_KINDS = (
    ResourceKind(
        "azure-native:resources:ResourceGroup",
        RESOURCE_GROUP,
        ("resourceGroupName",),
        "2024-03-01",
        strict=False,
        fixed=("location",),
    ),
    _network("VirtualNetwork", NETWORK, fixed=("location",)),
    _network("Subnet", "Microsoft.Network/virtualNetworks/subnets", located=False, parents=("virtualNetworkName",)),
    _network("NetworkSecurityGroup", "Microsoft.Network/networkSecurityGroups"),
    _network(
        "SecurityRule",
        "Microsoft.Network/networkSecurityGroups/securityRules",
        located=False,
        parents=("networkSecurityGroupName",),
    ),
    _network(
        "PublicIPAddress",
        "Microsoft.Network/publicIPAddresses",
        fixed=("location", "publicIPAddressVersion", "publicIPPrefix", "sku"),
    ),
    _network("WebApplicationFirewallPolicy", "Microsoft.Network/ApplicationGatewayWebApplicationFirewallPolicies"),
    _network("ApplicationGateway", GATEWAY, dropped=DEFAULT_API.absent_properties),
    _network("ApplicationGateway", GATEWAY, package=GATEWAY_PACKAGE),
)

KINDS: Mapping[str, ResourceKind] = {kind.token: kind for kind in _KINDS}
"""The kinds by token. A token that is not here is an error, not a guess."""
