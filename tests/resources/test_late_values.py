"""What is known only later reaches Azure as if it had been known at once."""

from collections.abc import Iterator, Mapping
from typing import Any

import pulumi
from mtls_app_gateway.resources.component import MtlsAppGateway
from mtls_app_gateway.resources.placeholders import may_be_known_later, paths_known_later
from mtls_app_gateway.settings.parsing import Path

from .conftest import PASSWORD, Certificates
from .recorder import SUBSCRIPTION, Recorder

PROVIDERS = f"/subscriptions/{SUBSCRIPTION}/resourceGroups/rg/providers"
DDOS_PLAN = f"{PROVIDERS}/Microsoft.Network/ddosProtectionPlans/plan"
WAF_POLICY = f"{PROVIDERS}/Microsoft.Network/ApplicationGatewayWebApplicationFirewallPolicies/waf"
SUBNET = f"{PROVIDERS}/Microsoft.Network/virtualNetworks/hub/subnets/gateways"
ADDRESS = f"{SUBNET.partition('/virtualNetworks/')[0]}/publicIPAddresses/edge"


def every_input(certificates: Certificates) -> dict[str, Any]:
    """Arguments with everything that may be known later, but for the existing subnet."""
    chains = {"trustedCaChains": [{"name": "partners", "data": certificates.partners.bundle_pem}]}
    other = {"trustedCaChains": [{"name": "devices", "data": certificates.devices.bundle_pem}]}
    vault = "https://contoso.vault.azure.net/secrets/edge"
    return {
        "resourceGroupName": "rg-edge",
        "location": "westeurope",
        "gatewayName": "agw",
        "sku": "WAF_v2",
        "wafPolicyId": WAF_POLICY,
        "identityId": f"{PROVIDERS}/Microsoft.ManagedIdentity/userAssignedIdentities/reader",
        "mode": "Strict",
        "strict": chains,
        "profiles": [{"name": "devices", "mode": "Strict", "strict": other}],
        "listenerCertificates": [
            {"name": "own", "pfx": certificates.pfx, "password": PASSWORD},
            {"name": "vaulted", "keyVaultSecretId": vault},
        ],
        "listeners": [
            {"certificate": "own", "errorPages": [{"status": 502, "url": "https://www.example.com/502.html"}]},
            {"name": "devices", "port": 8443, "certificate": "vaulted", "profile": "devices"},
            {"name": "old", "port": 80, "protocol": "Http"},
        ],
        "routes": [
            {"priority": 10, "paths": [{"name": "tight", "paths": ["/tight"], "wafPolicyId": WAF_POLICY}]},
            {
                "name": "devices",
                "listener": "devices",
                "priority": 20,
                "paths": [{"name": "old", "paths": ["/old"], "redirect": {"url": "https://new.example.com/"}}],
            },
            {"name": "old", "listener": "old", "priority": 30, "redirect": {"url": "https://new.example.com/"}},
        ],
        "backends": [
            {
                "fqdns": ["app.example.com"],
                "ipAddresses": ["10.0.2.4"],
                "hostName": "inside.example.com",
                "sniName": "shown.example.com",
                "trustedRoots": [
                    {"name": "devices", "data": certificates.devices.certificate_pem},
                    {"name": "vaulted", "keyVaultSecretId": vault},
                ],
                "probe": {"hostName": "probed.example.com"},
            }
        ],
        "errorPages": [{"status": 502, "url": "https://www.example.com/502.html"}],
        "network": {
            "name": "vnet",
            "securityGroupName": "nsg",
            "natGatewayId": f"{PROVIDERS}/Microsoft.Network/natGateways/out",
            "routeTableId": f"{PROVIDERS}/Microsoft.Network/routeTables/out",
            "ddosProtectionPlanId": DDOS_PLAN,
        },
        "publicIp": {
            "name": "pip",
            "domainNameLabel": "contoso",
            "ddosProtection": "Enabled",
            "ddosProtectionPlanId": DDOS_PLAN,
        },
        "tags": {"owner": "edge"},
    }


def later(value: Any, path: Path = ()) -> Any:
    """The same arguments, each that may be known later as an output."""
    if isinstance(value, Mapping):
        return {key: later(inner, (*path, key)) for key, inner in value.items()}
    if isinstance(value, list):
        return [later(inner, (*path, index)) for index, inner in enumerate(value)]
    return pulumi.Output.from_input(value) if may_be_known_later(path) else value


def patterns(value: Any, path: Path = ()) -> Iterator[Path]:
    """The paths of texts, with `*` for positions and the names of tags."""
    if isinstance(value, Mapping):
        for key, inner in value.items():
            yield from patterns(inner, (*path, "*" if path == ("tags",) else key))
    elif isinstance(value, list):
        for inner in value:
            yield from patterns(inner, (*path, "*"))
    else:
        yield path


def registered(args: Mapping[str, Any], *, as_outputs: bool) -> dict[str, Any]:
    """The inputs of everything that is registered."""
    recorder = Recorder()

    def program() -> dict[str, pulumi.Output[Any]]:
        MtlsAppGateway("edge", later(args) if as_outputs else args)  # type: ignore[arg-type] # plain dicts
        return {}

    recorder.build(program)
    return {each.name: each.inputs for each in recorder.registrations}


def test_every_input_reaches_azure(certificates: Certificates) -> None:
    """Outputs in all places that take them register what plain values register; no placeholder is left."""
    made = every_input(certificates)
    existing = {**made, "network": {"subnetId": SUBNET}, "publicIp": {"id": ADDRESS}}
    group = {**made, "network": {"securityGroupId": f"{PROVIDERS}/Microsoft.Network/networkSecurityGroups/nsg"}}

    assert paths_known_later() <= {*patterns(made), *patterns(existing), *patterns(group)}
    for args in (made, existing, group):
        assert registered(args, as_outputs=False) == registered(args, as_outputs=True)
