"""The rules of the way a request takes: listener certificates, listeners, backends, routes.

Limits: Microsoft, Azure subscription and service limits, Application Gateway.
"""

import re
from collections.abc import Iterator, Sequence
from itertools import combinations

from ..document.azure_limits import ACTIVE_LISTENERS, LIMITS
from ..document.host_patterns import covers, has_wildcard
from ..document.placeholder import is_placeholder
from ..escaping import quoted
from ..problems import Severity
from .implied import certificate_of, profile_of, routes_of
from .rule import Finding, Rule, repeated
from .settings import GatewaySettings, HostNameFrom, Listener, Protocol

_HOST_NAME = re.compile(r"(?=.{1,253}$)([A-Za-z0-9*?]([A-Za-z0-9*?-]{0,61}[A-Za-z0-9*?])?)(\.[A-Za-z0-9*?-]{1,63})*")
_FQDN = re.compile(r"(?=.{1,253}$)[A-Za-z0-9_]([A-Za-z0-9_-]{0,62})(\.[A-Za-z0-9_-]{1,63})*\.?")
_SECRET_ID = re.compile(r"https://[A-Za-z0-9-]+\.[a-z0-9.-]+/secrets/[A-Za-z0-9-]+(/[A-Za-z0-9]+)?/?")


def _names_repeated(settings: GatewaySettings) -> Iterator[Finding]:
    collections: dict[str, Sequence[str]] = {
        "profiles": [part.name for part in settings.profiles],
        "listenerCertificates": [part.name for part in settings.listener_certificates],
        "listeners": [part.name for part in settings.listeners],
        "backends": [part.name for part in settings.backends],
        "routes": [part.name for part in settings.routes],
        "network.additionalSubnets": [part.name for part in settings.network.additional_subnets],
    }
    for collection, names in collections.items():
        for position, name in repeated(names):
            yield Finding(
                f"{collection}[{position}].name", f"{name!r} is taken already (case does not count)", "Rename one."
            )


def _certificate_missing(settings: GatewaySettings) -> Iterator[Finding]:
    known = [certificate.name for certificate in settings.listener_certificates]
    for position, listener in enumerate(settings.listeners):
        if listener.protocol is Protocol.HTTP:
            continue
        wanted = certificate_of(settings, listener)
        where = f"listeners[{position}].certificate"
        if not known:
            yield Finding("listenerCertificates", "no listener certificate", "Give one, as a PFX or from Key Vault.")
            return
        if wanted is None:
            yield Finding(where, f"{len(known)} certificates and none named", f"Name one of {', '.join(known)}.")
        elif wanted not in known:
            yield Finding(where, f"there is no certificate {wanted!r}", f"Name one of {', '.join(known)}.")


def _certificate_source(settings: GatewaySettings) -> Iterator[Finding]:
    for position, certificate in enumerate(settings.listener_certificates):
        where = f"listenerCertificates[{position}]"
        if (certificate.pfx is None) == (certificate.key_vault_secret_id is None):
            saw = "neither a PFX nor a Key Vault secret" if certificate.pfx is None else "a PFX and a Key Vault secret"
            yield Finding(where, saw, "Give pfx (base64) or keyVaultSecretId, one of them.")
        if certificate.password is not None and certificate.pfx is None:
            yield Finding(f"{where}.password", "a password and no PFX", "Take it away; Key Vault needs none.")


def _secret_id_malformed(settings: GatewaySettings) -> Iterator[Finding]:
    for position, certificate in enumerate(settings.listener_certificates):
        given = certificate.key_vault_secret_id
        if given is not None and not is_placeholder(given) and not _SECRET_ID.fullmatch(given):
            yield Finding(
                f"listenerCertificates[{position}].keyVaultSecretId",
                "it is not a Key Vault secret ID",
                "Write https://VAULT.vault.azure.net/secrets/NAME, for a certificate of the vault too.",
            )


def _secret_id_versioned(settings: GatewaySettings) -> Iterator[Finding]:
    for position, certificate in enumerate(settings.listener_certificates):
        found = _SECRET_ID.fullmatch(certificate.key_vault_secret_id or "")
        if found and found.group(1):
            yield Finding(
                f"listenerCertificates[{position}].keyVaultSecretId",
                "the id names a version, so a renewed certificate is never picked up",
                "Leave the version out; the gateway then looks for a new one every four hours.",
            )


