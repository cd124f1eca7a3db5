"""One certificate with all that the rules ask of it, read once.

What the cryptography library cannot read in a certificate that it can otherwise parse is listed in `unread`, not
refused: a gateway may well read it.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import TypeVar, cast

from cryptography import x509
from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, ed25519, rsa
from cryptography.hazmat.primitives.asymmetric.types import CertificatePublicKeyTypes
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.x509.oid import ExtendedKeyUsageOID

from .distinguished_name import distinguished_name, label

UNREADABLE = (ValueError, TypeError, UnsupportedAlgorithm, x509.InvalidVersion, x509.UnsupportedGeneralNameType)
"""What the cryptography library raises for an encoding it does not take."""

_SHA256 = hashes.SHA256()
_CURVES = {"secp256r1": "P-256", "secp384r1": "P-384", "secp521r1": "P-521"}

_Part = TypeVar("_Part")
_Extension = TypeVar("_Extension", bound=x509.ExtensionType)


@dataclass(frozen=True, slots=True, eq=False)
class Certificate:
    """A certificate, its names as the gateway prints them, and what it says about itself. Equal if its bytes are."""

    parsed: x509.Certificate = field(repr=False)
    number: int
    """Where it stood in its bundle, counted from 1."""
    fingerprint: str
    """SHA-256 of the DER form, lower-case hex."""
    subject_name: x509.Name
    issuer_name: x509.Name
    subject_der: bytes = field(repr=False)
    issuer_der: bytes = field(repr=False)
    not_before: datetime
    not_after: datetime
    extensions: Mapping[type[x509.ExtensionType], x509.ExtensionType] | None = field(repr=False)
    """By their kind; None where they cannot be read."""
    public_key: CertificatePublicKeyTypes | None = field(repr=False)
    signature_hash: str | None
    """The hash that its issuer signed, such as `sha256`; None where the algorithm has none of its own."""
    unread: tuple[str, ...]
    """What could not be read here."""

    @classmethod
    def from_parsed(cls, parsed: x509.Certificate, number: int) -> "Certificate":
        """Read all that is needed of a certificate. Raises one of `UNREADABLE` when a name or a date cannot be read."""
        unread: list[str] = []
        subject, issuer = parsed.subject, parsed.issuer
        return cls(
            parsed=parsed,
            number=number,
            fingerprint=parsed.fingerprint(_SHA256).hex(),
            subject_name=subject,
            issuer_name=issuer,
            subject_der=subject.public_bytes(),
            issuer_der=issuer.public_bytes(),
            not_before=parsed.not_valid_before_utc,
            not_after=parsed.not_valid_after_utc,
            extensions=_attempt(
                lambda: {type(one.value): one.value for one in parsed.extensions}, "extensions", unread
            ),
            public_key=_attempt(parsed.public_key, "public key", unread),
            signature_hash=_attempt(lambda: _hash_name(parsed), "signature algorithm", unread),
            unread=tuple(unread),
        )

    def extension(self, kind: type[_Extension]) -> _Extension | None:
        """The extension of this kind, if there is one and it can be read."""
        found = self.extensions.get(kind) if self.extensions else None
        return cast(_Extension | None, found)

    @property
    def pem(self) -> str:
        return self.parsed.public_bytes(Encoding.PEM).decode("ascii")

    @property
    def subject(self) -> str:
        """The subject as the gateway prints it."""
        return distinguished_name(self.subject_name)

    @property
    def issuer(self) -> str:
        """The issuer as the gateway prints it."""
        return distinguished_name(self.issuer_name)

    @property
    def label(self) -> str:
        """What a person calls it; short, and safe to print."""
        return label(self.subject_name) or "(no name)"

    @property
    def is_authority(self) -> bool:
        """basicConstraints says CA:TRUE; assumed also where the extensions cannot be read."""
        constraints = self.extension(x509.BasicConstraints)
        return self.extensions is None or (constraints is not None and constraints.ca)

    @property
    def path_length(self) -> int | None:
        """How many intermediates it allows below it (RFC 5280 section 4.2.1.9)."""
        constraints = self.extension(x509.BasicConstraints)
        return constraints.path_length if constraints else None

    @property
    def signs_certificates(self) -> bool:
        """keyUsage, where there is one, has keyCertSign (RFC 5280 section 4.2.1.3)."""
        usage = self.extension(x509.KeyUsage)
        return usage is None or usage.key_cert_sign

    @property
    def serves_clients(self) -> bool:
        """It may be a client or stand above one: extendedKeyUsage, where there is one, has clientAuth."""
        purposes = self.extension(x509.ExtendedKeyUsage)
        return purposes is None or ExtendedKeyUsageOID.CLIENT_AUTH in purposes

    @property
    def subject_key_id(self) -> bytes | None:
        own = self.extension(x509.SubjectKeyIdentifier)
        return own.digest if own else None

    @property
    def authority_key_id(self) -> bytes | None:
        of_issuer = self.extension(x509.AuthorityKeyIdentifier)
        return of_issuer.key_identifier if of_issuer else None

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
