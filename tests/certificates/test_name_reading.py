"""A distinguished name is read from its own bytes and from no others."""

import pytest
from cryptography import x509
from cryptography.x509.oid import NameOID
from hypothesis import given
from hypothesis import strategies as st
from mtls_app_gateway.certificates.name_reading import read_name

NAME = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "Example Partners Issuing")])
DER = NAME.public_bytes()


@given(texts=st.lists(st.text(min_size=1, max_size=16), max_size=80))
def test_every_name_is_read_as_it_was_written(texts: list[str]) -> None:
    """Names of no parts, of many and in any alphabet come back, whatever lengths their encoding needs."""
    written = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, text) for text in texts])

    assert written == read_name(written.public_bytes())


@pytest.mark.parametrize(
    "der", [b"", b"\x30", DER[:-1], DER + b"\x00", DER + DER, b"\x05\x00", bytes.fromhex("020100"), b"CN=partners"]
)
def test_what_is_no_name_is_refused(der: bytes) -> None:
    """Bytes that are cut off, too many, or something else are no name."""
    with pytest.raises(ValueError, match="parsing asn1 value"):
        read_name(der)
