"""The component registers what its arguments say: the address, the gateway, who is whose child."""

import base64
import json
from typing import Any

import pulumi
import pulumi_azure_native as azure_native
import pytest
from mtls_app_gateway.document.azure import API

from .conftest import PASSWORD, Build, Certificates
from .recorder import (
    COMPONENT,
    GATEWAY,
    LOCK,
    NETWORK,
    PACKAGE,
    PROVIDER,
    PUBLIC_IP,
    SECURITY_GROUP,
    SUBNET,
    SUBSCRIPTION,
    Recorder,
)

PROVIDERS = f"/subscriptions/{SUBSCRIPTION}/resourceGroups/rg/providers"
POLICY = f"{PROVIDERS}/Microsoft.Network/ApplicationGatewayWebApplicationFirewallPolicies/waf"
IDENTITY = f"{PROVIDERS}/Microsoft.ManagedIdentity/userAssignedIdentities/reader"
VAULT = "https://contoso.vault.azure.net/secrets/edge"


def parts(recorder: Recorder, collection: str) -> dict[str, dict[str, Any]]:
    """A collection of the gateway by its parts' names."""
    return {part["name"]: {**part} for part in recorder.the(GATEWAY).inputs.get(collection, ())}


def test_every_child_is_named_after_the_component_and_belongs_to_it(
    build: Build, recorder: Recorder, smallest: dict[str, Any]
) -> None:
    """Names of children are public: they never change once released."""
    build(smallest | {"network": {"additional_subnets": [{"name": "backends", "address_prefix": "10.0.1.0/24"}]}})

    assert {
        COMPONENT: ["edge"],
        PROVIDER: ["edge-azure"],
        PUBLIC_IP: ["edge-public-ip"],
        SECURITY_GROUP: ["edge-security-group"],
        NETWORK: ["edge-network"],
        SUBNET: ["edge-subnet-backends", "edge-gateway-subnet"],
        GATEWAY: ["edge-gateway"],
    } == {token: [found.name for found in recorder.of(token)] for token in {it.token for it in recorder.registrations}}
    component = recorder.the(COMPONENT)
    assert {component.urn} == {found.parent for found in recorder.registrations if found is not component}


def test_the_gateway_is_registered_at_the_api_that_knows_passthrough(
    build: Build, recorder: Recorder, smallest: dict[str, Any]
) -> None:
    """One package, registered once: azure-native as installed, parameterized with network at the record's version."""
    build(smallest)

    (package,) = recorder.packages
    assert ("azure-native", azure_native_version()) == (package.name, package.version)
    assert (PACKAGE, azure_native_version()) == (package.parameterization.name, package.parameterization.version)
    parameter = json.loads(base64.b64decode(package.parameterization.value))
    assert {"module": "network", "version": API.module} == parameter


def azure_native_version() -> str:
    from importlib.metadata import version

    assert azure_native.__name__ == "pulumi_azure_native"
    return version("pulumi_azure_native")


def test_the_address_is_standard_and_static(build: Build, recorder: Recorder, smallest: dict[str, Any]) -> None:
    """A v2 gateway takes no other address; a DNS label is sent where it is set."""
    build(smallest | {"public_ip": {"name": "pip", "domain_name_label": "contoso"}, "location": "westeurope"})

    assert {
        "resourceGroupName": "rg-edge",
        "location": "westeurope",
        "publicIpAddressName": "pip",
        "publicIPAllocationMethod": "Static",
        "sku": {"name": "Standard"},
        "dnsSettings": {"domainNameLabel": "contoso"},
    } == recorder.the(PUBLIC_IP).inputs
    (frontend,) = recorder.the(GATEWAY).inputs["frontendIPConfigurations"]
    assert frontend["publicIPAddress"]["id"].endswith("/publicIPAddresses/pip")


def test_nothing_is_named_or_labelled_by_default(build: Build, recorder: Recorder, smallest: dict[str, Any]) -> None:
    """Without names Pulumi makes them up, so that a replacement can stand beside what it replaces."""
    build(smallest)

    assert {"resourceGroupName", "publicIPAllocationMethod", "sku"} == recorder.the(PUBLIC_IP).inputs.keys()
    assert not {"applicationGatewayName", "location", "zones", "tags", "identity", "firewallPolicy"} & (
        recorder.the(GATEWAY).inputs.keys()
    )


