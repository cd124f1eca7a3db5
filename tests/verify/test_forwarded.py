"""The values of the client-certificate variables, in Azure's formats."""

from datetime import UTC, datetime
from urllib.parse import unquote

import pytest
from cryptography import x509
from cryptography.x509.oid import NameOID
from mtls_app_gateway.document.azure import Mode
from mtls_app_gateway.rehearsal.authority import Authority
from mtls_app_gateway.verify.judge.forwarded import forwarded_value

AUTHORITY = Authority.create("Root", now=datetime(2026, 1, 1, tzinfo=UTC), not_after=datetime(2046, 1, 1, tzinfo=UTC))
SUBJECT = x509.Name(
    [x509.NameAttribute(NameOID.ORGANIZATION_NAME, "Contoso, Ltd"), x509.NameAttribute(NameOID.COMMON_NAME, "Zoë")]
)
CLIENT = AUTHORITY.issue(
    subject=SUBJECT,
    not_before=datetime(2026, 1, 2, 3, 4, 5, tzinfo=UTC),
    not_after=datetime(2045, 1, 16, 13, 41, 9, tzinfo=UTC),
).certificate


def value(name: str, mode: Mode | None = Mode.STRICT, certificate: x509.Certificate | None = CLIENT) -> str | None:
    return forwarded_value(f"{{var_client_certificate{name}}}", certificate, mode)


def test_formats() -> None:
    """
    Names in RFC 2253 as OpenSSL writes them, dates as OpenSSL prints them, the serial in pairs of hex digits.
    """
    assert r"CN=Zo\C3\AB,O=Contoso\, Ltd" == value("_subject")
    assert "CN=Root" == value("_issuer")
    assert "Jan  2 03:04:05 2026 GMT" == value("_start_date")
    assert "Jan 16 13:41:09 2045 GMT" == value("_end_date")
    serial, fingerprint = value("_serial"), value("_fingerprint")
    assert serial is not None
    assert fingerprint is not None
    assert int(serial, 16) == CLIENT.serial_number
    assert (0, True, 40) == (len(serial) % 2, serial == serial.upper(), len(fingerprint))


def test_the_certificate_is_escaped() -> None:
    """
    The certificate is PEM, percent-encoded so that no header breaks.
    """
    escaped = value("")
    assert escaped is not None
    assert escaped.startswith("-----BEGIN%20CERTIFICATE-----%0A")
    assert escaped.endswith("%0A-----END%20CERTIFICATE-----%0A")
    assert not set(escaped) & set("+/= \n")
    assert CLIENT == x509.load_pem_x509_certificate(unquote(escaped).encode())


@pytest.mark.parametrize(
    ("mode", "certificate", "expected"),
    [
        (Mode.STRICT, CLIENT, "SUCCESS"),
        (Mode.PASSTHROUGH, CLIENT, "PASSTHROUGH"),
        (Mode.PASSTHROUGH, None, "NONE"),
        (None, CLIENT, None),
    ],
)
def test_verification(mode: Mode | None, certificate: x509.Certificate | None, expected: str | None) -> None:
    """
    The outcome of the verification depends on the mode; where no client is asked it is not known.
    """
    assert expected == value("_verification", mode, certificate)


def test_absence_and_text() -> None:
    """
    Without a certificate, or where no client is asked, there is no value; text stays; other variables are not known.
    """
    assert "" == value("", Mode.PASSTHROUGH, None)
    assert "" == value("", None)
    assert "" == forwarded_value("", CLIENT, Mode.STRICT)
    assert "cn=CN=Root!" == forwarded_value("cn={var_client_certificate_issuer}!", CLIENT, Mode.STRICT)
    assert forwarded_value("{var_client_ip}", CLIENT, Mode.STRICT) is None
    assert forwarded_value("{http_req_X-Other}", CLIENT, Mode.STRICT) is None
