"""Finds the issuer of each CA certificate in a bundle, by name, key identifier and signature, and the paths to a root.

The order in the file does not matter. A path leads from a CA that issued no other to a root, or to a CA whose issuer is
not in the bundle.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from enum import Enum, auto

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import dsa, padding, rsa

from .certificate import UNREADABLE, Certificate

Path = tuple[Certificate, ...]
"""Certificates from the lowest CA up, each issued by the next."""

MAX_PATHS = 200
"""A gateway takes no more chains than this."""
_MAX_STEPS = 5_000
_CHECKS_PER_CERTIFICATE = 4
_MAX_RSA_BITS, _MAX_RSA_EXPONENT_BITS, _MAX_DSA_BITS = 8192, 33, 4096
"""A key beyond these is seen in attacks only, and its signatures take long to verify."""


class Signature(Enum):
    """The result of verifying a signature."""

    VALID = auto()
    INVALID = auto()
    UNCHECKED = auto()
    """The algorithm is not supported, or there were too many signatures."""


@dataclass(frozen=True, slots=True)
class Links:
    """The issuers of each CA certificate of a bundle, by fingerprint, and the signatures that are wrong."""

    issuers: Mapping[str, tuple[Certificate, ...]]
    forged: tuple[tuple[Certificate, Certificate], ...]
    """Pairs of a certificate and the issuer that it names (by name and key identifier), whose key did not sign it."""
    unchecked: tuple[Certificate, ...]
    """Certificates whose signature could not be verified."""

    def is_root(self, certificate: Certificate) -> bool:
        """It names itself as its issuer, and no other certificate of the bundle signed it."""
        return certificate.is_self_issued and not self.issuers[certificate.fingerprint]

    def reaches_a_root(self, path: Path) -> bool:
        return self.is_root(path[-1])


@dataclass(slots=True)
class _Linking:
    """The work of `link`, with a limit of the signatures that it verifies."""

    checks_left: int
    forged: list[tuple[Certificate, Certificate]] = field(default_factory=list)
    unchecked: list[Certificate] = field(default_factory=list)

    def issuers(self, certificate: Certificate, named: Sequence[Certificate]) -> tuple[Certificate, ...]:
        """The certificates whose key signed this one; none for a root."""
        if certificate.is_self_issued and self._signed(certificate, certificate):
            return ()
        agreeing = [issuer for issuer in named if issuer is not certificate and _key_ids_agree(certificate, issuer)]
        signed = tuple(issuer for issuer in agreeing if self._signed(certificate, issuer))
        if not signed and (agreeing or certificate.is_self_issued):
            self.forged.append((certificate, agreeing[0] if agreeing else certificate))
        return signed

    def _signed(self, certificate: Certificate, issuer: Certificate) -> bool:
        """Whether the issuer signed it, or nothing shows that it did not."""
        self.checks_left -= 1
        signature = _signature(certificate, issuer) if self.checks_left >= 0 else Signature.UNCHECKED
        if signature is Signature.UNCHECKED:
            self.unchecked.append(certificate)
        return signature is not Signature.INVALID


def link(authorities: Sequence[Certificate]) -> Links:
    """Find the issuers of each CA certificate among all of them."""
    by_subject: dict[bytes, list[Certificate]] = {}
    for certificate in authorities:
        by_subject.setdefault(certificate.subject_der, []).append(certificate)
    linking = _Linking(checks_left=_CHECKS_PER_CERTIFICATE * len(authorities))
    issuers = {
        certificate.fingerprint: linking.issuers(certificate, by_subject.get(certificate.issuer_der, ()))
        for certificate in authorities
    }
    return Links(issuers, tuple(linking.forged), tuple(linking.unchecked))


@dataclass(frozen=True, slots=True)
class Paths:
    """The paths of a bundle, in the order of the certificates they begin with."""

    found: tuple[Path, ...]
    is_complete: bool
    """False where there are more than can be followed."""


def find_paths(authorities: Sequence[Certificate], links: Links) -> Paths:
    """Follow each CA that issued no other up to its roots, by each of its issuers.

    No CA is above itself, by whatever certificate (RFC 4158 section 2.4.2).
    """
    parents = {issuer.fingerprint for issuers in links.issuers.values() for issuer in issuers}
    lowest = [certificate for certificate in authorities if certificate.fingerprint not in parents]
    # CAs that only issue each other, in a circle, are above no other: each begins a path, so that none is lost.
    circling = _not_above(lowest, authorities, links)
    waiting: list[Path] = [(certificate,) for certificate in reversed([*lowest, *circling])]
    found: list[Path] = []
    turned_back: dict[Certificate, Path] = {}
    for _ in range(_MAX_STEPS):
        if not waiting or len(found) > MAX_PATHS:
            break
        path = waiting.pop()
        issuers = links.issuers[path[-1].fingerprint]
        below = {certificate.authority for certificate in path}
        above = [issuer for issuer in issuers if issuer.authority not in below]
        waiting.extend((*path, issuer) for issuer in reversed(above))
        if not issuers:
            found.append(path)
        elif not above:
            turned_back.setdefault(path[0], path)
    is_complete = not waiting and len(found) <= MAX_PATHS
    # A path that could only turn back counts where its lowest CA has no other.
    ended = {path[0] for path in found}
    found += [path for begins, path in turned_back.items() if begins not in ended]
    return Paths(tuple(found[:MAX_PATHS]), is_complete)


def _not_above(
    lowest: Sequence[Certificate], authorities: Sequence[Certificate], links: Links
) -> Sequence[Certificate]:
    above: set[str] = set()
    waiting = list(lowest)
    while waiting:
        certificate = waiting.pop()
        if certificate.fingerprint not in above:
            above.add(certificate.fingerprint)
            waiting.extend(links.issuers[certificate.fingerprint])
    return [certificate for certificate in authorities if certificate.fingerprint not in above]


def _key_ids_agree(certificate: Certificate, issuer: Certificate) -> bool:
    """RFC 5280 section 4.2.1.1; a certificate without the identifier agrees with every issuer of the right name."""
    wanted, offered = certificate.authority_key_id, issuer.subject_key_id
    return wanted is None or offered is None or wanted == offered


def _signature(certificate: Certificate, issuer: Certificate) -> Signature:
    if not _is_reasonable(issuer):
        return Signature.UNCHECKED
    try:
        certificate.parsed.verify_directly_issued_by(issuer.parsed)
    except InvalidSignature:
        return Signature.INVALID
    except UNREADABLE:  # An old algorithm, which the library no longer verifies in this way.
        return _old_signature(certificate, issuer)
    return Signature.VALID


def _old_signature(certificate: Certificate, issuer: Certificate) -> Signature:
    """SHA-1 with RSA, as in many CA certificates that are still in use."""
    key, parsed = issuer.public_key, certificate.parsed
    if not isinstance(key, rsa.RSAPublicKey) or certificate.signature_hash != "sha1":
        return Signature.UNCHECKED
    try:
        key.verify(parsed.signature, parsed.tbs_certificate_bytes, padding.PKCS1v15(), hashes.SHA1())  # noqa: S303
    except InvalidSignature:
        return Signature.INVALID
    return Signature.VALID


def _is_reasonable(issuer: Certificate) -> bool:
    key = issuer.public_key
    if isinstance(key, rsa.RSAPublicKey):
        return key.key_size <= _MAX_RSA_BITS and key.public_numbers().e.bit_length() <= _MAX_RSA_EXPONENT_BITS
    if isinstance(key, dsa.DSAPublicKey):
        return key.key_size <= _MAX_DSA_BITS
    return key is not None
