"""Azure resources registered by their type, without azure-native's own classes.

Those cost 0.2 s to import and send some sixty aliases with each resource, which matter to no state that this project
wrote. That names and defaults are azure-native's is held by a test.
"""

import json
from collections.abc import Mapping
from functools import cache
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import pulumi

PUBLIC_ADDRESS = "azure-native:network:PublicIPAddress"
SECURITY_GROUP = "azure-native:network:NetworkSecurityGroup"
VIRTUAL_NETWORK = "azure-native:network:VirtualNetwork"
SUBNET = "azure-native:network:Subnet"
LOCK = "azure-native:authorization:ManagementLockByScope"

_OUTPUTS: Mapping[str, tuple[str, ...]] = {
    PUBLIC_ADDRESS: ("ipAddress", "dnsSettings"),
    VIRTUAL_NETWORK: ("name",),
}
DEFAULTS: Mapping[str, Mapping[str, Any]] = {
    VIRTUAL_NETWORK: {"enableDdosProtection": False, "enableVmProtection": False},
    SUBNET: {"privateEndpointNetworkPolicies": "Disabled", "privateLinkServiceNetworkPolicies": "Enabled"},
}
"""What azure-native's classes send where nothing is said: without it every network that exists would change."""


@cache
def base_version() -> str:
    """The version of the installed azure-native SDK: two versions would fetch and run two plugins.

    Raises:
        ModuleNotFoundError: azure-native is not installed.
    """
    # Found, not imported: the package itself is needed for nothing.
    if (package := find_spec("pulumi_azure_native")) is None or package.origin is None:
        raise ModuleNotFoundError("No module named 'pulumi_azure_native'", name="pulumi_azure_native")
    plugin = json.loads(Path(package.origin).with_name("pulumi-plugin.json").read_text(encoding="utf-8"))
    return str(plugin["version"])


class AzureResource(pulumi.CustomResource):
    """A resource of azure-native; its inputs are spelled as the provider spells them."""

    def __init__(self, token: str, name: str, inputs: Mapping[str, Any], opts: pulumi.ResourceOptions) -> None:
        properties = {**dict.fromkeys(_OUTPUTS.get(token, ())), **DEFAULTS.get(token, {}), **inputs}
        version = pulumi.ResourceOptions(version=base_version())
        super().__init__(token, name, properties, pulumi.ResourceOptions.merge(opts, version))

    def returned(self, name: str) -> pulumi.Output[Any]:
        """One of the outputs as the provider returned it, such as `ipAddress`."""
        output: pulumi.Output[Any] = pulumi.get(self, name)
        return output
