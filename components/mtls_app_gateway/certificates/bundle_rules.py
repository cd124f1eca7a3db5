"""The rules a CA bundle must keep.

An error stands where Azure is documented or seen to refuse, or where no client of an authority could ever pass. All
else warns: a gateway takes bundles with expired authorities, for one.
"""

import hashlib
from collections.abc import Callable, Iterable, Iterator
from datetime import datetime, timedelta

from cryptography.hazmat.primitives.asymmetric import dsa, ec, rsa
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from ..problems import Severity
from .certificate import Certificate
from .chain import CaChain
from .examination import Examination
from .forms import MAX_BUNDLE_BYTES, MAX_CERTIFICATES, Fault, Sighting
from .paths import MAX_PATHS, Path
from .public_roots import PUBLIC_ROOTS
from .rule import Rule

MAX_CHAIN_BYTES = 25 * 1024
"""Azure's limit for a file of trusted client CA certificates, taken of its PEM text."""

_TROUBLESHOOTING = "https://learn.microsoft.com/azure/application-gateway/mutual-authentication-troubleshooting"
_OVERVIEW = "https://learn.microsoft.com/azure/application-gateway/mutual-authentication-overview"
_EXTRACT = "https://learn.microsoft.com/azure/application-gateway/mutual-authentication-certificate-management"
_AZURE = "ApplicationGatewayTrustedClientCertificate"
_HARMLESS_FAULTS = {Fault.OTHER_BLOCK, Fault.DUPLICATE}


def _seen(fault: Fault) -> Callable[[Examination], Iterable[Sighting]]:
    return lambda examination: examination.contents.sightings(fault)


def _of(certificate: Certificate, saw: str) -> Sighting:
    return Sighting(str(certificate), saw)


def _no_authority(examination: Examination) -> Iterator[Sighting]:
    read = all(fault in _HARMLESS_FAULTS for fault, _ in examination.contents.faults)
    if read and not examination.authorities and not any(leaf.is_self_issued for leaf in examination.leaves):
        names = ", ".join(repr(leaf.label) for leaf in examination.leaves[:3])
        yield Sighting("", f"only certificates of clients or servers: {names}" if names else "no certificate at all")


def _self_signed_not_authority(examination: Examination) -> Iterator[Sighting]:
    if not examination.authorities:
        for leaf in examination.leaves:
            if leaf.is_self_issued:
                yield _of(leaf, "self-signed, without basicConstraints CA:TRUE")


def _unrooted_tops(examination: Examination) -> list[Certificate]:
    """The tops of paths that end without a root and that no rooted path makes up for."""
    links, paths = examination.links, examination.paths.found
    if examination.roots and not examination.given.split:
        return []
    rooted = {step.identity for path in paths if links.reaches_a_root(path) for step in path}
    tops = [path[-1] for path in paths if not links.reaches_a_root(path) and path[0].identity not in rooted]
    return list(dict.fromkeys(tops))


def _no_root(examination: Examination) -> Iterator[Sighting]:
    for top in _unrooted_tops(examination):
        yield _of(top, f"the chain ends here, issued by {top.issuer}, which is not in the bundle")


def _several_roots(examination: Examination) -> Iterator[Sighting]:
    if len(examination.roots) > 1 and not examination.given.split:
        names = ", ".join(f"{root.label!r} ({root.fingerprint[:8]})" for root in examination.roots[:5])
        yield Sighting("", f"{len(examination.roots)} roots: {names}")


def _issuer_missing(examination: Examination) -> Iterator[Sighting]:
    loose_ends = examination.loose_ends
    if not loose_ends:
        return
    told = _unrooted_tops(examination)
    forged = {certificate.fingerprint for certificate, _ in examination.links.forged}
    names = {authority.subject_der for authority in examination.authorities}
    for certificate in loose_ends:
        if certificate not in told and certificate.fingerprint not in forged:
            other_key = "; one of that name is, but has another key" if certificate.issuer_der in names else ""
            yield _of(certificate, f"issued by {certificate.issuer}, which is not in the bundle{other_key}")


