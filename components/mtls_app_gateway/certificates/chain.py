"""A CA chain as the gateway gets it: one order, text and name for a set of certificates, in any form it is given."""

import base64
import hashlib
import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime

from .certificate import Certificate
from .paths import Links, Path


@dataclass(frozen=True, slots=True)
class CaChain:
    """One root and the intermediates below it: one entry of a gateway's `trustedClientCertificates`."""

    name: str
    source: str
    """The file or option that it comes from."""
    certificates: tuple[Certificate, ...]
    """From the lowest CA to the root."""
    paths: tuple[Path, ...] = field(repr=False)
    """Each path from a CA that issued no other to the root, the longest first."""
    pem: str = field(repr=False)

    @property
    def data(self) -> str:
        """Base64 of the PEM text: what `trustedClientCertificates[].properties.data` takes."""
        return base64.b64encode(self.pem.encode("ascii")).decode("ascii")

    @property
    def size(self) -> int:
        """Bytes of the PEM text, which Azure limits to 25 KB."""
        return len(self.pem)

    @property
    def issuer_dn(self) -> str:
        """The issuer that each client certificate must have where the gateway verifies the issuer DN."""
        return extracted_issuer_dn(self.paths)

    @property
    def root(self) -> Certificate:
        return self.paths[0][-1]

    @property
    def expires(self) -> datetime:
        """When the first of its certificates expires."""
        return min(certificate.not_after for certificate in self.certificates)

    @property
    def fingerprints(self) -> tuple[str, ...]:
        """SHA-256 of each certificate, lower-case hex, in the order of `certificates`."""
        return tuple(certificate.fingerprint for certificate in self.certificates)

    def can_admit(self, now: datetime, *, verify_issuer_dn: bool = False) -> bool:
        """Whether some client could pass at that time, by the validity of the CAs alone.

        The root must be valid: it may have issued the client itself, or an intermediate that the client sends.
        Where the issuer DN is verified, a whole path from the accepted issuer to the root must be valid.
        """
        if not verify_issuer_dn:
            return self.root.is_valid(now)
        admitted = [path for path in self.paths if path[0].subject == self.issuer_dn]
        return any(all(certificate.is_valid(now) for certificate in path) for path in admitted)


def extracted_issuer_dn(paths: Sequence[Path]) -> str:
    """The one issuer DN that Azure takes from a file: the lowest CA of the longest path, the first of several.

    https://learn.microsoft.com/azure/application-gateway/mutual-authentication-overview#verify-client-certificate-dn
    """
    return max(paths, key=len)[0].subject


def make_chain(source: str, name: str | None, paths: Sequence[Path], links: Links, *, is_part: bool = False) -> CaChain:
    """The chain of all certificates on these paths. The name of a part of a bundle ends with its hash."""
    in_order = sorted(paths, key=lambda path: _path_order(path, links))
    certificates = _in_order(in_order, links)
    text = "".join(certificate.pem for certificate in certificates)
    mark = hashlib.sha256(text.encode("ascii")).hexdigest()[:8]
    stem = name or slug(in_order[0][-1].label)
    return CaChain(
        name=stem if name and not is_part else f"{stem}-{mark}",
        source=source,
        certificates=certificates,
        paths=tuple(in_order),
        pem=text,
    )


def _path_order(path: Path, links: Links) -> tuple[bool, int, str, tuple[str, ...]]:
    """Paths to a root first, then the longest; the rest makes the order stable."""
    return not links.reaches_a_root(path), -len(path), path[0].subject, tuple(step.fingerprint for step in path)


def _in_order(paths: Sequence[Path], links: Links) -> tuple[Certificate, ...]:
    """Each certificate once, before its issuers, roots last."""
    order: dict[str, tuple[bool, bool, int, int]] = {}
    by_fingerprint: dict[str, Certificate] = {}
    for rank, path in enumerate(paths):
        is_loose = not links.reaches_a_root(path)
        for index, certificate in enumerate(path):
            place = (links.is_root(certificate), is_loose, index - len(path), rank)
            known = order.get(certificate.fingerprint)
            order[certificate.fingerprint] = min(known, place) if known else place
            by_fingerprint[certificate.fingerprint] = certificate
    return tuple(by_fingerprint[fingerprint] for fingerprint in sorted(order, key=order.__getitem__))


def slug(text: str) -> str:
    """The letters and digits of the text, lower case, joined by hyphens, as the beginning of a part's name."""
    ascii_text = unicodedata.normalize("NFKD", text).encode("ascii", "ignore").decode("ascii").lower()
    return re.sub(r"[^a-z0-9]+", "-", ascii_text).strip("-")[:60].strip("-") or "ca"
