"""One subscription for network and gateway: which provider the gateway gets, and what is refused."""

from dataclasses import replace
from typing import Any

import pulumi
import pulumi_azure_native as azure_native
import pytest
from mtls_app_gateway.document.azure import API, ApiVersion
from mtls_app_gateway.problems import GatewayError
from mtls_app_gateway.resources import gateway_resource, providers
from mtls_app_gateway.resources.component import MtlsAppGateway
from mtls_app_gateway.resources.gateway_resource import GatewayProvider, get_package
from mtls_app_gateway.resources.providers import check_landing, check_subscription, compare_settings, subscription_of
from pulumi.runtime import config as runtime_config

from .conftest import OUTPUTS, Build
from .recorder import (
    GATEWAY,
    NETWORK,
    NETWORK_PROVIDER,
    PACKAGE,
    PROVIDER,
    PUBLIC_IP,
    SECURITY_GROUP,
    SUBSCRIPTION,
    Recorder,
)

OTHER = "22222222-2222-2222-2222-222222222222"
LETTERED = "abcdef12-3456-7890-abcd-ef1234567890"
"""A subscription whose id has letters, which has more spellings than one."""
ADDRESS = f"/subscriptions/{SUBSCRIPTION}/resourceGroups/rg/providers/Microsoft.Network/publicIPAddresses/a"


@pytest.mark.parametrize(
    ("identifier", "subscription"),
    [
        (ADDRESS, SUBSCRIPTION),
        (ADDRESS.replace("subscriptions", "Subscriptions"), SUBSCRIPTION),
        ("/providers/Microsoft.Network", None),
        ("", None),
    ],
)
def test_an_id_says_its_subscription(identifier: str, subscription: str | None) -> None:
    """The subscription is read from an ARM id, in whatever case ARM wrote it."""
    assert subscription == subscription_of(identifier)


@pytest.mark.parametrize("network", [LETTERED, LETTERED.upper()])
@pytest.mark.parametrize("gateway", [LETTERED, LETTERED.upper()])
def test_one_subscription_is_fine(network: str, gateway: str) -> None:
    """Network and gateway in one subscription are not spoken of, whatever the case of its id."""
    address, made = (ADDRESS.replace(SUBSCRIPTION, each) for each in (network, gateway))

    check_subscription(address, gateway)
    compare_settings(network, gateway)
    check_landing(made, address)


def test_an_id_without_a_subscription_is_not_compared() -> None:
    """A mocked id that is none cannot be judged."""
    check_subscription("address-id", OTHER)


@pytest.mark.parametrize(("gateway", "told"), [(OTHER, OTHER), ("", "none that is known here"), (None, "none")])
def test_two_subscriptions_are_refused(gateway: str | None, told: str) -> None:
    """Another subscription, or one nobody knows, is refused with both told."""
    with pytest.raises(GatewayError, match="subscriptions-differ") as raised:
        check_subscription(ADDRESS, gateway)

    assert SUBSCRIPTION in str(raised.value)
    assert told in str(raised.value)


@pytest.mark.parametrize("gateway", [ADDRESS, ADDRESS.upper(), "gateway-id"])
def test_a_gateway_beside_its_network_is_fine(gateway: str) -> None:
    """Subscriptions are compared without case, and an id that names none cannot be judged."""
    check_landing(gateway, ADDRESS)
    check_landing(ADDRESS, gateway)


def test_a_gateway_that_landed_elsewhere_is_refused() -> None:
    """What the provider returned counts, whatever it was set to."""
    with pytest.raises(GatewayError, match=f"subscriptions-differ.*{SUBSCRIPTION}.*was made in {OTHER}"):
        check_landing(ADDRESS.replace(SUBSCRIPTION, OTHER), ADDRESS)


def test_the_advice_fits_who_set_the_subscription() -> None:
    """Config that was changed after the deployment is set back; an explicit provider is given its twin."""
    told = {}
    for is_mirrored in (True, False):
        with pytest.raises(GatewayError) as raised:
            check_subscription(ADDRESS, OTHER, is_mirrored=is_mirrored)
        told[is_mirrored] = raised.value.problems[0].fix

    assert f"Set it back to {SUBSCRIPTION}, or run `pulumi destroy` first" in told[True]
    assert "destroy" not in told[False]


