"""The rules of the way a request takes, where settings leave it open: certificates, backends, routes."""

import re
from collections.abc import Iterator, Sequence

from ..document.address_range import is_address
from ..document.placeholder import is_placeholder
from ..escaping import quoted
from ..problems import Finding, Rule, rule_of
from ..review.certificates import CERTIFICATE_MISSING
from ..review.checks import repeated
from ..review.client_authentication import HTTP_LISTENER_WITH_TLS
from .enums import HostNameFrom, Protocol
from .http_redirects import http_redirects
from .implied import backend_of, certificate_of, path_rules_of, routes_of
from .rewrite_parts import OUR_RULES
from .route_settings import Redirect
from .settings import GatewaySettings

_FQDN = re.compile(r"(?=.{1,253}$)[A-Za-z0-9_]([A-Za-z0-9_-]{0,62})(\.[A-Za-z0-9_-]{1,63})*\.?")


def _names_repeated(settings: GatewaySettings) -> Iterator[Finding]:
    redirects = [redirect.name for redirect in http_redirects(settings)]
    collections: dict[str, Sequence[str]] = {
        "profiles": [part.name for part in settings.profiles],
        "listenerCertificates": [part.name for part in settings.listener_certificates],
        "listeners": [*(part.name for part in settings.listeners), *redirects],
        "backends": [part.name for part in settings.backends],
        "routes": [*(part.name for part in settings.routes), *redirects],
        "rewrites": [part.name for part in settings.rewrites],
        "network.additionalSubnets": [part.name for part in settings.network.additional_subnets],
        **{f"routes[{index}].paths": [part.name for part in each.paths] for index, each in enumerate(settings.routes)},
    }
    for collection, names in collections.items():
        given = len(names) - len(redirects) if collection in {"listeners", "routes"} else len(names)
        for position, name in repeated(names):
            where = f"{collection}[{position}].name" if position < given else "redirectHttpToHttps"
            yield Finding(where, f"{name!r} is taken already (case does not count)")
    for position, rewrite in enumerate(settings.rewrites):
        if rewrite.name.lower() in OUR_RULES:
            yield Finding(f"rewrites[{position}].name", f"{rewrite.name!r} is the name of a rewrite of ours")


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


def _http_listener_with_tls(settings: GatewaySettings) -> Iterator[Finding]:
    for position, listener in enumerate(settings.listeners):
        tls_keys = {"profile": listener.profile, "certificate": listener.certificate}
        if listener.protocol is Protocol.HTTP:
            for key, value in tls_keys.items():
                if value is not None and value != "none":
                    saw = "a plain HTTP listener can neither show nor ask for a certificate"
                    yield Finding(f"listeners[{position}].{key}", saw)


def _backend_missing(settings: GatewaySettings) -> Iterator[Finding]:
    if not settings.backends:
        yield Finding("backends", "no backend", "Give one, with fqdns or ipAddresses.")
    for position, backend in enumerate(settings.backends):
        if not backend.fqdns and not backend.ip_addresses:
            yield Finding(f"backends[{position}]", "the pool is empty", "Give fqdns or ipAddresses.")