def test_tags_go_on_everything(build: Build, recorder: Recorder, smallest: dict[str, Any]) -> None:
    """Each resource that Azure can tag has the tags; their names keep their spelling."""
    tags = {"cost_centre": "42", "owner": "edge"}
    build(smallest | {"tags": tags})

    tagged = {found.token: found.inputs["tags"] for found in recorder.registrations if "tags" in found.inputs}
    assert dict.fromkeys([PUBLIC_IP, SECURITY_GROUP, NETWORK, GATEWAY], tags) == tagged


def test_the_gateway_is_registered_as_requested(build: Build, recorder: Recorder, smallest: dict[str, Any]) -> None:
    """Name, group, place, zones, TLS policy and HTTP/2 are as requested."""
    policy = {"min_protocol_version": "TLSv1_2", "cipher_suites": ["TLS_ECDHE_RSA_WITH_AES_256_GCM_SHA384"]}
    build(
        smallest
        | {
            "gateway_name": "agw",
            "location": "westeurope",
            "zones": ["1", "2", "3"],
            "http2": True,
            "tls_policy": policy,
        }
    )

    inputs = recorder.the(GATEWAY).inputs
    assert ("agw", "rg-edge", "westeurope") == (
        inputs["applicationGatewayName"],
        inputs["resourceGroupName"],
        inputs["location"],
    )
    assert ["1", "2", "3"] == inputs["zones"]
    assert inputs["enableHttp2"] is True
    assert {
        "policyType": "CustomV2",
        "minProtocolVersion": "TLSv1_2",
        "cipherSuites": ["TLS_ECDHE_RSA_WITH_AES_256_GCM_SHA384"],
    } == inputs["sslPolicy"]


def test_the_defaults_are_safe(build: Build, recorder: Recorder, smallest: dict[str, Any]) -> None:
    """TLS 1.2 and 1.3 without CBC, two instances and more, HTTP/2 off by default."""
    build(smallest)

    inputs = recorder.the(GATEWAY).inputs
    assert {"policyType": "Predefined", "policyName": "AppGwSslPolicy20220101S"} == inputs["sslPolicy"]
    assert {"name": "Standard_v2", "tier": "Standard_v2"} == inputs["sku"]
    assert {"minCapacity": 2, "maxCapacity": 10} == inputs["autoscaleConfiguration"]
    assert inputs["enableHttp2"] is False


@pytest.mark.parametrize(
    ("requested", "sku", "scale"),
    [
        ({"capacity": 3}, {"name": "Standard_v2", "tier": "Standard_v2", "capacity": 3}, None),
        (
            {"autoscale": {"min_capacity": 3, "max_capacity": 20}},
            {"name": "Standard_v2", "tier": "Standard_v2"},
            {"minCapacity": 3, "maxCapacity": 20},
        ),
    ],
)
def test_the_size_is_fixed_or_scales(
    build: Build,
    recorder: Recorder,
    smallest: dict[str, Any],
    *,
    requested: dict[str, Any],
    sku: dict[str, Any],
    scale: dict[str, Any] | None,
) -> None:
    """A capacity takes the place of autoscale."""
    build(smallest | requested)

    assert sku == recorder.the(GATEWAY).inputs["sku"]
    assert scale == recorder.the(GATEWAY).inputs.get("autoscaleConfiguration")


def test_a_firewall_comes_with_its_policy(build: Build, recorder: Recorder, smallest: dict[str, Any]) -> None:
    """WAF_v2 points at the existing policy, which may be another resource's output."""
    build(smallest | {"sku": "WAF_v2", "waf_policy_id": pulumi.Output.from_input(POLICY)})

    assert {"name": "WAF_v2", "tier": "WAF_v2"} == recorder.the(GATEWAY).inputs["sku"]
    assert {"id": POLICY} == recorder.the(GATEWAY).inputs["firewallPolicy"]


@pytest.mark.parametrize("as_output", [False, True], ids=["text", "output"])
def test_a_pfx_and_its_password_are_always_secrets(
    build: Build, recorder: Recorder, smallest: dict[str, Any], certificates: Certificates, *, as_output: bool
) -> None:
    """Whether given as text or as an output that is no secret, both reach the gateway marked as secrets."""
    pfx, password = certificates.pfx, PASSWORD
    given: dict[str, pulumi.Input[str]] = {"pfx": pfx, "password": password}
    if as_output:
        given = {key: pulumi.Output.from_input(value) for key, value in given.items()}
    built = build(smallest | {"listener_certificates": [given]})

    assert {"listener": {"name": "listener", "data": pfx, "password": password}} == parts(recorder, "sslCertificates")
    assert {"sslCertificates[0].data", "sslCertificates[0].password"} == recorder.the(GATEWAY).secrets
    assert pfx not in json.dumps(built.outputs)