def _signature_invalid(examination: Examination) -> Iterator[Sighting]:
    for certificate, issuer in examination.links.forged:
        if certificate is not issuer:
            yield _of(certificate, f"names {issuer.label!r} as its issuer, but was not signed with that key")


def _root_signature_invalid(examination: Examination) -> Iterator[Sighting]:
    for certificate, issuer in examination.links.forged:
        if certificate is issuer:
            yield _of(certificate, "names itself as its issuer, but did not sign itself")


def _key_cert_sign_missing(examination: Examination) -> Iterator[Sighting]:
    for certificate in examination.authorities:
        if not certificate.signs_certificates:
            yield _of(certificate, "an authority whose keyUsage lacks keyCertSign")


def _path_length_exceeded(examination: Examination) -> Iterator[Sighting]:
    by_lowest: dict[tuple[bytes, bytes | None], list[Path]] = {}
    for path in examination.paths.found:
        by_lowest.setdefault(path[0].identity, []).append(path)
    for paths in by_lowest.values():
        limiting = [_exceeded(path) for path in paths]
        if (limit := limiting[0]) and all(limiting):
            saw = f"allows {limit.path_length} intermediates below it; {paths[0][0].label!r} lies deeper"
            yield _of(limit, saw)


def _exceeded(path: Path) -> Certificate | None:
    """The authority with more below it than it allows; self-issued ones do not count (RFC 5280 section 6.1.4 (l))."""
    below = 0
    for certificate in path:
        if certificate.path_length is not None and below > certificate.path_length:
            return certificate
        below += not certificate.is_self_issued
    return None


def _chain_too_large(examination: Examination) -> Iterator[Sighting]:
    for chain in examination.chains:
        if chain.size > MAX_CHAIN_BYTES:
            where = f"chain {chain.name}" if examination.given.split else ""
            yield Sighting(where, f"{chain.size:,} bytes of PEM, in {_weights(chain)}")


def _weights(chain: CaChain) -> str:
    heaviest = sorted(chain.certificates, key=lambda certificate: -len(certificate.pem))[:5]
    weights = ", ".join(f"{certificate.label!r} {len(certificate.pem):,}" for certificate in heaviest)
    return f"{len(chain.certificates)} certificates; the heaviest: {weights}"


def _too_many_paths(examination: Examination) -> Iterator[Sighting]:
    if not examination.paths.is_complete:
        yield Sighting(
            "", f"more than {MAX_PATHS} chains, or authorities that cross-sign each other too often to follow"
        )


def _several_chains(examination: Examination) -> Iterator[Sighting]:
    if examination.circumstances.verify_issuer_dn and len(examination.roots) == 1 and not examination.given.split:
        for chain in examination.chains:
            others = list(dict.fromkeys(path[0].subject for path in chain.paths if path[0].subject != chain.issuer_dn))
            if others:
                yield Sighting("", f"{chain.issuer_dn} will be admitted as issuer, not {' nor '.join(others[:5])}")


def _expired(examination: Examination) -> Iterator[Sighting]:
    at = examination.circumstances.at
    for certificate in examination.authorities:
        if certificate.not_after < at:
            yield _of(certificate, f"expired on {_day(certificate.not_after)}")


def _not_yet_valid(examination: Examination) -> Iterator[Sighting]:
    at = examination.circumstances.at
    for certificate in examination.authorities:
        if at < certificate.not_before:
            yield _of(certificate, f"valid from {_day(certificate.not_before)} on")


def _expires_soon(examination: Examination) -> Iterator[Sighting]:
    at = examination.circumstances.at
    soon = at + timedelta(days=examination.circumstances.expiry_warning_days)
    for certificate in examination.authorities:
        if at <= certificate.not_after <= soon:
            days = (certificate.not_after - at).days
            yield _of(certificate, f"expires on {_day(certificate.not_after)}, in {days} days")


def _day(moment: datetime) -> str:
    return moment.date().isoformat()


def _client_purpose_missing(examination: Examination) -> Iterator[Sighting]:
    for certificate in examination.authorities:
        if not certificate.serves_clients:
            yield _of(certificate, "an authority whose extendedKeyUsage lacks clientAuth")


