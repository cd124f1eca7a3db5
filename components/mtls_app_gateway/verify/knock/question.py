"""The input of a knock as data: caller, target, TLS version, path and headers."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from pathlib import Path
from string import ascii_letters, digits, punctuation
from urllib.parse import quote

from ...document.azure import TlsVersion

TIMEOUT = 10.0
"""Seconds for a knock from connecting to the last byte."""
SPOOFED = "spoofed-by-the-caller"
"""The value of each identity header that a caller spoofs."""
TOKEN_HEADER = "X-Rehearsal-Token"  # noqa: S105 - a name, not a token
REPORT_HEADER = "X-Rehearsal-Sent"
"""The header that asks a rehearsal's nginx for a report, and the one that marks and prefixes the reported headers."""

_VISIBLE = ascii_letters + digits + punctuation


class OcspStatus(StrEnum):
    """The answer of the OCSP responder that a certificate names."""

    GOOD = "good"
    REVOKED = "revoked"
    UNKNOWN = "unknown"
    """The responder answers that it does not know the certificate."""
    SILENT = "silent"
    """It does not answer."""
    NOT_KNOWN = "not known"
    """This tool does not know it."""


class Expect(StrEnum):
    """What the owner of a certificate expects of a gateway."""

    ACCEPT = "accept"
    REFUSE = "refuse"


@dataclass(frozen=True, slots=True)
class ClientCertificate:
    """A certificate with its intermediates, and the file of its private key; the key itself is never held here."""

    pem: str = field(repr=False)
    """What the caller sends: the certificate, then its intermediates."""
    certificate_path: Path
    key_path: Path
    key_password: str | None = field(default=None, repr=False)


@dataclass(frozen=True, slots=True)
class Caller:
    """A client that connects, with or without a certificate."""

    name: str
    describes: str
    """Completes 'a caller with ...'."""
    certificate: ClientCertificate | None = None
    ocsp_status: OcspStatus = OcspStatus.NOT_KNOWN
    expect: Expect | None = None
    """What the certificate's owner expects, besides what the document promises."""
    is_stranger: bool = False
    """The certificate was minted for this run, and no CA has issued it."""


WITHOUT_CERTIFICATE = Caller("no certificate", "no certificate")


@dataclass(frozen=True, slots=True)
class Target:
    """Where to knock: the requested host name, and its place on the network."""

    host: str
    port: int = 443
    address: str | None = None
    """The address to connect to; `host` is still what TLS and HTTP request."""
    address_port: int | None = None
    server_ca: Path | None = None
    """PEM of the CAs that the listener's certificate may come from; the system's unless given."""
    report_token: str | None = field(default=None, repr=False)
    """In a rehearsal with a real application: makes its nginx report what it sent to the backend."""

    listener_ports: Mapping[str, int] = field(default_factory=dict, hash=False)
    """The ports of other listeners by name, where they are not those of the document: in a rehearsal."""

    @property
    def endpoint(self) -> tuple[str, int]:
        """Where a connection goes."""
        return self.address or self.host, self.address_port or self.port

    def authority(self, *, plain: bool) -> str:
        """The Host header: with the port, unless it is the scheme's own."""
        host = f"[{self.host}]" if ":" in self.host else self.host
        return host if self.port == (80 if plain else 443) else f"{host}:{self.port}"


@dataclass(frozen=True, slots=True)
class Question:
    """One knock to be made."""

    caller: Caller
    version: TlsVersion | None
    """The one TLS version that is offered; None for plain HTTP."""
    path: str = "/"
    spoofs: tuple[str, ...] = ()
    """Identity headers that the caller sends itself."""
    checks_server: bool = False
    """The caller refuses a server certificate that is not valid for the host."""

    @property
    def request_target(self) -> str:
        """The path as it is sent: characters other than visible ASCII are percent-encoded as UTF-8 (RFC 3987, 3.1)."""
        return quote(self.path, safe=_VISIBLE, errors="replace")
