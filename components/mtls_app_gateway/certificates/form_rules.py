"""Rules about the form of a CA bundle, and about what in it is not used.

An error is what Azure is documented or seen to refuse; what is only left out is a note.
"""

from collections.abc import Callable, Iterable, Iterator

from ..problems import Finding, Rule, Severity
from .examination import Examination
from .forms import MAX_BUNDLE_BYTES, MAX_CERTIFICATES, Fault

_TROUBLESHOOTING = "https://learn.microsoft.com/azure/application-gateway/mutual-authentication-troubleshooting"
_OVERVIEW = "https://learn.microsoft.com/azure/application-gateway/mutual-authentication-overview"
_AZURE = "ApplicationGatewayTrustedClientCertificate"


def _seen(fault: Fault) -> Callable[[Examination], Iterable[Finding]]:
    return lambda examination: examination.contents.findings(fault)


def _leaf_left_out(examination: Examination) -> Iterator[Finding]:
    if examination.authorities:
        for leaf in examination.leaves:
            yield Finding(str(leaf), "not a CA certificate; left out")


FORM_RULES: tuple[Rule[Examination], ...] = (
    Rule(
        code="bundle-empty",
        azure_code=f"{_AZURE}MustSpecifyData",
        demands="A CA bundle is not empty.",
        remedy="Give the CA certificates as PEM, DER or PKCS#7.",
        source=_TROUBLESHOOTING,
        check=_seen(Fault.EMPTY),
    ),
    Rule(
        code="bundle-too-large",
        demands=f"A bundle has at most {MAX_BUNDLE_BYTES:,} bytes.",
        remedy="Give the CA certificates alone; Azure takes 25 KB a chain.",
        source="this product's own decision: it bounds the work; one chain has at most 25 KB",
        check=_seen(Fault.TOO_LARGE),
    ),
    Rule(
        code="too-many-certificates",
        demands=f"A bundle has at most {MAX_CERTIFICATES} certificates.",
        remedy="Give the CA certificates that your clients need; a gateway takes 200 chains.",
        source="this product's own decision: it bounds the time that signatures take to check",
        check=_seen(Fault.TOO_MANY),
    ),
    Rule(
        code="private-key-inside",
        azure_code=f"{_AZURE}MustNotHavePrivateKey",
        demands="A CA bundle contains no private key.",
        remedy="Remove the key from the bundle, and replace it if others could have read the bundle.",
        source=_TROUBLESHOOTING,
        check=_seen(Fault.PRIVATE_KEY),
    ),
    Rule(
        code="pfx-given",
        azure_code=f"{_AZURE}InvalidData",
        demands="A CA bundle is not a PFX file, which is for private keys.",
        remedy="Export the CA certificates alone: openssl pkcs12 -in FILE -cacerts -nokeys.",
        source=_TROUBLESHOOTING,
        check=_seen(Fault.PFX),
    ),
    Rule(
        code="not-certificates",
        azure_code=f"{_AZURE}InvalidData",
        demands="A CA bundle is PEM, DER, PKCS#7, or base64 of one of these.",
        remedy="Export the CA certificates again, as PEM (Base-64 encoded X.509).",
        source=_TROUBLESHOOTING,
        check=_seen(Fault.NOT_CERTIFICATES),
    ),
    Rule(
        code="block-undelimited",
        azure_code=f"{_AZURE}InvalidData",
        demands="Each PEM certificate is between its own BEGIN and END lines.",
        remedy="Put -----BEGIN CERTIFICATE----- before and -----END CERTIFICATE----- after each certificate.",
        source=_TROUBLESHOOTING,
        check=_seen(Fault.UNDELIMITED),
    ),
    Rule(
        code="block-damaged",
        azure_code=f"{_AZURE}InvalidData",
        demands="The text between BEGIN and END is a certificate.",
        remedy="Copy this certificate again from its source.",
        source=_TROUBLESHOOTING,
        check=_seen(Fault.DAMAGED),
    ),
)

LEFT_OUT_RULES: tuple[Rule[Examination], ...] = (
    Rule(
        code="leaf-left-out",
        severity=Severity.NOTE,
        demands="A CA bundle contains CA certificates only; Azure uses no others.",
        remedy="Remove certificates of clients and servers from the bundle.",
        source=_TROUBLESHOOTING,
        check=_leaf_left_out,
    ),
    Rule(
        code="block-left-out",
        severity=Severity.NOTE,
        demands="A CA bundle contains certificates only.",
        remedy="Remove it from the bundle. A revocation list has no effect: the gateway asks OCSP responders only.",
        source=_OVERVIEW + "#certificate-revocation",
        check=_seen(Fault.OTHER_BLOCK),
    ),
    Rule(
        code="duplicate-certificate",
        severity=Severity.NOTE,
        demands="A CA bundle contains each certificate once.",
        remedy="Nothing has to be done: it is uploaded once.",
        source="this product's own decision: a chain has at most 25 KB, which a repeated certificate would waste",
        check=_seen(Fault.DUPLICATE),
    ),
)
