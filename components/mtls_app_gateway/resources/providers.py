"""Chooses the gateway's provider, so that network and gateway are in one subscription.

The gateway's package has a default provider and a config namespace of its own: without a choice it would ignore
`azure-native:*` and any `azure_native.Provider`, and deploy to the subscription that the environment names.
"""

import json
import os
import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import pulumi
from pulumi.resource import DependencyResource
from pulumi.runtime.config import CONFIG, get_config_env, is_config_secret

from ..document.azure import API
from ..problems import GatewayError, Problem
from ..settings.deployment_rows import PROVIDER_CONFIG_DIFFERS, PROVIDER_MISSING, SUBSCRIPTIONS_DIFFER
from .gateway_resource import GATEWAY_TOKEN, PACKAGE, GatewayProvider
from .reporting import run_error

_NETWORK_TOKEN = "azure-native:network:VirtualNetwork"  # noqa: S105 - a resource type, no secret
_CONFIG = "azure-native:"
_STACK = "::pulumi:pulumi:Stack::"
_FROM_ENVIRONMENT = "ARM_SUBSCRIPTION_ID"


@dataclass(frozen=True, slots=True)
class ProviderChoice:
    """The provider to register the gateway with, None where it inherits one, and the subscription it is set to.

    A subscription of None is not compared with the network's: only the plugins know it (`az login`).
    `network_subscription` is what an explicit provider of the network is set to. `unseen_parent` is the URN of a parent
    that may have a provider for the network which is not visible here.
    """

    provider: pulumi.ProviderResource | None
    subscription_id: pulumi.Input[Any] | None
    network_subscription: pulumi.Input[Any] | None = None
    unseen_parent: pulumi.Input[str | None] = None

    def gate(self, value: pulumi.Input[Any]) -> pulumi.Output[Any]:
        """A value that every child needs, once explicit providers are known to name one subscription.

        What is not known yet is compared by `neighbour`, with the id of a resource that was made.
        """

        async def passed() -> bool:
            settings = pulumi.Output.all(self.network_subscription, self.subscription_id)
            # Another resource's output is not known in a preview, and must not make `value` unknown too.
            network, gateway = await settings.future() or (None, None)
            if network and gateway is not None:
                with run_error():
                    compare_settings(network, gateway)
            return True

        return pulumi.Output.all(value, passed()).apply(lambda known: known[0])

    def neighbour(self, identifier: pulumi.Output[str]) -> pulumi.Output[str]:
        """The id of a neighbour of the gateway, once the gateway is known to go to the same subscription."""

        def check(known: list[Any]) -> str:
            its_id, subscription, parent = known
            with run_error():
                if subscription is not None or (parent is not None and _STACK not in parent):
                    check_subscription(its_id, subscription, is_mirrored=self.provider is not None)
            return str(its_id)

        return pulumi.Output.all(identifier, self.subscription_id, self.unseen_parent).apply(check)


def choose_provider(
    component: pulumi.ComponentResource, name: str, parent: pulumi.Resource | None = None
) -> ProviderChoice:
    """Decide once, for network and gateway together.

    No explicit provider: a provider `<name>-azure` mirrors all `azure-native:` config. Providers for both:
    each child gets its own. One of the two alone is refused. A parent of which only the URN is known, as in a plugin
    host, may have providers nevertheless, and the engine passes them to the network.

    Raises:
        GatewayError: if network and gateway would be deployed by different rules.
    """
    network, gateway = component.get_provider(_NETWORK_TOKEN), component.get_provider(GATEWAY_TOKEN)
    if network is not None and gateway is not None:
        return ProviderChoice(None, _subscription_setting(gateway), _subscription_setting(network))
    # What is set for the package of a former API version would be ignored without a word.
    former = zip(API.former_packages, API.former_tokens, strict=True)
    alone = [package for package, token in former if component.get_provider(token) is not None]
    alone += [package for package, given in (("azure-native", network), (PACKAGE, gateway)) if given is not None]
    if alone:
        raise GatewayError([_one_alone(alone[-1])])
    config = _namespace(_CONFIG)
    clashes = [
        _clash(package, key)
        for package in (PACKAGE, *API.former_packages)
        for key, value in _namespace(f"{package}:").items()
        if config.get(key) != value
    ]
    if clashes:
        raise GatewayError(clashes)
    mirrored = {key: _secret_if_it_was(key, value) for key, value in config.items()}
    provider = GatewayProvider.mirror(f"{name}-azure", mirrored, pulumi.ResourceOptions(parent=component))
    unseen = parent.urn if isinstance(parent, DependencyResource) else None
    subscription = config.get("subscriptionId") or os.environ.get(_FROM_ENVIRONMENT)
    return ProviderChoice(provider, subscription, unseen_parent=unseen)


