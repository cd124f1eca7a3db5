"""What the tests of this room mint their bundles with."""

import base64
from datetime import UTC, datetime, timedelta
from functools import cache

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import padding, rsa
from cryptography.hazmat.primitives.serialization import Encoding, pkcs7
from mtls_app_gateway.certificates import GivenBundle, LoadedChains, load_chains
from mtls_app_gateway.problems import Problem
from mtls_app_gateway.rehearsal.authority import Authority, Credential, KeyKind, PrivateKey

AT = datetime(2026, 3, 1, 12, tzinfo=UTC)
DAY = timedelta(days=1)
_SHA256_WITH_RSA = bytes.fromhex("2a864886f70d01010b")
_MD5_WITH_RSA = bytes.fromhex("2a864886f70d010104")
_SHA1_WITH_RSA = bytes.fromhex("2a864886f70d010105")


@cache
def rsa_key() -> PrivateKey:
    """One RSA key for all: making one is slow."""
    return KeyKind.RSA2048.generate()


@cache
def weak_rsa_key() -> PrivateKey:
    return KeyKind.RSA1024.generate()


def root(common_name: str = "Example Root") -> Authority:
    return Authority.create(common_name, now=AT)


def load(*data: bytes | str, split: bool = False, verify_issuer_dn: bool = False) -> LoadedChains:
    """Load bundles called a.pem, b.pem and so on."""
    given = [GivenBundle(one, f"{chr(ord('a') + index)}.pem", split=split) for index, one in enumerate(data)]
    return load_chains(given, now=AT, verify_issuer_dn=verify_issuer_dn)


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
    """The child's certificate as its issuer would have signed it long ago; the library no longer does such a thing.

    Both names of the algorithm are changed in place, and the end is replaced by a signature over what they stand in.
    """
    key = issuer.private_key
    assert isinstance(key, rsa.RSAPrivateKey)
    changed = der(child.certificate).replace(_SHA256_WITH_RSA, _SHA1_WITH_RSA)
    signed = x509.load_der_x509_certificate(changed).tbs_certificate_bytes
    signature = key.sign(signed, padding.PKCS1v15(), hashes.SHA1())  # noqa: S303 - the rule against it is under test
    return x509.load_der_x509_certificate(changed[: -len(signature)] + signature)


def named_md5(certificate: x509.Certificate) -> x509.Certificate:
    """The certificate with MD5 named as what was signed, which nothing here can check."""
    return x509.load_der_x509_certificate(der(certificate).replace(_SHA256_WITH_RSA, _MD5_WITH_RSA))


def base64_of(credential: Credential, password: str | None = None) -> str:
    """The credential as a PFX, in base64."""
    return base64.b64encode(credential.pfx(password)).decode()
