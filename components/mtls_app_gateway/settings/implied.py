"""What follows from settings that leave something out: profiles, certificates of listeners, the only route."""

from collections.abc import Iterator
from dataclasses import dataclass

from ..document.azure import Mode
from .backend_settings import DEFAULT_BACKEND, TrustedRoot
from .enums import Protocol
from .route_settings import PathRule, Redirect, Route
from .settings import DEFAULT_PROFILE, NO_PROFILE, GatewaySettings, Listener, Strict, TlsPolicy


@dataclass(frozen=True, slots=True)
class ClientAuthentication:
    """One profile, wherever in the settings it was written; `where` is the path of its keys."""

    name: str
    where: str
    mode: Mode | None
    strict: Strict | None
    tls_policy: TlsPolicy | None

    @property
    def is_strict(self) -> bool:
        """Whether the gateway itself refuses clients."""
        return self.mode is Mode.STRICT

    @property
    def verifies_issuer_dn(self) -> bool:
        """Whether the gateway compares issuers, or will once the profile is Strict."""
        return self.strict is not None and self.strict.verify_issuer_dn

    def at(self, key: str) -> str:
        """The path of one of the profile's keys."""
        return f"{self.where}.{key}" if self.where else key


def profiles_of(settings: GatewaySettings) -> tuple[ClientAuthentication, ...]:
    """The default profile, where the settings use it, and the named ones."""
    return tuple(_profiles(settings))


def _profiles(settings: GatewaySettings) -> Iterator[ClientAuthentication]:
    default_is_meant = settings.mode is not None or settings.strict is not None
    if default_is_meant or any(profile_of(listener) == DEFAULT_PROFILE for listener in settings.listeners):
        yield ClientAuthentication(DEFAULT_PROFILE, "", settings.mode, settings.strict, None)
    for position, profile in enumerate(settings.profiles):
        where = f"profiles[{position}]"
        yield ClientAuthentication(profile.name, where, profile.mode, profile.strict, profile.tls_policy)


def profile_of(listener: Listener) -> str | None:
    """The name of the profile that a listener uses; None where it asks no client for a certificate."""
    if listener.protocol is Protocol.HTTP or listener.profile == NO_PROFILE:
        return None
    return listener.profile or DEFAULT_PROFILE


def routes_of(settings: GatewaySettings) -> tuple[Route, ...]:
    """The routes given, or the one that needs no saying: the only listener's to the only backend."""
    if settings.routes or len(settings.listeners) != 1 or len(settings.backends) != 1:
        return settings.routes
    only = {"listener": settings.listeners[0].name, "backend": settings.backends[0].name, "priority": 100}
    return (Route.model_validate(only),)


def backend_of(route: Route) -> str | None:
    """The name of the backend that a route leads to; None where it redirects and names none."""
    return route.backend or (DEFAULT_BACKEND if route.redirect is None else None)


def settings_by_pool(settings: GatewaySettings) -> dict[str, str]:
    """The name of the backend settings with which each pool is spoken to: its own, or another backend's."""
    return {backend.name: backend.settings_of or backend.name for backend in settings.backends}


def path_redirect_name(route: Route, path_rule: PathRule) -> str:
    """The name of a path rule's own redirect configuration."""
    return f"{route.name}-{path_rule.name}"


def lead_of(route: Route, path_rule: PathRule | None = None) -> tuple[str | None, Redirect | None, str]:
    """Where a route leads, or one of its path rules: the backend's name, the redirect, the name of its configuration.

    A path rule that names neither leads where its route leads.
    """
    if path_rule is None or (path_rule.backend is None and path_rule.redirect is None):
        return backend_of(route), route.redirect, route.name
    return path_rule.backend, path_rule.redirect, path_redirect_name(route, path_rule)


def path_rules_of(settings: GatewaySettings) -> Iterator[tuple[str, Route, PathRule]]:
    """Each path rule with its path in the settings and its route."""
    for index, route in enumerate(settings.routes):
        for position, path_rule in enumerate(route.paths):
            yield f"routes[{index}].paths[{position}]", route, path_rule


def rewrites_of(route: Route, path_rule: PathRule | None = None) -> tuple[str, ...]:
    """The names of the rewrites of a route, or of one of its path rules: its own, or the route's."""
    return route.rewrites if path_rule is None or path_rule.rewrites is None else path_rule.rewrites


def certificate_of(settings: GatewaySettings, listener: Listener) -> str | None:
    """The name of the certificate a listener shows; None for plain HTTP and where it is ambiguous."""
    if listener.protocol is Protocol.HTTP:
        return None
    if listener.certificate is None and len(settings.listener_certificates) == 1:
        return settings.listener_certificates[0].name
    return listener.certificate


def address_zones(settings: GatewaySettings) -> list[str] | None:
    """The zones of the public address: its own, or the gateway's; None where there are none.

    Azure wants the address in every zone of the gateway (Microsoft, Application Gateway frontend IP configuration).
    """
    zones = settings.zones if settings.public_ip.zones is None else settings.public_ip.zones
    return list(zones) or None


def given_roots(settings: GatewaySettings) -> Iterator[tuple[str, TrustedRoot]]:
    """Each trusted root with its path in the settings."""
    for index, backend in enumerate(settings.backends):
        for position, root in enumerate(backend.trusted_roots):
            yield f"backends[{index}].trustedRoots[{position}]", root
