"""Where the parts of a rehearsed gateway are on this machine: its listeners, ports and backends."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from ...document.azure import Mode
from ...document.gateway import Gateway, Layer, Listener
from .backend_tls import BackendKey, TlsBackend

ADDRESS = "127.0.0.1"
"""The only address that anything listens on."""


@dataclass(frozen=True, slots=True, order=True)
class Endpoint:
    """Where clients reach a gateway on Azure: a frontend IP configuration, by name, and a port."""

    frontend: str
    port: int


@dataclass(frozen=True, slots=True)
class Placement:
    """Where the parts of a rehearsal are on this machine."""

    ports: Mapping[Endpoint, int]
    """The local port of each endpoint."""
    backends: Mapping[str, str]
    """`host:port` of the backend that serves each backend pool, by the pool's name."""
    status_port: int
    """Where nginx reports which configuration it runs."""
    nginx_version: tuple[int, ...]
    ocsp_responder: str | None = None
    """Answers in place of the responders that certificates name, which may be anywhere."""
    sets_server: bool = False
    """Whether this nginx has the module headers-more, which changes the `Server` header of its own pages."""
    report_token: str | None = field(default=None, repr=False)
    """A request with this token is answered with what was sent to the backend; None reports nothing."""
    tls_backends: Mapping[BackendKey, TlsBackend] = field(default_factory=dict)
    """The backends that are reached over HTTPS; every other one is reached over plain HTTP, whatever it should be."""


@dataclass(frozen=True, slots=True)
class RehearsedListener:
    """A listener of the document as it runs here."""

    name: str
    protocol: str
    host_names: tuple[str, ...]
    endpoint: Endpoint
    local_port: int
    mode: Mode | None
    """None where clients are not asked for a certificate."""
    certificate: str | None
    """The stem of the files of its throwaway certificate, `<stem>.pem` and `<stem>.key.pem`; None for plain HTTP."""
    needs_rsa: bool = False
    """Whether that certificate must have an RSA key for the listener's TLS policy to work."""
    unserved: tuple[str, ...] = ()
    """The TLS versions that its policy allows and that are served here with other suites, or not at all."""

    @property
    def host(self) -> str:
        """A host name that it answers to: its own, or one that fits a pattern of its own, else localhost."""
        named = (name for name in self.host_names if "*" not in name and "?" not in name)
        fitting = (name.replace("*", "any").replace("?", "a") for name in self.host_names)
        return next(named, None) or next(fitting, "localhost")

    @property
    def url(self) -> str:
        """Its URL on this machine, for a client that resolves `host` to this machine."""
        return f"{self.protocol.lower()}://{self.host}:{self.local_port}/"


def endpoints(gateway: Gateway) -> tuple[Endpoint, ...]:
    """Every endpoint on Azure of the gateway's HTTP and HTTPS listeners."""
    return tuple(dict.fromkeys(endpoint_of(listener) for listener in http_listeners(gateway)))


def http_listeners(gateway: Gateway) -> Iterator[Listener]:
    """The listeners that are rehearsed: HTTP and HTTPS."""
    return (listener for listener in gateway.listeners if listener.kind is Layer.HTTP)


def endpoint_of(listener: Listener) -> Endpoint:
    """Where clients reach the listener on Azure."""
    return Endpoint(listener.frontend.name if listener.frontend else "", listener.port or 0)