def _weak_key(examination: Examination) -> Iterator[Sighting]:
    for certificate in examination.authorities:
        if weakness := key_weakness(certificate):
            yield _of(certificate, weakness)


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


def _weak_hash(examination: Examination) -> Iterator[Sighting]:
    for certificate in examination.authorities:
        # Nobody has to believe what a root says of itself, so its own signature may be as old as it is.
        if certificate.signature_hash in {"md5", "sha1"} and not examination.links.is_root(certificate):
            yield _of(certificate, f"signed over {certificate.signature_hash.upper()}")


def _public_root(examination: Examination) -> Iterator[Sighting]:
    for root in examination.roots:
        if name := _public_root_name(root):
            yield _of(root, f"{name!r} is a public root: it vouches for clients of every organisation that buys there")


def _public_root_name(root: Certificate) -> str | None:
    if root.public_key is None:
        return None
    key = root.public_key.public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)
    return PUBLIC_ROOTS.get(hashlib.sha256(key).hexdigest())


def _partly_unread(examination: Examination) -> Iterator[Sighting]:
    for certificate in examination.authorities:
        parts = [*certificate.unread]
        if any(certificate is unchecked for unchecked in examination.links.unchecked):
            parts.append("signature")
        if parts:
            yield _of(certificate, f"not understood here: its {', its '.join(parts)}")


def _leaf_left_out(examination: Examination) -> Iterator[Sighting]:
    if examination.authorities:
        for leaf in examination.leaves:
            yield _of(leaf, "not an authority; left out")


