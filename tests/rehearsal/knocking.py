"""A client for the tests of the rehearsal: one connection, one request, one response."""

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
class ClientFiles:
    """The files of a client certificate, with its intermediates, and its key."""

    chain: Path
    key: Path


@dataclass(frozen=True, slots=True)
class Response:
    """A response, and the TLS of its connection."""

    status: int
    headers: dict[str, str]
    text: str
    tls: str | None = None
    cipher: str | None = field(default=None, compare=False)

    @property
    def forwarded(self) -> dict[str, Any]:
        """The request that reached the echo backend."""
        return dict(json.loads(self.text))

    @property
    def backend_headers(self) -> dict[str, str]:
        return {name.lower(): value for name, value in self.forwarded["headers"].items()}


def listener_of(local: RunningGateway, name: str) -> RehearsedListener:
    return next(each for each in local.listeners if each.name == name)


def context(
    local: RunningGateway, shown: ClientFiles | None, version: str | None = None, ciphers: str | None = None
) -> ssl.SSLContext:
    made = ssl.create_default_context(cafile=str(local.server_ca))
    # A client key may be too weak for this OpenSSL; the gateway is to judge it.
    made.set_ciphers(ciphers or "DEFAULT:@SECLEVEL=0")
    if version is not None:
        made.minimum_version = made.maximum_version = VERSIONS[version]
    if shown is not None:
        made.load_cert_chain(shown.chain, shown.key)
    return made


def knock(
    local: RunningGateway,
    name: str,
    shown: ClientFiles | None = None,
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
) -> Response:
    """Knock at a listener of a local gateway, in a fresh TLS session."""
    listener = listener_of(local, name)
    host = host or listener.host
    sock = socket.create_connection((ADDRESS, listener.local_port), timeout=timeout)
    try:
        if listener.certificate is not None:
            sock = context(local, shown, version, ciphers).wrap_socket(sock, server_hostname=sni or host)
        tls, cipher = (sock.version(), sock.cipher()) if isinstance(sock, ssl.SSLSocket) else (None, None)
        connection = http.client.HTTPConnection(host, listener.local_port, timeout=timeout)
        connection.sock = sock
        connection.request(method, target, body=body, headers={"Host": host, **(headers or {})})
        response = connection.getresponse()
        text = response.read().decode()
        return Response(
            response.status,
            {key.lower(): value for key, value in response.getheaders()},
            text,
            tls,
            cipher[0] if cipher else None,
        )
    finally:
        sock.close()
