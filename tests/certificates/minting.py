"""What the tests of this room mint their bundles with."""

import base64
from datetime import UTC, datetime, timedelta
from functools import cache

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.serialization import Encoding, pkcs7
from mtls_app_gateway.certificates import GivenBundle, LoadedChains, load_chains
from mtls_app_gateway.errors import Problem
from mtls_app_gateway.rehearsal.authority import Authority, Credential, KeyKind, PrivateKey

AT = datetime(2026, 3, 1, 12, tzinfo=UTC)
DAY = timedelta(days=1)
ALWAYS = {"not_before": AT - 1000 * DAY, "not_after": AT + 3000 * DAY}


@cache
def rsa_key() -> PrivateKey:
    """One RSA key for all: making one is slow."""
    return KeyKind.RSA2048.generate()


@cache
def weak_rsa_key() -> PrivateKey:
    return KeyKind.RSA1024.generate()


def root(common_name: str = "Example Root") -> Authority:
    return Authority.create(common_name, at=AT)


def load(*data: bytes | str, split: bool = False, verify_issuer_dn: bool = False) -> LoadedChains:
    """Load bundles called a.pem, b.pem and so on."""
    given = [GivenBundle(one, f"{chr(ord('a') + index)}.pem", split=split) for index, one in enumerate(data)]
    return load_chains(given, at=AT, verify_issuer_dn=verify_issuer_dn)


def problems_of(*data: bytes | str, split: bool = False, verify_issuer_dn: bool = False) -> list[Problem]:
    return list(load(*data, split=split, verify_issuer_dn=verify_issuer_dn).problems)


def rules_of(problems: list[Problem]) -> list[str]:
    return [problem.rule for problem in problems]


def der(certificate: x509.Certificate) -> bytes:
    return certificate.public_bytes(Encoding.DER)


def pem_of(data: bytes, label: str = "CERTIFICATE") -> str:
    return f"-----BEGIN {label}-----\n{base64.encodebytes(data).decode()}-----END {label}-----\n"


def pkcs7_of(certificates: list[x509.Certificate], encoding: Encoding) -> bytes:
    return pkcs7.serialize_certificates(certificates, encoding)


def with_broken_signature(certificate: x509.Certificate) -> x509.Certificate:
    """The same certificate, the last bit of its signature turned."""
    changed = bytearray(der(certificate))
    changed[-1] ^= 1
    return x509.load_der_x509_certificate(bytes(changed))


def signed_over_sha1(issuer: Authority, child: Authority) -> x509.Certificate:
    """The child's certificate as its issuer would have signed it long ago."""
    builder = (
        x509.CertificateBuilder()
        .subject_name(child.certificate.subject)
        .issuer_name(issuer.certificate.subject)
        .public_key(child.certificate.public_key())
        .serial_number(1)
        .not_valid_before(AT - DAY)
        .not_valid_after(AT + 400 * DAY)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
    )
    return builder.sign(issuer.private_key, hashes.SHA1())  # noqa: S303 - the rule against it is under test


def base64_of(credential: Credential, password: str | None = None) -> str:
    """The credential as a PFX, in base64."""
    return base64.b64encode(credential.pfx(password)).decode()
