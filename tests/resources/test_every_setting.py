"""
Every setting that a person can give changes what is deployed: one example each, beside a gateway that has everything.

What is compared: the gateway document and the security group's rules, and where both stay the same, all that is
registered. A setting with `unsafe` in its name deploys nothing; it lets something pass that is refused without it.
"""

import base64
import json
import re
from collections.abc import Iterator, Mapping
from copy import deepcopy
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from functools import cache
from typing import Any

import pulumi
import pytest
from mtls_app_gateway.problems import GatewayError
from mtls_app_gateway.rehearsal.authority import Authority
from mtls_app_gateway.resources.component import MtlsAppGateway, plan_component
from mtls_app_gateway.resources.network import security_rules
from mtls_app_gateway.settings.parsing import parse_settings
from mtls_app_gateway.settings.settings import GatewaySettings
from mtls_app_gateway.settings.shapes import Model
from pulumi.runtime.proto import resource_pb2

from .conftest import PASSWORD, Certificates
from .recorder import Recorder

AT = datetime.now(UTC)
ARM = "/subscriptions/00000000-0000-0000-0000-000000000001/resourceGroups/rg/providers"
POLICY = f"{ARM}/Microsoft.Network/ApplicationGatewayWebApplicationFirewallPolicies"
IDENTITY = f"{ARM}/Microsoft.ManagedIdentity/userAssignedIdentities"
SUITES = ["TLS_ECDHE_RSA_WITH_AES_256_GCM_SHA384", "TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256"]
OWN_POLICY = {"minProtocolVersion": "TLSv1_2", "cipherSuites": SUITES[:1]}
VAULT = {"name": "second", "keyVaultSecretId": "https://v.vault.azure.net/secrets/one"}
AWAY = "https://www.example.com/"
PAGE = "https://www.example.com/502.html"
PATH = {"name": "a", "paths": ["/a"]}
GONE = object()
"""In a change: take the key away."""


@dataclass(frozen=True, slots=True)
class Case:
    """A setting's path and another value for it; `given` changes what it is compared with too."""

    path: str
    value: Any
    given: Mapping[str, Any] = field(default_factory=dict)
    refused_before: bool = False
    """Whether the gateway cannot be built without the change."""


def _models(path: str) -> Iterator[tuple[str, str]]:
    """The model and the key of each step of a path, ignoring positions; what is below a free key has no model."""
    model: type[Model] | None = GatewaySettings
    for step in re.sub(r"\[\d+\]", "", path).split("."):
        if model is not None:
            found = next(it for it in model.model_fields.values() if it.alias == step)
            yield model.__name__, step
            model = next((it for it in _all_models() if re.search(rf"\b{it.__name__}\b", str(found.annotation))), None)


def _all_models() -> tuple[type[Model], ...]:
    return tuple(Model.__subclasses__())


