"""One certificate with all that the rules ask of it, read once.

What the cryptography library cannot read in a certificate that it can otherwise parse is listed in `unread`, not
refused: a gateway may well read it.
"""

import hashlib
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from typing import TypeVar

from cryptography import x509
from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric import ec, ed25519, rsa
from cryptography.hazmat.primitives.asymmetric.types import CertificatePublicKeyTypes
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.x509.oid import ExtendedKeyUsageOID

from .distinguished_name import distinguished_name, label

UNREADABLE = (ValueError, TypeError, UnsupportedAlgorithm, x509.InvalidVersion, x509.UnsupportedGeneralNameType)
"""What the cryptography library raises for an encoding it does not take."""

_CURVES = {"secp256r1": "P-256", "secp384r1": "P-384", "secp521r1": "P-521"}

_Part = TypeVar("_Part")
_Extension = TypeVar("_Extension", bound=x509.ExtensionType)


@dataclass(frozen=True, slots=True, eq=False)
class Certificate:
    """A certificate, its names as the gateway prints them, and what it says about itself. Equal if its bytes are."""

    parsed: x509.Certificate = field(repr=False)
    pem: str = field(repr=False)
    number: int
    """Where it stood in its bundle, counted from 1."""
    label: str
    subject: str
    issuer: str
    subject_der: bytes = field(repr=False)
    issuer_der: bytes = field(repr=False)
    fingerprint: str
    """SHA-256 of the DER form, lower-case hex."""
    not_before: datetime
    not_after: datetime
    is_authority: bool
    """basicConstraints says CA:TRUE; also assumed where the extensions cannot be read."""
    path_length: int | None
    signs_certificates: bool
    """keyUsage, where there is one, has keyCertSign (RFC 5280 section 4.2.1.3)."""
    serves_clients: bool
    """It may stand above or be a client: extended key usage, where there is one, has clientAuth."""
    subject_key_id: bytes | None = field(repr=False)
    authority_key_id: bytes | None = field(repr=False)
    public_key: CertificatePublicKeyTypes | None = field(repr=False)
    signature_hash: str | None
    """The hash that its issuer signed, such as `sha256`; None where the algorithm has none of its own."""
    unread: tuple[str, ...]
    """What could not be read here."""

    @classmethod
    def from_parsed(cls, parsed: x509.Certificate, number: int) -> "Certificate":
        """Read all that is needed of a certificate. Raises one of `UNREADABLE` when a name or a date cannot be read."""
        unread: list[str] = []
        extensions = _attempt(lambda: parsed.extensions, "its extensions", unread)
        constraints = extension(extensions, x509.BasicConstraints)
        usage = extension(extensions, x509.KeyUsage)
        purposes = extension(extensions, x509.ExtendedKeyUsage)
        subject_key = extension(extensions, x509.SubjectKeyIdentifier)
        authority_key = extension(extensions, x509.AuthorityKeyIdentifier)
        public_key = _attempt(parsed.public_key, "its public key", unread)
        signature_hash = _attempt(lambda: _hash_name(parsed), "its signature algorithm", unread)
        subject, issuer = parsed.subject, parsed.issuer
        return cls(
            parsed=parsed,
            pem=parsed.public_bytes(Encoding.PEM).decode("ascii"),
            number=number,
            label=label(subject) or "(no name)",
            subject=distinguished_name(subject),
            issuer=distinguished_name(issuer),
            subject_der=subject.public_bytes(),
            issuer_der=issuer.public_bytes(),
            fingerprint=hashlib.sha256(parsed.public_bytes(Encoding.DER)).hexdigest(),
            not_before=parsed.not_valid_before_utc,
            not_after=parsed.not_valid_after_utc,
            is_authority=extensions is None or (constraints is not None and constraints.ca),
            path_length=constraints.path_length if constraints else None,
            signs_certificates=usage is None or usage.key_cert_sign,
            serves_clients=purposes is None or ExtendedKeyUsageOID.CLIENT_AUTH in purposes,
            subject_key_id=subject_key.digest if subject_key else None,
            authority_key_id=authority_key.key_identifier if authority_key else None,
            public_key=public_key,
            signature_hash=signature_hash,
            unread=tuple(unread),
        )

    @property
    def readable_extensions(self) -> x509.Extensions | None:
        """All its extensions, None where they cannot be read."""
        return _attempt(lambda: self.parsed.extensions, "", [])

    @property
    def key_kind(self) -> str:
        """The kind and size of its key, as people call it."""
        match self.public_key:
            case rsa.RSAPublicKey() as key:
                return f"RSA {key.key_size}"
            case ec.EllipticCurvePublicKey() as key:
                return _CURVES.get(key.curve.name, key.curve.name)
            case ed25519.Ed25519PublicKey():
                return "Ed25519"
            case _:
                return "another kind of key"

    @property
    def is_self_issued(self) -> bool:
        """Subject and issuer are one name (RFC 5280 section 3.2); the signature is not looked at."""
        return self.subject_der == self.issuer_der

    @property
    def identity(self) -> tuple[bytes, bytes | None]:
        """Name and key: the same for every certificate that vouches for one authority."""
        return self.subject_der, self.subject_key_id

    def is_valid(self, at: datetime) -> bool:
        """The moment lies within the validity. Nothing else is looked at."""
        return self.not_before <= at <= self.not_after

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Certificate) and self.fingerprint == other.fingerprint

    def __hash__(self) -> int:
        return hash(self.fingerprint)

    def __str__(self) -> str:
        return f"certificate {self.number}, {self.label!r}"


def _attempt(read: Callable[[], _Part], part: str, unread: list[str]) -> _Part | None:
    try:
        return read()
    except UNREADABLE:
        unread.append(part)
        return None


def _hash_name(parsed: x509.Certificate) -> str | None:
    algorithm = parsed.signature_hash_algorithm
    return algorithm.name if algorithm else None


def extension(extensions: x509.Extensions | None, kind: type[_Extension]) -> _Extension | None:
    """The extension of this kind, if there is one and it could be read."""
    if extensions is None:
        return None
    try:
        return extensions.get_extension_for_class(kind).value
    except x509.ExtensionNotFound:
        return None