def _identity_missing(settings: GatewaySettings) -> Iterator[Finding]:
    vaulted = [certificate for certificate in settings.listener_certificates if certificate.key_vault_secret_id]
    if vaulted and settings.identity_id is None:
        yield Finding(
            "identityId",
            f"the certificate {vaulted[0].name!r} is in Key Vault and no identity may read it",
            "Give the id of a user-assigned identity that has Key Vault Secrets User on the vault.",
        )


def _http_listener_with_tls(settings: GatewaySettings) -> Iterator[Finding]:
    for position, listener in enumerate(settings.listeners):
        tls_keys = {"profile": listener.profile, "certificate": listener.certificate}
        if listener.protocol is Protocol.HTTP:
            for key, value in tls_keys.items():
                if value is not None and value != "none":
                    yield Finding(
                        f"listeners[{position}].{key}",
                        "a plain HTTP listener can neither show nor ask for a certificate",
                        "Take it away, or make the protocol Https.",
                    )


def _host_names(settings: GatewaySettings) -> Iterator[Finding]:
    for position, listener in enumerate(settings.listeners):
        where = f"listeners[{position}].hostNames"
        if len(listener.host_names) > 5:
            yield Finding(where, f"{len(listener.host_names)} host names", "Give at most 5 to one listener.")
        for at, name in enumerate(listener.host_names):
            if not is_placeholder(name) and not _HOST_NAME.fullmatch(name):
                yield Finding(f"{where}[{at}]", f"{quoted(name)} is no host name", "Write a name like app.example.com.")


def _port_clash(settings: GatewaySettings) -> Iterator[Finding]:
    for (_, one), (position, other) in combinations(enumerate(settings.listeners), 2):
        if one.port != other.port:
            continue
        where = f"listeners[{position}].port"
        if one.protocol is not other.protocol:
            yield Finding(
                where, f"{one.name!r} speaks {one.protocol} on port {one.port} already", "Give it another port."
            )
        shared = {name.lower() for name in one.host_names} & {name.lower() for name in other.host_names}
        if shared or (not one.host_names and not other.host_names):
            on = f"for {min(shared)}" if shared else "for every host name"
            yield Finding(
                where, f"{one.name!r} listens on port {one.port} {on} already", "Change the port or the host names."
            )


def _profiles_mixed_on_port(settings: GatewaySettings) -> Iterator[Finding]:
    for (_, one), (position, other) in combinations(enumerate(settings.listeners), 2):
        if one.port == other.port and one.protocol is other.protocol and profile_of(one) != profile_of(other):
            yield Finding(
                f"listeners[{position}].profile",
                f"{one.name!r} and {other.name!r} share port {one.port} and differ in how clients are authenticated; "
                "what Azure does when a client names one host in TLS and the other in HTTP is not documented",
                "Give them ports of their own, or the stricter profile to both.",
            )


def _backend_missing(settings: GatewaySettings) -> Iterator[Finding]:
    if not settings.backends:
        yield Finding("backends", "no backend", "Give one, with fqdns or ipAddresses.")
    for position, backend in enumerate(settings.backends):
        if not backend.fqdns and not backend.ip_addresses:
            yield Finding(f"backends[{position}]", "nobody in the pool", "Give fqdns or ipAddresses.")


def _backend_address_malformed(settings: GatewaySettings) -> Iterator[Finding]:
    from ipaddress import ip_address

    for position, backend in enumerate(settings.backends):
        for at, name in enumerate(backend.fqdns):
            if not is_placeholder(name) and (not _FQDN.fullmatch(name) or name.replace(".", "").isdigit()):
                yield Finding(
                    f"backends[{position}].fqdns[{at}]",
                    f"{quoted(name)} is no domain name",
                    "Write a bare name like app.example.com, without a scheme or a path; addresses go to ipAddresses.",
                )
        for at, address in enumerate(backend.ip_addresses):
            try:
                if not is_placeholder(address):
                    ip_address(address)
            except ValueError:
                yield Finding(
                    f"backends[{position}].ipAddresses[{at}]",
                    f"{quoted(address, 60)} is no address",
                    "Write an address like 10.0.2.4; names go to fqdns.",
                )


