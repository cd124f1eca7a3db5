"""Names are printed as OpenSSL prints them, to the last byte."""

import ssl

import pytest
from cryptography import x509
from cryptography.x509.name import _ASN1Type
from mtls_app_gateway.certificates.distinguished_name import SHORT_NAMES, distinguished_name, label


def name(*attributes: tuple[str, str] | list[tuple[str, str]]) -> x509.Name:
    """A name of (object identifier, value) pairs, most general first; a list is one part of several values."""
    return x509.Name(
        [
            x509.RelativeDistinguishedName(
                [
                    x509.NameAttribute(x509.ObjectIdentifier(oid), value)
                    for oid, value in (part if isinstance(part, list) else [part])
                ]
            )
            for part in attributes
        ]
    )


CN, C, OU, O, EMAIL = "2.5.4.3", "2.5.4.6", "2.5.4.11", "2.5.4.10", "1.2.840.113549.1.9.1"  # noqa: E741


@pytest.mark.parametrize(("oid", "short_name"), SHORT_NAMES.items())
def test_short_names_are_those_of_openssl(oid: str, short_name: str) -> None:
    """
    Every attribute is called what the OpenSSL in this Python calls it.
    """
    assert short_name == ssl._ASN1Object(oid).shortname


@pytest.mark.parametrize(
    ("expected", "given"),
    [
        ("CN=Issuing CA,OU=IoT,O=Contoso,C=DE", name((C, "DE"), (O, "Contoso"), (OU, "IoT"), (CN, "Issuing CA"))),
        ("emailAddress=a@example.com", name((EMAIL, "a@example.com"))),
        (r"CN=B\C3\BC\,c\+h\"er\<\>\; \\ #=\07\ ,C=DE", name((C, "DE"), (CN, 'Bü,c+h"er<>; \\ #=\x07 '))),
        (r"O=\ #x\ ,OU=b+CN=a", name([(CN, "a"), (OU, "b")], (O, " #x "))),
        (r"CN=\#1", name((CN, "#1"))),
        (r"CN=\F0\9D\84\9E", name((CN, "𝄞"))),
        ("1.2.3.4=#0C0568C3A9C3A9", name(("1.2.3.4", "héé"))),
        ("1.2.3.4=#0C8182" + 130 * "79", name(("1.2.3.4", "y" * 130))),
        ("1.2.3.4=#0C82012C" + 300 * "78", name(("1.2.3.4", "x" * 300))),
        ("", name()),
    ],
)
def test_a_name_is_printed_in_rfc_2253_form(expected: str, given: x509.Name) -> None:
    """
    The text is what `openssl x509 -nameopt RFC2253` of OpenSSL 3.0.19 printed for the same name.
    """
    assert expected == distinguished_name(given)


def test_values_that_are_not_utf8_are_dumped_with_their_type() -> None:
    """
    A bit string, and a BMPString under an unknown attribute, are printed as their DER, as OpenSSL does.
    """
    given = x509.Name(
        [
            x509.NameAttribute(x509.ObjectIdentifier("1.2.3.6"), "c", _ASN1Type.BMPString),
            x509.NameAttribute(x509.ObjectIdentifier("2.5.4.45"), b"\x00ab", _ASN1Type.BitString),
        ]
    )

    assert distinguished_name(given) == "x500UniqueIdentifier=#0303006162,1.2.3.6=#1E020063"


@pytest.mark.parametrize(
    ("expected", "given"),
    [
        ("Bücher CA", name((C, "DE"), (CN, "Bücher CA"))),
        ("OU=IoT,C=DE", name((C, "DE"), (OU, "IoT"))),
        ("red?[31m", name((CN, "red\x1b[31m"))),
        ("description=" + 67 * "d" + "…", name(("2.5.4.13", 200 * "d"))),
    ],
)
def test_a_label_is_short_and_safe_to_print(expected: str, given: x509.Name) -> None:
    """
    A label is the common name, else the whole name; it never obeys nor floods a terminal.
    """
    assert expected == label(given)
