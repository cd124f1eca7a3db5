"""Certificates written byte by byte, for shapes that no library would write: odd serials, dates, names, extensions."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from functools import cache, cached_property

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import dsa, ec, ed448, ed25519, padding, rsa
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

Key = (
    ec.EllipticCurvePrivateKey
    | rsa.RSAPrivateKey
    | ed25519.Ed25519PrivateKey
    | ed448.Ed448PrivateKey
    | dsa.DSAPrivateKey
)

BASIC_CONSTRAINTS, KEY_USAGE, EXTENDED_KEY_USAGE = "2.5.29.19", "2.5.29.15", "2.5.29.37"
SUBJECT_KEY_ID, AUTHORITY_KEY_ID, NAME_CONSTRAINTS = "2.5.29.14", "2.5.29.35", "2.5.29.30"
CLIENT_AUTH, SERVER_AUTH, ANY_PURPOSE = "1.3.6.1.5.5.7.3.2", "1.3.6.1.5.5.7.3.1", "2.5.29.37.0"


def tlv(tag: int, *parts: bytes) -> bytes:
    """One DER element of these parts."""
    content = b"".join(parts)
    length = len(content)
    if length < 0x80:
        return bytes([tag, length]) + content
    size = length.to_bytes((length.bit_length() + 7) // 8)
    return bytes([tag, 0x80 | len(size)]) + size + content


def sequence(*parts: bytes) -> bytes:
    return tlv(0x30, *parts)


def integer(value: int) -> bytes:
    """The shortest two's complement, as DER asks."""
    size = (value + (value < 0)).bit_length() // 8 + 1
    return tlv(2, value.to_bytes(size, signed=True))


def oid(dotted: str) -> bytes:
    first, second, *others = map(int, dotted.split("."))
    return tlv(6, b"".join(_base128(number) for number in (40 * first + second, *others)))


def _base128(number: int) -> bytes:
    digits = [number & 0x7F]
    while number := number >> 7:
        digits.append(number & 0x7F | 0x80)
    return bytes(reversed(digits))


def name(*rdns: tuple[str, str] | tuple[str, str, int]) -> bytes:
    """A distinguished name: attribute, text and, where it is no UTF8String, the tag of the string type."""
    encodings = {0x1E: "utf-16-be", 0x1C: "utf-32-be", 0x14: "latin-1"}
    return sequence(
        *(
            tlv(0x31, sequence(oid(kind), tlv(tag, text.encode(encodings.get(tag, "utf-8")))))
            for kind, text, tag in ((*rdn, 0x0C)[:3] for rdn in rdns)
        )
    )


def common_name(text: str, tag: int = 0x0C) -> bytes:
    return name(("2.5.4.3", text, tag))


def utc(moment: datetime) -> bytes:
    return tlv(0x17, f"{moment:%y%m%d%H%M%SZ}".encode())


def generalized(moment: datetime) -> bytes:
    return tlv(0x18, f"{moment:%Y%m%d%H%M%SZ}".encode())


def extension(kind: str, value: bytes, *, critical: bool = False) -> bytes:
    return sequence(oid(kind), tlv(1, b"\xff") if critical else b"", tlv(4, value))


def basic_constraints(*, ca: bool, path_length: int | None = None, critical: bool = True) -> bytes:
    parts = [tlv(1, b"\xff") if ca else b"", b"" if path_length is None else integer(path_length)]
    return extension(BASIC_CONSTRAINTS, sequence(*parts), critical=critical)