BUNDLE_RULES: tuple[Rule[Examination], ...] = (
    Rule(
        code="bundle-empty",
        severity=Severity.ERROR,
        azure_code=f"{_AZURE}MustSpecifyData",
        demands="A bundle holds data.",
        fix="Give the CA certificates as PEM, DER or PKCS#7.",
        citation=_TROUBLESHOOTING,
        check=_seen(Fault.EMPTY),
    ),
    Rule(
        code="bundle-too-large",
        severity=Severity.ERROR,
        demands=f"A bundle has at most {MAX_BUNDLE_BYTES:,} bytes.",
        fix="Give the CA certificates alone; Azure takes 25 KB a chain.",
        citation="our own bound on work",
        check=_seen(Fault.TOO_LARGE),
    ),
    Rule(
        code="too-many-certificates",
        severity=Severity.ERROR,
        demands=f"A bundle has at most {MAX_CERTIFICATES} certificates.",
        fix="Give the CA certificates that your clients need; a gateway takes 200 chains.",
        citation="our own bound on work",
        check=_seen(Fault.TOO_MANY),
    ),
    Rule(
        code="private-key-inside",
        severity=Severity.ERROR,
        azure_code=f"{_AZURE}MustNotHavePrivateKey",
        demands="A bundle holds no private key.",
        fix="Take the key out of the bundle, and replace it if the bundle has been anywhere others could read it.",
        citation=_TROUBLESHOOTING,
        check=_seen(Fault.PRIVATE_KEY),
    ),
    Rule(
        code="pfx-given",
        severity=Severity.ERROR,
        azure_code=f"{_AZURE}InvalidData",
        demands="A bundle is not a PFX, which is where private keys are kept.",
        fix="Export the authorities alone: openssl pkcs12 -in FILE -cacerts -nokeys.",
        citation=_TROUBLESHOOTING,
        check=_seen(Fault.PFX),
    ),
    Rule(
        code="not-certificates",
        severity=Severity.ERROR,
        azure_code=f"{_AZURE}InvalidData",
        demands="A bundle is PEM, DER, PKCS#7, or base64 of one of these.",
        fix="Export the CA certificates again, as PEM (Base-64 encoded X.509).",
        citation=_TROUBLESHOOTING,
        check=_seen(Fault.NOT_CERTIFICATES),
    ),
    Rule(
        code="block-undelimited",
        severity=Severity.ERROR,
        azure_code=f"{_AZURE}InvalidData",
        demands="Each certificate in PEM stands between its own BEGIN and END lines.",
        fix="Put -----BEGIN CERTIFICATE----- before and -----END CERTIFICATE----- after each certificate.",
        citation=_TROUBLESHOOTING,
        check=_seen(Fault.UNDELIMITED),
    ),
    Rule(
        code="block-damaged",
        severity=Severity.ERROR,
        azure_code=f"{_AZURE}InvalidData",
        demands="What stands between BEGIN and END is a certificate.",
        fix="Copy this certificate again from its source.",
        citation=_TROUBLESHOOTING,
        check=_seen(Fault.DAMAGED),
    ),
    Rule(
        code="no-authority",
        severity=Severity.ERROR,
        azure_code=f"{_AZURE}DoesNotContainAnyCACertificate",
        demands="A bundle holds a CA certificate.",
        fix="Give the certificates of the authorities that issue your clients' certificates, not those of clients.",
        citation=_TROUBLESHOOTING,
        check=_no_authority,
    ),
    Rule(
        code="self-signed-not-authority",
        severity=Severity.ERROR,
        azure_code=f"{_AZURE}DoesNotContainAnyCACertificate",
        demands="A self-signed certificate that stands for an authority has basicConstraints CA:TRUE.",
        fix="Issue the root again with basicConstraints CA:TRUE; a self-signed client certificate cannot be trusted.",
        citation=_TROUBLESHOOTING,
        check=_self_signed_not_authority,
    ),
    Rule(
        code="no-root",
        severity=Severity.ERROR,
        azure_code="ApplicationGatewayOnlyOneRootCAAllowedInTrustedClientCertificate",
        demands="Each chain ends in its root, a self-signed CA certificate.",
        fix="Add the issuer named here, and so on up to the root.",
        citation=_TROUBLESHOOTING,
        check=_no_root,
    ),
    Rule(
        code="several-roots",
        severity=Severity.ERROR,
        azure_code="ApplicationGatewayOnlyOneRootCAAllowedInTrustedClientCertificate",
        demands="One entry has one root.",
        fix="Give each root its own bundle, or set split, which makes one entry of each chain.",
        citation=_TROUBLESHOOTING,
        check=_several_roots,
    ),
    Rule(
        code="chain-too-large",
        severity=Severity.ERROR,
        demands=f"A chain has at most {MAX_CHAIN_BYTES:,} bytes of PEM (25 KB).",
        fix="Leave out authorities that issue none of your clients, or set split, which makes one entry of each chain.",
        citation=_OVERVIEW,
        check=_chain_too_large,
    ),
    Rule(
        code="too-many-paths",
        severity=Severity.ERROR,
        demands=f"A bundle holds at most {MAX_PATHS} chains.",
        fix="Divide the bundle, and leave out cross-signed certificates that no client needs.",
        citation=_OVERVIEW,
        check=_too_many_paths,
    ),
    Rule(
        code="signature-invalid",
        severity=Severity.ERROR,
        demands="Each authority was signed with the key of the issuer it names.",
        fix="Get this certificate, and that of its issuer, again from their source: no client of it could ever pass.",
        citation="RFC 5280 section 6.1.3 (a)(1)",
        check=_signature_invalid,
    ),
    Rule(
        code="key-cert-sign-missing",
        severity=Severity.ERROR,
        demands="An authority that has a keyUsage has keyCertSign in it.",
        fix="Issue this certificate again with keyCertSign: no client of it could ever pass.",
        citation="RFC 5280 section 4.2.1.3",
        check=_key_cert_sign_missing,
    ),
    Rule(
        code="path-length-exceeded",
        severity=Severity.ERROR,
        demands="No authority has more intermediates below it than its pathLenConstraint allows.",
        fix="Take the authority that lies too deep out, or have this one issued with a larger pathLenConstraint.",
        citation="RFC 5280 section 4.2.1.9",
        check=_path_length_exceeded,
    ),
    Rule(
        code="root-signature-invalid",
        severity=Severity.WARNING,
        demands="A root is signed with its own key.",
        fix="Get the root again from its source, and compare its fingerprint.",
        citation="RFC 5280 section 3.2",
        check=_root_signature_invalid,
    ),
    Rule(
        code="issuer-missing",
        severity=Severity.WARNING,
        demands="The issuer of each authority is in the bundle.",
        fix="Add the missing issuer, or leave this certificate out: clients that need it cannot pass.",
        citation=_OVERVIEW,
        check=_issuer_missing,
    ),
    Rule(
        code="several-chains",
        severity=Severity.WARNING,
        demands="Where issuers are verified, a bundle holds one chain, because one issuer name is taken from it.",
        fix="Set split, or give each chain its own bundle.",
        citation=_OVERVIEW + "#verify-client-certificate-dn",
        check=_several_chains,
    ),
    Rule(
        code="expired",
        severity=Severity.WARNING,
        demands="No authority has expired.",
        fix="Add the authority's new certificate, then take this one out. Azure takes it; its clients are refused.",
        citation="a live gateway took such a file on 2026-09-18",
        check=_expired,
    ),
    Rule(
        code="not-yet-valid",
        severity=Severity.WARNING,
        demands="Every authority is valid already.",
        fix="Nothing, if it was added ahead of its time; until then clients below it are refused.",
        citation="RFC 5280 section 6.1.3 (a)(2)",
        check=_not_yet_valid,
    ),
    Rule(
        code="expires-soon",
        severity=Severity.WARNING,
        demands="No authority expires within the days of the expiry warning (30 unless set).",
        fix="Add the authority's new certificate now, and take this one out when no client needs it.",
        citation=_EXTRACT,
        check=_expires_soon,
    ),
    Rule(
        code="client-purpose-missing",
        severity=Severity.WARNING,
        demands="An authority that has an extendedKeyUsage has clientAuth in it.",
        fix="Use an authority that may issue clients: OpenSSL, and so most gateways, refuses all clients of this one.",
        citation="RFC 5280 section 4.2.1.12; OpenSSL's check of the purpose sslclient",
        check=_client_purpose_missing,
    ),
    Rule(
        code="weak-key",
        severity=Severity.WARNING,
        demands="Keys are RSA of at least 2048 bits, or on a curve of at least 224.",
        fix="Replace the authority by one with a stronger key.",
        citation="NIST SP 800-57 part 1, section 5.6.1",
        check=_weak_key,
    ),
    Rule(
        code="weak-hash",
        severity=Severity.WARNING,
        demands="Authorities below the root are not signed over MD5 or SHA-1.",
        fix="Have the certificate issued again with SHA-256.",
        citation="RFC 6194, RFC 6151",
        check=_weak_hash,
    ),
    Rule(
        code="public-root",
        severity=Severity.WARNING,
        demands="The root is the organisation's own.",
        fix="Use a root of your own, or have the public authority issue your clients from an intermediate of your own, "
        "and verify issuers.",
        citation=_OVERVIEW,
        check=_public_root,
    ),
    Rule(
        code="partly-unread",
        severity=Severity.WARNING,
        demands="Everything in an authority's certificate can be read here.",
        fix="Try this bundle on a gateway that may fail: not all rules could look at it.",
        citation="a limit of the cryptography library",
        check=_partly_unread,
    ),
    Rule(
        code="leaf-left-out",
        severity=Severity.NOTE,
        demands="A bundle holds authorities only; Azure does not use others.",
        fix="Leave certificates of clients and servers out of the bundle.",
        citation=_TROUBLESHOOTING,
        check=_leaf_left_out,
    ),
    Rule(
        code="block-left-out",
        severity=Severity.NOTE,
        demands="A bundle holds certificates only.",
        fix="Leave it out of the bundle. A revocation list has no effect: the gateway asks OCSP responders only.",
        citation=_OVERVIEW + "#certificate-revocation",
        check=_seen(Fault.OTHER_BLOCK),
    ),
    Rule(
        code="duplicate-certificate",
        severity=Severity.NOTE,
        demands="A bundle holds each certificate once.",
        fix="Nothing: it goes up once.",
        citation="size counts",
        check=_seen(Fault.DUPLICATE),
    ),
)
