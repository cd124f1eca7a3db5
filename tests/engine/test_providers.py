"""The right subscription, on the real engine: what each provider was configured with, and what is refused."""

import re
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pulumi
import pulumi_azure_native as azure_native
import pytest
from mtls_app_gateway import GatewayProvider
from mtls_app_gateway.emulator.kinds import GATEWAY_PACKAGE
from pulumi import automation as auto

from tests.engine.component_program import CONFIG, SUBSCRIPTION, Material, Words, edge, files_with, mint, smallest
from tests.engine.conftest import MakeStack, RunningEmulator

OTHER = "22222222-2222-2222-2222-222222222222"
CLIENT_SECRET = "Vb27kLs9Qe-client"
LOCATION = {"azure-native:location": "westeurope"}


@pytest.fixture(scope="module")
def material() -> Material:
    """Certificates for all tests here."""
    return mint()


def configured(emulator: RunningEmulator) -> dict[str, dict[str, Any]]:
    """What each provider was told last, by its name; default ones go by their package."""
    found = {}
    for entry in emulator.journal("Configure"):
        package, name = entry["urn"].split("::")[2].split(":")[-1], entry["urn"].rsplit("::", 1)[1]
        name = package if name.startswith("default") else name
        found[name] = {key: value for key, value in entry["settings"].items() if key != "version"}
    return found


def placed(emulator: RunningEmulator) -> dict[str, set[str]]:
    """The types of resources in each subscription."""
    found: dict[str, set[str]] = {}
    for identity, document in emulator.resources().items():
        found.setdefault(identity.split("/")[2], set()).add(document["type"].rsplit("/", 1)[1])
    return found


def providers(network: str | None, gateway: str | None) -> Callable[[], pulumi.ResourceOptions]:
    """Options with explicit providers set to these subscriptions."""

    def options() -> pulumi.ResourceOptions:
        made: list[pulumi.ProviderResource] = []
        if network is not None:
            made.append(azure_native.Provider("explicit-network", subscription_id=network, location="westeurope"))
        if gateway is not None:
            made.append(GatewayProvider("explicit-gateway", subscription_id=gateway, location="westeurope"))
        return pulumi.ResourceOptions(providers=made)

    return options


def test_all_config_is_mirrored(
    stack: MakeStack, emulator: RunningEmulator, tmp_path: Path, material: Material
) -> None:
    """
    Without explicit providers the gateway's is told all that the network's is told, its secrets as secrets.
    """
    config = {
        **LOCATION,
        "azure-native:subscriptionId": SUBSCRIPTION,
        "azure-native:tenantId": "33333333-3333-3333-3333-333333333333",
        "azure-native:environment": "usgovernment",
        "azure-native:useOidc": "true",
        "azure-native:auxiliaryTenantIds": '["44444444-4444-4444-4444-444444444444"]',
        # Said twice, and the same: that is no clash.
        f"{GATEWAY_PACKAGE}:subscriptionId": SUBSCRIPTION,
    }
    made = stack(edge(lambda: smallest(material)), config=config, secrets={"azure-native:clientSecret": CLIENT_SECRET})
    words = Words()
    words.up(made)

    found = configured(emulator)
    assert {"azure-native", "edge-azure"} == found.keys()
    assert found["azure-native"] == found["edge-azure"]
    settings = {key.removeprefix("azure-native:") for key in config if key.startswith("azure-native:")}
    assert settings | {"clientSecret"} == found["edge-azure"].keys()
    assert found["edge-azure"]["clientSecret"].startswith("digest:")
    assert CLIENT_SECRET not in str(words)
    assert [] == list(files_with(tmp_path, CLIENT_SECRET))
    assert {SUBSCRIPTION} == placed(emulator).keys()
    assert {"publicIPAddresses", "virtualNetworks", "applicationGateways"} <= placed(emulator)[SUBSCRIPTION]


