"""From settings and trusted CA chains to the gateway document: the ARM resource as plain data.

What is known only later has a placeholder in the document, `$input/<path>`. No private key and no password is ever in
it: a PFX listener certificate has a name there and nothing more. Each part records the setting that made it.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from ..document.arm_types import GATEWAY_TYPE
from ..document.azure import API
from ..document.placeholder import Placeholder
from ..document.references import self_reference, without_unused
from .backend_parts import RootEntry, backend_collections
from .http_redirects import HttpRedirect, http_redirects, ports_of
from .identity_header_sets import DELETE_IDENTITY, SET_IDENTITY, rewrite_rule_set
from .implied import ClientAuthentication, backend_of, certificate_of, profile_of, profiles_of, routes_of
from .origins import From, Origins, part
from .settings import Autoscale, GatewaySettings, Listener, Protocol, Route, TlsPolicy

Document = dict[str, Any]

NAME_PLACEHOLDER = Placeholder("gatewayName")
SUBNET_PLACEHOLDER = Placeholder("network.subnetId")
PUBLIC_IP_PLACEHOLDER = Placeholder("publicIp.id")

_FRONTEND = "public"
_IP_CONFIGURATION = "gateway"
_HTTP = "redirectHttpToHttps"


@dataclass(frozen=True, slots=True)
class TrustedEntry:
    """One `trustedClientCertificates` entry: a name, and base64 of a chain's PEM or the placeholder for it."""

    name: str
    data: str


@dataclass(frozen=True, slots=True)
class Draft:
    """A document on its way: of any settings that could be parsed, with a placeholder for what could not be read."""

    document: Document
    """With both sets of rewrite rules, whether or not a route uses them, so that both can be judged."""
    origins: Origins


def finished(draft: Draft) -> Document:
    """The draft's document without the rewrite rule set that no route uses."""
    return without_unused(draft.document, "rewriteRuleSets")


def draft_document(
    settings: GatewaySettings,
    trusted: Mapping[str, Sequence[TrustedEntry]],
    unread: frozenset[str] = frozenset(),
    roots: Mapping[str, RootEntry] | None = None,
) -> Draft:
    """The document for any settings that could be parsed, and which setting made which part.

    Args:
        trusted: each profile's entries, by the profile's name, in the order they were given. Those of a Passthrough
            profile are staged: part of the gateway, and attached to no profile.
        unread: the top-level settings that could not be read.
        roots: the entry of each trusted root that could be read, by the path of its setting.
    """
    from_http = http_redirects(settings)
    properties: dict[str, Any] = {
        **_size(settings),
        "enableHttp2": settings.http2,
        "sslPolicy": _tls_policy("tlsPolicy", settings.tls_policy),
        "gatewayIPConfigurations": [
            part(_IP_CONFIGURATION, "network", subnet={"id": settings.network.subnet_id or SUBNET_PLACEHOLDER})
        ],
        "frontendIPConfigurations": [part(_FRONTEND, "publicIp", publicIPAddress={"id": PUBLIC_IP_PLACEHOLDER})],
        "frontendPorts": From(
            "listeners",
            [part(_port_name(port), "listeners", port=From("listeners", port)) for port in ports_of(settings)],
        ),
        "sslCertificates": From(
            "listenerCertificates",
            [
                part(each.name, f"listenerCertificates[{index}]", keyVaultSecretId=each.key_vault_secret_id)
                for index, each in enumerate(settings.listener_certificates)
            ],
        ),
        "trustedClientCertificates": From("strict", list(_trusted_client_certificates(trusted))),
        "sslProfiles": From(
            "profiles", [_profile(profile, trusted.get(profile.name, ())) for profile in profiles_of(settings)]
        ),
        "httpListeners": From(
            "listeners",
            [
                *(_listener(settings, f"listeners[{index}]", each) for index, each in enumerate(settings.listeners)),
                *(_from_http(_listener(settings, _HTTP, redirect.listener)) for redirect in from_http),
            ],
        ),
        **backend_collections(settings, roots or {}),
        "rewriteRuleSets": From(
            "identityHeaders", [rewrite_rule_set(settings.identity_headers, identifies=each) for each in (True, False)]
        ),
        "redirectConfigurations": From("routes", list(_redirects(settings, from_http))),
        "requestRoutingRules": From("routes", list(_rules(settings, from_http))),
        "firewallPolicy": From("wafPolicyId", settings.waf_policy_id and {"id": settings.waf_policy_id}),
    }
    origins = Origins()
    document = origins.settle({**_envelope(settings), "properties": properties}, unread)
    return Draft(document, origins)


