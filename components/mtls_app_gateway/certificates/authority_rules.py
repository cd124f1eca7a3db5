"""Rules about each CA certificate by itself: validity, purpose, strength, and who owns it.

All warn: a gateway accepts bundles with expired CA certificates, for one.
"""

import hashlib
from collections.abc import Iterator
from datetime import datetime, timedelta

from cryptography.hazmat.primitives.asymmetric import dsa, ec, rsa

from ..problems import Finding, Rule, Severity
from .certificate import Certificate
from .examination import Examination
from .public_roots import PUBLIC_ROOTS

_OVERVIEW = "https://learn.microsoft.com/azure/application-gateway/mutual-authentication-overview"
_EXTRACT = "https://learn.microsoft.com/azure/application-gateway/mutual-authentication-certificate-management"


def _expired(examination: Examination) -> Iterator[Finding]:
    at = examination.circumstances.at
    for certificate in examination.authorities:
        if certificate.not_after < at:
            yield Finding(str(certificate), f"expired on {_day(certificate.not_after)}")


def _not_yet_valid(examination: Examination) -> Iterator[Finding]:
    at = examination.circumstances.at
    for certificate in examination.authorities:
        if at < certificate.not_before:
            yield Finding(str(certificate), f"valid from {_day(certificate.not_before)} on")


def _expires_soon(examination: Examination) -> Iterator[Finding]:
    at = examination.circumstances.at
    soon = at + timedelta(days=examination.circumstances.expiry_warning_days)
    for certificate in examination.authorities:
        if at <= certificate.not_after <= soon:
            days = (certificate.not_after - at).days
            yield Finding(str(certificate), f"expires on {_day(certificate.not_after)}, in {days} days")


def _day(moment: datetime) -> str:
    return moment.date().isoformat()


def _client_purpose_missing(examination: Examination) -> Iterator[Finding]:
    for certificate in examination.authorities:
        if not certificate.serves_clients:
            yield Finding(str(certificate), "a CA certificate whose extendedKeyUsage lacks clientAuth")


def _weak_key(examination: Examination) -> Iterator[Finding]:
    for certificate in examination.authorities:
        if weakness := key_weakness(certificate):
            yield Finding(str(certificate), weakness)


def key_weakness(certificate: Certificate) -> str | None:
    """What makes the certificate's key weak, if anything does."""
    key = certificate.public_key
    if isinstance(key, rsa.RSAPublicKey) and key.key_size < 2048:
        return f"an RSA key of {key.key_size} bits"
    if isinstance(key, ec.EllipticCurvePublicKey) and key.key_size < 224:
        return f"a key on the curve {key.curve.name}, of {key.key_size} bits"
    if isinstance(key, dsa.DSAPublicKey):
        return f"a DSA key of {key.key_size} bits"
    return None


def _weak_hash(examination: Examination) -> Iterator[Finding]:
    for certificate in examination.authorities:
        # A root is trusted for its key, so the hash of its own signature proves nothing.
        if certificate.signature_hash in {"md5", "sha1"} and not examination.links.is_root(certificate):
            yield Finding(str(certificate), f"signed with {certificate.signature_hash.upper()}")


def _public_root(examination: Examination) -> Iterator[Finding]:
    for root in examination.roots:
        if name := PUBLIC_ROOTS.get(hashlib.sha256(root.public_key_der).hexdigest()):
            yield Finding(str(root), f"{name!r} is a public root: it issues to every organisation that buys there")


def _partly_unread(examination: Examination) -> Iterator[Finding]:
    for certificate in examination.authorities:
        parts = [*certificate.unread]
        if any(certificate is unchecked for unchecked in examination.links.unchecked):
            parts.append("signature")
        if parts:
            yield Finding(str(certificate), f"cannot be read: its {', its '.join(parts)}")


AUTHORITY_RULES: tuple[Rule[Examination], ...] = (
    Rule(
        code="expired",
        severity=Severity.WARNING,
        demands="No CA certificate has expired.",
        remedy="Add the CA's new certificate, then remove this one. Azure accepts it, and refuses its clients.",
        source="an observation: a live gateway accepted such a file on 2026-09-18",
        check=_expired,
    ),
    Rule(
        code="not-yet-valid",
        severity=Severity.WARNING,
        demands="Each CA certificate is valid already.",
        remedy="Nothing has to be done if it was added early on purpose. Until then its clients are refused.",
        source="RFC 5280 section 6.1.3 (a)(2)",
        check=_not_yet_valid,
    ),
    Rule(
        code="expires-soon",
        severity=Severity.WARNING,
        demands="No CA certificate expires within the days of the expiry warning (30 by default).",
        remedy="Add the CA's new certificate now, and remove this one when no client needs it.",
        source=_EXTRACT,
        check=_expires_soon,
    ),
    Rule(
        code="client-purpose-missing",
        severity=Severity.WARNING,
        demands="A CA certificate with an extendedKeyUsage has clientAuth in it.",
        remedy="Use a CA that may issue client certificates. OpenSSL refuses every client of this one.",
        source="RFC 5280 section 4.2.1.12; OpenSSL's check of the purpose sslclient",
        check=_client_purpose_missing,
    ),
    Rule(
        code="weak-key",
        severity=Severity.WARNING,
        demands="Keys are RSA of at least 2048 bits, or on a curve of at least 224.",
        remedy="Replace the CA by one with a stronger key.",
        source="NIST SP 800-57 part 1, section 5.6.1",
        check=_weak_key,
    ),
    Rule(
        code="weak-hash",
        severity=Severity.WARNING,
        demands="CA certificates below the root are not signed with MD5 or SHA-1.",
        remedy="Have the certificate issued again with SHA-256.",
        source="RFC 6194, RFC 6151",
        check=_weak_hash,
    ),
    Rule(
        code="public-root",
        severity=Severity.WARNING,
        demands="The root belongs to your organisation.",
        remedy="Use your own root, or have the public CA issue from your own intermediate and verify the issuer DN.",
        source=_OVERVIEW,
        check=_public_root,
    ),
    Rule(
        code="partly-unread",
        severity=Severity.WARNING,
        demands="Everything in a CA certificate can be read.",
        remedy="Try this bundle on a test gateway first: not every rule could be checked.",
        source="this product's own decision: what the cryptography library cannot read may still be fine for a gateway",
        check=_partly_unread,
    ),
)
