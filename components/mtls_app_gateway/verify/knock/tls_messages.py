"""Parses the server's handshake messages that Python's `ssl` does not expose: its chain, its certificate request, its
alerts.

Pure bytes to values. RFC 5246 section 7.4, RFC 8446 section 4 and 6. Never raises: a malformed message has no content.
"""

from collections.abc import Iterator

CERTIFICATE, CERTIFICATE_REQUEST = 11, 13
HANDSHAKE_RECORD, ALERT_RECORD = 22, 21
TLS_1_3 = 0x0304

_CERTIFICATE_AUTHORITIES = 47
_HEADER = 4

ALERTS = {
    0: "close_notify",
    10: "unexpected_message",
    20: "bad_record_mac",
    22: "record_overflow",
    40: "handshake_failure",
    42: "bad_certificate",
    43: "unsupported_certificate",
    44: "certificate_revoked",
    45: "certificate_expired",
    46: "certificate_unknown",
    47: "illegal_parameter",
    48: "unknown_ca",
    49: "access_denied",
    50: "decode_error",
    51: "decrypt_error",
    70: "protocol_version",
    71: "insufficient_security",
    80: "internal_error",
    86: "inappropriate_fallback",
    90: "user_canceled",
    109: "missing_extension",
    110: "unsupported_extension",
    112: "unrecognized_name",
    113: "bad_certificate_status_response",
    115: "unknown_psk_identity",
    116: "certificate_required",
    120: "no_application_protocol",
}


class _MalformedError(Exception):
    pass


class _Bytes:
    """A cursor that never reads past its end."""

    def __init__(self, data: bytes) -> None:
        self._data = data
        self._offset = 0

    def __bool__(self) -> bool:
        return self._offset < len(self._data)

    def take(self, length: int) -> bytes:
        taken = self._data[self._offset : self._offset + length]
        if len(taken) != length:
            raise _MalformedError
        self._offset += length
        return taken

    def vector(self, length_bytes: int) -> "_Bytes":
        return _Bytes(self.take(int.from_bytes(self.take(length_bytes), "big")))

    def rest(self) -> bytes:
        return self._data[self._offset :]


def alert_name(message: bytes) -> str | None:
    """The name of the alert in a message; None for a closing alert, and for other bytes."""
    if len(message) != 2 or message[1] == 0:
        return None
    return ALERTS.get(message[1], f"alert {message[1]}")


def certificates_of(message: bytes, version: int) -> tuple[bytes, ...]:
    """The certificates of a Certificate message, DER, the server's own first."""
    try:
        return tuple(_certificates(_Bytes(message[_HEADER:]), version))
    except _MalformedError:
        return ()


def _certificates(body: _Bytes, version: int) -> Iterator[bytes]:
    if version == TLS_1_3:
        body.vector(1)
    entries = body.vector(3)
    while entries:
        yield entries.vector(3).rest()
        if version == TLS_1_3:
            entries.vector(2)


def authorities_of(message: bytes, version: int) -> tuple[bytes, ...]:
    """The names of the CAs in a CertificateRequest message, DER."""
    try:
        body = _Bytes(message[_HEADER:])
        return tuple(_names(_authorities_1_3(body) if version == TLS_1_3 else _authorities_1_2(body, version)))
    except _MalformedError:
        return ()


def _authorities_1_2(body: _Bytes, version: int) -> _Bytes:
    body.vector(1)
    if version == TLS_1_3 - 1:
        body.vector(2)
    return body.vector(2)


def _authorities_1_3(body: _Bytes) -> _Bytes:
    body.vector(1)
    extensions = body.vector(2)
    while extensions:
        kind, content = int.from_bytes(extensions.take(2), "big"), extensions.vector(2)
        if kind == _CERTIFICATE_AUTHORITIES:
            return content.vector(2)
    return _Bytes(b"")


def _names(names: _Bytes) -> Iterator[bytes]:
    while names:
        yield names.vector(2).rest()