def _backend_address_malformed(settings: GatewaySettings) -> Iterator[Finding]:
    for position, backend in enumerate(settings.backends):
        for index, name in enumerate(backend.fqdns):
            if not is_placeholder(name) and (not _FQDN.fullmatch(name) or name.replace(".", "").isdigit()):
                yield Finding(
                    f"backends[{position}].fqdns[{index}]",
                    f"{quoted(name)} is no domain name",
                    "Write a bare name like app.example.com, without a scheme or a path; addresses go to ipAddresses.",
                )
        for index, address in enumerate(backend.ip_addresses):
            if not is_placeholder(address) and not is_address(address):
                yield Finding(
                    f"backends[{position}].ipAddresses[{index}]",
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


def _routes_missing(settings: GatewaySettings) -> Iterator[Finding]:
    if not routes_of(settings) and settings.backends and settings.listeners:
        counted = (f"listeners: {len(settings.listeners)}", f"backends: {len(settings.backends)}")
        yield Finding("routes", f"{', '.join(counted)}, and no routes")


def _route_unknown(settings: GatewaySettings) -> Iterator[Finding]:
    listeners = {listener.name: None for listener in settings.listeners}
    backends = {backend.name: None for backend in settings.backends}
    known = {"listener": listeners, "backend": backends}
    for where, kind, name in _names_in_routes(settings):
        if name is not None and name not in known[kind]:
            yield Finding(where, f"there is no {kind} {name!r}", f"Name one of {', '.join(known[kind])}.")


def _names_in_routes(settings: GatewaySettings) -> Iterator[tuple[str, str, str | None]]:
    """Each place where a route or a path rule may name a listener or a backend: its path, which of both, the name."""
    for index, route in enumerate(settings.routes):
        yield f"routes[{index}].listener", "listener", route.listener
        yield from _targets(f"routes[{index}]", backend_of(route), route.redirect)
    for where, _, path_rule in path_rules_of(settings):
        yield from _targets(where, path_rule.backend, path_rule.redirect)


def _targets(where: str, backend: str | None, redirect: Redirect | None) -> Iterator[tuple[str, str, str | None]]:
    yield f"{where}.backend", "backend", backend
    yield f"{where}.redirect.listener", "listener", redirect.listener if redirect else None


def _listener_routes(settings: GatewaySettings) -> Iterator[Finding]:
    routes = routes_of(settings)
    for position, name in repeated(route.listener for route in routes):
        yield Finding(f"routes[{position}].listener", f"{name!r} has a route already", "Give a listener one route.")
    routed = {route.listener for route in routes}
    for position, listener in enumerate(settings.listeners):
        if routes and listener.name not in routed:
            yield Finding(f"listeners[{position}]", f"{listener.name!r} has no route", "Add one, or take it away.")


TRAFFIC_RULES = (
    Rule(
        code="name-repeated",
        demands="A name is used once in its collection.",
        source="Azure REST API 2025-03-01, applicationGateways: a part is known by its name, whatever its case",
        remedy="Rename one.",
        check=_names_repeated,
    ),
    rule_of(CERTIFICATE_MISSING, _certificate_missing),
    Rule(
        code="certificate-source",
        demands="A listener certificate is a PFX or a Key Vault secret.",
        source="Azure REST API 2025-03-01, applicationGateways: sslCertificates",
        remedy="Give pfx (base64) or keyVaultSecretId, one of them.",
        check=_certificate_source,
    ),
    rule_of(HTTP_LISTENER_WITH_TLS, _http_listener_with_tls),
    Rule(
        code="backend-missing",
        demands="There is a backend, and its pool has a member.",
        source="Microsoft, Application Gateway components",
        remedy="Give one, with fqdns or ipAddresses.",
        check=_backend_missing,
    ),
    Rule(
        code="backend-address",
        demands="A pool member is a bare name or an address.",
        source="RFC 1035, section 2.3.1; Azure REST API 2025-03-01, applicationGateways: backendAddresses",
        remedy="Write a bare name like app.example.com, or an address like 10.0.2.4.",
        check=_backend_address_malformed,
    ),
    Rule(
        code="backend-host-name",
        demands="One host name reaches the backend and its probe.",
        source="Microsoft, Application Gateway HTTP settings configuration",
        remedy="Give one host name to the backend and one to its probe.",
        check=_backend_host_name,
    ),
    Rule(
        code="routes-missing",
        demands="Several listeners or backends have routes.",
        source="Microsoft, Application Gateway request routing rules",
        remedy="Say which listener goes to which backend, and with which priority.",
        check=_routes_missing,
    ),
    Rule(
        code="route-unknown",
        demands="A route's listener exists, and so does each backend or listener that it leads to.",
        source="Azure REST API 2025-03-01, applicationGateways: a reference reaches a part",
        remedy="Name one that exists.",
        check=_route_unknown,
    ),
    Rule(
        code="listener-routes",
        demands="Each listener has exactly one route.",
        source="Microsoft, Application Gateway request routing rules",
        remedy="Give each listener exactly one route.",
        check=_listener_routes,
    ),
)
