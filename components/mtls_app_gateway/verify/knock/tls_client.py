"""The TLS of one caller: one version, one certificate or none, no resumption, and the server's handshake messages.

The messages are read through `SSLContext._msg_callback`, CPython's hook for debugging: there is no other way to see
whether a client certificate was requested, nor in Python 3.11 which chain was sent. Where a Python lacks it, both are
unknown and everything else works.
"""

import ssl
import warnings
from collections.abc import Callable
from contextlib import suppress
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TypeVar

from ...document.azure import TlsVersion
from ...processes.input_file import check_file
from ..problem_rows import CLIENT_CERTIFICATE_UNUSABLE, SERVER_CA_UNREADABLE
from . import tls_messages
from .line import EndedError, Line
from .observation import Handshake, KnockFault
from .question import ClientCertificate, Question, Target
from .shown_certificate import name_from, server_certificate
from .strangers import self_signed_stranger

_VERSIONS = {
    TlsVersion.V1_0: ssl.TLSVersion.TLSv1,
    TlsVersion.V1_1: ssl.TLSVersion.TLSv1_1,
    TlsVersion.V1_2: ssl.TLSVersion.TLSv1_2,
    TlsVersion.V1_3: ssl.TLSVersion.TLSv1_3,
}
_HAS_CALLBACK = hasattr(ssl.SSLContext, "_msg_callback")
_CHUNK = 16_384
_TLS_RECORDS = range(20, 25)
_Result = TypeVar("_Result")
_EVERYTHING = "DEFAULT:@SECLEVEL=0"
"""The gateway decides what is too weak, so this client offers everything."""


class TlsClient:
    """The TLS settings of one caller for one handshake; never used twice, so that no session is resumed."""

    def __init__(self, question: Question, target: Target) -> None:
        if question.version is None:
            raise ValueError("a plain HTTP question has no TLS")
        self._host = target.host
        self._context = _context(ssl.PROTOCOL_TLS_CLIENT, question.version)
        self._context.check_hostname = question.checks_server
        self._context.verify_mode = ssl.CERT_REQUIRED if question.checks_server else ssl.CERT_NONE
        self._context.set_alpn_protocols(["http/1.1"])
        self._certificate = question.caller.certificate
        self._server_ca = target.server_ca
        self._messages = _ServerMessages(self._context)
        self._tls: ssl.SSLObject | None = None

    def load(self) -> None:
        """Read the files that the handshake needs.

        Raises:
            GatewayError: where the caller's certificate and key, or the CAs for the server, cannot be used.
        """
        if self._context.verify_mode is ssl.CERT_REQUIRED:
            _trust(self._context, self._server_ca)
        if self._certificate:
            _load(self._context, self._certificate)

    def shake_hands(self, line: Line) -> "TlsLine":
        """Do the handshake. Raises EndedError where it fails."""
        incoming, outgoing = ssl.MemoryBIO(), ssl.MemoryBIO()
        try:
            self._tls = self._context.wrap_bio(incoming, outgoing, server_hostname=self._host)
        except ValueError:
            raise EndedError(KnockFault.UNSENDABLE, "the host name is not valid as a server name (SNI)") from None
        tls_line = TlsLine(line, self._tls, incoming, outgoing, self._messages)
        tls_line.shake_hands()
        return tls_line

    @property
    def handshake(self) -> Handshake:
        """The handshake, complete or as far as it went."""
        cipher = self._tls.cipher() if self._tls else None
        return Handshake(
            protocol=self._tls.version() if self._tls and cipher else None,
            cipher=cipher[0] if cipher else None,
            certificate=server_certificate(self._messages.chain),
            is_certificate_requested=self._messages.is_certificate_requested,
            ca_names=tuple(name for der in self._messages.authorities or () if (name := name_from(der))),
        )


class TlsLine:
    """TLS over a line. Each method raises EndedError, with the server's alert where there is one."""

    def __init__(
        self,
        line: Line,
        tls: ssl.SSLObject,
        incoming: ssl.MemoryBIO,
        outgoing: ssl.MemoryBIO,
        messages: "_ServerMessages",
    ) -> None:
        self._line = line
        self._tls = tls
        self._incoming = incoming
        self._outgoing = outgoing
        self._messages = messages

    def shake_hands(self) -> None:
        self._drive(self._tls.do_handshake)

    def send(self, data: bytes) -> None:
        self._drive(lambda: self._tls.write(data))

    def receive(self) -> bytes:
        """Some bytes; none at the end, with a closing alert or without."""
        try:
            return self._drive(lambda: self._tls.read(_CHUNK))
        except EndedError as ended:
            if ended.fault is KnockFault.CLOSED:
                return b""
            raise

    def _drive(self, operation: Callable[[], _Result]) -> _Result:
        """Exchange bytes until the operation is done."""
        try:
            while True:
                try:
                    result = operation()
                except ssl.SSLWantReadError:
                    self._flush()
                    self._fetch()
                else:
                    self._flush()
                    return result
        except ssl.SSLError as error:
            with suppress(EndedError):
                self._flush()
            raise self._ended(error) from None
        except EndedError as ended:
            if self._messages.alert:
                raise EndedError(KnockFault.ALERT, self._messages.alert) from None
            raise ended from None

    def _flush(self) -> None:
        if self._outgoing.pending:
            self._line.send(self._outgoing.read())

    def _fetch(self) -> None:
        if data := self._line.receive():
            self._incoming.write(data)
        else:
            self._incoming.write_eof()

    def _ended(self, error: ssl.SSLError) -> EndedError:
        first = self._line.first
        if isinstance(error, ssl.SSLCertVerificationError):
            return EndedError(KnockFault.UNTRUSTED, error.verify_message)
        if self._messages.alert:
            return EndedError(KnockFault.ALERT, self._messages.alert)
        if first and first[0] not in _TLS_RECORDS:
            return EndedError(KnockFault.NO_TLS, f"the answer begins with {first!r}")
        if isinstance(error, ssl.SSLEOFError | ssl.SSLZeroReturnError):
            return EndedError(KnockFault.CLOSED)
        return EndedError(KnockFault.TLS_ERROR, (error.reason or "").replace("_", " ").lower())


