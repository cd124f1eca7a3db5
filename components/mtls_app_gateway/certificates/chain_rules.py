"""Rules about the chains in a CA bundle: their roots, issuers, signatures and sizes.

An error is what Azure is documented or seen to refuse, or a CA none of whose clients could ever pass.
"""

from collections.abc import Iterator

from ..problems import Finding, Rule, Severity
from .certificate import Certificate
from .chain import CaChain
from .examination import Examination
from .forms import Fault
from .paths import MAX_PATHS, Path

MAX_CHAIN_BYTES = 25 * 1024
"""Azure's limit for a file of trusted client CA certificates, taken of its PEM text."""

_TROUBLESHOOTING = "https://learn.microsoft.com/azure/application-gateway/mutual-authentication-troubleshooting"
_OVERVIEW = "https://learn.microsoft.com/azure/application-gateway/mutual-authentication-overview"
_AZURE = "ApplicationGatewayTrustedClientCertificate"
_HARMLESS_FAULTS = {Fault.OTHER_BLOCK, Fault.DUPLICATE}


def _no_authority(examination: Examination) -> Iterator[Finding]:
    read = all(fault in _HARMLESS_FAULTS for fault, _ in examination.contents.faults)
    if read and not examination.authorities and not any(leaf.is_self_issued for leaf in examination.leaves):
        names = ", ".join(repr(leaf.label) for leaf in examination.leaves[:3])
        yield Finding("", f"only certificates of clients or servers: {names}" if names else "no certificate at all")


def _self_signed_not_authority(examination: Examination) -> Iterator[Finding]:
    if not examination.authorities:
        for leaf in examination.leaves:
            if leaf.is_self_issued:
                yield Finding(str(leaf), "self-signed, without basicConstraints CA:TRUE")


def _unrooted_tops(examination: Examination) -> list[Certificate]:
    """The tops of paths without a root, where their lowest authority has no path with one."""
    links, paths = examination.links, examination.paths.found
    if examination.roots and not examination.given.split:
        return []
    rooted = {step.authority for path in paths if links.reaches_a_root(path) for step in path}
    tops = [path[-1] for path in paths if not links.reaches_a_root(path) and path[0].authority not in rooted]
    return list(dict.fromkeys(tops))


def _no_root(examination: Examination) -> Iterator[Finding]:
    for top in _unrooted_tops(examination):
        yield Finding(str(top), f"the chain ends here, issued by {top.issuer}, which is not in the bundle")


def _several_roots(examination: Examination) -> Iterator[Finding]:
    if len(examination.roots) > 1 and not examination.given.split:
        names = ", ".join(f"{root.label!r} ({root.fingerprint[:8]})" for root in examination.roots[:5])
        yield Finding("", f"{len(examination.roots)} roots: {names}")


def _issuer_missing(examination: Examination) -> Iterator[Finding]:
    loose_ends = examination.loose_ends
    if not loose_ends:
        return
    reported = _unrooted_tops(examination)
    forged = {certificate.fingerprint for certificate, _ in examination.links.forged}
    names = {authority.subject_der for authority in examination.authorities}
    for certificate in loose_ends:
        if certificate not in reported and certificate.fingerprint not in forged:
            other_key = "; a CA of that name is, but it has another key" if certificate.issuer_der in names else ""
            yield Finding(str(certificate), f"issued by {certificate.issuer}, which is not in the bundle{other_key}")


def _signature_invalid(examination: Examination) -> Iterator[Finding]:
    for certificate, issuer in examination.links.forged:
        if certificate is not issuer:
            yield Finding(str(certificate), f"names {issuer.label!r} as its issuer, but was not signed with that key")


def _root_signature_invalid(examination: Examination) -> Iterator[Finding]:
    for certificate, issuer in examination.links.forged:
        if certificate is issuer:
            yield Finding(str(certificate), "names itself as its issuer, but did not sign itself")


def _key_cert_sign_missing(examination: Examination) -> Iterator[Finding]:
    for certificate in examination.authorities:
        if not certificate.signs_certificates:
            yield Finding(str(certificate), "a CA certificate whose keyUsage lacks keyCertSign")


def _path_length_exceeded(examination: Examination) -> Iterator[Finding]:
    by_lowest: dict[tuple[bytes, bytes], list[Path]] = {}
    for path in examination.paths.found:
        by_lowest.setdefault(path[0].authority, []).append(path)
    for paths in by_lowest.values():
        limiting = [_exceeded(path) for path in paths]
        if (limit := limiting[0]) and all(limiting):
            saw = f"allows {limit.path_length} intermediates below it; {paths[0][0].label!r} lies deeper"
            yield Finding(str(limit), saw)


def _exceeded(path: Path) -> Certificate | None:
    """The authority with more below it than it allows; self-issued ones do not count (RFC 5280 section 6.1.4 (l))."""
    below = 0
    for certificate in path:
        if certificate.path_length is not None and below > certificate.path_length:
            return certificate
        below += not certificate.is_self_issued
    return None


def _chain_too_large(examination: Examination) -> Iterator[Finding]:
    for chain in examination.chains:
        if chain.size > MAX_CHAIN_BYTES:
            where = f"chain {chain.name}" if examination.given.split else ""
            yield Finding(where, f"{chain.size:,} bytes of PEM, in {_sizes(chain)}")