def _envelope(settings: GatewaySettings) -> Document:
    identity = {"type": "UserAssigned", "userAssignedIdentities": {settings.identity_id: {}}}
    return {
        "type": GATEWAY_TYPE,
        "apiVersion": API.version,
        "name": From("gatewayName", settings.gateway_name or NAME_PLACEHOLDER),
        "location": From("location", settings.location),
        # In order, so that the same tags are the same text: they cross a plugin's boundary in any.
        "tags": From("tags", dict(sorted(settings.tags.items())) or None),
        "zones": From("zones", list(settings.zones) or None),
        "identity": From("identityId", identity if settings.identity_id is not None else None),
    }


def _size(settings: GatewaySettings) -> dict[str, Any]:
    sku: dict[str, Any] = {"name": settings.sku.value, "tier": settings.sku.value}
    if settings.capacity is not None:
        return {"sku": From("sku", {**sku, "capacity": From("capacity", settings.capacity)})}
    scale = settings.autoscale or Autoscale()
    return {
        "sku": From("sku", sku),
        "autoscaleConfiguration": From(
            "autoscale",
            {
                "minCapacity": From("autoscale.minCapacity", scale.min_capacity),
                "maxCapacity": From("autoscale.maxCapacity", scale.max_capacity),
            },
        ),
    }


def _tls_policy(setting: str, policy: TlsPolicy) -> From:
    if policy.policy_name is not None:
        name = From(f"{setting}.policyName", policy.policy_name.value)
        return From(setting, {"policyType": "Predefined", "policyName": name})
    own = {
        "policyType": "CustomV2",
        "minProtocolVersion": policy.min_protocol_version and policy.min_protocol_version.value,
        "cipherSuites": From(f"{setting}.cipherSuites", list(policy.cipher_suites)),
    }
    return From(setting, own)


def _port_name(port: int) -> str:
    return f"port-{port}"


def _trusted_client_certificates(trusted: Mapping[str, Sequence[TrustedEntry]]) -> Iterator[dict[str, Any]]:
    """Each entry once, though several profiles may trust it; in the order in which they are given."""
    for entry in dict.fromkeys(entry for entries in trusted.values() for entry in entries):
        yield {"name": entry.name, "properties": {"data": entry.data}}


def _profile(profile: ClientAuthentication, entries: Sequence[TrustedEntry]) -> From:
    strict, policy = profile.strict, profile.tls_policy
    # Without a mode Azure would take its default; the mode that is wanted is not known.
    mode = From(profile.at("mode"), profile.mode.value if profile.mode else Placeholder(profile.at("mode")))
    properties: dict[str, Any] = {"clientAuthConfiguration": {"verifyClientAuthMode": mode}}
    if profile.is_strict:
        properties["clientAuthConfiguration"] |= {
            "verifyClientCertIssuerDN": From(profile.at("strict.verifyIssuerDn"), strict and strict.verify_issuer_dn),
            "verifyClientRevocation": From(profile.at("strict.revocation"), strict and strict.revocation.value),
        }
        properties["trustedClientCertificates"] = _attached(profile, entries)
    properties["sslPolicy"] = policy and _tls_policy(profile.at("tlsPolicy"), policy)
    return From(profile.where or "mode", {"name": profile.name, "properties": properties})


