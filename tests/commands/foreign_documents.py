"""Gateways as others send them to Azure: bodies of a PUT with absolute ids, one for each feature of a gateway at work.

Made by hand from the type table, in the shape of Azure's REST reference and of gateways of Azure Verified Modules;
nothing is copied from either.
"""

import base64
from collections.abc import Mapping
from typing import Any

from mtls_app_gateway.document.arm_types import GATEWAY_TYPE
from mtls_app_gateway.rehearsal.authority import Authority

Json = dict[str, Any]

_GROUP = "/subscriptions/11111111-2222-3333-4444-555555555555/resourceGroups/rg1/providers"
GATEWAY = f"{_GROUP}/{GATEWAY_TYPE}/appgw"
_SUBNET = {"id": f"{_GROUP}/Microsoft.Network/virtualNetworks/vnet/subnets/appgwsubnet"}


def part(name: str, **properties: Any) -> Json:
    return {"name": name, "properties": properties}


def to(collection: str, name: str) -> Json:
    return {"id": f"{GATEWAY}/{collection}/{name}"}


BACKEND = {
    "backendAddressPool": to("backendAddressPools", "appgwpool"),
    "backendHttpSettings": to("backendHttpSettingsCollection", "appgwbhs"),
}
IDENTITY = {"rewriteRuleSet": to("rewriteRuleSets", "identity")}


def _as_default(properties: Mapping[str, Any]) -> Json:
    return {f"default{name[0].upper()}{name[1:]}": value for name, value in properties.items()}


def _listener(name: str, port: str, frontend: str = "public", **properties: Any) -> Json:
    return part(
        name,
        frontendIPConfiguration=to("frontendIPConfigurations", frontend),
        frontendPort=to("frontendPorts", port),
        **properties,
    )


def _https(name: str, frontend: str = "public", **properties: Any) -> Json:
    secured = {
        "protocol": "Https",
        "sslCertificate": to("sslCertificates", "sslcert"),
        "sslProfile": to("sslProfiles", "sslProfile1"),
        "requireServerNameIndication": False,
    }
    return _listener(name, "p443", frontend, **secured | properties)


def _rule(name: str, listener: str, priority: int, **properties: Any) -> Json:
    kind = "PathBasedRouting" if "urlPathMap" in properties else "Basic"
    return part(name, ruleType=kind, priority=priority, httpListener=to("httpListeners", listener), **properties)


def _public() -> Json:
    address = {"id": f"{_GROUP}/Microsoft.Network/publicIPAddresses/appgwpip"}
    return part("public", privateIPAllocationMethod="Dynamic", publicIPAddress=address)


def _private(**properties: Any) -> Json:
    return part(
        "private", privateIPAllocationMethod="Static", privateIPAddress="10.0.0.200", subnet=_SUBNET, **properties
    )