OPEN_ONLY = {
    "mode": GONE,
    "strict": GONE,
    "identityHeaders": {},
    "profiles": [],
    "listenerCertificates[1]": GONE,
    "listeners": [{"profile": "none"}],
    "backends[1]": GONE,
    "routes": GONE,
}
"""Changes to one listener that asks no client for a certificate."""
INSIDE = {"listeners[1].frontend": "Private", "privateIp": {"address": "10.0.0.250"}}
CASES = (
    Case("resourceGroupName", "rg-other"),
    Case("location", "northeurope"),
    Case("gatewayName", "edge-other"),
    Case("mode", "Passthrough", {"identityHeaders": {}}),
    Case("strict.verifyIssuerDn", False),
    Case("strict.revocation", "OCSP"),
    Case("strict.trustedCaChains", [{"name": "a", "data": "DEVICES"}]),
    Case("strict.trustedCaChains[0].name", "other"),
    Case("strict.trustedCaChains[0].data", "DEVICES"),
    Case("strict.trustedCaChains[0].split", True, {"strict.trustedCaChains[0].data": "BOTH"}, refused_before=True),
    Case("strict.unsafeNoValidChain", True, {"strict.trustedCaChains[0].data": "EXPIRED"}, refused_before=True),
    Case("profiles[0].name", "other", {"listeners[1].profile": "other"}, refused_before=True),
    Case("profiles[0].mode", "Strict", {"profiles[0].strict": {"trustedCaChains": [{"data": "DEVICES"}]}}),
    Case("profiles[0].strict", {"trustedCaChains": [{"data": "DEVICES"}]}),
    Case("profiles[0].tlsPolicy", {"policyName": "AppGwSslPolicy20220101"}),
    Case("tlsPolicy", {"policyName": "AppGwSslPolicy20220101"}),
    Case("tlsPolicy.policyName", "AppGwSslPolicy20220101S", {"tlsPolicy": {"policyName": "AppGwSslPolicy20220101"}}),
    Case("tlsPolicy.minProtocolVersion", "TLSv1_3"),
    Case("tlsPolicy.cipherSuites", SUITES),
    Case("listenerCertificates[1].name", "other", {"listeners[1].certificate": "other"}, refused_before=True),
    Case("listenerCertificates[0].pfx", "OTHER_PFX"),
    Case("listenerCertificates[0].password", "Other1", {"listenerCertificates[0].pfx": "OTHER_PASSWORD"}, True),
    Case("listenerCertificates[1].keyVaultSecretId", "https://v.vault.azure.net/secrets/two"),
    Case("listeners[1].name", "other", {"routes[1].listener": "other"}, refused_before=True),
    Case("listeners[1].port", 9443),
    Case("listeners[0].protocol", "Http", OPEN_ONLY),
    Case("listeners[0].hostNames", ["other.example.com"]),
    Case("listeners[1].certificate", "listener"),
    Case("listeners[1].profile", "default", {"profiles[0].mode": "Strict", "profiles[0].strict": {
        "trustedCaChains": [{"data": "DEVICES"}]
    }, "listeners[2]": {"name": "third", "port": 10443, "profile": "app", "certificate": "second"}, "routes[2]": {
        "name": "third", "listener": "third", "backend": "other", "priority": 30
    }}),
    Case("listeners[1].unsafeBypassesStrict", True, {
        "listeners[1].profile": "none", "routes[1].backend": "backend", "profiles": [],
    }, refused_before=True),
    Case("backends[0].name", "renamed", {"routes[0].backend": "renamed"}, refused_before=True),
    Case("backends[0].fqdns", ["b.example.com"]),
    Case("backends[1].ipAddresses", ["10.0.2.5"]),
    Case("backends[1].settingsOf", "backend", {"backends[1]": {"name": "other", "fqdns": ["o.example.com"]}}),
    Case("backends[0].protocol", "Http", {"backends[0].trustedRoots": []}),
    Case("backends[0].port", 8443),
    Case("backends[0].hostName", "inside.example.com"),
    Case("backends[0].hostNameFrom", "Client", {"backends[0].probe.hostName": "probe.example.com"}),
    Case("backends[0].requestTimeout", 45),
    Case("backends[0].trustedRoots[0].name", "other"),
    Case("backends[0].trustedRoots[0].data", "DEVICES"),
    Case("backends[0].trustedRoots[1].keyVaultSecretId", "https://v.vault.azure.net/secrets/two"),
    Case("backends[0].sniName", "shown.example.com"),
    Case("backends[0].unsafeUnverifiedChain", True),
    Case("backends[0].unsafeUnverifiedName", True),
    Case("backends[0].connectionDraining.enabled", False),
    Case("backends[0].connectionDraining.timeout", 61),
    Case("backends[0].affinityCookie", "edge"),
    Case("backends[0].dedicatedConnections", True),
    Case("backends[0].probe.path", "/other"),
    Case("backends[0].probe.statusCodes", ["204"]),
    Case("backends[0].probe.body", "ready"),
    Case("backends[0].probe.port", 9000),
    Case("backends[0].probe.minServers", 1),
    Case("backends[0].probe.hostName", "probe.example.com"),
    Case("backends[0].probe.interval", 31),
    Case("backends[0].probe.timeout", 29),
    Case("backends[0].probe.unhealthyThreshold", 4),
    Case("routes[0].name", "renamed"),
    Case("routes[1].listener", "app", {"routes[1].listener": "https"}, refused_before=True),
    Case("routes[0].backend", "third", {"backends[2]": {"name": "third", "fqdns": ["third.example.com"]}}),
    Case("routes[0].priority", 11),
    *(Case(f"routes[1].redirect{key}", value, {"routes[1].backend": GONE, "routes[1].redirect": {"url": AWAY}})
      for key, value in {
          "": {"listener": "https"}, ".url": "https://b.example/", ".type": "Found", ".includePath": False,
          ".includeQueryString": False,
      }.items()),
    Case("routes[1].redirect.listener", "https", {"routes[1].backend": GONE, "routes[1].redirect": {}}, True),
    Case("routes[1].paths", [PATH, {"name": "b", "paths": ["/b"], "wafPolicyId": f"{POLICY}/b"}]),
    *(Case(f"routes[1].paths[0].{key}", value, {"routes[1].paths": [PATH]}) for key, value in {
        "name": "renamed", "paths": ["/b"], "backend": "backend", "redirect": {"url": AWAY},
        "wafPolicyId": f"{POLICY}/other",
    }.items()),
    Case("routes[1].paths[0].rewrites", ["own"], {"routes[1].paths": [PATH]}),
    *(Case(f"routes[1].paths[0].redirect.{key}", value, {"routes[1].paths": [{**PATH, "redirect": {"url": AWAY}}]})
      for key, value in {
          "url": "https://b.example/", "type": "Found", "includePath": False, "includeQueryString": False,
      }.items()),
    Case("routes[1].paths[0].redirect.listener", "https", {"routes[1].paths": [{**PATH, "redirect": {}}]}, True),
    Case("redirectHttpToHttps", True),
    Case("routes[0].rewrites", ["own"]),
    *(Case(f"rewrites[0].{key}", value, {"routes[0].rewrites": ["own"]}) for key, value in {
        "conditions": [{"variable": "var_host", "pattern": "a"}],
        "requestHeaders.Accept": "b",
        "responseHeaders.Server": "b",
        "url": {"path": "/b"},
    }.items()),
    Case("rewrites[0].name", "other", {"routes[0].rewrites": ["other"]}, refused_before=True),
    *(Case(f"rewrites[0].conditions[0].{key}", value, {
        "routes[0].rewrites": ["own"], "rewrites[0].conditions": [{"variable": "var_host", "pattern": "a"}],
    }) for key, value in {
        "variable": "var_uri_path", "pattern": "b", "ignoreCase": True, "negate": True,
    }.items()),
    *(Case(f"rewrites[0].url.{key}", value, {"routes[0].rewrites": ["own"], "rewrites[0].url": {"path": "/a"}})
      for key, value in {"path": "/b", "queryString": "b"}.items()),
    Case("rewrites[0].url.reroute", True, {
        "routes[0].rewrites": ["own"], "routes[0].paths": [{"name": "a", "paths": ["/a"]}],
        "rewrites[0].url": {"path": "/a"},
    }),
    Case("strictTransportSecurity", {}),
    *(Case(f"strictTransportSecurity.{key}", value, {"strictTransportSecurity": {}}) for key, value in {
        "maxAge": 600, "includeSubDomains": True, "preload": True,
    }.items()),
    Case("hideServer", True),
    Case("identityHeaders.certificate", "X-Other-Cert"),
    Case("identityHeaders.verification", "X-Other"),
    Case("identityHeaders.subject", "X-Other"),
    Case("identityHeaders.issuer", "X-Other"),
    Case("identityHeaders.serial", "X-Other"),
    Case("identityHeaders.fingerprint", "X-Other"),
    Case("identityHeaders.unsafeUnverifiedFacts", True, {"identityHeaders": {"subject": "X-S"}}, refused_before=True),
    Case("http2", True),
    Case("errorPages", [{"status": 502, "url": PAGE}]),
    Case("errorPages[0].status", 503, {"errorPages": [{"status": 502, "url": PAGE}]}),
    Case("errorPages[0].url", "https://b.example/502.html", {"errorPages": [{"status": 502, "url": PAGE}]}),
    Case("listeners[1].errorPages", [{"status": 502, "url": PAGE}]),
    Case("sku", "Standard_v2", {"wafPolicyId": GONE}, refused_before=True),
    Case("wafPolicyId", f"{POLICY}/other"),
    Case("capacity", 4, {"autoscale": GONE}),
    Case("autoscale.minCapacity", 3),
    Case("autoscale.maxCapacity", 9),
    Case("zones", ["1", "2"]),
    Case("identityId", f"{IDENTITY}/other"),
    Case("network.subnetId", f"{ARM}/Microsoft.Network/virtualNetworks/v/subnets/s", {"network": {}}),
    Case("network.name", "net-other"),
    Case("network.addressPrefix", "10.0.0.0/15"),
    Case("network.subnetName", "other"),
    Case("network.subnetPrefix", "10.0.3.0/24"),
    Case("network.additionalSubnets[0].name", "other"),
    Case("network.additionalSubnets[0].addressPrefix", "10.0.4.0/24"),
    Case("network.securityGroupName", "nsg-other"),
    Case("network.allowedSources", ["203.0.113.0/24"]),
    Case("publicIp.name", "ip-other"),
    Case("publicIp.domainNameLabel", "contoso-other"),
    Case("publicIp.zones", ["1", "2", "3"]),
    Case("publicIp.protect", True),
    Case("publicIp.id", f"{ARM}/Microsoft.Network/publicIPAddresses/p"),
    Case("publicIp.frontendName", "appGatewayFrontendIP"),
    Case("publicIp.keepUnused", True, {**INSIDE, "listeners[0].frontend": "Private"}),
    Case("network.dnsServers", ["10.0.9.4"]),
    Case("network.serviceEndpoints", ["Microsoft.KeyVault"]),
    Case("network.natGatewayId", f"{ARM}/Microsoft.Network/natGateways/n"),
    Case("network.routeTableId", f"{ARM}/Microsoft.Network/routeTables/r"),
    Case("network.ddosProtectionPlanId", f"{ARM}/Microsoft.Network/ddosProtectionPlans/p"),
    Case("network.defaultOutboundAccess", False),
    Case("publicIp.domainNameLabelScope", "NoReuse", {"publicIp": {"domainNameLabel": "contoso"}}),
    Case("publicIp.ddosProtection", "Enabled"),
    Case("publicIp.ddosProtectionPlanId", f"{ARM}/Microsoft.Network/ddosProtectionPlans/p", {
        "publicIp": {"ddosProtection": "Enabled"},
    }),
    Case("network.securityGroupId", f"{ARM}/Microsoft.Network/networkSecurityGroups/g"),
    Case("network.ipConfigurationName", "appGatewayIpConfig"),
    Case("listeners[1].frontend", "Private", {"privateIp": {"address": "10.0.0.250"}}, refused_before=True),
    Case("privateIp.address", "10.0.0.251", INSIDE),
    Case("privateIp.name", "inside", INSIDE),
    Case("privateIp.allowedSources", ["10.1.0.0/16"], INSIDE),
    Case("lock", "CanNotDelete"),
    Case("tags.env", "other"),
    Case("arm", {"properties": {"forceFirewallPolicyAssociation": True}}),
    Case("timeouts.create", "45m"),
    Case("timeouts.update", "45m"),
    Case("timeouts.delete", "45m"),
)  # fmt: skip
ONLY_SAID = Case("caExpiryWarningDays", 20000)
"""The one setting that changes what is said and nothing that is deployed."""


