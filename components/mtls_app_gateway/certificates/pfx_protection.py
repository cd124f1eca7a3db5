"""What a PFX says in the clear of its own encryption: rounds of key derivation and ciphers, before any is computed.

Reads the outer layers only (RFC 7292), in DER and in BER with lengths left open. What it cannot read it passes over:
the library that opens the PFX has the last word.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise

MAX_ROUNDS = 2_000_000
"""In all parts of a PFX together: about a second of work. OpenSSL writes 2,048 for each, the most careful 600,000."""

_INTEGER, _OCTETS, _OID, _SEQUENCE, _OCTETS_IN_PARTS = 0x02, 0x04, 0x06, 0x30, 0x24
_CONSTRUCTED = 0x20
_DEEPEST = 32
_AES = bytes.fromhex("6086480165030401")
"""The beginning of every object identifier of AES (2.16.840.1.101.3.4.1)."""

_Element = tuple[int, bytes]
"""A tag and its content."""


@dataclass(frozen=True, slots=True)
class PfxProtection:
    """How a PFX is encrypted."""

    rounds: int
    """Of all its key derivations together, as far as they can be read without a password."""
    has_aes: bool


def read_protection(raw: bytes) -> PfxProtection:
    """What a PFX asks of whoever opens it. Never raises."""
    rounds, has_aes = 0, False
    for elements in _layers(raw, _DEEPEST):
        rounds += sum(_rounds(elements))
        has_aes |= any(tag == _OID and content.startswith(_AES) for tag, content in elements)
    return PfxProtection(rounds, has_aes)


def _rounds(elements: list[_Element]) -> Iterator[int]:
    """The numbers behind a salt: in MacData, pkcs-12PbeParams, PBKDF2-params and scrypt-params alike."""
    for (tag, _), (following, content) in pairwise(elements):
        if tag in {_OCTETS, _OCTETS_IN_PARTS} and following == _INTEGER:
            yield max(int.from_bytes(content, signed=True), 0)


def _layers(data: bytes, depth: int) -> Iterator[list[_Element]]:
    """The elements side by side in each constructed value, and in each octet string that holds one."""
    elements = _elements(data, depth)
    yield elements
    for tag, content in elements:
        if tag == _OCTETS_IN_PARTS:
            yield from _layers(b"".join(part for _, part in _elements(content, depth)), depth - 1)
        elif tag & _CONSTRUCTED or (tag == _OCTETS and content[:1] == bytes([_SEQUENCE])):
            yield from _layers(content, depth - 1)


def _elements(data: bytes, depth: int) -> list[_Element]:
    """The elements one after the other; none where they are no BER to the end."""
    found, at = [], 0
    try:
        while at < len(data):
            tag, start, end, at = _element(data, at, depth)
            found.append((tag, data[start:end]))
    except (ValueError, IndexError):
        return []
    return found


def _element(data: bytes, at: int, depth: int) -> tuple[int, int, int, int]:
    """Tag, beginning and end of the content, and where the next one begins. Raises for what is no BER."""
    if depth <= 0:
        raise ValueError("too deep")
    tag, length, at = data[at], data[at + 1], at + 2
    if length == 0x80:
        start = at
        while data[at : at + 2] != b"\x00\x00":
            *_, at = _element(data, at, depth - 1)
        return tag, start, at, at + 2
    if length > 0x80:
        size = length & 0x7F
        length, at = int.from_bytes(data[at : at + size]), at + size
    if at + length > len(data):
        raise ValueError("longer than the data")
    return tag, at, at + length, at + length
