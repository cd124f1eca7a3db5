"""Rules about a listener's certificate given as a PFX. No problem shows its data or its password."""

import base64
import binascii
import warnings
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import datetime
from enum import Enum, auto

from cryptography import x509
from cryptography.hazmat.primitives.serialization import pkcs12

from ..problems import Finding, Problem, Rule, Severity
from .broken_rules import broken
from .certificate import UNREADABLE
from .distinguished_name import label
from .pfx_protection import MAX_ROUNDS, read_protection

MAX_PFX_BYTES = 16_384
"""Azure's limit, which it may take of the base64 text."""

_SSL_OVERVIEW = "https://learn.microsoft.com/azure/application-gateway/ssl-overview"
_FAQ = "https://learn.microsoft.com/azure/application-gateway/application-gateway-faq"
_TOO_BIG = "https://github.com/hashicorp/terraform-provider-azurerm/issues/31172"
_INVALID = "https://github.com/Azure/azure-rest-api-specs/issues/1027"
_AES_REFUSED = "https://github.com/MicrosoftDocs/azure-docs/issues/70835"
_READ_AT_MOST = 65_536


class _Fault(Enum):
    EMPTY = auto()
    NOT_BASE64 = auto()
    NOT_PFX = auto()
    PASSWORD = auto()
    ROUNDS = auto()


@dataclass(frozen=True, slots=True)
class Pfx:
    """A PFX as far as it could be opened."""

    source: str
    at: datetime
    password: str | None = field(repr=False)
    encoded_size: int
    size: int
    fault: tuple[_Fault, str] | None
    has_aes: bool
    opened: pkcs12.PKCS12KeyAndCertificates | None = field(repr=False)

    @property
    def certificate(self) -> x509.Certificate | None:
        """The certificate that belongs to the key."""
        return self.opened.cert.certificate if self.opened and self.opened.cert else None


def check_pfx(data: str, password: str | None, *, where: str, at: datetime) -> tuple[Problem, ...]:
    """The problems of a listener certificate, `data` being base64 of a PFX. Never raises, shows no secret.

    Does not check whether the certificate fits the listener's host names, nor who issued it.
    """
    return broken(PFX_RULES, _open(data, password, where, at))


def _open(data: str, password: str | None, where: str, at: datetime) -> Pfx:
    encoded = data.encode("utf-8", "replace").translate(None, b" \t\r\n")
    raw, fault, opened, has_aes = b"", None, None, False
    try:
        raw = base64.b64decode(encoded, validate=True)
    except binascii.Error:
        fault = _Fault.NOT_BASE64, "PEM text" if b"-----BEGIN" in data.encode("utf-8", "replace") else "not base64"
    if not encoded:
        fault = _Fault.EMPTY, "no data"
    if fault is None and len(raw) <= _READ_AT_MOST:
        protection = read_protection(raw)
        has_aes = protection.has_aes
        if protection.rounds > MAX_ROUNDS:
            fault = _Fault.ROUNDS, f"{protection.rounds:,} rounds of key derivation; not opened"
        else:
            opened, fault = _unlock(raw, password)
    return Pfx(where, at, password, len(encoded), len(raw), fault, has_aes, opened)


def _unlock(
    raw: bytes, password: str | None
) -> tuple[pkcs12.PKCS12KeyAndCertificates | None, tuple[_Fault, str] | None]:
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # Old encodings, which a gateway accepts.
            return pkcs12.load_pkcs12(raw, None if password is None else password.encode()), None
    except UNREADABLE as error:
        if "password" in str(error).lower():
            return None, (_Fault.PASSWORD, "no password" if password is None else "a password that does not open it")
        return None, (_Fault.NOT_PFX, f"{len(raw):,} bytes that are not a PFX")


def _seen(fault: _Fault) -> Callable[[Pfx], Iterator[Finding]]:
    return lambda pfx: iter([Finding("", pfx.fault[1])] if pfx.fault and pfx.fault[0] is fault else [])


def _too_large(pfx: Pfx) -> Iterator[Finding]:
    if pfx.size > MAX_PFX_BYTES:
        yield Finding("", f"{pfx.size:,} bytes")


def _perhaps_too_large(pfx: Pfx) -> Iterator[Finding]:
    if pfx.size <= MAX_PFX_BYTES < pfx.encoded_size:
        yield Finding("", f"{pfx.size:,} bytes, {pfx.encoded_size:,} as base64")


def _password_characters(pfx: Pfx) -> Iterator[Finding]:
    if pfx.password and not (pfx.password.isascii() and pfx.password.isalnum()):
        yield Finding("", "a password with other characters than letters and digits")


def _encrypted_with_aes(pfx: Pfx) -> Iterator[Finding]:
    if pfx.opened and pfx.has_aes:
        yield Finding("", "encrypted with AES, the default of OpenSSL 3")


def _without_key(pfx: Pfx) -> Iterator[Finding]:
    if pfx.opened and pfx.opened.key is None:
        yield Finding("", "no private key inside")


def _without_certificate(pfx: Pfx) -> Iterator[Finding]:
    if pfx.opened and pfx.opened.key is not None and pfx.certificate is None:
        yield Finding("", "no certificate that belongs to the private key")