def _sizes(chain: CaChain) -> str:
    largest = sorted(chain.certificates, key=lambda certificate: -len(certificate.pem))[:5]
    sizes = ", ".join(f"{certificate.label!r} {len(certificate.pem):,}" for certificate in largest)
    return f"{len(chain.certificates)} certificates; the largest: {sizes}"


def _too_many_paths(examination: Examination) -> Iterator[Finding]:
    if not examination.paths.is_complete:
        yield Finding(
            "", f"more than {MAX_PATHS} chains, or authorities that cross-sign each other too often to follow"
        )


def _several_chains(examination: Examination) -> Iterator[Finding]:
    if examination.circumstances.verify_issuer_dn and len(examination.roots) == 1 and not examination.given.split:
        for chain in examination.chains:
            others = list(dict.fromkeys(path[0].subject for path in chain.paths if path[0].subject != chain.issuer_dn))
            if others:
                yield Finding("", f"Azure will accept the issuer {chain.issuer_dn}, not {' nor '.join(others[:5])}")


NO_AUTHORITY: Rule[Examination] = Rule(
    code="no-authority",
    azure_code=f"{_AZURE}DoesNotContainAnyCACertificate",
    demands="The bundle contains at least one CA certificate.",
    remedy="Give the certificates of the CAs that issue your clients' certificates, not those of clients.",
    source=_TROUBLESHOOTING,
    check=_no_authority,
)

CHAIN_RULES: tuple[Rule[Examination], ...] = (
    NO_AUTHORITY,
    Rule(
        code="self-signed-not-authority",
        azure_code=f"{_AZURE}DoesNotContainAnyCACertificate",
        demands="A self-signed CA certificate has basicConstraints CA:TRUE.",
        remedy="Issue the root again with basicConstraints CA:TRUE. Self-signed client certificates cannot be trusted.",
        source=_TROUBLESHOOTING,
        check=_self_signed_not_authority,
    ),
    Rule(
        code="no-root",
        azure_code="ApplicationGatewayOnlyOneRootCAAllowedInTrustedClientCertificate",
        demands="Each chain ends in its root, a self-signed CA certificate.",
        remedy="Add the issuer named here, and so on up to the root.",
        source=_TROUBLESHOOTING,
        check=_no_root,
    ),
    Rule(
        code="several-roots",
        azure_code="ApplicationGatewayOnlyOneRootCAAllowedInTrustedClientCertificate",
        demands="A chain has one root.",
        remedy="Give each root its own bundle, or set split, which makes one entry of each chain.",
        source=_TROUBLESHOOTING,
        check=_several_roots,
    ),
    Rule(
        code="chain-too-large",
        demands=f"A chain has at most {MAX_CHAIN_BYTES:,} bytes of PEM (25 KB).",
        remedy="Remove CAs that issue none of your clients, or set split, which makes one entry of each chain.",
        source=_OVERVIEW,
        check=_chain_too_large,
    ),
    Rule(
        code="too-many-paths",
        demands=f"A bundle contains at most {MAX_PATHS} chains.",
        remedy="Split the bundle into several files, and remove cross-signed certificates that no client needs.",
        source=_OVERVIEW,
        check=_too_many_paths,
    ),
    Rule(
        code="signature-invalid",
        demands="Each CA certificate is signed with the key of the issuer that it names.",
        remedy="Get this certificate and its issuer's again from their source. No client of this CA could ever pass.",
        source="RFC 5280 section 6.1.3 (a)(1)",
        check=_signature_invalid,
    ),
    Rule(
        code="key-cert-sign-missing",
        demands="A CA certificate with a keyUsage has keyCertSign in it.",
        remedy="Issue this certificate again with keyCertSign. No client of this CA could ever pass.",
        source="RFC 5280 section 4.2.1.3",
        check=_key_cert_sign_missing,
    ),
    Rule(
        code="path-length-exceeded",
        demands="No CA has more intermediates below it than its pathLenConstraint allows.",
        remedy="Remove the CA that lies too deep, or have this certificate issued with a larger pathLenConstraint.",
        source="RFC 5280 section 4.2.1.9",
        check=_path_length_exceeded,
    ),
    Rule(
        code="root-signature-invalid",
        severity=Severity.WARNING,
        demands="A root is signed with its own key.",
        remedy="Get the root again from its source, and compare its fingerprint.",
        source="RFC 5280 section 3.2",
        check=_root_signature_invalid,
    ),
    Rule(
        code="issuer-missing",
        severity=Severity.WARNING,
        demands="The issuer of each CA certificate is in the bundle.",
        remedy="Add the missing issuer, or remove this certificate: clients that need it cannot pass.",
        source=_OVERVIEW,
        check=_issuer_missing,
    ),
    Rule(
        code="several-chains",
        severity=Severity.WARNING,
        demands="Where the issuer DN is verified, a bundle contains one chain: Azure takes one issuer DN from it.",
        remedy="Set split, or give each chain its own bundle.",
        source=_OVERVIEW + "#verify-client-certificate-dn",
        check=_several_chains,
    ),
)
