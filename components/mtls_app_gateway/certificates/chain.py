"""A CA chain as the gateway gets it: one order, one text, one name for one set of certificates, however they came."""

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
    """Where it was given: a file, an option."""
    certificates: tuple[Certificate, ...]
    """From the lowest authority to the root."""
    paths: tuple[Path, ...] = field(repr=False)
    """Each way from an authority that issued no other up to the root; the longest first."""
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
        """The name that every client certificate must name as its issuer where the gateway verifies issuers."""
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

    def can_admit(self, at: datetime, *, verify_issuer_dn: bool = False) -> bool:
        """Some client could pass at that moment, as far as the validity of the authorities goes.

        That takes a valid root, since a client may be issued by the root itself or by an intermediate it sends along.
        Where issuers are verified, it takes a valid path up from the one issuer that is admitted.
        """
        if not verify_issuer_dn:
            return self.root.is_valid(at)
        admitted = [path for path in self.paths if path[0].subject == self.issuer_dn]
        return any(all(certificate.is_valid(at) for certificate in path) for path in admitted)


def extracted_issuer_dn(paths: Sequence[Path]) -> str:
    """The one issuer name Azure takes from a file: the lowest authority of the longest path, the first among equals.

    https://learn.microsoft.com/azure/application-gateway/mutual-authentication-overview#verify-client-certificate-dn
    """
    return max(paths, key=len)[0].subject


def make_chain(source: str, name: str | None, paths: Sequence[Path], links: Links, *, is_part: bool = False) -> CaChain:
    """The chain of all certificates on these paths. A part of a bundle carries its hash also in a given name."""
    in_order = sorted(paths, key=lambda path: _path_order(path, links))
    certificates = _in_order(in_order, links)
    text = "".join(certificate.pem for certificate in certificates)
    mark = hashlib.sha256(text.encode("ascii")).hexdigest()[:8]
    stem = name or _slug(in_order[0][-1].label)
    return CaChain(
        name=stem if name and not is_part else f"{stem}-{mark}",
        source=source,
        certificates=certificates,
        paths=tuple(in_order),
        pem=text,
    )


def _path_order(path: Path, links: Links) -> tuple[bool, int, str, tuple[str, ...]]:
    """What reaches a root first, then the longest; the rest only has to be the same every time."""
    return not links.reaches_a_root(path), -len(path), path[0].subject, tuple(step.fingerprint for step in path)


def _in_order(paths: Sequence[Path], links: Links) -> tuple[Certificate, ...]:
    """Every certificate once, each before its issuers, roots last."""
    order: dict[str, tuple[bool, bool, int, int]] = {}
    by_fingerprint: dict[str, Certificate] = {}
    for rank, path in enumerate(paths):
        is_loose = not links.reaches_a_root(path)
        for index, certificate in enumerate(path):
            place = (links.is_root(certificate), is_loose, index - len(path), rank)
            known = order.get(certificate.fingerprint)
            order[certificate.fingerprint] = min(known, place) if known else place
            by_fingerprint[certificate.fingerprint] = certificate
    return tuple(by_fingerprint[fingerprint] for fingerprint in sorted(order, key=lambda one: order[one]))


def _slug(text: str) -> str:
    """Letters and digits of the text, lower case, joined by hyphens: fit to begin the name of a part of a gateway."""
    ascii_text = unicodedata.normalize("NFKD", text).encode("ascii", "ignore").decode("ascii").lower()
    return re.sub(r"[^a-z0-9]+", "-", ascii_text).strip("-")[:60].strip("-") or "ca"
