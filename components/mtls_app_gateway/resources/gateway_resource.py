"""The gateway and its provider as Pulumi resources, at the API version of the one record in `document/azure.py`.

The SDK's own `network.ApplicationGateway` speaks API 2024-05-01, which has no `verifyClientAuthMode` and
drops it without a word. A module of another API version is a package of its own to the engine, parameterized
over the same plugin; its token, its provider and its config namespace are its own too.
"""

import base64
import json
from collections.abc import Iterable, Mapping
from inspect import signature
from typing import Any

import pulumi
from pydantic.alias_generators import to_camel

from ..document.azure import API
from .azure_resource import base_version

PACKAGE = API.package
GATEWAY_TOKEN = API.token


async def get_package() -> str:
    """Register the package with the engine, once per deployment, and return its reference."""
    # The provider takes base64 of JSON, and the schema's bytes are base64 once more.
    module = {"module": "network", "version": API.module}
    value = base64.b64encode(json.dumps(module, separators=(",", ":")).encode())
    parameter = base64.b64encode(value).decode()
    version = base_version()
    return await pulumi.runtime.register_package("azure-native", version, "", PACKAGE, version, parameter)


def _formerly(types: Iterable[str], opts: pulumi.ResourceOptions | None) -> pulumi.ResourceOptions:
    """The options with the types of former API versions: what is deployed is taken over, not replaced."""
    aliases = [pulumi.Alias(type_=former) for former in types]
    return pulumi.ResourceOptions.merge(opts, pulumi.ResourceOptions(aliases=aliases))


class GatewayProvider(pulumi.ProviderResource):
    """A provider for gateways, at their API version.

    An `azure_native.Provider` does not reach them: a `MtlsAppGateway` that has one needs one of these too, with the
    same settings, in `providers=[...]`.
    """

    def __init__(
        self, resource_name: str, opts: pulumi.ResourceOptions | None = None, **settings: pulumi.Input[Any]
    ) -> None:
        """Take the settings of `azure_native.Provider`, spelled as there: `subscription_id=...`.

        Raises:
            TypeError: for a setting that `azure_native.Provider` does not have.
        """
        from pulumi_azure_native.provider import ProviderArgs

        known = set(signature(ProviderArgs.__init__).parameters) - {"self", "__self__"}
        for name in settings.keys() - known:
            raise TypeError(f"GatewayProvider has no setting {name!r}; it has {', '.join(sorted(known))}")
        # azure_native.Provider sends "public" by default: the gateway must not end up in another cloud.
        given = {"environment": "public"} | {name: value for name, value in settings.items() if value is not None}
        inputs = {to_camel(name): _as_text(name, value) for name, value in given.items()}
        self._set_up(resource_name, inputs, opts)

    @classmethod
    def mirror(
        cls, resource_name: str, config: Mapping[str, pulumi.Input[Any]], opts: pulumi.ResourceOptions | None = None
    ) -> "GatewayProvider":
        """A provider with the settings of a config namespace: camelCase, and texts already."""
        provider = cls.__new__(cls)
        provider._set_up(resource_name, config, opts)
        return provider

    def _set_up(
        self, resource_name: str, inputs: Mapping[str, pulumi.Input[Any]], opts: pulumi.ResourceOptions | None
    ) -> None:
        self.subscription_id = inputs.get("subscriptionId")
        opts = _formerly((f"pulumi:providers:{package}" for package in API.former_packages), opts)
        super().__init__(PACKAGE, resource_name, dict(inputs), opts, package_ref=get_package())


_SECRET_SETTINGS = {"client_certificate_password", "client_id", "client_secret", "oidc_request_token", "oidc_token"}


def _as_text(name: str, value: pulumi.Input[Any]) -> pulumi.Input[Any]:
    # Providers take texts only; anything else travels as JSON, as azure-native's own class does it.
    text = pulumi.Output.from_input(value).apply(lambda given: given if isinstance(given, str) else json.dumps(given))
    return pulumi.Output.secret(text) if name in _SECRET_SETTINGS else text


@pulumi.type_token(GATEWAY_TOKEN)
class ApplicationGateway(pulumi.CustomResource):
    """An Application Gateway v2; inputs as `document.spelling.flatten` spells them."""

    _OUTPUTS = (
        "name",
        "location",
        "provisioningState",
        "sslProfiles",
        "trustedClientCertificates",
        "httpListeners",
        "listeners",
        "rewriteRuleSets",
        "requestRoutingRules",
        "urlPathMaps",
        "trustedRootCertificates",
        "backendHttpSettingsCollection",
        "etag",
    )

    def __init__(
        self, resource_name: str, inputs: Mapping[str, pulumi.Input[Any]], opts: pulumi.ResourceOptions | None = None
    ) -> None:
        properties = {**dict.fromkeys(self._OUTPUTS), **inputs}
        opts = _formerly(API.former_tokens, opts)
        super().__init__(GATEWAY_TOKEN, resource_name, properties, opts, package_ref=get_package())

    @property
    @pulumi.getter
    def name(self) -> pulumi.Output[str]:
        """The gateway's name in Azure."""
        name: pulumi.Output[str] = pulumi.get(self, "name")
        return name

    def returned(self, name: str) -> pulumi.Output[Any]:
        """One of the outputs as the provider returned it, such as `sslProfiles`.

        Raises:
            KeyError: for one that is not declared, for which Pulumi's SDK would end the process.
        """
        if name not in self._OUTPUTS:
            raise KeyError(name)
        output: pulumi.Output[Any] = pulumi.get(self, name)
        return output