def test_a_pfx_may_have_no_password(
    build: Build, recorder: Recorder, smallest: dict[str, Any], certificates: Certificates
) -> None:
    """Without a password none is sent."""
    pfx = base64.b64encode(certificates.devices.issue("edge").pfx()).decode()
    build(smallest | {"listener_certificates": [{"name": "bare", "pfx": pfx}]})

    assert {"bare": {"name": "bare", "data": pfx}} == parts(recorder, "sslCertificates")


def test_a_key_vault_certificate_is_read_with_an_identity(
    build: Build, recorder: Recorder, smallest: dict[str, Any]
) -> None:
    """The gateway gets the secret's id and the identity that may read it, and nothing that is secret."""
    certificate = {"name": "vaulted", "key_vault_secret_id": pulumi.Output.from_input(VAULT)}
    build(smallest | {"listener_certificates": [certificate], "identity_id": pulumi.Output.from_input(IDENTITY)})

    assert {"vaulted": {"name": "vaulted", "keyVaultSecretId": VAULT}} == parts(recorder, "sslCertificates")
    assert {"type": "UserAssigned", "userAssignedIdentities": [IDENTITY]} == recorder.the(GATEWAY).inputs["identity"]
    assert not recorder.the(GATEWAY).secrets


def test_listeners_and_routes(build: Build, recorder: Recorder, smallest: dict[str, Any]) -> None:
    """Each listener has its port, names, certificate and profile; each route its priority and backend."""
    build(
        smallest
        | {
            "listener_certificates": [
                {"name": "one", **smallest["listener_certificates"][0]},
                {"name": "two", **smallest["listener_certificates"][0]},
            ],
            "profiles": [{"name": "partners", "mode": "Passthrough"}],
            "listeners": [
                {"certificate": "one", "host_names": ["app.example.com", "*.example.org"]},
                {"name": "partners", "port": 8443, "certificate": "two", "profile": "partners"},
                {"name": "open", "port": 9443, "certificate": "two", "profile": "none"},
                {"name": "plain", "port": 80, "protocol": "Http"},
            ],
            "backends": [{"fqdns": ["a.example.com"]}, {"name": "other", "ip_addresses": ["10.0.2.4"]}],
            "routes": [
                {"priority": 10},
                {"name": "partners", "listener": "partners", "backend": "other", "priority": 20},
                {"name": "open", "listener": "open", "priority": 30},
                {"name": "plain", "listener": "plain", "priority": 40},
            ],
        }
    )

    def listener(name: str, port: int, protocol: str = "Https", **rest: Any) -> dict[str, Any]:
        return {
            "name": name,
            "protocol": protocol,
            "frontendIPConfiguration": {"id": "$self/frontendIPConfigurations/public"},
            "frontendPort": {"id": f"$self/frontendPorts/port-{port}"},
            **rest,
        }

    one, two = ({"id": f"$self/sslCertificates/{name}"} for name in ("one", "two"))
    assert [
        listener(
            "https",
            443,
            hostNames=["app.example.com", "*.example.org"],
            sslCertificate=one,
            sslProfile={"id": "$self/sslProfiles/default"},
        ),
        listener("partners", 8443, sslCertificate=two, sslProfile={"id": "$self/sslProfiles/partners"}),
        listener("open", 9443, sslCertificate=two),
        listener("plain", 80, "Http"),
    ] == recorder.the(GATEWAY).inputs["httpListeners"]
    assert {443, 8443, 9443, 80} == {port["port"] for port in parts(recorder, "frontendPorts").values()}
    assert {
        "name": "partners",
        "ruleType": "Basic",
        "priority": 20,
        "httpListener": {"id": "$self/httpListeners/partners"},
        "backendAddressPool": {"id": "$self/backendAddressPools/other"},
        "backendHttpSettings": {"id": "$self/backendHttpSettingsCollection/other"},
        "rewriteRuleSet": {"id": "$self/rewriteRuleSets/set-identity-headers"},
    } == parts(recorder, "requestRoutingRules")["partners"]


