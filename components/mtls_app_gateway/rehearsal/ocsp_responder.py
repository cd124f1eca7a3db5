"""An OCSP responder on the loopback with a configured answer for each certificate.

For rehearsals and tests. It signs with the key of the authority that issued the certificate, and answers every client.
RFC 6960; requests by GET and POST.
"""

import base64
import socketserver
import threading
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from enum import Enum, auto
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from types import TracebackType
from typing import Any, Self
from urllib.parse import unquote

from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ed25519
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.x509 import ocsp

from .authority import Authority, Credential

ADDRESS = "127.0.0.1"


class OcspAnswer(Enum):
    """The responder's answer about a certificate."""

    GOOD = auto()
    REVOKED = auto()
    UNKNOWN = auto()
    SILENT = auto()
    """It does not answer, and closes the connection after `silence` seconds, if ever."""
    SLOW = auto()
    """GOOD, after `delay` seconds."""
    NONE = auto()
    """It closes the connection at once, for a certificate that names no responder."""


class OcspResponder:
    """A responder for some authorities. Use as a context, or call `start` and `stop`."""

    def __init__(self, authorities: Sequence[Authority], *, delay: float = 1.0, silence: float | None = None) -> None:
        self.authorities = tuple(authorities)
        """The issuers of the certificates that it answers for; may be changed while it runs."""
        self.delay = delay
        self.silence = silence
        self._answers: dict[int, OcspAnswer] = {}
        self._ended = threading.Event()
        self._ended.set()
        self.asked: list[int] = []
        """The serial numbers of the requests, in order."""

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stop()

    def start(self) -> None:
        """Open a port on the loopback, and answer there."""
        self._ended.clear()
        self._server = _Server(self)
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.05,), name="ocsp", daemon=True)
        self._thread.start()

    @property
    def url(self) -> str:
        """The responder's URL for the authority information access of a certificate."""
        return f"http://{ADDRESS}:{self._server.server_address[1]}/"

    def answer(self, credential: Credential, answer: OcspAnswer) -> None:
        """Set the answer for a certificate. For all others it is GOOD."""
        self._answers[credential.certificate.serial_number] = answer

    def stop(self) -> None:
        """Close the port; requests under way get no answer."""
        if not self._ended.is_set():
            self._ended.set()
            self._server.shutdown()
            self._thread.join()
            self._server.server_close()

    def respond(self, request: bytes) -> bytes | None:
        """The response to a request, DER; None for no answer."""
        asked = ocsp.load_der_ocsp_request(request)
        self.asked.append(asked.serial_number)
        answer = self._answers.get(asked.serial_number, OcspAnswer.GOOD)
        if answer is OcspAnswer.NONE:
            return None
        if answer is OcspAnswer.SILENT:
            self._ended.wait(self.silence)
            return None
        if answer is OcspAnswer.SLOW:
            self._ended.wait(self.delay)
        issuer = next((one for one in self.authorities if _is_issuer(one, asked)), None)
        if issuer is None:
            unauthorized = ocsp.OCSPResponseBuilder.build_unsuccessful(ocsp.OCSPResponseStatus.UNAUTHORIZED)
            return unauthorized.public_bytes(Encoding.DER)
        return _signed(asked, answer, issuer)


def _is_issuer(authority: Authority, asked: ocsp.OCSPRequest) -> bool:
    return asked.issuer_key_hash == _request_for(authority, asked.hash_algorithm).issuer_key_hash


def _request_for(authority: Authority, algorithm: hashes.HashAlgorithm) -> ocsp.OCSPRequest:
    own = authority.certificate
    return ocsp.OCSPRequestBuilder().add_certificate(own, own, algorithm).build()


def _signed(asked: ocsp.OCSPRequest, answer: OcspAnswer, issuer: Authority) -> bytes:
    now = datetime.now(UTC)
    revoked = answer is OcspAnswer.REVOKED
    builder = ocsp.OCSPResponseBuilder().add_response_by_hash(
        issuer_name_hash=asked.issuer_name_hash,
        issuer_key_hash=asked.issuer_key_hash,
        serial_number=asked.serial_number,
        algorithm=asked.hash_algorithm,
        cert_status=_STATUS.get(answer, ocsp.OCSPCertStatus.GOOD),
        this_update=now - timedelta(minutes=1),
        next_update=now + timedelta(hours=1),
        revocation_time=now - timedelta(days=1) if revoked else None,
        revocation_reason=None,
    )
    builder = builder.responder_id(ocsp.OCSPResponderEncoding.HASH, issuer.certificate)
    algorithm = None if isinstance(issuer.private_key, ed25519.Ed25519PrivateKey) else hashes.SHA256()
    return builder.sign(issuer.private_key, algorithm).public_bytes(Encoding.DER)


_STATUS = {OcspAnswer.REVOKED: ocsp.OCSPCertStatus.REVOKED, OcspAnswer.UNKNOWN: ocsp.OCSPCertStatus.UNKNOWN}


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    request_queue_size = 128

    def __init__(self, responder: OcspResponder) -> None:
        super().__init__((ADDRESS, 0), _Handler)
        self.responder = responder

    def server_bind(self) -> None:
        # The default looks up this machine's name, which can take long and is not needed.
        socketserver.TCPServer.server_bind(self)
        self.server_name, self.server_port = ADDRESS, self.server_address[1]


class _Handler(BaseHTTPRequestHandler):
    wbufsize = -1
    server: _Server

    def do_GET(self) -> None:
        """A request in the path: base64, percent-encoded (RFC 6960 appendix A.1)."""
        self._answer(base64.b64decode(unquote(self.path.removeprefix("/")) + "=="))

    def do_POST(self) -> None:
        """A request in the body."""
        self._answer(self.rfile.read(int(self.headers.get("Content-Length", 0))))

    def _answer(self, request: bytes) -> None:
        try:
            response = self.server.responder.respond(request)
        except ValueError:
            self.send_error(400, "not an OCSP request")
            return
        if response is None:
            self.close_connection = True
            return
        self.send_response(200)
        self.send_header("Content-Type", "application/ocsp-response")
        self.send_header("Content-Length", str(len(response)))
        self.end_headers()
        self.wfile.write(response)

    def log_message(self, format: str, *args: Any) -> None:  # noqa: A002 (the library's name)
        """Log nothing."""