def base(authority: Authority) -> Json:
    """A Strict gateway in front of one HTTPS backend, with nothing else."""
    header = {"headerName": "X-Client-Cert", "headerValue": "{var_client_certificate}"}
    identity = {"name": "identity", "ruleSequence": 900, "conditions": []}
    vault = f"{_GROUP}/Microsoft.ManagedIdentity/userAssignedIdentities/identity1"
    data = base64.b64encode(authority.bundle_pem.encode()).decode()
    return {
        "name": "appgw",
        "type": GATEWAY_TYPE,
        "location": "eastus",
        "tags": {"owner": "web"},
        "identity": {"type": "UserAssigned", "userAssignedIdentities": {vault: {}}},
        "zones": ["1", "2", "3"],
        "properties": {
            "sku": {"name": "Standard_v2", "tier": "Standard_v2"},
            "autoscaleConfiguration": {"minCapacity": 2, "maxCapacity": 10},
            "enableHttp2": True,
            "globalConfiguration": {"enableRequestBuffering": True, "enableResponseBuffering": True},
            "sslPolicy": {"policyType": "Predefined", "policyName": "AppGwSslPolicy20220101S"},
            "gatewayIPConfigurations": [part("appgwipc", subnet=_SUBNET)],
            "frontendIPConfigurations": [_public()],
            "frontendPorts": [part("p443", port=443)],
            "sslCertificates": [part("sslcert", keyVaultSecretId="https://kv.vault.azure.net/secrets/edge")],
            "trustedClientCertificates": [part("clientcert", data=data)],
            "sslProfiles": [
                part(
                    "sslProfile1",
                    clientAuthConfiguration={"verifyClientAuthMode": "Strict", "verifyClientCertIssuerDN": True},
                    trustedClientCertificates=[to("trustedClientCertificates", "clientcert")],
                )
            ],
            "httpListeners": [_https("appgwhl")],
            "backendAddressPools": [
                part("appgwpool", backendAddresses=[{"fqdn": "app.example.com"}, {"ipAddress": "10.0.1.4"}])
            ],
            "backendHttpSettingsCollection": [
                part(
                    "appgwbhs",
                    port=443,
                    protocol="Https",
                    requestTimeout=30,
                    cookieBasedAffinity="Disabled",
                    hostName="app.example.com",
                    probe=to("probes", "probe"),
                )
            ],
            "probes": [
                part(
                    "probe",
                    protocol="Https",
                    path="/health",
                    interval=30,
                    timeout=30,
                    unhealthyThreshold=3,
                    pickHostNameFromBackendHttpSettings=True,
                    match={"statusCodes": ["200-399"]},
                )
            ],
            "rewriteRuleSets": [
                part("identity", rewriteRules=[identity | {"actionSet": {"requestHeaderConfigurations": [header]}}])
            ],
            "requestRoutingRules": [_rule("appgwrule", "appgwhl", 100, **BACKEND, **IDENTITY)],
        },
    }


def _redirect(properties: Json) -> None:
    properties["frontendPorts"].append(part("p80", port=80))
    properties["httpListeners"].append(_listener("plain", "p80", protocol="Http"))
    properties["redirectConfigurations"] = [
        part(
            "tohttps",
            redirectType="Permanent",
            targetListener=to("httpListeners", "appgwhl"),
            includePath=True,
            includeQueryString=True,
        )
    ]
    moved = {"redirectConfiguration": to("redirectConfigurations", "tohttps")}
    properties["requestRoutingRules"].append(_rule("redirect", "plain", 200, **moved))


def _path_map(properties: Json) -> None:
    properties["redirectConfigurations"] = [
        *properties.get("redirectConfigurations", []),
        part(
            "moved",
            redirectType="Found",
            targetUrl="https://new.example.com/docs",
            includePath=False,
            includeQueryString=False,
        ),
    ]
    properties["backendAddressPools"].append(part("images", backendAddresses=[{"fqdn": "images.example.com"}]))
    images = BACKEND | {"backendAddressPool": to("backendAddressPools", "images")}
    properties["urlPathMaps"] = [
        part(
            "pathMap1",
            **_as_default(BACKEND | IDENTITY),
            pathRules=[
                part("images", paths=["/images/*", "/pictures"], **images, **IDENTITY),
                part("moved", paths=["/docs*"], redirectConfiguration=to("redirectConfigurations", "moved")),
            ],
        )
    ]
    properties["requestRoutingRules"][0] = _rule("appgwrule", "appgwhl", 100, urlPathMap=to("urlPathMaps", "pathMap1"))


def _private_frontend(properties: Json) -> None:
    properties["frontendIPConfigurations"] = [_private()]
    for listener in properties["httpListeners"]:
        listener["properties"]["frontendIPConfiguration"] = to("frontendIPConfigurations", "private")


def _both_frontends(properties: Json) -> None:
    properties["frontendIPConfigurations"].append(_private())
    properties["httpListeners"].append(_https("inside", "private"))
    properties["requestRoutingRules"].append(_rule("inside", "inside", 300, **BACKEND, **IDENTITY))