def _chain_missing(pfx: Pfx) -> Iterator[Finding]:
    certificate = pfx.certificate
    if certificate and pfx.opened and certificate.subject != certificate.issuer and not pfx.opened.additional_certs:
        yield Finding("", f"{label(certificate.subject)!r} alone, without its issuer {label(certificate.issuer)!r}")


def _expired(pfx: Pfx) -> Iterator[Finding]:
    certificate = pfx.certificate
    if certificate and certificate.not_valid_after_utc < pfx.at:
        yield Finding("", f"{label(certificate.subject)!r} expired on {certificate.not_valid_after_utc:%Y-%m-%d}")


def _not_yet_valid(pfx: Pfx) -> Iterator[Finding]:
    certificate = pfx.certificate
    if certificate and pfx.at < certificate.not_valid_before_utc:
        yield Finding(
            "", f"{label(certificate.subject)!r} is valid from {certificate.not_valid_before_utc:%Y-%m-%d} on"
        )


PFX_RULES: tuple[Rule[Pfx], ...] = (
    Rule(
        code="pfx-empty",
        demands="A PFX is not empty.",
        remedy="Give the base64 text of a PFX file: base64 -w0 FILE.",
        source=_INVALID,
        check=_seen(_Fault.EMPTY),
    ),
    Rule(
        code="pfx-not-base64",
        demands="A PFX is given as base64 text.",
        remedy="Give the base64 text of a PFX file (base64 -w0 FILE). Make one from PEM with openssl pkcs12 -export.",
        source=_INVALID,
        check=_seen(_Fault.NOT_BASE64),
    ),
    Rule(
        code="pfx-unreadable",
        demands="A PFX is a PKCS#12 file.",
        remedy="Export certificate and private key again as a PFX (openssl pkcs12 -export), and encode it once.",
        source=_INVALID,
        check=_seen(_Fault.NOT_PFX),
    ),
    Rule(
        code="pfx-password-wrong",
        demands="The password opens the PFX.",
        remedy="Give the password that the PFX was exported with; leave it out only where there is none.",
        source=_INVALID,
        check=_seen(_Fault.PASSWORD),
    ),
    Rule(
        code="pfx-too-many-rounds",
        demands=f"A PFX asks for at most {MAX_ROUNDS:,} rounds of key derivation.",
        remedy="Export it again with the usual rounds: openssl pkcs12 -export asks for 2,048.",
        source="this product's own decision: it bounds the time that opening a PFX can take",
        check=_seen(_Fault.ROUNDS),
    ),
    Rule(
        code="pfx-encrypted-with-aes",
        severity=Severity.NOTE,
        demands="A PFX is encrypted with 3DES: gateways refused AES in 2020 and 2021, and may still do so.",
        remedy="Where Azure calls the right password incorrect, export it again: openssl pkcs12 -export -legacy.",
        source=_AES_REFUSED,
        check=_encrypted_with_aes,
    ),
    Rule(
        code="pfx-too-large",
        azure_code="ApplicationGatewaySslCertificateDataTooBig",
        demands=f"A PFX has at most {MAX_PFX_BYTES:,} bytes.",
        remedy="Export it with the listener's own chain only.",
        source=_TOO_BIG,
        check=_too_large,
    ),
    Rule(
        code="pfx-perhaps-too-large",
        severity=Severity.WARNING,
        azure_code="ApplicationGatewaySslCertificateDataTooBig",
        demands=f"A PFX has at most {MAX_PFX_BYTES:,} characters of base64; whether Azure counts these is not known.",
        remedy="Export it with the listener's own chain only.",
        source=_TOO_BIG,
        check=_perhaps_too_large,
    ),
    Rule(
        code="pfx-password-characters",
        severity=Severity.WARNING,
        demands="A PFX password has letters and digits only.",
        remedy="Export the PFX with such a password: Azure does not support others.",
        source=_FAQ,
        check=_password_characters,
    ),
    Rule(
        code="pfx-without-key",
        demands="A PFX contains the private key.",
        remedy="Export the certificate with its private key.",
        source=_SSL_OVERVIEW,
        check=_without_key,
    ),
    Rule(
        code="pfx-without-certificate",
        demands="A PFX contains the certificate of its private key.",
        remedy="Export the private key together with its certificate.",
        source=_SSL_OVERVIEW,
        check=_without_certificate,
    ),
    Rule(
        code="pfx-expired",
        severity=Severity.WARNING,
        demands="The listener certificate has not expired.",
        remedy="Renew it: clients that check will not connect.",
        source="RFC 5280 section 6.1.3 (a)(2)",
        check=_expired,
    ),
    Rule(
        code="pfx-not-yet-valid",
        severity=Severity.WARNING,
        demands="The listener certificate is valid already.",
        remedy="Wait until it is valid: clients that check will not connect before.",
        source="RFC 5280 section 6.1.3 (a)(2)",
        check=_not_yet_valid,
    ),
    Rule(
        code="pfx-chain-missing",
        severity=Severity.NOTE,
        demands="A PFX contains the whole chain of the listener certificate.",
        remedy="Export it with its chain: clients that lack the intermediate will not connect.",
        source=_SSL_OVERVIEW,
        check=_chain_missing,
    ),
)
