"""One certificate, with the values that the rules need, read once.

A part that the cryptography library cannot read is listed in `unread`, not refused: a gateway may be able to read it.
"""

import base64
import hashlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, TypeVar

from cryptography import x509
from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric import ec, ed25519, rsa
from cryptography.hazmat.primitives.asymmetric.types import CertificatePublicKeyTypes
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from cryptography.x509.oid import ExtendedKeyUsageOID

from .distinguished_name import distinguished_name, label

UNREADABLE = (
    ValueError,
    TypeError,
    UnsupportedAlgorithm,
    x509.DuplicateExtension,
    x509.InvalidVersion,
    x509.UnsupportedGeneralNameType,
)
"""What the cryptography library raises for an encoding that it does not support."""

_CURVES = {"secp256r1": "P-256", "secp384r1": "P-384", "secp521r1": "P-521"}

_Part = TypeVar("_Part")
_Extension = TypeVar("_Extension", bound=x509.ExtensionType)


@dataclass(frozen=True, slots=True, eq=False)
class Certificate:
    """A certificate, with its names as the gateway prints them. Two are equal where their bytes are.

    It keeps plain values instead of the library's objects: a few hundred certificates would make very many of those.
    """

    parsed: x509.Certificate = field(repr=False)
    der: bytes = field(repr=False)
    number: int
    """Its position in the bundle, counted from 1."""
    fingerprint: str
    """SHA-256 of the DER form, lower-case hex."""
    subject: str
    label: str
    """Its common name where it has one; short, and safe to print."""
    serial: int = field(repr=False)
    subject_der: bytes = field(repr=False)
    issuer_der: bytes = field(repr=False)
    not_before: datetime
    not_after: datetime
    is_authority: bool
    """basicConstraints says CA:TRUE; assumed also where the extensions cannot be read."""
    path_length: int | None
    """How many intermediates it allows below it (RFC 5280 section 4.2.1.9)."""
    signs_certificates: bool
    """keyUsage, where there is one, has keyCertSign (RFC 5280 section 4.2.1.3)."""
    serves_clients: bool
    """A client or a CA of clients may use it: extendedKeyUsage, where there is one, has clientAuth."""
    subject_key_id: bytes | None = field(repr=False)
    authority_key_id: bytes | None = field(repr=False)
    authority_serial: int | None = field(repr=False)
    """Its issuer's serial number, where the authority key identifier has it (RFC 5280 section 4.2.1.1)."""
    public_key: CertificatePublicKeyTypes | None = field(repr=False)
    public_key_der: bytes = field(repr=False)
    """The key as SubjectPublicKeyInfo; where it cannot be read, this certificate, as if no other had its key."""
    signature_hash: str | None
    """The hash of its signature, such as `sha256`; None where the algorithm has no separate hash."""
    unread: tuple[str, ...]
    """The parts that could not be read."""

    @classmethod
    def from_parsed(cls, parsed: x509.Certificate, der: bytes, number: int) -> "Certificate":
        """Read a certificate. Raises one of `UNREADABLE` where a name or a date cannot be read."""
        unread: list[str] = []
        subject = parsed.subject
        extensions = _attempt(lambda: _extensions(parsed), "extensions", unread)
        constraints = _of_kind(x509.BasicConstraints, extensions)
        usage = _of_kind(x509.KeyUsage, extensions)
        purposes = _of_kind(x509.ExtendedKeyUsage, extensions)
        own_key = _of_kind(x509.SubjectKeyIdentifier, extensions)
        issuer_key = _of_kind(x509.AuthorityKeyIdentifier, extensions)
        public_key = _attempt(parsed.public_key, "public key", unread)
        return cls(
            parsed=parsed,
            der=der,
            number=number,
            fingerprint=hashlib.sha256(der).hexdigest(),
            subject=distinguished_name(subject),
            label=label(subject) or "(no name)",
            serial=parsed.serial_number,
            subject_der=subject.public_bytes(),
            issuer_der=parsed.issuer.public_bytes(),
            not_before=parsed.not_valid_before_utc,
            not_after=parsed.not_valid_after_utc,
            is_authority=extensions is None or (constraints is not None and constraints.ca),
            path_length=constraints.path_length if constraints else None,
            signs_certificates=usage is None or usage.key_cert_sign,
            serves_clients=purposes is None or ExtendedKeyUsageOID.CLIENT_AUTH in purposes,
            subject_key_id=own_key.digest if own_key else None,
            authority_key_id=issuer_key.key_identifier if issuer_key else None,
            authority_serial=issuer_key.authority_cert_serial_number if issuer_key else None,
            public_key=public_key,
            public_key_der=public_key.public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)
            if public_key
            else der,
            signature_hash=_attempt(lambda: _hash_name(parsed), "signature algorithm", unread),
            unread=tuple(unread),
        )

    def extension(self, kind: type[_Extension]) -> _Extension | None:
        """The extension of this kind, if there is one and it can be read."""
        return _of_kind(kind, _attempt(lambda: _extensions(self.parsed), "extensions", []))

    @property
    def pem(self) -> str:
        """RFC 7468 with lines of 64, as OpenSSL writes it. The library's own function takes three times as long."""
        text = base64.b64encode(self.der).decode("ascii")
        lines = [text[start : start + 64] for start in range(0, len(text), 64)]
        return "\n".join(["-----BEGIN CERTIFICATE-----", *lines, "-----END CERTIFICATE-----", ""])

    @property
    def issuer(self) -> str:
        """The issuer as the gateway prints it."""
        return distinguished_name(self.parsed.issuer)

    @property
    def key_kind(self) -> str:
        """The kind and size of its key, such as `RSA 2048`."""
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
        """Subject and issuer are the same name (RFC 5280 section 3.2). Does not verify the signature."""
        return self.subject_der == self.issuer_der

    @property
    def authority(self) -> tuple[bytes, bytes]:
        """Name and public key: the same for every certificate of one authority (RFC 4158 section 2.4.2)."""
        return self.subject_der, self.public_key_der

    def is_valid(self, at: datetime) -> bool:
        """Whether the time is within the validity. Does not verify anything else."""
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


def _extensions(parsed: x509.Certificate) -> Mapping[type[x509.ExtensionType], Any]:
    return {type(one.value): one.value for one in parsed.extensions}


def _of_kind(kind: type[_Extension], extensions: Mapping[type[x509.ExtensionType], Any] | None) -> _Extension | None:
    found: _Extension | None = extensions.get(kind) if extensions else None
    return found


def _hash_name(parsed: x509.Certificate) -> str | None:
    algorithm = parsed.signature_hash_algorithm
    return algorithm.name if algorithm else None