def test_explicit_providers_serve_their_children(
    stack: MakeStack, emulator: RunningEmulator, material: Material
) -> None:
    """
    With providers for both nobody's config counts, and the component makes no provider of its own.
    """
    program = edge(lambda: smallest(material), providers(SUBSCRIPTION, SUBSCRIPTION))
    Words().up(stack(program, config={"azure-native:subscriptionId": OTHER}))

    found = configured(emulator)
    expected = {"subscriptionId": SUBSCRIPTION, "location": "westeurope", "environment": "public"}
    assert {"explicit-network": expected, "explicit-gateway": expected} == found
    assert {SUBSCRIPTION} == placed(emulator).keys()


def test_providers_of_two_subscriptions_are_refused(
    stack: MakeStack, emulator: RunningEmulator, material: Material
) -> None:
    """
    Providers that are set to two subscriptions are refused in the preview, and an up makes nothing at all.
    """
    made, words = stack(edge(lambda: smallest(material), providers(SUBSCRIPTION, OTHER))), Words()

    for run in (made.preview, made.up):
        told = words.red(run)
        assert "subscriptions-differ: providers" in told
        assert "Traceback" not in told
    assert {} == emulator.resources()


def test_providers_that_are_set_by_another_resource(
    stack: MakeStack, emulator: RunningEmulator, material: Material
) -> None:
    """
    A subscription that is known only in the deployment is not judged by a preview, and then before anything is made.
    """

    def program() -> None:
        vault = azure_native.network.PublicIPAddress("vault", resource_group_name="rg-edge")
        later = vault.id.apply(lambda _: SUBSCRIPTION)
        made = [
            azure_native.Provider("explicit-network", subscription_id=later),
            GatewayProvider("explicit-gateway", subscription_id=OTHER),
        ]
        edge(lambda: smallest(material), lambda: pulumi.ResourceOptions(providers=made))()

    made, words = stack(program, config=LOCATION), Words()
    assert {"create": 10} == made.preview().change_summary
    told = words.red(made.up)

    assert f"the network's provider is set to subscription {SUBSCRIPTION}, the gateway's to {OTHER}" in told
    assert {"publicIPAddresses": 1} == Counter(it["type"].rsplit("/", 1)[1] for it in emulator.resources().values())


def test_a_changed_subscription_is_advised_on(stack: MakeStack, emulator: RunningEmulator, material: Material) -> None:
    """
    After azure-native:subscriptionId was changed in a deployed stack the way out is told: go back, or destroy first.
    """
    made, words = stack(edge(lambda: smallest(material)), config={**CONFIG}), Words()
    words.up(made)
    made.set_config("azure-native:subscriptionId", auto.ConfigValue(OTHER))

    said = re.sub(r"\s+", " ", words.red(made.preview))

    assert f"Set it back to {SUBSCRIPTION}, or run `pulumi destroy` first" in said
    made.destroy()
    assert {} == emulator.resources()


@pytest.mark.parametrize(
    ("options", "config", "told"),
    [
        (providers(SUBSCRIPTION, None), {}, f"an explicit provider for azure-native and none for {GATEWAY_PACKAGE}"),
        (providers(None, SUBSCRIPTION), {}, f"an explicit provider for {GATEWAY_PACKAGE} and none for azure-native"),
        (
            lambda: None,
            {"azure-native:subscriptionId": SUBSCRIPTION, f"{GATEWAY_PACKAGE}:subscriptionId": OTHER},
            f"provider-config-differs: {GATEWAY_PACKAGE}:subscriptionId",
        ),
        (
            lambda: None,
            {f"{GATEWAY_PACKAGE}:tenantId": OTHER},
            f"provider-config-differs: {GATEWAY_PACKAGE}:tenantId",
        ),
    ],
    ids=["network's alone", "gateway's alone", "other config", "config of the package alone"],
)
def test_what_could_part_network_and_gateway_is_refused(
    stack: MakeStack,
    emulator: RunningEmulator,
    *,
    material: Material,
    options: Callable[[], pulumi.ResourceOptions | None],
    config: dict[str, str],
    told: str,
) -> None:
    """
    One provider alone, in either direction, and config for the gateway's package alone fail at preview.
    """
    program = edge(lambda: smallest(material), options)
    said = re.sub(r"\s+", " ", Words().red(stack(program, config=LOCATION | config).preview))

    assert told in said
    assert "Traceback" not in said
    assert {} == emulator.resources()
