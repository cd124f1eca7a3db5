"""The resource types that the emulator serves: Pulumi's token, ARM's type, and the inputs that make up an id."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from ..document.arm_types import api_version_of
from ..document.azure import API, AZURE_NATIVE_DEFAULT_API
from ..document.spelling import NAME_INPUTS

BASE_PACKAGE = "azure-native"
GATEWAY_PACKAGE = API.package
GATEWAY = "Microsoft.Network/applicationGateways"
NETWORK = "Microsoft.Network/virtualNetworks"
GROUP = "Microsoft.Resources/resourceGroups"
LOCK = "Microsoft.Authorization/locks"


@dataclass(frozen=True, slots=True)
class ResourceKind:
    """One resource type.

    Args:
        path: the inputs that make up the id below the subscription, the resource's own name last.
        strict: False for a type outside the type table, whose inputs are hardly checked.
        dropped: the properties, at any depth, that the API version of this token does not have.
        fixed: the properties whose change makes azure-native replace the resource; it sends every other as an update.
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
        """The input with the resource's own name."""
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
        """The names in the id by ARM type, the resource's own last."""
        namespace, *types = self.arm_type.split("/")
        below = [f"{namespace}/{'/'.join(types[:depth])}" for depth in range(1, len(self.path))]
        return dict(zip([GROUP, *below], (str(inputs[step]) for step in self.path), strict=True))

    def path_of(self, identity: str) -> dict[str, str]:
        """The path inputs of an absolute id; ValueError if it is not an id of this kind."""
        segments = identity.strip("/").split("/")
        names = segments[3:4] + segments[7::2]
        inputs = dict(zip(self.path, names, strict=False))
        if len(inputs) != len(self.path) or self.id_of(segments[1], inputs).lower() != identity.lower():
            raise ValueError(f"{identity} is not the id of a {self.arm_type}")
        return inputs


class ExtensionKind(ResourceKind):
    """A resource on another one, such as a lock: its path is the other's id, and a name."""

    def id_of(self, subscription: str, inputs: Mapping[str, Any]) -> str:  # noqa: ARG002 - the scope names it
        """The id below the other resource."""
        scope, name = (str(inputs[step]) for step in self.path)
        return f"/{scope.strip('/')}/providers/{self.arm_type}/{name}"

    def names_in(self, inputs: Mapping[str, Any]) -> dict[str, str]:
        """Its own name; those of the other resource were judged with that."""
        return {self.arm_type: str(inputs[self.name_input])}

    def path_of(self, identity: str) -> dict[str, str]:
        """The other resource's id and the name; ValueError if it is not an id of this kind."""
        scope, found, name = identity.lower().rpartition(f"/providers/{self.arm_type}/".lower())
        if not (scope and found and name) or "/" in name:
            raise ValueError(f"{identity} is not the id of a {self.arm_type}")
        return dict(zip(self.path, (identity[: len(scope)], identity[-len(name) :]), strict=True))


def _network(
    module: str, arm_type: str, *, located: bool = True, parents: tuple[str, ...] = (), **rest: Any
) -> ResourceKind:
    path = ("resourceGroupName", *parents, NAME_INPUTS[arm_type])
    package, api = (BASE_PACKAGE, AZURE_NATIVE_DEFAULT_API) if "package" not in rest else (rest.pop("package"), API)
    return ResourceKind(f"{package}:network:{module}", arm_type, path, api.version, located=located, **rest)


_KINDS = (
    ResourceKind(
        "azure-native:resources:ResourceGroup",
        GROUP,
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
    _network("ApplicationGateway", GATEWAY, dropped=AZURE_NATIVE_DEFAULT_API.absent_properties),
    _network("ApplicationGateway", GATEWAY, package=GATEWAY_PACKAGE),
    ExtensionKind(
        "azure-native:authorization:ManagementLockByScope",
        LOCK,
        ("scope", NAME_INPUTS[LOCK]),
        api_version_of(LOCK),
        located=False,
    ),
)

KINDS: Mapping[str, ResourceKind] = {kind.token: kind for kind in _KINDS}
"""The kinds by token. An unknown token is an error; none is guessed."""