def _rewrites(properties: Json) -> None:
    bearer = {"variable": "http_req_Authorization", "pattern": "^Bearer", "ignoreCase": True, "negate": False}
    hsts = {"headerName": "Strict-Transport-Security", "headerValue": "max-age=31536000"}
    address = {"headerName": "X-Forwarded-For", "headerValue": "{var_add_x_forwarded_for_proxy}"}
    moved = {"modifiedPath": "/abc", "modifiedQueryString": "x=y&a=b", "reroute": False}
    actions = {
        "requestHeaderConfigurations": [address],
        "responseHeaderConfigurations": [hsts, {"headerName": "Server", "headerValue": ""}],
        "urlConfiguration": moved,
    }
    rule = {"name": "Set X-Forwarded-For", "ruleSequence": 102, "conditions": [bearer], "actionSet": actions}
    properties["rewriteRuleSets"][0]["properties"]["rewriteRules"].insert(0, rule)


def _error_pages(properties: Json) -> None:
    pages = [
        {"statusCode": f"HttpStatus{code}", "customErrorPageUrl": f"https://pages.example.com/{code}.html"}
        for code in (400, 403, 502)
    ]
    properties["customErrorConfigurations"] = pages[1:]
    properties["httpListeners"][0]["properties"]["customErrorConfigurations"] = pages


def _trusted_roots(properties: Json, authority: Authority) -> None:
    data = base64.b64encode(authority.bundle_pem.encode()).decode()
    properties["trustedRootCertificates"] = [
        part("rootcert", data=data),
        part("rootcert1", keyVaultSecretId="https://kv.vault.azure.net/secrets/root"),
    ]
    properties["backendHttpSettingsCollection"][0]["properties"] |= {
        "trustedRootCertificates": [to("trustedRootCertificates", name) for name in ("rootcert", "rootcert1")],
        "connectionDraining": {"enabled": True, "drainTimeoutInSec": 60},
        "validateCertChainAndExpiry": True,
        "validateSNI": True,
        "sniName": "app.example.com",
        "dedicatedBackendConnection": False,
    }


def _load_distribution(properties: Json) -> None:
    properties["loadDistributionPolicies"] = [
        part(
            "ldp1",
            loadDistributionAlgorithm="RoundRobin",
            loadDistributionTargets=[
                part("ld11", weightPerServer=40, backendAddressPool=to("backendAddressPools", "appgwpool"))
            ],
        )
    ]
    policy = to("loadDistributionPolicies", "ldp1")
    properties["requestRoutingRules"][-1]["properties"]["loadDistributionPolicy"] = policy


def _private_link(properties: Json) -> None:
    inner = part("link-ip", primary=True, privateIPAllocationMethod="Dynamic", subnet=_SUBNET)
    properties["privateLinkConfigurations"] = [part("link", ipConfigurations=[inner])]
    properties["frontendIPConfigurations"][0]["properties"]["privateLinkConfiguration"] = to(
        "privateLinkConfigurations", "link"
    )


def _tokens(properties: Json) -> None:
    tenant = "70a036f6-8e4d-4615-bad6-149c02e7720d"
    properties["entraJWTValidationConfigs"] = [
        part(
            "jwt1",
            tenantId=tenant,
            clientId="37293f5a-97b3-451d-b786-f532d711c9ff",
            audiences=["api"],
            unAuthorizedRequestAction="Deny",
        )
    ]
    properties["requestRoutingRules"][0]["properties"]["entraJWTValidationConfig"] = to(
        "entraJWTValidationConfigs", "jwt1"
    )


FEATURES = (
    "redirect", "path map", "private frontend", "both frontends", "rewrites", "error pages", "trusted roots",
    "load distribution", "private link", "tokens", "everything",
)  # fmt: skip


def foreign_document(feature: str, authority: Authority) -> Json:
    """The gateway with one feature, or with everything that goes together."""
    document = base(authority)
    properties = document["properties"]
    with_feature = {
        "redirect": _redirect,
        "path map": _path_map,
        "private frontend": _private_frontend,
        "both frontends": _both_frontends,
        "rewrites": _rewrites,
        "error pages": _error_pages,
        "trusted roots": lambda parts: _trusted_roots(parts, authority),
        "load distribution": _load_distribution,
        "private link": _private_link,
        "tokens": _tokens,
    }
    for name, add in with_feature.items():
        if name == feature or (feature == "everything" and name != "private frontend"):
            add(properties)
    return document