def test_without_providers_all_config_is_mirrored(build: Build, recorder: Recorder, smallest: dict[str, Any]) -> None:
    """Every azure-native key goes to the gateway's provider, secrets as secrets; the network keeps its default one."""
    config = {
        "azure-native:subscriptionId": SUBSCRIPTION,
        "azure-native:tenantId": "tenant",
        "azure-native:environment": "usgovernment",
        "azure-native:clientSecret": "hidden",
        "azure-native:useOidc": "true",
        "azure-native:auxiliaryTenantIds": '["one","two"]',
        "azure-native:location": "usgovvirginia",
        "edge:mode": "Passthrough",
        "azure:subscriptionId": OTHER,
    }
    runtime_config.set_all_config(config, ["azure-native:clientSecret"])
    build(smallest)

    provider = recorder.the(PROVIDER)
    assert {
        "subscriptionId": SUBSCRIPTION,
        "tenantId": "tenant",
        "environment": "usgovernment",
        "clientSecret": "hidden",
        "useOidc": "true",
        "auxiliaryTenantIds": '["one","two"]',
        "location": "usgovvirginia",
    } == provider.inputs
    assert {"clientSecret"} == provider.secrets
    assert recorder.the(GATEWAY).provider == f"{provider.urn}::edge-azure-id"
    assert recorder.the(PUBLIC_IP).provider == ""


