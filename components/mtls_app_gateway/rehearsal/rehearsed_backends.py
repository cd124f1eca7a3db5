"""The backends of a rehearsal: an echo backend, or a real application in place of every pool."""

import ssl
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from ..document.backend_view import Backend
from ..document.gateway import Gateway
from .authority import write_credential
from .backend_address import HTTPS, backend_address
from .backend_certificates import BackendAuthorities, BackendCertificate, real_roots, unknown_roots
from .certificate_names import is_certificate_name, server_names
from .echo_backend import EchoBackend
from .nginx.backend_tls import BackendKey, TlsBackend, backend_key, handshake_name, https_backends

_PUBLIC_OR_TRUSTED = "whether a backend's certificate may be issued under a public root where its settings name others"


@dataclass(frozen=True, slots=True)
class PlacedBackends:
    """Where the backends of a gateway are on this machine."""

    plain: Mapping[str, str]
    """`host:port` for each pool, by its name."""
    over_tls: Mapping[BackendKey, TlsBackend] = field(default_factory=dict)
    not_rehearsed: tuple[str, ...] = ()


class RehearsedBackends:
    """The backends of one rehearsal, whose document may change.

    Args:
        folder: where the certificates of the echo backend are.
        application: the address of a real application in place of the echo backend, as `backend_address` reads it.
        certificate: which certificate the echo backend shows.
    """

    def __init__(
        self, folder: Path, application: str | None, certificate: BackendCertificate = BackendCertificate.VALID
    ) -> None:
        self._folder = folder
        self._application = None if application is None else backend_address(application)
        self._certificate = certificate
        self._echo = EchoBackend()
        self._authorities = BackendAuthorities()

    @property
    def is_echo(self) -> bool:
        """Whether the backend reports its requests itself."""
        return self._application is None

    def place(self, gateway: Gateway) -> PlacedBackends:
        """Serve the backends of this gateway from now on."""
        pools, over_tls = [pool.name for pool in gateway.pools], https_backends(gateway)
        if self._application is None:
            plain = self._echo.serve(pools)
            return PlacedBackends(plain, self._echoing(gateway, over_tls), tuple(_of_echo(over_tls)))
        address = self._application.removeprefix(HTTPS)
        plain = dict.fromkeys(pools, address)
        if address == self._application:
            return PlacedBackends(plain)
        placed = {key: TlsBackend(address, self._trusted(each)) for key, each in over_tls.items()}
        return PlacedBackends(plain, placed, tuple(_of_application(over_tls)))

    def stop(self) -> None:
        """Close every port of the echo backend."""
        self._echo.stop()

    def _echoing(self, gateway: Gateway, backends: Mapping[BackendKey, Backend]) -> dict[BackendKey, TlsBackend]:
        served = {
            key: (backend.pool.name, self._tls(backend, f"backend-{number}", _names(gateway, backend)))
            for number, (key, backend) in enumerate(backends.items())
        }
        addresses = self._echo.serve_tls(served)
        return {
            key: TlsBackend(addresses[key], self._authorities.trusted(backend), bears_common_name=True)
            for key, backend in backends.items()
        }

    def _tls(self, backend: Backend, stem: str, names: list[str]) -> ssl.SSLContext:
        credential = self._authorities.certificate(backend, names, self._certificate)
        tls = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        tls.load_cert_chain(*write_credential(credential, self._folder, stem))
        return tls

    def _trusted(self, backend: Backend) -> str:
        """PEM of what a real application's certificate may be issued under; where it is not known, nothing real."""
        found = real_roots(backend) if backend.trusted_roots else _public_roots()
        return found or self._authorities.unrelated


def _names(gateway: Gateway, backend: Backend) -> list[str]:
    """The names that a gateway may ask a backend for."""
    name = handshake_name(backend)
    if name is not None:
        return [name] if is_certificate_name(name) else []
    key = backend_key(backend)
    listeners = (
        listener
        for listener in gateway.reachable
        if any(route.backend is not None and backend_key(route.backend) == key for route in listener.routes)
    )
    found = server_names(name for listener in listeners for name in listener.host_names)
    return [name for name in found if is_certificate_name(name)]


def _public_roots() -> str:
    """PEM of the roots that this machine trusts; empty where it has no file of them."""
    file = ssl.get_default_verify_paths().cafile
    return Path(file).read_text("utf-8", "replace") if file else ""


def _of_echo(backends: Mapping[BackendKey, Backend]) -> Iterator[str]:
    if not backends:
        return
    yield "the certificates of backends: throwaway ones of rehearsal CAs are shown here"
    for backend in backends.values():
        if not backend.trusted_roots:
            yield f"backend settings {backend.name}: the public roots; a rehearsal CA stands for them"
        for root in unknown_roots(backend):
            yield f"trusted root {root.name}: its content is not known here; a rehearsal CA stands for it"


def _of_application(backends: Mapping[BackendKey, Backend]) -> Iterator[str]:
    for backend in backends.values():
        if backend.trusted_roots:
            yield _PUBLIC_OR_TRUSTED
        for root in unknown_roots(backend):
            yield f"trusted root {root.name}: its content is not known here, so no certificate under it is accepted"
        if not backend.trusted_roots and not _public_roots():
            yield f"backend settings {backend.name}: the public roots, of which this machine has no file"
