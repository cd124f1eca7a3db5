"""The listener's own certificate, as a PFX: what can be told before Azure is asked. Shows neither data nor password."""

import base64
import binascii
import warnings
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import datetime
from enum import Enum, auto

from cryptography import x509
from cryptography.hazmat.primitives.serialization import pkcs12

from ..problems import Problem, Severity
from .certificate import UNREADABLE
from .distinguished_name import label
from .forms import Sighting
from .pfx_protection import MAX_ROUNDS, read_protection
from .rule import Rule, broken

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
    """All that is wrong with a listener certificate, `data` being base64 of a PFX. Never raises, shows no secret.

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
            warnings.simplefilter("ignore")  # Old encodings, which a gateway takes.
            return pkcs12.load_pkcs12(raw, None if password is None else password.encode()), None
    except UNREADABLE as error:
        if "password" in str(error).lower():
            return None, (_Fault.PASSWORD, "no password" if password is None else "a password that does not open it")
        return None, (_Fault.NOT_PFX, f"{len(raw):,} bytes that are not a PFX")


def _seen(fault: _Fault) -> Callable[[Pfx], Iterator[Sighting]]:
    return lambda pfx: iter([Sighting("", pfx.fault[1])] if pfx.fault and pfx.fault[0] is fault else [])


def _too_large(pfx: Pfx) -> Iterator[Sighting]:
    if pfx.size > MAX_PFX_BYTES:
        yield Sighting("", f"{pfx.size:,} bytes")


def _perhaps_too_large(pfx: Pfx) -> Iterator[Sighting]:
    if pfx.size <= MAX_PFX_BYTES < pfx.encoded_size:
        yield Sighting("", f"{pfx.size:,} bytes, {pfx.encoded_size:,} as base64")


def _password_characters(pfx: Pfx) -> Iterator[Sighting]:
    if pfx.password and not (pfx.password.isascii() and pfx.password.isalnum()):
        yield Sighting("", "a password with other characters than letters and digits")


def _encrypted_with_aes(pfx: Pfx) -> Iterator[Sighting]:
    if pfx.opened and pfx.has_aes:
        yield Sighting("", "encrypted with AES, as OpenSSL 3 does unless told otherwise")


def _without_key(pfx: Pfx) -> Iterator[Sighting]:
    if pfx.opened and pfx.opened.key is None:
        yield Sighting("", "no private key inside")


def _without_certificate(pfx: Pfx) -> Iterator[Sighting]:
    if pfx.opened and pfx.opened.key is not None and pfx.certificate is None:
        yield Sighting("", "no certificate that belongs to the private key")


def _chain_missing(pfx: Pfx) -> Iterator[Sighting]:
    certificate = pfx.certificate
    if certificate and pfx.opened and certificate.subject != certificate.issuer and not pfx.opened.additional_certs:
        yield Sighting("", f"{label(certificate.subject)!r} alone, without its issuer {label(certificate.issuer)!r}")


def _expired(pfx: Pfx) -> Iterator[Sighting]:
    certificate = pfx.certificate
    if certificate and certificate.not_valid_after_utc < pfx.at:
        yield Sighting("", f"{label(certificate.subject)!r} expired on {certificate.not_valid_after_utc:%Y-%m-%d}")


def _not_yet_valid(pfx: Pfx) -> Iterator[Sighting]:
    certificate = pfx.certificate
    if certificate and pfx.at < certificate.not_valid_before_utc:
        yield Sighting(
            "", f"{label(certificate.subject)!r} is valid from {certificate.not_valid_before_utc:%Y-%m-%d} on"
        )


PFX_RULES: tuple[Rule[Pfx], ...] = (
    Rule(
        code="pfx-empty",
        severity=Severity.ERROR,
        demands="A listener certificate given as a PFX holds data.",
        fix="Give the base64 text of a PFX file: base64 -w0 FILE.",
        citation=_INVALID,
        check=_seen(_Fault.EMPTY),
    ),
    Rule(
        code="pfx-not-base64",
        severity=Severity.ERROR,
        demands="A PFX is given as base64 text.",
        fix="Give the base64 text of a PFX file (base64 -w0 FILE); make one of PEM files with openssl pkcs12 -export.",
        citation=_INVALID,
        check=_seen(_Fault.NOT_BASE64),
    ),
    Rule(
        code="pfx-unreadable",
        severity=Severity.ERROR,
        demands="The data is PKCS#12.",
        fix="Export the certificate with its private key again, as a PFX (openssl pkcs12 -export); encode that once.",
        citation=_INVALID,
        check=_seen(_Fault.NOT_PFX),
    ),
    Rule(
        code="pfx-password-wrong",
        severity=Severity.ERROR,
        demands="The password opens the PFX.",
        fix="Give the password that the PFX was exported with; leave it out only where there is none.",
        citation=_INVALID,
        check=_seen(_Fault.PASSWORD),
    ),
    Rule(
        code="pfx-too-many-rounds",
        severity=Severity.ERROR,
        demands=f"A PFX asks for at most {MAX_ROUNDS:,} rounds of key derivation.",
        fix="Export it again with the usual rounds: openssl pkcs12 -export asks for 2,048.",
        citation="our own bound on work",
        check=_seen(_Fault.ROUNDS),
    ),
    Rule(
        code="pfx-encrypted-with-aes",
        severity=Severity.NOTE,
        demands="A PFX is encrypted with 3DES: gateways refused AES in 2020 and 2021, and may still do so.",
        fix="Where Azure calls the right password incorrect, export it again: openssl pkcs12 -export -legacy.",
        citation=_AES_REFUSED,
        check=_encrypted_with_aes,
    ),
    Rule(
        code="pfx-too-large",
        severity=Severity.ERROR,
        azure_code="ApplicationGatewaySslCertificateDataTooBig",
        demands=f"A PFX has at most {MAX_PFX_BYTES:,} bytes.",
        fix="Export it with the listener's own chain only.",
        citation=_TOO_BIG,
        check=_too_large,
    ),
    Rule(
        code="pfx-perhaps-too-large",
        severity=Severity.WARNING,
        azure_code="ApplicationGatewaySslCertificateDataTooBig",
        demands=f"A PFX has at most {MAX_PFX_BYTES:,} characters of base64; whether Azure counts these is not known.",
        fix="Export it with the listener's own chain only.",
        citation=_TOO_BIG,
        check=_perhaps_too_large,
    ),
    Rule(
        code="pfx-password-characters",
        severity=Severity.WARNING,
        demands="A PFX password has letters and digits only.",
        fix="Export the PFX with such a password: Azure does not support others.",
        citation=_FAQ,
        check=_password_characters,
    ),
    Rule(
        code="pfx-without-key",
        severity=Severity.ERROR,
        demands="A PFX holds the private key.",
        fix="Export the certificate with its private key.",
        citation=_SSL_OVERVIEW,
        check=_without_key,
    ),
    Rule(
        code="pfx-without-certificate",
        severity=Severity.ERROR,
        demands="A PFX holds the certificate of its private key.",
        fix="Export the private key together with its certificate.",
        citation=_SSL_OVERVIEW,
        check=_without_certificate,
    ),
    Rule(
        code="pfx-expired",
        severity=Severity.WARNING,
        demands="The listener certificate has not expired.",
        fix="Renew it: clients that check will not connect.",
        citation="RFC 5280 section 6.1.3 (a)(2)",
        check=_expired,
    ),
    Rule(
        code="pfx-not-yet-valid",
        severity=Severity.WARNING,
        demands="The listener certificate is valid already.",
        fix="Wait for its day: clients that check will not connect before.",
        citation="RFC 5280 section 6.1.3 (a)(2)",
        check=_not_yet_valid,
    ),
    Rule(
        code="pfx-chain-missing",
        severity=Severity.NOTE,
        demands="A PFX holds the whole chain of the listener certificate.",
        fix="Export it with its chain: clients that lack the intermediate will not connect.",
        citation=_SSL_OVERVIEW,
        check=_chain_missing,
    ),
)
