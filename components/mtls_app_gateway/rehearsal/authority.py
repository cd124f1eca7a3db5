"""Throwaway certificate authorities, and certificates of servers and clients, for rehearsals and tests.

Everything is kept in memory; only `write_credential` writes files. What this module issues must never be trusted
outside a rehearsal.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from enum import Enum, StrEnum
from ipaddress import ip_address
from pathlib import Path
from typing import Self

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, ed25519, rsa
from cryptography.hazmat.primitives.serialization import pkcs12
from cryptography.x509.oid import AuthorityInformationAccessOID, ExtendedKeyUsageOID, NameOID

from ..processes.private_files import write_private

PrivateKey = ec.EllipticCurvePrivateKey | rsa.RSAPrivateKey | ed25519.Ed25519PrivateKey
Extension = tuple[x509.ExtensionType, bool]
"""An extension and whether it is critical."""

AUTHORITY_DAYS = 3650
LEAF_DAYS = 365


class KeyKind(Enum):
    """The kinds of keys of authorities and clients. An RSA key takes about 0.1 s, the others almost no time."""

    P256 = "P-256"
    P384 = "P-384"
    ED25519 = "Ed25519"
    RSA2048 = "RSA-2048"
    RSA1024 = "RSA-1024"
    """Too weak to be accepted: for the client with the weak key."""

    def generate(self) -> PrivateKey:
        """A new private key of this kind."""
        match self:
            case KeyKind.P256:
                return ec.generate_private_key(ec.SECP256R1())
            case KeyKind.P384:
                return ec.generate_private_key(ec.SECP384R1())
            case KeyKind.ED25519:
                return ed25519.Ed25519PrivateKey.generate()
            case KeyKind.RSA2048:
                return rsa.generate_private_key(65537, 2048)
            case KeyKind.RSA1024:
                return rsa.generate_private_key(65537, 1024)  # noqa: S505 - weak on purpose, see the member


class LeafUse(StrEnum):
    """What a leaf certificate may be used for (extended key usage, RFC 5280 section 4.2.1.12)."""

    CLIENT = "clientAuth"
    SERVER = "serverAuth"
    OCSP_SIGNING = "OCSPSigning"

    @property
    def oid(self) -> x509.ObjectIdentifier:
        return {
            LeafUse.CLIENT: ExtendedKeyUsageOID.CLIENT_AUTH,
            LeafUse.SERVER: ExtendedKeyUsageOID.SERVER_AUTH,
            LeafUse.OCSP_SIGNING: ExtendedKeyUsageOID.OCSP_SIGNING,
        }[self]


@dataclass(frozen=True, slots=True)
class Credential:
    """A certificate with its private key, and the certificates of its issuers, nearest first, up to the root."""

    certificate: x509.Certificate
    private_key: PrivateKey
    issuers: tuple[x509.Certificate, ...]

    def __repr__(self) -> str:
        # The generated one would be long and would show the private key's object.
        return f"<{type(self).__name__} {self.certificate.subject.rfc4514_string()}>"

    @property
    def certificate_pem(self) -> str:
        """The certificate alone, as PEM."""
        return pem(self.certificate)

    @property
    def chain_pem(self) -> str:
        """What a TLS peer sends: the certificate and the intermediates above it, without the root."""
        return pem(self.certificate, *(issuer for issuer in self.issuers if issuer.subject != issuer.issuer))

    @property
    def key_pem(self) -> str:
        """The private key, unencrypted PKCS#8 PEM."""
        return self.private_key.private_bytes(
            serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
        ).decode("ascii")

    def pfx(self, password: str | None = None) -> bytes:
        """PKCS#12 of the key, the certificate and all its issuers; encrypted when there is a password."""
        encryption: serialization.KeySerializationEncryption = serialization.NoEncryption()
        if password is not None:
            encryption = serialization.BestAvailableEncryption(password.encode())
        return pkcs12.serialize_key_and_certificates(None, self.private_key, self.certificate, self.issuers, encryption)


