"""A backend for rehearsals that echoes the request, as JSON or, to a browser, as a small page.

It has one port for each backend pool, and one for each backend that is reached over HTTPS, so that the answer shows the
pool without a header that the real gateway would not send. A certificate in a header is shown, not checked.
"""

import html
import json
import socketserver
import ssl
import threading
from collections.abc import Iterable, Mapping
from contextlib import suppress
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from types import TracebackType
from typing import Any, Self
from urllib.parse import unquote

from cryptography import x509

from ..certificates.distinguished_name import distinguished_name

ADDRESS = "127.0.0.1"
_SHOWN_BODY = 65_536

TlsKey = tuple[str, str]
"""What distinguishes a backend that is reached over HTTPS."""


class EchoBackend:
    """The backends of a rehearsal. Use as a context, or call `stop`."""

    def __init__(self) -> None:
        self._servers: dict[str, _PoolServer] = {}
        self._tls_servers: dict[TlsKey, _PoolServer] = {}

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stop()

    def serve(self, pools: Iterable[str]) -> dict[str, str]:
        """Serve exactly these pools from now on; returns `host:port` of each. A pool served before keeps its port."""
        wanted = tuple(pools)
        for pool in [pool for pool in self._servers if pool not in wanted]:
            self._servers.pop(pool).end()
        for pool in wanted:
            if pool not in self._servers:
                self._servers[pool] = _PoolServer(pool)
        return {pool: f"{ADDRESS}:{self._servers[pool].server_port}" for pool in wanted}

    def serve_tls(self, backends: Mapping[TlsKey, tuple[str, ssl.SSLContext]]) -> dict[TlsKey, str]:
        """Serve exactly these backends over HTTPS from now on, by the name of their pool and the TLS that they speak.

        Returns `host:port` of each. A backend served before keeps its port.
        """
        for key in self._tls_servers.keys() - backends.keys():
            self._tls_servers.pop(key).end()
        for key, (pool, tls) in backends.items():
            if key not in self._tls_servers:
                self._tls_servers[key] = _PoolServer(pool, tls)
            self._tls_servers[key].pool, self._tls_servers[key].tls = pool, tls
        return {key: f"{ADDRESS}:{self._tls_servers[key].server_port}" for key in backends}

    def stop(self) -> None:
        """Close every port."""
        self.serve(())
        self.serve_tls({})


class _PoolServer(ThreadingHTTPServer):
    daemon_threads = True
    request_queue_size = 128

    def __init__(self, pool: str, tls: ssl.SSLContext | None = None) -> None:
        super().__init__((ADDRESS, 0), _Handler)
        self.pool = pool
        self.tls = tls
        self._thread = threading.Thread(target=self.serve_forever, args=(0.05,), name=f"echo {pool}", daemon=True)
        self._thread.start()

    def server_bind(self) -> None:
        # The default looks up this machine's name, which can take long and is not needed.
        socketserver.TCPServer.server_bind(self)
        self.server_name, self.server_port = ADDRESS, self.server_address[1]

    def finish_request(self, request: Any, client_address: Any) -> None:
        """Answer one connection, in a thread of its own."""
        if self.tls is None:
            super().finish_request(request, client_address)
            return
        # A gateway that does not accept the certificate ends the handshake: there is no request to answer.
        with suppress(OSError), self.tls.wrap_socket(request, server_side=True) as encrypted:
            super().finish_request(encrypted, client_address)

    def end(self) -> None:
        """Stop serving and close the port."""
        self.shutdown()
        self._thread.join()
        self.server_close()


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    wbufsize = -1  # One packet for each answer.
    server: _PoolServer

    def _answer(self) -> None:
        request = self._request()
        wants_page = "text/html" in self.headers.get("Accept", "")
        kind, text = (
            ("text/html", echo_page(request)) if wants_page else ("application/json", json.dumps(request, indent=2))
        )
        content = text.encode()
        self.send_response(200)
        self.send_header("Content-Type", f"{kind}; charset=utf-8")
        self.send_header("Content-Length", str(len(content)))
        self.send_header("Cache-Control", "no-store")
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(content)

    do_GET = do_HEAD = do_POST = do_PUT = do_PATCH = do_DELETE = do_OPTIONS = _answer  # noqa: N815 (the library's names)

    def _request(self) -> dict[str, Any]:
        headers: dict[str, str] = {}
        for name, value in self.headers.items():
            headers[name] = f"{headers[name]}, {value}" if name in headers else value
        length = int(self.headers.get("Content-Length", 0))
        path, _, query = self.path.partition("?")
        return {
            "pool": self.server.pool,
            "transport": "http" if self.server.tls is None else "https",
            "method": self.command,
            "path": path,
            "query": query,
            "headers": headers,
            "certificates": certificate_facts(headers),
            "body": self.rfile.read(length)[:_SHOWN_BODY].decode("utf-8", "replace"),
        }

    def log_message(self, format: str, *args: Any) -> None:  # noqa: A002 (the library's name)
        """Log nothing: the request is in the answer."""


def certificate_facts(headers: Mapping[str, str]) -> dict[str, dict[str, str]]:
    """The facts of the certificates in headers, unverified, by the header's name."""
    return {name: _facts(value) for name, value in headers.items() if value.startswith("-----BEGIN%20CERTIFICATE")}


def _facts(escaped: str) -> dict[str, str]:
    try:
        certificate = x509.load_pem_x509_certificate(unquote(escaped).encode())
        return {
            "subject": distinguished_name(certificate.subject),
            "issuer": distinguished_name(certificate.issuer),
            "valid from": certificate.not_valid_before_utc.isoformat(),
            "valid until": certificate.not_valid_after_utc.isoformat(),
        }
    except ValueError:
        return {"unreadable": "this is not a certificate"}


def echo_page(request: Mapping[str, Any]) -> str:
    """A page that shows the request."""
    line = f"{request['method']} {request['path']}{'?' if request['query'] else ''}{request['query']}"
    certificates = "".join(
        f"<h2>The certificate in {_text(name)}, not verified here</h2>{_table(facts)}"
        for name, facts in request["certificates"].items()
    )
    return (
        "<!doctype html><meta charset=utf-8><title>The request at the backend</title>"
        "<style>body{font:16px sans-serif;margin:2em}td{padding:.2em 1em .2em 0;vertical-align:top;"
        "overflow-wrap:anywhere}td:first-child{white-space:nowrap}</style>"
        f"<h1>{_text(line)}</h1><p>Backend pool {_text(request['pool'])}.</p>"
        f"{certificates}<h2>Headers</h2>{_table(request['headers'])}"
    )


def _table(rows: Mapping[str, str]) -> str:
    cells = "".join(f"<tr><td>{_text(name)}<td>{_text(value)}" for name, value in rows.items())
    return f"<table>{cells}</table>"


def _text(value: object) -> str:
    return html.escape(str(value))
