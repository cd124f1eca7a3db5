"""Reads certificates as Azure does, independently of the `certificates` room, which the emulator has to judge."""

import base64
import binascii
import re

from cryptography import x509
from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives.serialization import Encoding, pkcs7, pkcs12

from ..certificates.pfx_protection import MAX_ROUNDS, read_protection

_BLOCK = re.compile(r"-----BEGIN CERTIFICATE-----\s*.*?-----END CERTIFICATE-----", re.DOTALL)


def pem_text(data: str) -> str:
    """The text in `trustedClientCertificates[].properties.data`, base64 of a PEM file; ValueError for anything else.

    Azure was seen to accept the PEM itself too (github.com/ronaldbosma/mtls-with-apim-and-agw), so it passes here.
    """
    if data.lstrip().startswith("-----BEGIN"):
        return data
    try:
        return base64.b64decode(data, validate=True).decode("ascii")
    except (binascii.Error, UnicodeDecodeError) as error:
        raise ValueError("not base64 of a text file") from error


def pem_certificates(text: str) -> list[x509.Certificate]:
    """The certificates of a PEM text, in their order; ValueError if a block cannot be read."""
    return [x509.load_pem_x509_certificate(block.encode()) for block in _BLOCK.findall(text)]


def is_authority(certificate: x509.Certificate) -> bool:
    """Whether the certificate has basicConstraints CA:TRUE."""
    try:
        return bool(certificate.extensions.get_extension_for_class(x509.BasicConstraints).value.ca)
    except x509.ExtensionNotFound:
        return False


def is_self_issued(certificate: x509.Certificate) -> bool:
    """Whether subject and issuer are the same name: a root, as Azure counts roots."""
    return certificate.subject == certificate.issuer


def issuer_name(data: str) -> str:
    """The name that the issuer of a client certificate must have: the subject of the lowest CA in the chain."""
    authorities = [found for found in pem_certificates(pem_text(data)) if is_authority(found)]
    issuers = {found.issuer for found in authorities if not is_self_issued(found)}
    lowest = [found for found in authorities if found.subject not in issuers]
    return (lowest or authorities)[0].subject.rfc4514_string()


def open_pfx(data: str, password: str | None) -> list[x509.Certificate]:
    """The certificates of a base64 PFX that holds a private key, leaf first; ValueError if it cannot be opened."""
    try:
        raw = base64.b64decode(data, validate=True)
    except binascii.Error as error:
        raise ValueError("not base64") from error
    if read_protection(raw).rounds > MAX_ROUNDS:
        raise ValueError("more rounds of key derivation than are computed here")
    try:
        key, leaf, others = pkcs12.load_key_and_certificates(raw, password.encode() if password else None)
    except UnsupportedAlgorithm as error:
        raise ValueError("encrypted in an unknown way") from error
    if key is None or leaf is None:
        raise ValueError("no private key or no certificate")
    return [leaf, *others]


def public_part(data: str, password: str | None) -> str:
    """`publicCertData` of a listener's certificate: the leaf in a PKCS #7 envelope, as base64."""
    leaf, *_ = open_pfx(data, password)
    return base64.b64encode(pkcs7.serialize_certificates([leaf], Encoding.DER)).decode()