@pytest.fixture(scope="module")
def texts(certificates: Certificates) -> dict[str, str]:
    """What the words in capitals stand for."""
    expired = Authority.create(
        "Example Old Root", now=AT, not_before=AT - timedelta(days=9), not_after=AT - timedelta(days=2)
    )
    other = certificates.devices.issue("edge.example.com", host_names=["edge.example.com"])
    return {
        "PARTNERS": certificates.partners.bundle_pem,
        "DEVICES": certificates.devices.bundle_pem,
        "BOTH": certificates.partners.bundle_pem + certificates.devices.bundle_pem,
        "EXPIRED": expired.bundle_pem,
        "PFX": certificates.pfx,
        "OTHER_PFX": base64.b64encode(other.pfx(PASSWORD)).decode(),
        "OTHER_PASSWORD": base64.b64encode(other.pfx("Other1")).decode(),
    }


EVERYTHING: dict[str, Any] = {
    "resourceGroupName": "rg-edge",
    "location": "westeurope",
    "gatewayName": "edge",
    "mode": "Strict",
    "strict": {"trustedCaChains": [{"name": "partners", "data": "PARTNERS"}]},
    "profiles": [{"name": "app", "mode": "Passthrough"}],
    "listenerCertificates": [
        {"name": "listener", "pfx": "PFX", "password": PASSWORD},
        VAULT,
    ],
    "listeners": [
        {"certificate": "listener"},
        {"name": "app", "port": 8443, "profile": "app", "certificate": "second"},
    ],
    "backends": [
        {
            "fqdns": ["a.example.com"],
            "trustedRoots": [
                {"name": "private", "data": "PARTNERS"},
                VAULT,
            ],
        },
        {"name": "other", "ipAddresses": ["10.0.2.4"], "hostName": "o.example"},
    ],
    "routes": [{"priority": 10}, {"name": "app", "listener": "app", "backend": "other", "priority": 20}],
    "rewrites": [{"name": "own", "requestHeaders": {"Accept": "a"}, "responseHeaders": {"Server": "a"}}],
    "identityHeaders": {"unsafeUnverifiedFacts": True},
    "tlsPolicy": OWN_POLICY,
    "sku": "WAF_v2",
    "wafPolicyId": f"{POLICY}/edge",
    "autoscale": {"minCapacity": 2, "maxCapacity": 10},
    "identityId": f"{IDENTITY}/edge",
    "network": {"additionalSubnets": [{"name": "backends", "addressPrefix": "10.0.2.0/24"}]},
    "tags": {"env": "test"},
}


