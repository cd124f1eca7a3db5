"""Verifies a client's certificates with OpenSSL as a gateway does: by sending them to a TLS server, in memory.

The handshake is never finished: in TLS 1.2 a server verifies the client's certificates before the client has to prove
that it has the key. So OpenSSL checks path, purpose, strength, validity and constraints in its own order, as it does
for nginx, and no key is needed. Asks no OCSP responder, and compares no issuer names.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from typing import cast

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from OpenSSL import SSL, crypto

from .certificate import Certificate

_SUITES = b"ECDHE-ECDSA-AES128-GCM-SHA256:@SECLEVEL=2"
"""One suite is enough for this. Level 2 is OpenSSL's default since 3.2, and Debian's before."""
_RECORD_BYTES = 16_384
_CLIENT_HELLO, _CERTIFICATE = 1, 11
_CERTIFICATE_BYTES = 100 * 1024
"""OpenSSL's default limit of a Certificate message (SSL_CTX_set_max_cert_list)."""

_Note = Callable[[SSL.Connection, crypto.X509, int, int, int], bool]
"""Is called for each certificate, with its error number, its depth, and whether it has no error."""


@dataclass(frozen=True, slots=True)
class PathError:
    """An error of OpenSSL's about a path: its number, and how many certificates below it lead to the client."""

    number: int
    depth: int
    certificate: bytes
    """DER."""


@dataclass(frozen=True, slots=True)
class EngineVerdict:
    """OpenSSL's verdict: all errors in its order, and the path that it found, from the client up, as DER."""

    errors: tuple[PathError, ...]
    path: tuple[bytes, ...]


class NotJudgedError(Exception):
    """OpenSSL cannot read one of the certificates, or does not accept them in a handshake."""


def judge(
    shown: Sequence[Certificate], trusted: Sequence[Certificate], *, now: datetime, max_depth: int
) -> EngineVerdict:
    """Verify a client's certificate and the intermediates that it sends, as a TLS server that trusts these CAs.

    Args:
        shown: the client's certificate, then the intermediates.
        trusted: the CAs.
        now: when validity is checked.
        max_depth: how many intermediates the server follows (nginx's `ssl_verify_depth`).

    Raises:
        NotJudgedError: OpenSSL gives no verdict.
    """
    if sum(len(certificate.der) + 3 for certificate in shown) > _CERTIFICATE_BYTES:
        raise NotJudgedError(f"the client sends more than {_CERTIFICATE_BYTES:,} bytes of certificates")
    errors: list[PathError] = []
    path: dict[int, bytes] = {}

    def note(_: SSL.Connection, certificate: crypto.X509, number: int, depth: int, ok: int) -> bool:
        der = crypto.dump_certificate(crypto.FILETYPE_ASN1, certificate)
        path[depth] = der
        if not ok:
            errors.append(PathError(number, depth, der))
        return True  # Continues, as nginx does, so that all errors are seen.

    server = SSL.Connection(_context(trusted, note, now, max_depth), None)
    server.set_accept_state()
    for message in (_hello(), _certificates(shown)):
        server.bio_write(message)
        if not _waits(server) and not _waits(server):
            raise NotJudgedError("OpenSSL ends the handshake when it reads these certificates")
    return EngineVerdict(tuple(errors), tuple(path[depth] for depth in sorted(path)))


def _waits(server: SSL.Connection) -> bool:
    """Continue the handshake; whether it then waits for the client and did not fail.

    Call it twice: an error that a failed signature leaves in OpenSSL's queue is raised once, and has no effect.
    """
    try:
        server.do_handshake()
    except SSL.WantReadError:
        return True
    except SSL.Error:
        pass
    return False


def is_certificate(data: bytes) -> bool:
    """Whether OpenSSL can read a certificate in the data."""
    kind = crypto.FILETYPE_PEM if b"-----BEGIN" in data else crypto.FILETYPE_ASN1
    try:
        crypto.load_certificate(kind, data)
    except (crypto.Error, ValueError):
        return False
    return True


def _context(trusted: Sequence[Certificate], note: _Note, now: datetime, max_depth: int) -> SSL.Context:
    context = SSL.Context(SSL.TLS_SERVER_METHOD)
    key, own = _identity()
    context.use_privatekey(key)
    context.use_certificate(own)
    context.set_cipher_list(_SUITES)
    context.set_verify(SSL.VERIFY_PEER, note)
    context.set_verify_depth(max_depth)
    store = cast("crypto.X509Store", context.get_cert_store())  # Every context has one.
    for certificate in trusted:
        try:
            store.add_cert(crypto.load_certificate(crypto.FILETYPE_ASN1, certificate.der))
        except crypto.Error as error:
            raise NotJudgedError(f"OpenSSL does not read the trusted CA {certificate.label}") from error
    store.set_time(now)
    return context


@cache
def _identity() -> tuple[ec.EllipticCurvePrivateKey, x509.Certificate]:
    """The server's own key and certificate, which no client sees: the key is not secret and always the same."""
    key = ec.derive_private_key(1, ec.SECP256R1())
    nameless = x509.Name([])
    builder = x509.CertificateBuilder().subject_name(nameless).issuer_name(nameless).public_key(key.public_key())
    builder = builder.serial_number(1).not_valid_before(datetime(2000, 1, 1)).not_valid_after(datetime(2049, 1, 1))
    return key, builder.sign(key, hashes.SHA256())


@cache
def _hello() -> bytes:
    """A ClientHello of TLS 1.2 (RFC 5246 section 7.4.1.2): one suite, one curve, one way of signing."""
    curve = _extension(10, _sized(2, b"\x00\x17"))
    signing = _extension(13, _sized(2, b"\x04\x03"))
    suite, no_compression = _sized(2, b"\xc0\x2b"), _sized(1, b"\x00")
    hello = b"\x03\x03" + bytes(32) + _sized(1, b"") + suite + no_compression + _sized(2, curve + signing)
    return _records(_CLIENT_HELLO, hello)


def _certificates(shown: Sequence[Certificate]) -> bytes:
    """A Certificate message of TLS 1.2 (RFC 5246 section 7.4.2)."""
    return _records(_CERTIFICATE, _sized(3, b"".join(_sized(3, certificate.der) for certificate in shown)))


def _records(kind: int, body: bytes) -> bytes:
    message = bytes([kind]) + _sized(3, body)
    parts = (message[start : start + _RECORD_BYTES] for start in range(0, len(message), _RECORD_BYTES))
    return b"".join(b"\x16\x03\x03" + _sized(2, part) for part in parts)


def _extension(kind: int, body: bytes) -> bytes:
    return kind.to_bytes(2) + _sized(2, body)


def _sized(size: int, body: bytes) -> bytes:
    return len(body).to_bytes(size) + body
