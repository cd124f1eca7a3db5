"""Mints certificates that no gateway should trust.

Deliberately small: the rehearsal mints the certificates that are let in.
"""

import os
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

from .question import ClientCertificate

_NAME = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "a stranger, minted by mtls-gateway verify")])
_DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Stranger:
    """A minted certificate and its throwaway key."""

    certificate: x509.Certificate
    key: ec.EllipticCurvePrivateKey

    def write(self, folder: Path, stem: str) -> ClientCertificate:
        """Write both to the folder, the key readable by its owner only, because TLS libraries and curl read files."""
        certificate_path, key_path = folder / f"{stem}.pem", folder / f"{stem}.key.pem"
        pem = self.certificate.public_bytes(serialization.Encoding.PEM).decode("ascii")
        certificate_path.write_text(pem, encoding="ascii")
        descriptor = os.open(key_path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
        with os.fdopen(descriptor, "wb") as file:
            key_path.chmod(0o600)  # The mode above counts only for a new file.
            file.write(
                self.key.private_bytes(
                    serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
                )
            )
        return ClientCertificate(pem, certificate_path, key_path)


def self_signed_stranger() -> Stranger:
    """A self-signed client certificate."""
    return _mint(_NAME, ExtendedKeyUsageOID.CLIENT_AUTH)


def forged(issuer: x509.Name) -> Stranger:
    """A client certificate that names this issuer and is signed by another key."""
    return _mint(issuer, ExtendedKeyUsageOID.CLIENT_AUTH)


def expired(issuer: x509.Name | None = None) -> Stranger:
    """A client certificate that expired yesterday."""
    return _mint(issuer or _NAME, ExtendedKeyUsageOID.CLIENT_AUTH, ends=-_DAY)


def wrong_purpose(issuer: x509.Name | None = None) -> Stranger:
    """A server's certificate."""
    return _mint(issuer or _NAME, ExtendedKeyUsageOID.SERVER_AUTH)


def _mint(issuer: x509.Name, purpose: x509.ObjectIdentifier, *, ends: timedelta = _DAY) -> Stranger:
    key = ec.generate_private_key(ec.SECP256R1())
    signer = key if issuer == _NAME else ec.generate_private_key(ec.SECP256R1())
    now = datetime.now(UTC)
    certificate = (
        x509.CertificateBuilder()
        .subject_name(_NAME)
        .issuer_name(issuer)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - 3 * _DAY)
        .not_valid_after(now + ends)
        .add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
        .add_extension(x509.ExtendedKeyUsage([purpose]), critical=False)
        .sign(signer, hashes.SHA256())
    )
    return Stranger(certificate, key)