def test_config_of_the_engine_that_is_no_text_is_mirrored_as_json(
    build: Build, recorder: Recorder, smallest: dict[str, Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Providers take texts only."""
    monkeypatch.setenv("PULUMI_CONFIG", '{"azure-native:useMsi": true, "azure-native:auxiliaryTenantIds": ["one"]}')
    build(smallest)

    assert {"useMsi": "true", "auxiliaryTenantIds": '["one"]'} == recorder.the(PROVIDER).inputs


@pytest.mark.parametrize("network", [{}, {"azure-native:subscriptionId": SUBSCRIPTION}])
def test_other_config_for_the_gateways_package_is_refused(
    build: Build, recorder: Recorder, smallest: dict[str, Any], network: dict[str, str]
) -> None:
    """Config of the package that azure-native's config does not say too would send the gateway elsewhere."""
    runtime_config.set_all_config({**network, f"{PACKAGE}:subscriptionId": OTHER}, [])

    with pytest.raises(pulumi.RunError, match=f"provider-config-differs: {PACKAGE}:subscriptionId"):
        build(smallest)
    assert () == (*recorder.of(PROVIDER), *recorder.of(PUBLIC_IP), *recorder.of(GATEWAY))


@pytest.fixture
def former(monkeypatch: pytest.MonkeyPatch) -> ApiVersion:
    """A made-up API version before this one."""
    version = ApiVersion("1999-12-31")
    monkeypatch.setattr(providers, "API", replace(API, former_versions=(version.version,)))
    return version


def test_other_config_for_a_former_package_is_refused(
    build: Build, smallest: dict[str, Any], former: ApiVersion
) -> None:
    """It held for the gateway before the API version was raised, and would be ignored now."""
    runtime_config.set_all_config({f"{former.package}:subscriptionId": OTHER}, [])

    with pytest.raises(pulumi.RunError, match=f"provider-config-differs: {former.package}:subscriptionId"):
        build(smallest)


def test_a_provider_of_a_former_package_is_refused(
    recorder: Recorder, smallest: dict[str, Any], former: ApiVersion, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It reaches no gateway any more, and the stack's config would take its place."""
    monkeypatch.setattr(gateway_resource, "PACKAGE", former.package)

    def program() -> dict[str, pulumi.Output[Any]]:
        given = GatewayProvider("gateway", subscription_id=SUBSCRIPTION)
        MtlsAppGateway("edge", smallest, pulumi.ResourceOptions(providers=[given]))  # type: ignore[arg-type] # a dict
        return {}

    with pytest.raises(pulumi.RunError, match=f"provider-missing: .*provider for {former.package} and none for azure"):
        recorder.build(program)
    assert () == (*recorder.of(PUBLIC_IP), *recorder.of(GATEWAY))


def test_the_same_config_for_the_gateways_package_is_fine(
    build: Build, recorder: Recorder, smallest: dict[str, Any]
) -> None:
    """Who said it twice said the same."""
    both = dict.fromkeys(("azure-native:subscriptionId", f"{PACKAGE}:subscriptionId"), SUBSCRIPTION)
    runtime_config.set_all_config(both, [])
    build(smallest)

    assert {"subscriptionId": SUBSCRIPTION} == recorder.the(PROVIDER).inputs


def test_config_that_names_another_subscription_than_the_networks_is_refused(
    build: Build, recorder: Recorder, smallest: dict[str, Any]
) -> None:
    """The address's id tells where the network really went: a gateway elsewhere is not registered."""
    runtime_config.set_all_config({"azure-native:subscriptionId": OTHER}, [])

    with pytest.raises(pulumi.RunError, match="subscriptions-differ"):
        build(smallest)
    assert () == recorder.of(GATEWAY)


def test_the_subscription_of_the_environment_counts(
    build: Build, recorder: Recorder, smallest: dict[str, Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Without config both plugins read ARM_SUBSCRIPTION_ID, and so does the comparison."""
    monkeypatch.setenv("ARM_SUBSCRIPTION_ID", OTHER)

    with pytest.raises(pulumi.RunError, match="subscriptions-differ"):
        build(smallest)
    assert () == recorder.of(GATEWAY)


def with_providers(
    recorder: Recorder, smallest: dict[str, Any], *, network: str | None = None, gateway: dict[str, Any] | None = None
) -> None:
    """Build the component with explicit providers: the network's subscription, the gateway's settings."""
    from mtls_app_gateway.resources.component import MtlsAppGateway

    def program() -> dict[str, pulumi.Output[Any]]:
        providers: list[pulumi.ProviderResource] = []
        if network is not None:
            providers.append(azure_native.Provider("network", subscription_id=network))
        if gateway is not None:
            providers.append(GatewayProvider("gateway", **gateway))
        built = MtlsAppGateway("edge", smallest, pulumi.ResourceOptions(providers=providers))  # type: ignore[arg-type]
        return {key: getattr(built, name) for key, name in OUTPUTS.items()}

    recorder.build(program)


def test_with_providers_for_both_each_child_gets_its_own(recorder: Recorder, smallest: dict[str, Any]) -> None:
    """No provider is made, and nobody's config counts."""
    runtime_config.set_all_config({"azure-native:subscriptionId": OTHER}, [])
    with_providers(recorder, smallest, network=SUBSCRIPTION, gateway={"subscription_id": SUBSCRIPTION})

    assert ["gateway"] == [found.name for found in recorder.of(PROVIDER)]
    assert recorder.the(GATEWAY).provider.startswith(recorder.the(PROVIDER).urn)
    assert recorder.the(PUBLIC_IP).provider.startswith(recorder.the(NETWORK_PROVIDER).urn)


@pytest.mark.parametrize("settings", [{"subscription_id": OTHER}, {}, {"subscription_id": None}])
def test_providers_of_two_subscriptions_are_refused(
    recorder: Recorder, smallest: dict[str, Any], settings: dict[str, Any]
) -> None:
    """Where the gateway's provider is set to another subscription, or to none, nothing at all is registered."""
    with pytest.raises(pulumi.RunError, match="subscriptions-differ"):
        with_providers(recorder, smallest, network=SUBSCRIPTION, gateway=settings)
    assert () == (*recorder.of(PUBLIC_IP), *recorder.of(NETWORK), *recorder.of(SECURITY_GROUP), *recorder.of(GATEWAY))


def test_providers_whose_network_subscription_is_not_said(recorder: Recorder, smallest: dict[str, Any]) -> None:
    """What the network's provider finds by itself is told by the ids of what it made, before the gateway is made."""
    from mtls_app_gateway.resources.component import MtlsAppGateway

    def program() -> dict[str, pulumi.Output[Any]]:
        providers = [azure_native.Provider("network"), GatewayProvider("gateway", subscription_id=OTHER)]
        MtlsAppGateway("edge", smallest, pulumi.ResourceOptions(providers=providers))  # type: ignore[arg-type]
        return {}

    with pytest.raises(pulumi.RunError, match=f"the network is in subscription {SUBSCRIPTION}"):
        recorder.build(program)
    assert () == recorder.of(GATEWAY)


def with_generated_provider(
    recorder: Recorder, smallest: dict[str, Any], *, preview: bool = False, **settings: Any
) -> None:
    """Build the component with a gateway provider of a generated package, whose class is not ours."""
    from mtls_app_gateway.resources.component import MtlsAppGateway

    def program() -> dict[str, pulumi.Output[Any]]:
        generated = pulumi.ProviderResource(PACKAGE, "generated", {**settings}, package_ref=get_package())
        providers = [azure_native.Provider("network", subscription_id=SUBSCRIPTION), generated]
        built = MtlsAppGateway("edge", smallest, pulumi.ResourceOptions(providers=providers))  # type: ignore[arg-type]
        return {"modes": built.modes}

    recorder.build(program, preview=preview)


def test_a_provider_of_another_class_is_compared_too(recorder: Recorder, smallest: dict[str, Any]) -> None:
    """The engine knows what it is set to."""
    with pytest.raises(pulumi.RunError, match=f"subscriptions-differ.*the gateway's to {OTHER}"):
        with_generated_provider(recorder, smallest, subscriptionId=OTHER)
    assert () == (*recorder.of(PUBLIC_IP), *recorder.of(GATEWAY))


@pytest.mark.parametrize("settings", [{}, {"subscriptionId": SUBSCRIPTION}])
def test_a_provider_of_another_class_serves(
    recorder: Recorder, smallest: dict[str, Any], settings: dict[str, Any]
) -> None:
    """The network's subscription, or none at all, is no reason to stop."""
    with_generated_provider(recorder, smallest, **settings)

    assert recorder.the(GATEWAY).provider.startswith(recorder.the(PROVIDER).urn)


@pytest.mark.parametrize("preview", [False, True])
def test_a_gateway_made_in_another_subscription_fails_the_deployment(
    recorder: Recorder, smallest: dict[str, Any], *, preview: bool
) -> None:
    """A provider that is set to none is judged by where the gateway landed, in the next preview too."""
    recorder.gateway_subscription = OTHER

    with pytest.raises(pulumi.RunError, match=f"subscriptions-differ.*was made in {OTHER}"):
        with_generated_provider(recorder, smallest, preview=preview)


@pytest.mark.parametrize(
    ("given", "missing"),
    [
        ({"network": SUBSCRIPTION}, f"an explicit provider for azure-native and none for {PACKAGE}"),
        ({"gateway": {"subscription_id": SUBSCRIPTION}}, f"an explicit provider for {PACKAGE} and none for azure-nat"),
    ],
)
def test_one_provider_alone_is_refused(
    recorder: Recorder, smallest: dict[str, Any], given: dict[str, Any], missing: str
) -> None:
    """The remedy is told in the words of Python and of YAML, and nothing is registered in Azure."""
    with pytest.raises(pulumi.RunError, match="provider-missing") as raised:
        with_providers(recorder, smallest, **given)

    for words in (missing, "mtls_app_gateway.GatewayProvider(", f"pulumi:providers:{PACKAGE}"):
        assert words in str(raised.value)
    assert () == (*recorder.of(PUBLIC_IP), *recorder.of(GATEWAY))


def provider_of(recorder: Recorder, **settings: Any) -> Any:
    def program() -> dict[str, pulumi.Output[Any]]:
        GatewayProvider("gateway", **settings)
        return {}

    recorder.build(program)
    return recorder.the(PROVIDER)


def test_a_gateway_provider_takes_azure_natives_settings(recorder: Recorder) -> None:
    """Texts as they are, the rest as JSON, what is not given not at all."""
    found = provider_of(
        recorder,
        subscription_id=pulumi.Output.from_input(SUBSCRIPTION),
        use_oidc=True,
        auxiliary_tenant_ids=["one"],
        tenant_id=None,
    )

    assert {
        "subscriptionId": SUBSCRIPTION,
        "useOidc": "true",
        "auxiliaryTenantIds": '["one"]',
        "environment": "public",
    } == found.inputs


@pytest.mark.parametrize("settings", [{}, {"environment": "china"}, {"use_msi": False, "client_id": "id"}])
def test_a_gateway_provider_says_what_azure_natives_says(recorder: Recorder, settings: dict[str, Any]) -> None:
    """The same settings become the same inputs, defaults and secrets included: one cloud, one identity."""

    def program() -> dict[str, pulumi.Output[Any]]:
        azure_native.Provider("network", **settings)
        GatewayProvider("gateway", **settings)
        return {}

    recorder.build(program)
    network, gateway = recorder.the(NETWORK_PROVIDER), recorder.the(PROVIDER)
    assert network.inputs == gateway.inputs
    assert network.secrets == gateway.secrets


def test_a_gateway_providers_secrets_are_secrets(recorder: Recorder) -> None:
    """Whatever may be a credential is a secret, also where it was given in plain text."""
    credentials = ("client_id", "client_secret", "client_certificate_password", "oidc_token", "oidc_request_token")
    found = provider_of(recorder, **dict.fromkeys(credentials, "hidden"))

    assert found.inputs.keys() - {"environment"} == found.secrets


def test_a_gateway_provider_refuses_what_azure_native_does_not_have(recorder: Recorder) -> None:
    """A misspelt setting is an error, not a provider that goes elsewhere."""
    with pytest.raises(TypeError, match="has no setting 'subscription'"):
        provider_of(recorder, subscription=SUBSCRIPTION)