@dataclass(frozen=True, slots=True, repr=False)
class Authority(Credential):
    """A certificate authority: `create` makes a root, `intermediate` one below, `issue` a server's or client's leaf."""

    now: datetime
    """The time of issue: validity that is not given begins an hour before it."""
    names_serial: bool = False
    """Whether the certificates that it issues name its own by issuer and serial number, besides its key."""

    @classmethod
    def create(
        cls,
        common_name: str = "Rehearsal Root CA",
        *,
        subject: x509.Name | None = None,
        key: KeyKind | PrivateKey = KeyKind.P256,
        now: datetime | None = None,
        not_before: datetime | None = None,
        not_after: datetime | None = None,
        path_length: int | None = None,
        extensions: Sequence[Extension] = (),
        names_serial: bool = False,
    ) -> Self:
        """A root: self-signed.

        `subject` replaces the name made from `common_name`; `key` may be an existing one; `now` is the present time
        unless given; `extensions` are added to the usual ones, and replace one of the same kind.
        """
        now = now or datetime.now(UTC)
        private_key = _key(key)
        name = subject or _name(common_name)
        validity = _validity(now, not_before, not_after, AUTHORITY_DAYS)
        builder = _builder(name, name, private_key, validity)
        builder = _with(builder, _authority_extensions(path_length), extensions)
        return cls(_sign(builder, private_key), private_key, (), now, names_serial)

    def intermediate(
        self,
        common_name: str = "Rehearsal Issuing CA",
        *,
        subject: x509.Name | None = None,
        key: KeyKind | PrivateKey = KeyKind.P256,
        not_before: datetime | None = None,
        not_after: datetime | None = None,
        path_length: int | None = None,
        extensions: Sequence[Extension] = (),
    ) -> Self:
        """An authority below this one. The arguments are those of `create`."""
        private_key = _key(key)
        validity = _validity(self.now, not_before, not_after, AUTHORITY_DAYS)
        builder = self._builder(subject or _name(common_name), private_key, validity)
        builder = _with(builder, _authority_extensions(path_length), extensions)
        issuers = (self.certificate, *self.issuers)
        return type(self)(_sign(builder, self.private_key), private_key, issuers, self.now, self.names_serial)

    def cross_sign(self, other: "Authority") -> "Authority":
        """The other authority, same name and key, with a certificate that this one issued."""
        return self.intermediate(subject=other.certificate.subject, key=other.private_key)

    def issue(
        self,
        common_name: str = "client",
        *,
        subject: x509.Name | None = None,
        purpose: LeafUse | None = LeafUse.CLIENT,
        host_names: Sequence[str] = (),
        ocsp_url: str | None = None,
        key: KeyKind | PrivateKey = KeyKind.P256,
        not_before: datetime | None = None,
        not_after: datetime | None = None,
        extensions: Sequence[Extension] = (),
    ) -> Credential:
        """A certificate of a client or a server.

        `purpose` None leaves the extended key usage out; `host_names` may hold addresses; `ocsp_url` is the responder
        that the certificate names (authority information access). The other arguments are those of `create`.
        """
        private_key = _key(key)
        validity = _validity(self.now, not_before, not_after, LEAF_DAYS)
        builder = self._builder(subject or _name(common_name), private_key, validity)
        builder = _with(builder, _leaf_extensions(purpose, host_names, ocsp_url), extensions)
        return Credential(_sign(builder, self.private_key), private_key, (self.certificate, *self.issuers))

    @property
    def bundle_pem(self) -> str:
        """The bundle for a gateway that trusts this authority: its certificate and all above it, as PEM."""
        return pem(self.certificate, *self.issuers)

    def _builder(
        self, subject: x509.Name, private_key: PrivateKey, validity: tuple[datetime, datetime]
    ) -> x509.CertificateBuilder:
        issuer_key = x509.AuthorityKeyIdentifier.from_issuer_public_key(self.private_key.public_key())
        if self.names_serial:
            issuer, serial = x509.DirectoryName(self.certificate.issuer), self.certificate.serial_number
            issuer_key = x509.AuthorityKeyIdentifier(issuer_key.key_identifier, [issuer], serial)
        builder = _builder(subject, self.certificate.subject, private_key, validity)
        return builder.add_extension(issuer_key, critical=False)


