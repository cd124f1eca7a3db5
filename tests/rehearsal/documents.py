"""Gateway documents for rehearsals, as small as they can be."""

import base64
from collections.abc import Sequence
from typing import Any

from mtls_app_gateway.document.azure import API
from mtls_app_gateway.document.gateway import TrustedChain
from mtls_app_gateway.document.placeholder import Placeholder
from mtls_app_gateway.document.references import self_reference
from mtls_app_gateway.document.view import view
from mtls_app_gateway.rehearsal.authority import Authority

Part = dict[str, Any]


def part(name: str, **properties: Any) -> Part:
    return {"name": name, "properties": properties}


def chain(name: str, *bundles: str) -> Part:
    return part(name, data=base64.b64encode("".join(bundles).encode()).decode())


def trusted(entry: Part) -> TrustedChain:
    """An entry of `trustedClientCertificates` as the view reads it."""
    return view({"properties": {"trustedClientCertificates": [entry]}}).trusted_chains[0]


def passthrough(name: str = "passthrough", **properties: Any) -> Part:
    return part(name, clientAuthConfiguration={"verifyClientAuthMode": "Passthrough"}, **properties)


def strict(
    name: str = "strict",
    *chains: str,
    issuer_dn: bool = False,
    ocsp: bool = False,
    **properties: Any,
) -> Part:
    wanted = {
        "verifyClientAuthMode": "Strict",
        "verifyClientCertIssuerDN": issuer_dn,
        "verifyClientRevocation": "OCSP" if ocsp else "None",
    }
    trusted = [self_reference("trustedClientCertificates", each) for each in chains]
    return part(name, clientAuthConfiguration=wanted, trustedClientCertificates=trusted, **properties)


IDENTITY = {
    "X-Client-Cert": "client_certificate",
    "X-Client-Verification": "client_certificate_verification",
    "X-Client-Fingerprint": "client_certificate_fingerprint",
    "X-Client-Issuer": "client_certificate_issuer",
    "X-Client-Subject": "client_certificate_subject",
    "X-Client-Serial": "client_certificate_serial",
    "X-Client-From": "client_certificate_start_date",
    "X-Client-Until": "client_certificate_end_date",
}


def headers_set(**values: str) -> list[dict[str, str]]:
    return [{"headerName": name.replace("_", "-"), "headerValue": value} for name, value in values.items()]


def rewrite_set(name: str, *rules: Part) -> Part:
    numbered = [{"name": f"{name}-{at}", "ruleSequence": 100 + at, **rule} for at, rule in enumerate(rules)]
    return part(name, rewriteRules=numbered)


def identity_set() -> Part:
    configurations = [{"headerName": name, "headerValue": f"{{var_{value}}}"} for name, value in IDENTITY.items()]
    return rewrite_set("identity", {"actionSet": {"requestHeaderConfigurations": configurations}})


def listener(name: str, port: int, profile: str | None = None, protocol: str = "Https", **properties: Any) -> Part:
    if profile is not None:
        properties["sslProfile"] = self_reference("sslProfiles", profile)
    if protocol == "Https":
        properties["sslCertificate"] = self_reference("sslCertificates", "tls")
    return part(
        name,
        frontendIPConfiguration=self_reference("frontendIPConfigurations", "public"),
        frontendPort=self_reference("frontendPorts", f"port-{port}"),
        protocol=protocol,
        **properties,
    )


def basic_rule(listener_name: str, priority: int = 100, rewrite: str | None = "identity", **properties: Any) -> Part:
    if rewrite is not None:
        properties["rewriteRuleSet"] = self_reference("rewriteRuleSets", rewrite)
    if "redirectConfiguration" not in properties and "urlPathMap" not in properties:
        properties.setdefault("backendAddressPool", self_reference("backendAddressPools", "app"))
        properties.setdefault("backendHttpSettings", self_reference("backendHttpSettingsCollection", "app"))
    return part(
        f"to-{listener_name}",
        ruleType="PathBasedRouting" if "urlPathMap" in properties else "Basic",
        priority=priority,
        httpListener=self_reference("httpListeners", listener_name),
        **properties,
    )


def document(listeners: Sequence[Part], *, rules: Sequence[Part] | None = None, **collections: Any) -> Part:
    """A gateway with these listeners, each with a rule to the pool `app` unless `rules` says otherwise."""
    ports = sorted({each["properties"]["frontendPort"]["id"].rpartition("-")[2] for each in listeners})
    properties: Part = {
        "sku": {"name": "Standard_v2", "tier": "Standard_v2", "capacity": 1},
        "sslPolicy": {"policyType": "Predefined", "policyName": "AppGwSslPolicy20220101S"},
        "frontendIPConfigurations": [part("public", publicIPAddress={"id": Placeholder("publicIp.id")})],
        "frontendPorts": [part(f"port-{port}", port=int(port)) for port in ports],
        "sslCertificates": [{"name": "tls"}],
        "httpListeners": list(listeners),
        "backendAddressPools": [part("app", backendAddresses=[{"fqdn": "app.example.com"}])],
        "backendHttpSettingsCollection": [part("app", port=80, protocol="Http", requestTimeout=20)],
        "rewriteRuleSets": [identity_set()],
        "requestRoutingRules": list(rules)
        if rules is not None
        else [basic_rule(each["name"], 100 + at) for at, each in enumerate(listeners)],
    }
    return {
        "type": "Microsoft.Network/applicationGateways",
        "apiVersion": API.version,
        "name": "gw",
        "properties": properties | collections,
    }


def bundle(authority: Authority) -> str:
    return authority.bundle_pem
