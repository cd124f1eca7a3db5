"""The rules of backends: spoken to over HTTPS, with a name to verify, in a pool that Azure takes.

Sources: Microsoft, Overview of end-to-end TLS with Application Gateway; Azure subscription and service limits.
"""

from collections.abc import Iterator

from ..document.address_range import is_address
from ..document.backend_view import Backend, BackendSettings, Pool
from ..document.gateway import Gateway
from ..problems import Finding, Rule, Severity
from .checks import for_each

_MOST_MEMBERS = 1200


@for_each(lambda gateway: gateway.backend_settings)
def _plain(_gateway: Gateway, settings: BackendSettings) -> Iterator[Finding]:
    if settings.protocol == "Http":
        saw = "client identities travel to the backend unencrypted and can be altered on the way"
        yield Finding(f"{settings.place}.properties.protocol", saw)


def _backends(gateway: Gateway) -> Iterator[Backend]:
    """The backends that routes lead to, each once."""
    routes = (route for listener in gateway.listeners if listener.knows("routes") for route in listener.routes)
    backends = [route.backend for route in routes if route.knows("backend") and route.backend]
    yield from {(backend.place, backend.pool.place): backend for backend in backends}.values()


@for_each(_backends)
def _named_by_address(_gateway: Gateway, backend: Backend) -> Iterator[Finding]:
    has_name = backend.host_name is not None or backend.sni_name is not None or not backend.host_name_from_member
    is_named = backend.protocol != "Https" or has_name or not backend.verifies_name
    if not is_named and any(map(is_address, backend.pool.known_members)):
        saw = "an HTTPS backend is reached by address, and its certificate must then bear that address"
        yield Finding(f"{backend.place}.properties.hostName", saw)


@for_each(lambda gateway: gateway.backend_settings)
def _unverified(_gateway: Gateway, settings: BackendSettings) -> Iterator[Finding]:
    if settings.protocol != "Https":
        return
    if settings.knows("verifies_chain") and not settings.verifies_chain:
        saw = "chain and expiry of its certificate are not verified: whoever answers in its place gets the requests"
        yield Finding(f"{settings.place}.properties.validateCertChainAndExpiry", saw)
    if settings.knows("verifies_name") and not settings.verifies_name:
        saw = "the name in its certificate is not verified: any certificate of a trusted CA passes for the backend's"
        yield Finding(f"{settings.place}.properties.validateSNI", saw)


@for_each(lambda gateway: gateway.pools)
def _too_many_members(_gateway: Gateway, pool: Pool) -> Iterator[Finding]:
    if len(pool.members) > _MOST_MEMBERS:
        yield Finding(pool.place, f"{len(pool.members)} pool members")


BACKEND_RULES = (
    Rule(
        code="backend-named-by-address",
        demands="An HTTPS backend has a name to verify.",
        source="Microsoft, Overview of end-to-end TLS with Application Gateway",
        remedy="Give the host name in the backend's certificate, or give it as sniName.",
        severity=Severity.WARNING,
        check=_named_by_address,
    ),
    Rule(
        code="backend-plain",
        demands="The backend speaks HTTPS.",
        source="Microsoft, Overview of end-to-end TLS with Application Gateway",
        remedy="Use Https where the backend can.",
        severity=Severity.WARNING,
        check=_plain,
    ),
    Rule(
        code="backend-unverified",
        demands="The gateway verifies the certificate of an HTTPS backend: chain, expiry and name.",
        source="Azure REST API 2025-03-01, applicationGateways: validateCertChainAndExpiry, validateSNI",
        remedy="Verify it: add the root of a private CA, and give the name in the certificate as sniName.",
        severity=Severity.WARNING,
        check=_unverified,
    ),
    Rule(
        code="pool-members",
        demands="A pool keeps to Azure's limit.",
        source="Microsoft, Azure subscription and service limits, Application Gateway limits",
        remedy=f"A pool takes at most {_MOST_MEMBERS}.",
        check=_too_many_members,
    ),
)