def test_backends(build: Build, recorder: Recorder, smallest: dict[str, Any]) -> None:
    """Members, protocol, port, host name, timeout and probe are as requested; names and addresses may be outputs."""
    build(
        smallest
        | {
            "backends": [
                {
                    "fqdns": [pulumi.Output.from_input("app.example.com")],
                    "ip_addresses": [pulumi.Output.from_input("10.0.2.4")],
                    "port": 8443,
                    "host_name": pulumi.Output.from_input("inside.example.com"),
                    "request_timeout": 60,
                    "probe": {
                        "path": "/health",
                        "status_codes": ["200", "401-403"],
                        "interval": 10,
                        "timeout": 5,
                        "unhealthy_threshold": 2,
                    },
                }
            ]
        }
    )

    assert [{"fqdn": "app.example.com"}, {"ipAddress": "10.0.2.4"}] == parts(recorder, "backendAddressPools")[
        "backend"
    ]["backendAddresses"]
    assert {
        "name": "backend",
        "port": 8443,
        "protocol": "Https",
        "hostName": "inside.example.com",
        "requestTimeout": 60,
        "connectionDraining": {"enabled": True, "drainTimeoutInSec": 60},
        "probe": {"id": "$self/probes/backend"},
    } == parts(recorder, "backendHttpSettingsCollection")["backend"]
    assert {
        "name": "backend",
        "protocol": "Https",
        "path": "/health",
        "pickHostNameFromBackendHttpSettings": True,
        "interval": 10,
        "timeout": 5,
        "unhealthyThreshold": 2,
        "match": {"statusCodes": ["200", "401-403"]},
    } == parts(recorder, "probes")["backend"]


def test_either_spelling_builds_the_same(build: Build, recorder: Recorder, smallest: dict[str, Any]) -> None:
    """Arguments in camelCase, as other languages give them, register what snake_case registers."""
    other = Recorder()
    build(smallest | {"tls_policy": {"policy_name": "AppGwSslPolicy20220101"}})
    from mtls_app_gateway.resources.component import MtlsAppGateway

    camel = {
        "resourceGroupName": smallest["resource_group_name"],
        "mode": smallest["mode"],
        "listenerCertificates": smallest["listener_certificates"],
        "backends": smallest["backends"],
        "tlsPolicy": {"policyName": "AppGwSslPolicy20220101"},
    }

    def program() -> dict[str, pulumi.Output[Any]]:
        MtlsAppGateway("edge", camel)  # type: ignore[arg-type] # another language's spelling
        return {}

    other.build(program)
    assert recorder.the(GATEWAY) == other.the(GATEWAY)


@pytest.mark.parametrize(
    ("public_ip", "opts", "protected"),
    [
        ({}, None, set()),
        ({"protect": False}, None, set()),
        ({"protect": True}, None, {PUBLIC_IP}),
        (
            {},
            pulumi.ResourceOptions(protect=True),
            {COMPONENT, PROVIDER, PUBLIC_IP, SECURITY_GROUP, NETWORK, SUBNET, GATEWAY},
        ),
    ],
)
def test_the_address_is_protected_where_it_is_requested(
    build: Build,
    recorder: Recorder,
    smallest: dict[str, Any],
    *,
    public_ip: dict[str, Any],
    opts: pulumi.ResourceOptions | None,
    protected: set[str],
) -> None:
    """The setting protects the address alone; a protected component protects all its children."""
    build(smallest | {"public_ip": public_ip}, opts)

    assert protected == {found.token for found in recorder.registrations if found.protect}


def test_the_component_records_where_its_resources_are(
    build: Build, recorder: Recorder, smallest: dict[str, Any]
) -> None:
    """The placing settings are the component's inputs, so that a change of them is seen before any child's."""
    build(smallest | {"public_ip": {"name": pulumi.Output.from_input("pip")}, "network": {"name": "hub"}})

    assert {
        "resourceGroupName": "rg-edge",
        "publicIp": {"name": "pip"},
        "network": {
            "name": "hub",
            "subnetName": "gateway",
            "subnetPrefix": "10.0.0.0/24",
            "addressPrefix": "10.0.0.0/16",
        },
    } == recorder.the(COMPONENT).inputs


def test_the_gateway_is_locked_where_it_is_asked_for(
    build: Build, recorder: Recorder, smallest: dict[str, Any]
) -> None:
    """The lock is on the gateway and nothing else, and forbids no update."""
    build(smallest | {"gateway_name": "agw", "lock": "CanNotDelete"})

    lock = recorder.the(LOCK)
    assert ("edge-lock", recorder.the(COMPONENT).urn) == (lock.name, lock.parent)
    assert f"{PROVIDERS.replace('/rg/', '/rg-edge/')}/Microsoft.Network/applicationGateways/agw" == lock.inputs["scope"]
    assert "CanNotDelete" == lock.inputs["level"]
