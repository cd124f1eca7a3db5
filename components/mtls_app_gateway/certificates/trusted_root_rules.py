"""Rules about a trusted root: the certificate by which a gateway accepts those of a backend.

Which codes Azure gives to mistakes here is not documented, so no row names one.
"""

from collections.abc import Iterator
from datetime import timedelta

from ..problems import Finding, Rule, Severity
from .authority_rules import key_weakness
from .certificate import Certificate
from .examination import Examination
from .forms import Fault

_BACKEND = "https://learn.microsoft.com/azure/application-gateway/certificates-for-backend-authentication"
_HARMLESS = {Fault.OTHER_BLOCK, Fault.DUPLICATE}


def roots_in(examination: Examination) -> tuple[Certificate, ...]:
    """The certificates that name themselves as their issuer, CA certificates or not."""
    return tuple(each for each in examination.contents.certificates if each.is_self_issued)


def _form(examination: Examination) -> Iterator[Finding]:
    yield from (
        finding for fault, finding in examination.contents.faults if fault not in {*_HARMLESS, Fault.PRIVATE_KEY}
    )


def _missing(examination: Examination) -> Iterator[Finding]:
    certificates = examination.contents.certificates
    is_read = all(fault in _HARMLESS for fault, _ in examination.contents.faults)
    if not roots_in(examination) and (certificates or is_read):
        names = ", ".join(f"{each.label!r}, issued by {each.issuer}" for each in certificates[:3])
        yield Finding("", f"only certificates that others issued: {names}" if names else "no certificate at all")


def _several(examination: Examination) -> Iterator[Finding]:
    roots = roots_in(examination)
    if len(roots) > 1:
        yield Finding("", f"{len(roots)} roots: {', '.join(repr(root.label) for root in roots[:5])}")


def _not_authority(examination: Examination) -> Iterator[Finding]:
    for root in roots_in(examination):
        if not root.is_authority:
            yield Finding(str(root), "self-signed, and not a CA certificate")


def _validity(examination: Examination) -> Iterator[Finding]:
    now = examination.circumstances.now
    soon = now + timedelta(days=examination.circumstances.expiry_warning_days)
    for root in roots_in(examination):
        if root.not_after < now:
            yield Finding(str(root), f"expired on {root.not_after:%Y-%m-%d}")
        elif now < root.not_before:
            yield Finding(str(root), f"valid from {root.not_before:%Y-%m-%d} on")
        elif root.not_after <= soon:
            saw = f"expires on {root.not_after:%Y-%m-%d}, in {(root.not_after - now).days} days"
            yield Finding(str(root), saw, "Add the new root now, and remove this one when no backend needs it.")


def _weak(examination: Examination) -> Iterator[Finding]:
    for root in roots_in(examination):
        if weakness := key_weakness(root):
            yield Finding(str(root), weakness)


def _left_out(examination: Examination) -> Iterator[Finding]:
    if roots_in(examination):
        for certificate in examination.contents.certificates:
            if not certificate.is_self_issued:
                yield Finding(str(certificate), "not a root; left out")
    yield from examination.contents.findings(Fault.OTHER_BLOCK)


TRUSTED_ROOT_VALIDITY = Rule(
    code="trusted-root-validity",
    severity=Severity.WARNING,
    demands="A trusted root is valid, and stays so for the days of the expiry warning (30 by default).",
    remedy="Give a root that is valid. The gateway verifies chain and expiry of the backend's certificate.",
    source="https://learn.microsoft.com/azure/application-gateway/configuration-http-settings",
    check=_validity,
)

TRUSTED_ROOT_RULES: tuple[Rule[Examination], ...] = (
    Rule(
        code="trusted-root-private-key",
        demands="The data of a trusted root contains no private key.",
        remedy="Remove the key, and replace it if others could have read it.",
        source=_BACKEND,
        check=lambda examination: examination.contents.findings(Fault.PRIVATE_KEY),
    ),
    Rule(
        code="trusted-root-form",
        demands="The data of a trusted root is a certificate as PEM, DER, PKCS#7, or base64 of one of these.",
        remedy="Export the root certificate again, as PEM (Base-64 encoded X.509).",
        source=_BACKEND,
        check=_form,
    ),
    Rule(
        code="trusted-root-missing",
        demands="The data of a trusted root contains a root, a certificate that names itself as its issuer.",
        remedy="Give the root above the backend's certificate; the backend itself must send what is between the two.",
        source=_BACKEND,
        check=_missing,
    ),
    Rule(
        code="trusted-root-several",
        demands="The data of a trusted root contains one root.",
        remedy="Give each root an entry of its own.",
        source="this product's own decision: Microsoft's pages describe an entry with one certificate",
        check=_several,
    ),
    Rule(
        code="trusted-root-not-authority",
        severity=Severity.WARNING,
        demands="A trusted root is a CA certificate.",
        remedy="Let a CA issue the backend's certificate, and give its root: "
        "a self-signed server certificate has been seen to be refused, with 502 for every request.",
        source="https://github.com/MicrosoftDocs/azure-docs/issues/91051",
        check=_not_authority,
    ),
    TRUSTED_ROOT_VALIDITY,
    Rule(
        code="trusted-root-weak",
        severity=Severity.WARNING,
        demands="The key of a trusted root is RSA of at least 2048 bits, or on a curve of at least 224.",
        remedy="Replace the CA by one with a stronger key.",
        source="NIST SP 800-57 part 1, section 5.6.1",
        check=_weak,
    ),
    Rule(
        code="trusted-root-left-out",
        severity=Severity.NOTE,
        demands="The data of a trusted root contains the root alone.",
        remedy="Let the backend send its intermediates with its own certificate: a gateway takes them from there only.",
        source="https://github.com/MicrosoftDocs/azure-docs/pull/35000",
        check=_left_out,
    ),
)