def changed(settings: dict[str, Any], changes: Mapping[str, Any]) -> dict[str, Any]:
    """A copy with the values at these paths replaced; what is missing on the way is made, and lists grow by one."""
    copy = deepcopy(settings)
    for path, value in changes.items():
        steps = [int(step) if step.isdigit() else step for step in re.findall(r"[A-Za-z0-9]+", path)]
        here: Any = copy
        for step in steps[:-1]:
            here = here[step] if isinstance(step, int) else here.setdefault(step, {})
        if value is GONE:
            del here[steps[-1]]
        elif isinstance(steps[-1], int) and steps[-1] == len(here):
            here.append(value)
        else:
            here[steps[-1]] = value
    return copy


def as_text(settings: dict[str, Any], texts: Mapping[str, str]) -> str:
    """The settings as JSON, each word in capitals replaced by what it stands for."""
    return re.sub(r'"([A-Z_]+)"', lambda found: json.dumps(texts.get(found[1], found[1])), json.dumps(settings))


@cache
def planned(settings: str) -> str | None:
    """The document and the security group's rules as text; None where the gateway cannot be built."""
    try:
        _, plan = plan_component(json.loads(settings), AT)
    except GatewayError:
        return None
    rules = () if plan.settings.network.subnet_id else security_rules(plan.settings)
    return json.dumps([plan.document, rules])


