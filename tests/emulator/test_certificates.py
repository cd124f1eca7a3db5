"""Reading certificates as Azure would, in bounded time."""

import base64

import pytest
from mtls_app_gateway.emulator.arm_certificates import open_pfx

from ..certificates.handmade import integer, oid, sequence, tlv


def test_a_pfx_with_absurd_rounds_is_not_opened() -> None:
    """
    Two thousand million rounds would take minutes, in which nothing else is answered.
    """
    content = sequence(oid("1.2.840.113549.1.7.1"), tlv(0xA0, tlv(4, sequence())))
    mac = sequence(sequence(sequence(oid("2.16.840.1.101.3.4.2.1")), tlv(4, bytes(32))), tlv(4, bytes(8)))
    absurd = sequence(integer(3), content, tlv(0x30, mac[2:], integer(2**31 - 1)))

    with pytest.raises(ValueError, match="more rounds of key derivation"):
        open_pfx(base64.b64encode(absurd).decode(), "Pass1")