def _backend_host_name(settings: GatewaySettings) -> Iterator[Finding]:
    for position, backend in enumerate(settings.backends):
        where = f"backends[{position}]"
        if backend.host_name is not None and backend.host_name_from is HostNameFrom.CLIENT:
            yield Finding(f"{where}.hostName", "a fixed host name and the client's", "Give one of them.")
        elif backend.host_name_from is HostNameFrom.CLIENT and backend.probe.host_name is None:
            yield Finding(
                f"{where}.probe.hostName",
                "the backend expects the client's host name, and a probe has no client",
                "Give the host name that the probe shall use.",
            )


def _backend_named_by_address(settings: GatewaySettings) -> Iterator[Finding]:
    for position, backend in enumerate(settings.backends):
        named = backend.host_name is not None or backend.host_name_from is HostNameFrom.CLIENT
        if backend.protocol is Protocol.HTTPS and backend.ip_addresses and not named:
            yield Finding(
                f"backends[{position}].hostName",
                "an HTTPS backend is reached by address, and its certificate must then bear that address",
                "Give the host name in the backend's certificate.",
            )


def _backend_plain(settings: GatewaySettings) -> Iterator[Finding]:
    for position, backend in enumerate(settings.backends):
        if backend.protocol is Protocol.HTTP:
            yield Finding(
                f"backends[{position}].protocol",
                "client identities travel to the backend unencrypted and can be altered on the way",
                "Use Https where the backend can.",
            )


def _routes_missing(settings: GatewaySettings) -> Iterator[Finding]:
    if not routes_of(settings) and settings.backends and settings.listeners:
        yield Finding(
            "routes",
            f"{len(settings.listeners)} listeners, {len(settings.backends)} backends and no routes",
            "Say which listener goes to which backend, and with which priority.",
        )


def _route_unknown(settings: GatewaySettings) -> Iterator[Finding]:
    listeners = [listener.name for listener in settings.listeners]
    backends = [backend.name for backend in settings.backends]
    for position, route in enumerate(settings.routes):
        for key, wanted, known in (("listener", route.listener, listeners), ("backend", route.backend, backends)):
            if wanted not in known:
                yield Finding(
                    f"routes[{position}].{key}", f"there is no {key} {wanted!r}", f"Name one of {', '.join(known)}."
                )


def _listener_routes(settings: GatewaySettings) -> Iterator[Finding]:
    routes = routes_of(settings)
    for position, name in repeated(route.listener for route in routes):
        yield Finding(f"routes[{position}].listener", f"{name!r} has a route already", "Give a listener one route.")
    routed = {route.listener for route in routes}
    for position, listener in enumerate(settings.listeners):
        if routes and listener.name not in routed:
            yield Finding(f"listeners[{position}]", f"{listener.name!r} has no route", "Add one, or take it away.")


def _priority_clash(settings: GatewaySettings) -> Iterator[Finding]:
    seen: dict[int, str] = {}
    for position, route in enumerate(settings.routes):
        if route.priority in seen:
            yield Finding(
                f"routes[{position}].priority",
                f"{seen[route.priority]!r} has priority {route.priority} already",
                "Give each route its own.",
            )
        seen.setdefault(route.priority, route.name)


def _priority_order(settings: GatewaySettings) -> Iterator[Finding]:
    listeners = {listener.name: listener for listener in settings.listeners}
    placed = [
        (position, route, listeners[route.listener])
        for position, route in enumerate(settings.routes)
        if route.listener in listeners
    ]
    for (_, one, first), (position, other, second) in combinations(sorted(placed, key=lambda it: it[1].priority), 2):
        taken = _taken(first, second) if first.port == second.port else None
        if taken is not None:
            yield Finding(
                f"routes[{position}].priority",
                f"{one.name!r} is looked at first, and {taken[0]} takes {taken[1]} of {other.name!r} too",
                "Give the more specific listener's route the smaller number.",
            )


