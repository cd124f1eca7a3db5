"""What a PFX asks of whoever opens it is read before anything is computed, in whatever encoding."""

import pytest
from mtls_app_gateway.certificates.pfx_protection import PfxProtection, read_protection

from .handmade import integer, oid, sequence, tlv

AES_256, TRIPLE_DES = oid("2.16.840.1.101.3.4.1.42"), oid("1.2.840.113549.3.7")


def encrypted(rounds: int, cipher: bytes = AES_256) -> bytes:
    """EncryptedContentInfo as PBES2 writes it: PBKDF2 and a cipher."""
    derivation = sequence(oid("1.2.840.113549.1.5.12"), sequence(tlv(4, bytes(8)), integer(rounds), integer(32)))
    return sequence(sequence(oid("1.2.840.113549.1.5.13"), sequence(derivation, sequence(cipher, tlv(4, bytes(16))))))


def pfx(content: bytes, mac_rounds: int) -> bytes:
    safe = sequence(oid("1.2.840.113549.1.7.1"), tlv(0xA0, tlv(4, sequence(content))))
    return sequence(integer(3), safe, sequence(sequence(), tlv(4, bytes(8)), integer(mac_rounds)))


def open_ended(tag: int, *parts: bytes) -> bytes:
    """BER with its length left open."""
    return bytes([tag, 0x80]) + b"".join(parts) + b"\0\0"


IN_PARTS = open_ended(0x30, open_ended(0x24, tlv(4, encrypted(9)[:20]), tlv(4, encrypted(9)[20:])))


@pytest.mark.parametrize(
    ("expected", "raw"),
    [
        (PfxProtection(2048 + 600_000, has_aes=True), pfx(encrypted(600_000), 2048)),
        (PfxProtection(2048 + 5, has_aes=False), pfx(encrypted(5, TRIPLE_DES), 2048)),
        (PfxProtection(2**70, has_aes=False), sequence(tlv(4, b"salt"), integer(2**70))),
        (PfxProtection(0, has_aes=False), sequence(tlv(4, b"salt"), integer(-5))),
        (PfxProtection(9, has_aes=True), IN_PARTS),
        (PfxProtection(7, has_aes=False), sequence(open_ended(0x24, tlv(4, b"salt")), integer(7))),
        (PfxProtection(0, has_aes=False), b""),
        (PfxProtection(0, has_aes=False), b"\x30\x85"),
        (PfxProtection(0, has_aes=False), b"\x30\x05\x04"),
        (PfxProtection(0, has_aes=False), b"\x30\x80" * 40_000),
        (PfxProtection(0, has_aes=False), bytes.fromhex("2402ffff")),
    ],
    ids=["PBES2", "3DES", "absurd", "negative", "BER", "parts", "empty", "cut", "short", "bottomless", "broken"],
)  # fmt: skip
def test_what_is_read_without_a_password(expected: PfxProtection, raw: bytes) -> None:
    """
    The rounds of all layers are added up, and AES is seen wherever it is named.
    """
    assert expected == read_protection(raw)
