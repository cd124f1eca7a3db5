"""Writes the curl and `openssl s_client` lines that repeat a knock by hand. Pure.

The lines have the paths of keys, never a key or a password: both programs ask for a password where one is needed.
"""

import shlex
from collections.abc import Iterator
from dataclasses import dataclass

from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import rsa

from ...document.address_range import is_address
from ...document.azure import TlsVersion
from ..knock.question import SPOOFED, ClientCertificate, Question, Target

_WEAK = "DEFAULT:@SECLEVEL=0"
_OPENSSL_VERSIONS = {
    TlsVersion.V1_0: "-tls1",
    TlsVersion.V1_1: "-tls1_1",
    TlsVersion.V1_2: "-tls1_2",
    TlsVersion.V1_3: "-tls1_3",
}


@dataclass(frozen=True, slots=True)
class ShellLines:
    """The two shell lines, as far as they are possible."""

    curl: str | None
    """None for a client key that curl's TLS library finds too weak: curl has no option to use it."""
    openssl: str | None
    """None for plain HTTP."""


def shell_lines(question: Question, target: Target) -> ShellLines:
    """The lines for a question, quoted for a POSIX shell."""
    openssl = None
    if question.version is not None:
        client = shlex.join(_openssl(question, target, question.version))
        openssl = f"printf {shlex.quote(_request(question, target))} | {client}"
    return ShellLines(None if _has_weak_key(question) else shlex.join(_curl(question, target)), openssl)


def _curl(question: Question, target: Target) -> Iterator[str]:
    yield from ("curl", "--silent", "--show-error", "--include", "--http1.1", "--max-time", "10", "--noproxy", "*")
    yield from ("--path-as-is", "--globoff")
    if question.version is not None:
        number = question.version.removeprefix("TLS ")
        yield from (f"--tlsv{number}", "--tls-max", number)
        yield from _curl_trust(question, target)
        if _is_weak(question):
            yield from ("--ciphers", _WEAK)
        if question.caller.certificate:
            yield from ("--cert", str(question.caller.certificate.certificate_path))
            yield from ("--key", str(question.caller.certificate.key_path))
    if target.address or target.address_port:
        host, port = target.endpoint
        yield from ("--connect-to", f"{_bracketed(target.host)}:{target.port}:{_bracketed(host)}:{port}")
    for name in question.spoofs:
        yield from ("--header", f"{name}: {SPOOFED}")
    scheme = "https" if question.version else "http"
    yield f"{scheme}://{_bracketed(target.host)}:{target.port}{question.request_target}"


def _curl_trust(question: Question, target: Target) -> Iterator[str]:
    if not question.checks_server:
        yield "--insecure"
    elif target.server_ca:
        yield from ("--cacert", str(target.server_ca))


def _openssl(question: Question, target: Target, version: TlsVersion) -> Iterator[str]:
    host, port = target.endpoint
    yield from ("openssl", "s_client", "-quiet", "-connect", f"{_bracketed(host)}:{port}", _OPENSSL_VERSIONS[version])
    yield from ("-noservername",) if is_address(target.host) else ("-servername", target.host)
    if question.checks_server:
        yield from ("-verify_return_error", "-verify_ip" if is_address(target.host) else "-verify_hostname")
        yield target.host
        if target.server_ca:
            yield from ("-CAfile", str(target.server_ca))
    if _is_weak(question):
        yield from ("-cipher", _WEAK)
    if question.caller.certificate:
        yield from _openssl_certificate(question.caller.certificate)


def _openssl_certificate(certificate: ClientCertificate) -> Iterator[str]:
    path = str(certificate.certificate_path)
    yield from ("-cert", path, "-key", str(certificate.key_path))
    if certificate.pem.count("BEGIN CERTIFICATE") > 1:
        # Without it, -cert sends only the first certificate of the file.
        yield from ("-cert_chain", path)


def _request(question: Question, target: Target) -> str:
    lines = [
        f"GET {question.request_target} HTTP/1.1",
        f"Host: {target.authority(plain=False)}",
        "Connection: close",
        *(f"{name}: {SPOOFED}" for name in question.spoofs),
    ]
    escaped = (line.replace("\\", "\\\\").replace("%", "%%") for line in (*lines, "", ""))
    return "\\r\\n".join(escaped)


def _is_weak(question: Question) -> bool:
    """Whether the TLS library would refuse to connect with its default settings."""
    return question.version in {TlsVersion.V1_0, TlsVersion.V1_1} or _has_weak_key(question)


def _has_weak_key(question: Question) -> bool:
    certificate = question.caller.certificate
    if certificate is None:
        return False
    key = x509.load_pem_x509_certificates(certificate.pem.encode())[0].public_key()
    return isinstance(key, rsa.RSAPublicKey) and key.key_size < 2048


def _bracketed(host: str) -> str:
    return f"[{host}]" if ":" in host else host
