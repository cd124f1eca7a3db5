"""From settings and trusted CA chains to the gateway document: the ARM resource as plain data.

What is known only later has a placeholder in the document. No private key and no
password ever stands in it: a PFX listener certificate has a name there and nothing more.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from ..document.arm_types import GATEWAY_TYPE
from ..document.azure import API
from ..document.placeholder import Placeholder
from ..document.references import self_reference
from .identity_headers import DELETE_IDENTITY, SET_IDENTITY, rewrite_rule_set
from .implied import ClientAuthentication, certificate_of, profile_of, profiles_of, routes_of
from .settings import Autoscale, Backend, GatewaySettings, HostNameFrom, Listener, Protocol, Route, TlsPolicy

Document = dict[str, Any]

NAME_SLOT = Placeholder("gatewayName")
SUBNET_SLOT = Placeholder("network.subnetId")
PUBLIC_IP_SLOT = Placeholder("publicIp.id")

_FRONTEND = "public"
_IP_CONFIGURATION = "gateway"


@dataclass(frozen=True, slots=True)
class TrustedEntry:
    """One `trustedClientCertificates` entry: a name, and base64 of a chain's PEM or a placeholder."""

    name: str
    data: str


def build_document(settings: GatewaySettings, trusted: Mapping[str, Sequence[TrustedEntry]]) -> Document:
    """The document for settings that keep every rule.

    `trusted` holds each profile's entries, by the profile's name, in the order they were given. Those of a
    Passthrough profile are staged: part of the gateway, and attached to no profile.
    """
    properties: dict[str, Any] = {
        **_size(settings),
        "enableHttp2": settings.http2,
        "sslPolicy": _tls_policy(settings.tls_policy),
        "gatewayIPConfigurations": [_part(_IP_CONFIGURATION, subnet={"id": settings.network.subnet_id or SUBNET_SLOT})],
        "frontendIPConfigurations": [_part(_FRONTEND, publicIPAddress={"id": PUBLIC_IP_SLOT})],
        "frontendPorts": [_part(_port_name(port), port=port) for port in _ports(settings)],
        "sslCertificates": [
            _part(certificate.name, keyVaultSecretId=certificate.key_vault_secret_id)
            for certificate in settings.listener_certificates
        ],
        "trustedClientCertificates": list(_trusted_client_certificates(trusted)),
        "sslProfiles": [_profile(profile, trusted.get(profile.name, ())) for profile in profiles_of(settings)],
        "httpListeners": [_listener(settings, listener) for listener in settings.listeners],
        "backendAddressPools": [_pool(backend) for backend in settings.backends],
        "backendHttpSettingsCollection": [_backend_settings(backend) for backend in settings.backends],
        "probes": [_probe(backend) for backend in settings.backends],
        "rewriteRuleSets": list(_rewrite_rule_sets(settings)),
        "requestRoutingRules": [_rule(settings, route) for route in routes_of(settings)],
    }
    if settings.waf_policy_id is not None:
        properties["firewallPolicy"] = {"id": settings.waf_policy_id}
    return {**_envelope(settings), "properties": {key: value for key, value in properties.items() if value != []}}


def _envelope(settings: GatewaySettings) -> Document:
    document: Document = {"type": GATEWAY_TYPE, "apiVersion": API.version, "name": settings.gateway_name or NAME_SLOT}
    if settings.location is not None:
        document["location"] = settings.location
    if settings.tags:
        # In order, so that the same tags are the same text: they cross a plugin's boundary in any.
        document["tags"] = dict(sorted(settings.tags.items()))
    if settings.zones:
        document["zones"] = list(settings.zones)
    if settings.identity_id is not None:
        document["identity"] = {"type": "UserAssigned", "userAssignedIdentities": {settings.identity_id: {}}}
    return document


def _part(name: str, **properties: Any) -> dict[str, Any]:
    given = {key: value for key, value in properties.items() if value is not None}
    return {"name": name, "properties": given} if given else {"name": name}


def _size(settings: GatewaySettings) -> dict[str, Any]:
    sku: dict[str, Any] = {"name": settings.sku.value, "tier": settings.sku.value}
    if settings.capacity is not None:
        return {"sku": {**sku, "capacity": settings.capacity}}
    scale = settings.autoscale or Autoscale()
    return {
        "sku": sku,
        "autoscaleConfiguration": {"minCapacity": scale.min_capacity, "maxCapacity": scale.max_capacity},
    }


