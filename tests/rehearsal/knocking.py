"""A caller for the tests of the rehearsal: one connection, one request, whatever comes back."""

import http.client
import json
import socket
import ssl
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from mtls_app_gateway.rehearsal.local_gateway import RunningGateway
from mtls_app_gateway.rehearsal.nginx.placement import RehearsedListener

ADDRESS = "127.0.0.1"
VERSIONS = {"TLSv1.2": ssl.TLSVersion.TLSv1_2, "TLSv1.3": ssl.TLSVersion.TLSv1_3}


@dataclass(frozen=True, slots=True)
class Shown:
    """What a caller shows: the files of a certificate chain and its key."""

    chain: Path
    key: Path


@dataclass(frozen=True, slots=True)
class Met:
    """What a caller met."""

    status: int
    headers: dict[str, str]
    text: str
    tls: str | None = None
    cipher: str | None = field(default=None, compare=False)

    @property
    def received(self) -> dict[str, Any]:
        """What reached the echo backend."""
        return dict(json.loads(self.text))

    @property
    def backend_headers(self) -> dict[str, str]:
        return {name.lower(): value for name, value in self.received["headers"].items()}


def listener_of(raised: RunningGateway, name: str) -> RehearsedListener:
    return next(each for each in raised.listeners if each.name == name)


def context(
    raised: RunningGateway, shown: Shown | None, version: str | None = None, ciphers: str | None = None
) -> ssl.SSLContext:
    made = ssl.create_default_context(cafile=str(raised.server_ca))
    # A caller may hold a key that this side's OpenSSL finds too weak: the gateway is to judge it.
    made.set_ciphers(ciphers or "DEFAULT:@SECLEVEL=0")
    if version is not None:
        made.minimum_version = made.maximum_version = VERSIONS[version]
    if shown is not None:
        made.load_cert_chain(shown.chain, shown.key)
    return made


def knock(
    raised: RunningGateway,
    name: str,
    shown: Shown | None = None,
    *,
    version: str | None = None,
    method: str = "GET",
    target: str = "/",
    headers: dict[str, str] | None = None,
    body: bytes | None = None,
    host: str | None = None,
    sni: str | None = None,
    ciphers: str | None = None,
    timeout: float = 10,
) -> Met:
    """Knock at a listener of a raised gateway, in a fresh TLS session."""
    at = listener_of(raised, name)
    host = host or at.host
    sock = socket.create_connection((ADDRESS, at.local_port), timeout=timeout)
    try:
        if at.certificate is not None:
            sock = context(raised, shown, version, ciphers).wrap_socket(sock, server_hostname=sni or host)
        tls, cipher = (sock.version(), sock.cipher()) if isinstance(sock, ssl.SSLSocket) else (None, None)
        connection = http.client.HTTPConnection(host, at.local_port, timeout=timeout)
        connection.sock = sock
        connection.request(method, target, body=body, headers={"Host": host, **(headers or {})})
        response = connection.getresponse()
        text = response.read().decode()
        return Met(
            response.status,
            {key.lower(): value for key, value in response.getheaders()},
            text,
            tls,
            cipher[0] if cipher else None,
        )
    finally:
        sock.close()
