"""TLS to the backend as nginx directives: the name in the handshake, and what is verified of the certificate.

nginx verifies chain and name together or neither. Where the document verifies the chain alone, the name is one that
every certificate of the echo backend bears.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field

from ...document.backend_view import Backend
from ...document.gateway import Gateway, Layer
from .syntax import Directive, directive, literal

COMMON_NAME = "every-backend.rehearsal.invalid"
"""The name that every certificate of the echo backend bears."""

BackendKey = tuple[str, str]
"""The places of the settings and of the pool: each way to speak to a pool is a backend of its own here."""

_CLIENTS_HOST = "$host"


@dataclass(frozen=True, slots=True)
class TlsBackend:
    """Where a backend is reached over HTTPS, and what its certificate may be issued under."""

    address: str
    trusted: str = field(repr=False)
    """PEM of the trusted roots."""
    bears_common_name: bool = False
    """Whether its certificate bears `COMMON_NAME`, whatever else it bears."""


@dataclass(frozen=True, slots=True)
class TlsUpstream:
    """What a location needs to reach such a backend."""

    name: str
    trusted_file: str
    bears_common_name: bool


def backend_key(backend: Backend) -> BackendKey:
    """What distinguishes a backend from the others of its gateway."""
    return backend.place, backend.pool.place


def https_backends(gateway: Gateway) -> dict[BackendKey, Backend]:
    """The backends that rehearsed listeners reach over HTTPS."""
    routes = (route for each in gateway.reachable if each.kind is Layer.HTTP for route in each.routes)
    backends = (route.backend for route in routes if route.backend is not None and route.redirect is None)
    return {backend_key(each): each for each in backends if each.protocol == "Https"}


def handshake_name(backend: Backend) -> str | None:
    """The name that nginx verifies, None where it is the client's; it takes an IPv6 address in brackets only."""
    name = backend.verified_name
    return f"[{name}]" if name is not None and ":" in name else name


def tls_directives(backend: Backend, upstream: TlsUpstream) -> Iterator[Directive]:
    """The directives of a location that reaches this backend."""
    if backend.is_verified or _is_chain_alone_verified(backend, upstream):
        yield directive("proxy_ssl_verify", "on")
        # nginx counts intermediates and stops at one; Azure names no limit.
        yield directive("proxy_ssl_verify_depth", 10)
        yield directive("proxy_ssl_trusted_certificate", upstream.trusted_file)
    if _is_chain_alone_verified(backend, upstream):
        yield directive("proxy_ssl_name", COMMON_NAME)
        return
    name = handshake_name(backend)
    yield directive("proxy_ssl_name", _CLIENTS_HOST if name is None else literal(name))
    yield directive("proxy_ssl_server_name", "on")


def unverified_here(backend: Backend, upstream: TlsUpstream) -> Iterator[str]:
    """What the document verifies of the backend's certificate, and nginx does not."""
    if backend.is_verified or not (backend.verifies_chain or backend.verifies_name):
        return
    if not _is_chain_alone_verified(backend, upstream):
        part = "chain" if backend.verifies_chain else "name"
        yield f"backend settings {backend.name}: they verify the {part} alone, which nginx cannot; here neither is"


def _is_chain_alone_verified(backend: Backend, upstream: TlsUpstream) -> bool:
    return backend.verifies_chain and not backend.verifies_name and upstream.bears_common_name