def _tls_policy(policy: TlsPolicy) -> dict[str, Any]:
    if policy.policy_name is not None:
        return {"policyType": "Predefined", "policyName": policy.policy_name.value}
    return {
        "policyType": "CustomV2",
        "minProtocolVersion": str(policy.min_protocol_version),
        "cipherSuites": list(policy.cipher_suites),
    }


def _ports(settings: GatewaySettings) -> tuple[int, ...]:
    return tuple(dict.fromkeys(listener.port for listener in settings.listeners))


def _port_name(port: int) -> str:
    return f"port-{port}"


def _trusted_client_certificates(trusted: Mapping[str, Sequence[TrustedEntry]]) -> Iterator[dict[str, Any]]:
    """Each entry once, though several profiles may trust it; those given first stand first."""
    for entry in dict.fromkeys(entry for entries in trusted.values() for entry in entries):
        yield _part(entry.name, data=entry.data)


def _profile(profile: ClientAuthentication, entries: Sequence[TrustedEntry]) -> dict[str, Any]:
    properties: dict[str, Any] = {"clientAuthConfiguration": {"verifyClientAuthMode": str(profile.mode)}}
    if profile.is_strict and profile.strict is not None:
        properties["clientAuthConfiguration"] |= {
            "verifyClientCertIssuerDN": profile.strict.verify_issuer_dn,
            "verifyClientRevocation": profile.strict.revocation.value,
        }
        properties["trustedClientCertificates"] = [
            self_reference("trustedClientCertificates", entry.name) for entry in entries
        ]
    if profile.tls_policy is not None:
        properties["sslPolicy"] = _tls_policy(profile.tls_policy)
    return {"name": profile.name, "properties": properties}


def _listener(settings: GatewaySettings, listener: Listener) -> dict[str, Any]:
    certificate, profile = certificate_of(settings, listener), profile_of(listener)
    return _part(
        listener.name,
        frontendIPConfiguration=self_reference("frontendIPConfigurations", _FRONTEND),
        frontendPort=self_reference("frontendPorts", _port_name(listener.port)),
        protocol=listener.protocol.value,
        hostNames=list(listener.host_names) or None,
        sslCertificate=certificate and self_reference("sslCertificates", certificate),
        sslProfile=profile and self_reference("sslProfiles", profile),
    )


def _pool(backend: Backend) -> dict[str, Any]:
    members = [{"fqdn": name} for name in backend.fqdns]
    members += [{"ipAddress": address} for address in backend.ip_addresses]
    return _part(backend.name, backendAddresses=members)


def _backend_settings(backend: Backend) -> dict[str, Any]:
    port = backend.port or (443 if backend.protocol is Protocol.HTTPS else 80)
    from_member = backend.host_name is None and backend.host_name_from is HostNameFrom.BACKEND
    return _part(
        backend.name,
        port=port,
        protocol=backend.protocol.value,
        hostName=backend.host_name,
        pickHostNameFromBackendAddress=from_member or None,
        requestTimeout=backend.request_timeout,
        probe=self_reference("probes", backend.name),
    )


def _probe(backend: Backend) -> dict[str, Any]:
    probe = backend.probe
    return _part(
        backend.name,
        protocol=backend.protocol.value,
        path=probe.path,
        host=probe.host_name,
        pickHostNameFromBackendHttpSettings=True if probe.host_name is None else None,
        interval=probe.interval,
        timeout=probe.timeout,
        unhealthyThreshold=probe.unhealthy_threshold,
        match={"statusCodes": list(probe.status_codes)},
    )


def _identifies(settings: GatewaySettings, route: Route) -> bool:
    return any(listener.name == route.listener and profile_of(listener) is not None for listener in settings.listeners)


def _rewrite_rule_sets(settings: GatewaySettings) -> Iterator[dict[str, Any]]:
    for identifies in sorted({_identifies(settings, route) for route in routes_of(settings)}, reverse=True):
        yield rewrite_rule_set(settings.identity_headers, identifies=identifies)


def _rule(settings: GatewaySettings, route: Route) -> dict[str, Any]:
    rewrite = SET_IDENTITY if _identifies(settings, route) else DELETE_IDENTITY
    return _part(
        route.name,
        ruleType="Basic",
        priority=route.priority,
        httpListener=self_reference("httpListeners", route.listener),
        backendAddressPool=self_reference("backendAddressPools", route.backend),
        backendHttpSettings=self_reference("backendHttpSettingsCollection", route.backend),
        rewriteRuleSet=self_reference("rewriteRuleSets", rewrite),
    )
