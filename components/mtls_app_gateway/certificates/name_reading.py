"""Reads a distinguished name from its DER.

`cryptography` has a function for it since version 50 only; every version can read a name as a part of something. So it
is read as the subject of an unsigned certification request (RFC 2986 section 4.1).
"""

from cryptography import x509

_VERSION = bytes.fromhex("020100")
_ED25519 = bytes.fromhex("300506032b6570")
_KEY = bytes.fromhex("302a") + _ED25519 + bytes.fromhex("032100") + bytes(32)
_NO_ATTRIBUTES = bytes.fromhex("a000")
_SIGNATURE = bytes.fromhex("034100") + bytes(64)


def read_name(der: bytes) -> x509.Name:
    """The distinguished name that these bytes are.

    Raises:
        ValueError: the bytes are not exactly one distinguished name.
    """
    request = _sequence(_sequence(_VERSION + der + _KEY + _NO_ATTRIBUTES) + _ED25519 + _SIGNATURE)
    return x509.load_der_x509_csr(request).subject


def _sequence(content: bytes) -> bytes:
    """The content as a SEQUENCE in DER."""
    length = len(content)
    size = (length.bit_length() + 7) // 8
    encoded = bytes([length]) if length < 0x80 else bytes([0x80 | size]) + length.to_bytes(size, "big")
    return b"\x30" + encoded + content