class _ServerMessages:
    """The server's handshake messages in one context."""

    def __init__(self, context: ssl.SSLContext) -> None:
        self.alert: str | None = None
        self.chain: tuple[bytes, ...] = ()
        self.authorities: tuple[bytes, ...] | None = None
        if _HAS_CALLBACK:
            context._msg_callback = self._read_message  # type: ignore[attr-defined]

    @property
    def is_certificate_requested(self) -> bool | None:
        # The request comes with the server's certificate: without the one, the other is not known.
        return self.authorities is not None if self.chain or self.authorities is not None else None

    def _read_message(self, _: object, direction: str, version: int, record: int, kind: int, message: bytes) -> None:
        if direction != "read":
            return
        if record == tls_messages.ALERT_RECORD:
            self.alert = tls_messages.alert_name(message) or self.alert
        elif record == tls_messages.HANDSHAKE_RECORD and kind == tls_messages.CERTIFICATE:
            self.chain = tls_messages.certificates_of(message, version)
        elif record == tls_messages.HANDSHAKE_RECORD and kind == tls_messages.CERTIFICATE_REQUEST:
            self.authorities = tls_messages.authorities_of(message, version)


@cache
def can_ask(version: TlsVersion) -> bool:
    """Whether the TLS library can speak this version, tried by a handshake with itself in memory."""
    stranger = self_signed_stranger()
    with TemporaryDirectory() as folder:
        certificate = stranger.write(Path(folder), "server")
        server_context = _context(ssl.PROTOCOL_TLS_SERVER, version)
        _load(server_context, certificate)
    client_context = _context(ssl.PROTOCOL_TLS_CLIENT, version)
    client_context.check_hostname = False
    client_context.verify_mode = ssl.CERT_NONE
    to_client, to_server = ssl.MemoryBIO(), ssl.MemoryBIO()
    client = client_context.wrap_bio(to_client, to_server)
    server = server_context.wrap_bio(to_server, to_client, server_side=True)
    for _ in range(4):
        for side in (client, server):
            with suppress(ssl.SSLError):
                side.do_handshake()
    return client.version() is not None and server.version() is not None


def _context(protocol: int, version: TlsVersion) -> ssl.SSLContext:
    context = ssl.SSLContext(protocol)
    context.set_ciphers(_EVERYTHING)
    context.options |= ssl.OP_NO_TICKET
    with warnings.catch_warnings():
        # Old versions are offered on purpose.
        warnings.simplefilter("ignore", DeprecationWarning)
        context.maximum_version = context.minimum_version = _VERSIONS[version]
    return context


def _trust(context: ssl.SSLContext, server_ca: Path | None) -> None:
    if server_ca is None:
        context.load_default_certs()
        return
    try:
        check_file(server_ca)
        context.load_verify_locations(server_ca)
    except OSError as error:
        raise SERVER_CA_UNREADABLE.error(str(server_ca), _reason(error)) from error


def _load(context: ssl.SSLContext, certificate: ClientCertificate) -> None:
    try:
        check_file(certificate.certificate_path)
        check_file(certificate.key_path)
        context.load_cert_chain(certificate.certificate_path, certificate.key_path, lambda: _password(certificate))
    except (OSError, _NoPasswordError) as error:
        where = f"{certificate.certificate_path} with {certificate.key_path}"
        raise CLIENT_CERTIFICATE_UNUSABLE.error(where, _reason(error)) from None


class _NoPasswordError(Exception):
    pass


def _password(certificate: ClientCertificate) -> str:
    if certificate.key_password is None:
        raise _NoPasswordError("the key is encrypted, and there is no password for it")
    return certificate.key_password


def _reason(error: Exception) -> str:
    """An error without the library's own file names and numbers."""
    if isinstance(error, ssl.SSLError):
        return (error.reason or "not PEM").replace("_", " ").lower()
    return str(getattr(error, "strerror", None) or error)
