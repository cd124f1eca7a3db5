"""Reads how a PFX is encrypted, rounds of key derivation and ciphers, before any of it is computed.

Reads the outer layers only (RFC 7292), in DER and in BER with indefinite lengths. What it cannot read it skips: the
library that opens the PFX decides.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise

MAX_ROUNDS = 2_000_000
"""In all parts of a PFX together: about a second of work. OpenSSL writes 2,048 for each, careful tools 600,000."""

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
    """The rounds of all its key derivations together, as far as they can be read without a password."""
    has_aes: bool


def read_protection(raw: bytes) -> PfxProtection:
    """How a PFX is encrypted. Never raises."""
    rounds, has_aes = 0, False
    for elements in _layers(raw, _DEEPEST):
        rounds += sum(_rounds(elements))
        has_aes |= any(tag == _OID and content.startswith(_AES) for tag, content in elements)
    return PfxProtection(rounds, has_aes)


def _rounds(elements: list[_Element]) -> Iterator[int]:
    """The numbers that follow a salt, as in MacData, pkcs-12PbeParams, PBKDF2-params and scrypt-params."""
    for (tag, _), (following, content) in pairwise(elements):
        if tag in {_OCTETS, _OCTETS_IN_PARTS} and following == _INTEGER:
            yield max(int.from_bytes(content, signed=True), 0)


def _layers(data: bytes, depth: int) -> Iterator[list[_Element]]:
    """The elements of each constructed value, and of each octet string that contains one."""
    elements = _elements(data, depth)
    yield elements
    for tag, content in elements:
        if tag == _OCTETS_IN_PARTS:
            yield from _layers(b"".join(part for _, part in _elements(content, depth)), depth - 1)
        elif tag & _CONSTRUCTED or (tag == _OCTETS and content[:1] == bytes([_SEQUENCE])):
            yield from _layers(content, depth - 1)


def _elements(data: bytes, depth: int) -> list[_Element]:
    """The elements one after the other; none where the data is not BER to its end."""
    found, index = [], 0
    try:
        while index < len(data):
            tag, start, end, index = _element(data, index, depth)
            found.append((tag, data[start:end]))
    except (ValueError, IndexError):
        return []
    return found


def _element(data: bytes, index: int, depth: int) -> tuple[int, int, int, int]:
    """Tag, start and end of the content, and the start of the next element. Raises for what is not BER."""
    if depth <= 0:
        raise ValueError("too deep")
    tag, length, index = data[index], data[index + 1], index + 2
    if length == 0x80:
        start = index
        while data[index : index + 2] != b"\x00\x00":
            *_, index = _element(data, index, depth - 1)
        return tag, start, index, index + 2
    if length > 0x80:
        size = length & 0x7F
        length, index = int.from_bytes(data[index : index + size]), index + size
    if index + length > len(data):
        raise ValueError("longer than the data")
    return tag, index, index + length, index + length