def _subscription_setting(provider: pulumi.ProviderResource) -> pulumi.Input[Any]:
    """The subscription of an explicit provider, "" where it has none, an output where only the engine knows it."""
    if isinstance(provider, GatewayProvider):
        return provider.subscription_id or os.environ.get(_FROM_ENVIRONMENT, "")
    return pulumi.Output.from_input(_registered_subscription(provider))


async def _registered_subscription(provider: pulumi.ProviderResource) -> str | None:
    """The subscription that the engine has recorded for a provider; None where it has none."""
    urn = await provider.urn.future()
    registered = await pulumi.runtime.invoke_async("pulumi:pulumi:getResource", {"urn": urn})
    subscription = registered["state"].get("subscriptionId")
    return subscription if isinstance(subscription, str) else None


def subscription_of(identifier: str) -> str | None:
    """The subscription in an ARM id."""
    found = re.match(r"/subscriptions/([^/]+)/", identifier, re.IGNORECASE)
    return found.group(1) if found else None


def check_subscription(neighbour_id: str, gateway_subscription: str | None, *, is_mirrored: bool = False) -> None:
    """Refuse a gateway whose provider is set to another subscription than its neighbours are in.

    `is_mirrored`: the gateway's provider has its settings from the stack's config or the environment.

    Raises:
        GatewayError: if the two differ, or only the neighbour's is known.
    """
    neighbour = subscription_of(neighbour_id)
    if neighbour is not None and neighbour.lower() != (gateway_subscription or "").lower():
        saw = (
            f"the network is in subscription {neighbour}, the gateway's provider is set to "
            f"{gateway_subscription or 'none that is known here'}"
        )
        raise GatewayError([_differ(saw, _set_back(neighbour) if is_mirrored else _GIVE_BOTH)])


def compare_settings(network: str, gateway: str) -> None:
    """Refuse explicit providers that are set to two subscriptions, before anything is made.

    Raises:
        GatewayError: if the two differ.
    """
    if network.lower() != gateway.lower():
        saw = (
            f"the network's provider is set to subscription {network}, the gateway's to "
            f"{gateway or 'none that is known here'}"
        )
        raise GatewayError([_differ(saw, _GIVE_BOTH)])


def check_landing(gateway_id: str, neighbour_id: str) -> None:
    """Refuse a gateway that was made in another subscription than its network, whatever its provider was set to.

    Raises:
        GatewayError: if the two ids name different subscriptions.
    """
    gateway, neighbour = subscription_of(gateway_id), subscription_of(neighbour_id)
    if gateway is not None and neighbour is not None and gateway.lower() != neighbour.lower():
        saw = f"the network is in subscription {neighbour}, the gateway was made in {gateway}"
        fix = f"Run `pulumi destroy`, so that no gateway stays there. Then deploy again. {_GIVE_BOTH}"
        raise GatewayError([_differ(saw, fix)])


_GIVE_BOTH = (
    f"Give the component providers for both azure-native and {PACKAGE}, with the same subscriptionId, or set "
    "azure-native:subscriptionId in the stack's config."
)


def _set_back(neighbour: str) -> str:
    return (
        f"If azure-native:subscriptionId or {_FROM_ENVIRONMENT} was changed after the deployment: nothing moves to "
        f"another subscription. Set it back to {neighbour}, or run `pulumi destroy` first. If the network has an "
        f"explicit provider: {_GIVE_BOTH[0].lower()}{_GIVE_BOTH[1:]}"
    )


def _differ(saw: str, fix: str) -> Problem:
    return SUBSCRIPTIONS_DIFFER.problem("providers", saw, fix)


def _namespace(prefix: str) -> dict[str, Any]:
    """The keys of a config namespace, without its prefix."""
    every: Mapping[str, Any] = {**get_config_env(), **CONFIG.get()}
    return {key.removeprefix(prefix): value for key, value in every.items() if key.startswith(prefix)}


def _secret_if_it_was(key: str, value: Any) -> pulumi.Input[Any]:
    text = value if isinstance(value, str) else json.dumps(value)
    return pulumi.Output.secret(text) if is_config_secret(_CONFIG + key) else text


def _one_alone(package: str) -> Problem:
    missing = PACKAGE if package == "azure-native" else "azure-native"
    return PROVIDER_MISSING.problem(
        "providers",
        f"an explicit provider for {package} and none for {missing}: network and gateway could part ways",
        "Python: opts=ResourceOptions(providers=[azure_native.Provider(...), mtls_app_gateway.GatewayProvider(...)]) "
        f"with the same settings. YAML: options: providers: [${{azure}}, ${{gateway}}], where the second is a "
        f"pulumi:providers:{PACKAGE}.",
    )


def _clash(package: str, key: str) -> Problem:
    return PROVIDER_CONFIG_DIFFERS.problem(
        f"{package}:{key}",
        f"it is set and is not what azure-native:{key} says",
        f"Remove it: azure-native:{key} applies to the gateway too.",
    )