class Everything(Recorder):
    """A recorder that keeps the options of resources too: how long Pulumi waits, and what it does not delete."""

    def __init__(self) -> None:
        super().__init__()
        self.options: dict[str, str] = {}

    def RegisterResource(self, request: resource_pb2.RegisterResourceRequest) -> Any:  # noqa: N802
        if request.custom:
            self.options[request.name] = f"{request.customTimeouts} {request.protect}"
        return super().RegisterResource(request)


@cache
def registered(settings: str) -> tuple[list[str], list[str]]:
    """All that is registered, in whatever order, and all that is said."""
    recorder = Everything()

    def program() -> dict[str, pulumi.Output[Any]]:
        MtlsAppGateway("edge", json.loads(settings))
        return {}

    recorder.build(program)
    made = [(it.token, it.name, json.dumps(it.inputs, sort_keys=True)) for it in recorder.registrations]
    return sorted(f"{token} {name} {asked} {recorder.options.get(name)}" for token, name, asked in made), (
        recorder.said("WARNING")
    )


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.path)
def test_no_setting_is_silently_dropped(case: Case, texts: dict[str, str]) -> None:
    """
    Another value of a setting is another gateway, network, address or way to deploy them, or none at all before it.
    """
    before = changed(EVERYTHING, case.given)
    one, other = (as_text(it, texts) for it in (before, changed(before, {case.path: case.value})))

    assert planned(other) is not None
    assert case.refused_before == (planned(one) is None)
    assert planned(one) != planned(other) or registered(one)[0] != registered(other)[0]


def test_one_gateway_is_registered_alike_twice(texts: dict[str, str]) -> None:
    """
    What is compared differs by the settings alone: the same settings are the same text.
    """
    settings = as_text(EVERYTHING, texts)

    assert registered(settings) == registered.__wrapped__(settings)
    assert planned(settings) == planned.__wrapped__(settings)


def test_the_days_of_warning_change_what_is_said(texts: dict[str, str]) -> None:
    """
    A larger number of days warns of an expiry that was not spoken of before.
    """
    _, quiet = registered(as_text(EVERYTHING, texts))
    _, loud = registered(as_text(EVERYTHING | {ONLY_SAID.path: ONLY_SAID.value}, texts))

    assert set(quiet) < set(loud)


def test_every_setting_has_its_example() -> None:
    """
    No setting goes without a case; what only holds further settings is changed by changing those.
    """
    known = {(model.__name__, str(it.alias)) for model in _all_models() for it in model.model_fields.values()}
    shown = {step for case in (*CASES, ONLY_SAID) for step in _models(case.path)}

    assert known == shown
    assert () == parse_settings(EVERYTHING).problems