def _taken(first: Listener, second: Listener) -> tuple[str, str] | None:
    """What of the first listener takes which host name of the second; None where the second keeps all of its own."""
    if not first.host_names:
        return ("every host name", second.host_names[0]) if second.host_names else None
    wide_names = tuple(filter(has_wildcard, first.host_names))
    pairs = ((wide, narrow) for narrow in second.host_names for wide in wide_names)
    return next(
        ((wide, narrow) for wide, narrow in pairs if wide.lower() != narrow.lower() and covers(wide, narrow)), None
    )


_LIMITS = (
    ("listeners", ACTIVE_LISTENERS, "active listeners"),
    ("backends", LIMITS["backendAddressPools"], "backend pools"),
    ("listener_certificates", LIMITS["sslCertificates"], "listener certificates"),
    ("routes", LIMITS["requestRoutingRules"], "rules"),
)


def _limits(settings: GatewaySettings) -> Iterator[Finding]:
    for key, limit, what in _LIMITS:
        count = len(getattr(settings, key))
        if count > limit:
            yield Finding(key, f"{count} {what}", f"A gateway takes at most {limit}.")


_ROUTING = ("routes", "listeners", "backends")
TRAFFIC_RULES = (
    Rule(
        "name-repeated",
        "A name stands once in its collection.",
        ("profiles", "listenerCertificates", "listeners", "backends", "routes", "network"),
        _names_repeated,
    ),
    Rule(
        "certificate-missing",
        "Each HTTPS listener shows a certificate that exists.",
        ("listeners", "listenerCertificates"),
        _certificate_missing,
    ),
    Rule(
        "certificate-source",
        "A listener certificate is a PFX or a Key Vault secret.",
        ("listenerCertificates",),
        _certificate_source,
    ),
    Rule("secret-id-malformed", "A Key Vault secret id is one.", ("listenerCertificates",), _secret_id_malformed),
    Rule(
        "secret-id-versioned",
        "A Key Vault secret id names no version.",
        ("listenerCertificates",),
        _secret_id_versioned,
        severity=Severity.WARNING,
    ),
    Rule(
        "identity-missing", "An identity may read Key Vault.", ("listenerCertificates", "identityId"), _identity_missing
    ),
    Rule(
        "http-listener-with-tls", "A plain HTTP listener has no TLS settings.", ("listeners",), _http_listener_with_tls
    ),
    Rule("host-names", "A listener has at most five well-formed host names.", ("listeners",), _host_names),
    Rule("port-clash", "No two listeners take the same requests.", ("listeners",), _port_clash),
    Rule(
        "profiles-mixed-on-port",
        "Listeners on one port authenticate clients alike.",
        ("listeners", "profiles"),
        _profiles_mixed_on_port,
        severity=Severity.WARNING,
    ),
    Rule("backend-missing", "There is a backend, and somebody in it.", ("backends",), _backend_missing),
    Rule("backend-address", "A pool member is a bare name or an address.", ("backends",), _backend_address_malformed),
    Rule("backend-host-name", "One host name reaches the backend and its probe.", ("backends",), _backend_host_name),
    Rule(
        "backend-named-by-address",
        "An HTTPS backend has a name to verify.",
        ("backends",),
        _backend_named_by_address,
        severity=Severity.WARNING,
    ),
    Rule("backend-plain", "The backend speaks HTTPS.", ("backends",), _backend_plain, severity=Severity.WARNING),
    Rule("routes-missing", "Several listeners or backends have routes.", _ROUTING, _routes_missing),
    Rule("route-unknown", "A route's listener and backend exist.", _ROUTING, _route_unknown),
    Rule("listener-routes", "Each listener has exactly one route.", _ROUTING, _listener_routes),
    Rule("priority-clash", "Each route has a priority of its own.", ("routes",), _priority_clash),
    Rule(
        "priority-order",
        "The more specific listener's route comes first.",
        ("routes", "listeners"),
        _priority_order,
        severity=Severity.WARNING,
    ),
    Rule(
        "limits",
        "A gateway keeps to Azure's limits.",
        ("listeners", "backends", "listenerCertificates", "routes"),
        _limits,
    ),
)