def _attached(profile: ClientAuthentication, entries: Sequence[TrustedEntry]) -> From:
    """The references to a profile's chains: not known where there are to be some and none could be read."""
    setting = profile.at("strict.trustedCaChains")
    if not entries and (profile.strict is None or profile.strict.trusted_ca_chains):
        return From(setting, Placeholder(setting))
    return From(setting, [self_reference("trustedClientCertificates", entry.name) for entry in entries])


def _listener(settings: GatewaySettings, setting: str, listener: Listener) -> From:
    setting_of_certificate, profile = f"{setting}.certificate", profile_of(listener)
    name = certificate_of(settings, listener)
    certificate = self_reference("sslCertificates", name) if name else Placeholder(setting_of_certificate)
    return part(
        listener.name,
        setting,
        frontendIPConfiguration=self_reference("frontendIPConfigurations", _FRONTEND),
        frontendPort=From(f"{setting}.port", self_reference("frontendPorts", _port_name(listener.port))),
        protocol=listener.protocol.value,
        hostNames=list(listener.host_names) or None,
        sslCertificate=From(setting_of_certificate, certificate if listener.protocol is Protocol.HTTPS else None),
        sslProfile=From(f"{setting}.profile", profile and self_reference("sslProfiles", profile)),
    )


def _rules(settings: GatewaySettings, from_http: Sequence[HttpRedirect]) -> Iterator[From]:
    """The rule of each route, and of each listener without one, so that its headers can be judged all the same."""
    identifying = {listener.name for listener in settings.listeners if profile_of(listener) is not None}
    routes = routes_of(settings)
    for index, route in enumerate(routes):
        yield _rule(f"routes[{index}]", route, identifies=route.listener in identifying)
    for redirect in from_http:
        yield _from_http(_rule(_HTTP, redirect.route, identifies=False))
    for index, listener in enumerate(settings.listeners):
        if listener.name not in {route.listener for route in routes}:
            yield part(
                listener.name,
                f"listeners[{index}]",
                httpListener=self_reference("httpListeners", listener.name),
                backendAddressPool=Placeholder("routes"),
                rewriteRuleSet=_rewrites(identifies=listener.name in identifying),
            )


def _rule(setting: str, route: Route, *, identifies: bool) -> From:
    properties: dict[str, Any] = {}
    backend = backend_of(route)
    if backend is not None:
        properties = {
            "backendAddressPool": From(f"{setting}.backend", self_reference("backendAddressPools", backend)),
            "backendHttpSettings": From(f"{setting}.backend", self_reference("backendHttpSettingsCollection", backend)),
            "rewriteRuleSet": _rewrites(identifies=identifies),
        }
    if route.redirect is not None:
        redirect = self_reference("redirectConfigurations", route.name)
        properties["redirectConfiguration"] = From(f"{setting}.redirect", redirect)
    return part(
        route.name,
        setting,
        ruleType="Basic",
        priority=route.priority,
        httpListener=From(f"{setting}.listener", self_reference("httpListeners", route.listener)),
        **properties,
    )


def _redirects(settings: GatewaySettings, from_http: Sequence[HttpRedirect]) -> Iterator[From]:
    for index, route in enumerate(settings.routes):
        yield from _redirect(f"routes[{index}].redirect", route)
    for each in from_http:
        yield from map(_from_http, _redirect(_HTTP, each.route))


def _redirect(setting: str, route: Route) -> Iterator[From]:
    redirect = route.redirect
    if redirect is not None:
        listener = self_reference("httpListeners", redirect.listener) if redirect.listener is not None else None
        yield part(
            route.name,
            setting,
            redirectType=From(f"{setting}.type", redirect.type.value),
            targetListener=From(f"{setting}.listener", listener),
            targetUrl=From(f"{setting}.url", redirect.url),
            # Always said: left out, both were seen to be on, where the documentation has them off.
            includePath=redirect.include_path,
            includeQueryString=redirect.include_query_string,
        )


def _from_http(made: From) -> From:
    """A part that one setting makes as a whole."""
    return From(_HTTP, Origins().settle(made))


def _rewrites(*, identifies: bool) -> dict[str, str]:
    return self_reference("rewriteRuleSets", SET_IDENTITY if identifies else DELETE_IDENTITY)