def key_usage(*bits: int, critical: bool = True) -> bytes:
    """The bits by their numbers in RFC 5280 section 4.2.1.3: 0 digitalSignature, 4 keyAgreement, 5 keyCertSign."""
    mask = sum(1 << (15 - bit) for bit in bits)
    last = max(bits, default=0)
    content = mask.to_bytes(2)[: last // 8 + 1]
    return extension(KEY_USAGE, tlv(3, bytes([7 - last % 8]), content), critical=critical)


def extended_key_usage(*purposes: str, critical: bool = False) -> bytes:
    return extension(EXTENDED_KEY_USAGE, sequence(*map(oid, purposes)), critical=critical)


def key_id(key: Key) -> bytes:
    return x509.SubjectKeyIdentifier.from_public_key(key.public_key()).digest


def subject_key_id(key: Key) -> bytes:
    return extension(SUBJECT_KEY_ID, tlv(4, key_id(key)))


def authority_key_id(key: Key) -> bytes:
    return extension(AUTHORITY_KEY_ID, sequence(tlv(0x80, key_id(key))))


@cache
def p256(number: int) -> ec.EllipticCurvePrivateKey:
    """A key on P-256 for each number, always the same one."""
    return ec.derive_private_key(number, ec.SECP256R1())


@dataclass(frozen=True)
class Handmade:
    """All the parts of a certificate, each as DER or as what it is made of; `issue` signs another with this key."""

    subject: bytes
    key: Key
    issuer: bytes
    issuer_key: Key
    not_before: bytes
    not_after: bytes
    serial: int = 1
    version: int | None = 2
    """As written: 2 is v3; None leaves it out, which is v1."""
    extensions: tuple[bytes, ...] | None = ()
    spki: bytes | None = None
    digest: str = "sha256"
    breaks_signature: bool = False

    @cached_property
    def der(self) -> bytes:
        algorithm = _algorithm(self.issuer_key, self.digest)
        spki = self.spki or self.key.public_key().public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)
        to_be_signed = sequence(
            b"" if self.version is None else tlv(0xA0, integer(self.version)),
            integer(self.serial),
            algorithm,
            self.issuer,
            sequence(self.not_before, self.not_after),
            self.subject,
            spki,
            tlv(0xA3, sequence(*self.extensions)) if self.extensions else b"",
        )
        signature = _signature(self.issuer_key, self.digest, to_be_signed)
        if self.breaks_signature:
            signature = signature[:-1] + bytes([signature[-1] ^ 1])
        return sequence(to_be_signed, algorithm, tlv(3, b"\0", signature))

    def issue(self, subject: bytes, key: Key, extensions: Sequence[bytes], **others: object) -> "Handmade":
        """A certificate below this one, of the same validity unless another is given."""
        below = Handmade(
            subject, key, self.subject, self.key, self.not_before, self.not_after, extensions=tuple(extensions)
        )
        return replace(below, **others)  # type: ignore[arg-type]


def authority_extensions(key: Key, issuer_key: Key, *more: bytes, path_length: int | None = None) -> tuple[bytes, ...]:
    """The usual extensions of an authority, and more."""
    usual = (basic_constraints(ca=True, path_length=path_length), key_usage(5, 6))
    return (*usual, subject_key_id(key), authority_key_id(issuer_key), *more)


def client_extensions(issuer_key: Key, *more: bytes) -> tuple[bytes, ...]:
    """The usual extensions of a client, and more."""
    usual = (basic_constraints(ca=False), key_usage(0), extended_key_usage(CLIENT_AUTH))
    return (*usual, authority_key_id(issuer_key), *more)


def handmade_root(
    subject: bytes, key: Key, now: datetime, extensions: tuple[bytes, ...] | None = None, **others: object
) -> Handmade:
    """A root, valid a year to both sides of `now`."""
    year = timedelta(days=365)
    given = authority_extensions(key, key) if extensions is None else extensions
    alone = Handmade(subject, key, subject, key, utc(now - year), utc(now + year), extensions=given)
    return replace(alone, **others)  # type: ignore[arg-type]


def later(now: datetime, days: int) -> datetime:
    return (now + timedelta(days=days)).astimezone(UTC)


_HASHES: dict[str, hashes.HashAlgorithm] = {
    "sha1": hashes.SHA1(),  # noqa: S303 - what refuses it is under test
    "sha256": hashes.SHA256(),
    "md5": hashes.MD5(),  # noqa: S303 - what refuses it is under test
}
_WITH_RSA = {"md5": "1.2.840.113549.1.1.4", "sha1": "1.2.840.113549.1.1.5", "sha256": "1.2.840.113549.1.1.11"}
_WITH_EC = {"sha1": "1.2.840.10045.4.1", "sha256": "1.2.840.10045.4.3.2"}
_WITH_DSA = {"sha1": "1.2.840.10040.4.3", "sha256": "2.16.840.1.101.3.4.3.2"}


def _algorithm(key: Key, digest: str) -> bytes:
    match key:
        case rsa.RSAPrivateKey():
            return sequence(oid(_WITH_RSA[digest]), tlv(5))
        case ec.EllipticCurvePrivateKey():
            return sequence(oid(_WITH_EC[digest]))
        case dsa.DSAPrivateKey():
            return sequence(oid(_WITH_DSA[digest]))
        case ed25519.Ed25519PrivateKey():
            return sequence(oid("1.3.101.112"))
        case ed448.Ed448PrivateKey():
            return sequence(oid("1.3.101.113"))


def _signature(key: Key, digest: str, data: bytes) -> bytes:
    match key:
        case rsa.RSAPrivateKey():
            return key.sign(data, padding.PKCS1v15(), _HASHES[digest])
        case ec.EllipticCurvePrivateKey():
            return key.sign(data, ec.ECDSA(_HASHES[digest]))
        case dsa.DSAPrivateKey():
            return key.sign(data, _HASHES[digest])
        case _:
            return key.sign(data)