def self_signed(
    common_name: str = "self-signed",
    *,
    purpose: LeafUse | None = LeafUse.CLIENT,
    host_names: Sequence[str] = (),
    now: datetime | None = None,
) -> Credential:
    """A self-signed leaf: of a client that must not be trusted, or of a server on this machine."""
    lone = Authority.create(common_name, now=now, extensions=_leaf_extensions(purpose, host_names, None))
    return Credential(lone.certificate, lone.private_key, ())


def padding(length: int) -> Extension:
    """An extension of `length` bytes without content, for a certificate so large that limits matter."""
    return x509.UnrecognizedExtension(x509.ObjectIdentifier("1.3.6.1.4.1.99999.1"), bytes(length)), False


def pem(*certificates: x509.Certificate) -> str:
    """The certificates one after the other, as PEM."""
    return "".join(cert.public_bytes(serialization.Encoding.PEM).decode("ascii") for cert in certificates)


def write_credential(credential: Credential, folder: Path, stem: str) -> tuple[Path, Path]:
    """Write `<stem>.pem` (with intermediates) and `<stem>.key.pem`, readable by the owner only; returns both paths."""
    certificate_path, key_path = folder / f"{stem}.pem", folder / f"{stem}.key.pem"
    write_private(certificate_path, credential.chain_pem.encode("ascii"))
    write_private(key_path, credential.key_pem.encode("ascii"))
    return certificate_path, key_path


def _key(key: KeyKind | PrivateKey) -> PrivateKey:
    return key.generate() if isinstance(key, KeyKind) else key


def _name(common_name: str) -> x509.Name:
    return x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, common_name)])


def _validity(
    now: datetime, not_before: datetime | None, not_after: datetime | None, days: int
) -> tuple[datetime, datetime]:
    return not_before or now - timedelta(hours=1), not_after or now + timedelta(days=days)


def _builder(
    subject: x509.Name, issuer: x509.Name, private_key: PrivateKey, validity: tuple[datetime, datetime]
) -> x509.CertificateBuilder:
    public_key = private_key.public_key()
    not_before, not_after = validity
    return (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(issuer)
        .public_key(public_key)
        .serial_number(x509.random_serial_number())
        .not_valid_before(not_before)
        .not_valid_after(not_after)
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(public_key), critical=False)
    )


def _with(
    builder: x509.CertificateBuilder, usual: Sequence[Extension], given: Sequence[Extension]
) -> x509.CertificateBuilder:
    by_oid = {extension.oid: (extension, critical) for extension, critical in (*usual, *given)}
    for extension, critical in by_oid.values():
        builder = builder.add_extension(extension, critical=critical)
    return builder


def _sign(builder: x509.CertificateBuilder, private_key: PrivateKey) -> x509.Certificate:
    is_ed25519 = isinstance(private_key, ed25519.Ed25519PrivateKey)
    return builder.sign(private_key, None if is_ed25519 else hashes.SHA256())


def _authority_extensions(path_length: int | None) -> list[Extension]:
    return [
        (x509.BasicConstraints(ca=True, path_length=path_length), True),
        (_key_usage(signs_certificates=True), True),
    ]


def _leaf_extensions(purpose: LeafUse | None, host_names: Sequence[str], ocsp_url: str | None) -> list[Extension]:
    extensions: list[Extension] = [
        (x509.BasicConstraints(ca=False, path_length=None), True),
        (_key_usage(signs_certificates=False), True),
    ]
    if purpose is not None:
        extensions.append((x509.ExtendedKeyUsage([purpose.oid]), False))
    if host_names:
        extensions.append((x509.SubjectAlternativeName([_general_name(host) for host in host_names]), False))
    if ocsp_url is not None:
        responder = x509.AccessDescription(AuthorityInformationAccessOID.OCSP, x509.UniformResourceIdentifier(ocsp_url))
        extensions.append((x509.AuthorityInformationAccess([responder]), False))
    return extensions


def _key_usage(*, signs_certificates: bool) -> x509.KeyUsage:
    return x509.KeyUsage(
        digital_signature=True,
        content_commitment=False,
        key_encipherment=False,
        data_encipherment=False,
        key_agreement=False,
        key_cert_sign=signs_certificates,
        crl_sign=signs_certificates,
        encipher_only=False,
        decipher_only=False,
    )


def _general_name(host: str) -> x509.GeneralName:
    try:
        return x509.IPAddress(ip_address(host))
    except ValueError:
        return x509.DNSName(host)
