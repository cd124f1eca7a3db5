"""What one knock observed: facts with the layer that they are from, and no judgement."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

from ... import escaping
from ...document.azure import TlsVersion


class ReachedLayer(StrEnum):
    """The layer that a knock reached."""

    TCP = "TCP"
    """No connection, so nothing is known about certificates."""
    HANDSHAKE = "TLS handshake"
    FIRST_READ = "TLS first read"
    """The client had finished its handshake. In TLS 1.3 a server refuses a client certificate only now."""
    HTTP = "HTTP"


class KnockFault(StrEnum):
    """Why a knock ended before there was an HTTP answer."""

    NAME_NOT_FOUND = "name not found"
    REFUSED = "connection refused"
    UNREACHABLE = "not reachable"
    TIMED_OUT = "no answer in time"
    RESET = "connection reset"
    CLOSED = "connection closed without an answer"
    ALERT = "alert"
    NO_TLS = "not TLS"
    TLS_ERROR = "TLS error"
    UNTRUSTED = "certificate not trusted"
    INVALID_HTTP = "not HTTP"
    TOO_LONG = "too much to take"
    UNSENDABLE = "cannot be asked"
    """TLS or HTTP cannot carry the question; nothing was sent."""


class Phrase(StrEnum):
    """The phrases of a gateway's own 400 page, which are nginx's, as seen on live gateways."""

    NO_CERTIFICATE = "No required SSL certificate was sent"
    CERTIFICATE_ERROR = "The SSL certificate error"
    PLAIN_HTTP = "The plain HTTP request was sent to HTTPS port"


@dataclass(frozen=True, slots=True)
class ServerCertificate:
    """The certificate that a listener sends, and the subjects of the others with it."""

    subject: str
    issuer: str
    names: tuple[str, ...]
    """Subject alternative names."""
    not_before: datetime
    not_after: datetime
    sha256: str
    sent_along: tuple[str, ...] = ()
    """The subjects of the other certificates, in their order."""


@dataclass(frozen=True, slots=True)
class Handshake:
    """A complete or incomplete TLS handshake, as the client saw it."""

    protocol: str | None = None
    cipher: str | None = None
    certificate: ServerCertificate | None = None
    is_certificate_requested: bool | None = None
    """Whether the server asked the client for a certificate; None where the handshake ended before, or where this
    Python does not show it."""
    ca_names: tuple[str, ...] = ()
    """The names of trusted CAs that the server sends; often none, whatever it trusts."""


@dataclass(frozen=True, slots=True)
class ForwardedRequest:
    """The request that the gateway forwarded, as an echo backend or a rehearsal's nginx reports it."""

    headers: Mapping[str, str] = field(default_factory=dict)
    """By their names in lower case."""
    pool: str | None = None
    transport: str | None = None
    """`http` or `https`: how the gateway reached the backend, where the backend reports it."""


@dataclass(frozen=True, slots=True)
class Timings:
    """Seconds each phase took; None for a phase that was not finished."""

    connect: float | None = None
    handshake: float | None = None
    answer: float | None = None
    total: float = 0.0


@dataclass(frozen=True, slots=True)
class Observation:
    """One knock: its caller, the layer that it reached, and what was observed there."""

    caller: str
    asked_version: TlsVersion | None
    """The only TLS version that the caller offered; None for plain HTTP."""
    layer: ReachedLayer
    fault: KnockFault | None = None
    detail: str = ""
    """The fault as it was reported: an alert's name, an operating system's error."""
    status: int | None = None
    phrase: Phrase | None = None
    server: str | None = None
    location: str | None = None
    forwarded: ForwardedRequest | None = None
    is_cut: bool = False
    """The answer's body was longer than a knock reads."""
    handshake: Handshake = field(default_factory=Handshake)
    timings: Timings = field(default_factory=Timings)

    @property
    def words(self) -> str:
        """What was observed, in one line for people."""
        if self.fault is None:
            return self._answer_in_words()
        detail = f" ({self.detail})" if self.detail else ""
        return f"{self.layer}: {self.fault}{detail}"

    def _answer_in_words(self) -> str:
        words = f"HTTP {self.status}"
        if self.phrase:
            words += f', "{self.phrase}"'
        if self.location:
            words += f", to {self.location}"
        if self.forwarded:
            words += ", from the backend"
        return words


def excerpt(text: str, length: int = 200) -> str:
    """Text from a server, escaped and cut to a length."""
    return escaping.printable(text, length)
