"""The certificates of backends in a rehearsal: what the echo backend shows, and what the gateway trusts.

A rehearsal CA in the shape of the first trusted root issues the backend's certificate. Where there is no trusted root,
or its content is not known here, a rehearsal CA of no particular shape does.
"""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from enum import StrEnum

from cryptography import x509

from ..certificates import Certificate
from ..document.backend_view import Backend, BackendRoot
from .authority import Authority, Credential, LeafUse, pem
from .nginx.backend_tls import COMMON_NAME
from .rehearsal_chain import mint_copy

_WRONG_NAME = "wrong-name.rehearsal.invalid"
_LONGEST_COMMON_NAME = 64
"""RFC 5280, ub-common-name."""


class BackendCertificate(StrEnum):
    """Which certificate the echo backend shows."""

    VALID = "valid"
    """What the gateway should accept."""
    OTHER_CA = "other-ca"
    """Issued by a CA that the gateway does not trust."""
    WRONG_NAME = "wrong-name"
    EXPIRED = "expired"


class BackendAuthorities:
    """Issues the certificates of a rehearsal's backends. Each CA is minted once."""

    def __init__(self) -> None:
        self._now = datetime.now(UTC)
        self._plain = Authority.create("Rehearsal Backend CA", now=self._now)
        self._other = Authority.create("Rehearsal Other CA", now=self._now)
        self._copies: dict[str, Authority] = {}

    def certificate(self, backend: Backend, names: Sequence[str], kind: BackendCertificate) -> Credential:
        """A certificate of this kind for a backend, valid for these names and for the one that all have."""
        shown = [_WRONG_NAME] if kind is BackendCertificate.WRONG_NAME else list(names)
        first = next((name for name in shown if len(name) <= _LONGEST_COMMON_NAME), COMMON_NAME)
        began, ended = None, None
        if kind is BackendCertificate.EXPIRED:
            began, ended = self._now - timedelta(days=9), self._now - timedelta(days=1)
        issuer = self._other if kind is BackendCertificate.OTHER_CA else self._issuer(backend)
        return issuer.issue(
            first,
            purpose=LeafUse.SERVER,
            not_before=began,
            not_after=ended,
            extensions=[(_alternative_names([*shown, COMMON_NAME]), False)],
        )

    def trusted(self, backend: Backend) -> str:
        """PEM of what the gateway trusts here: the real roots, as far as they are known, and the rehearsal CA."""
        return real_roots(backend) + pem(self._issuer(backend).certificate)

    @property
    def unrelated(self) -> str:
        """PEM of a CA that has issued no certificate of a real application."""
        return pem(self._other.certificate)

    def _issuer(self, backend: Backend) -> Authority:
        root = backend.trusted_roots[0].root if backend.trusted_roots else None
        return self._plain if root is None else self._copy(root)

    def _copy(self, root: Certificate) -> Authority:
        if root.fingerprint not in self._copies:
            self._copies[root.fingerprint] = mint_copy(root, None, self._now)
        return self._copies[root.fingerprint]


def real_roots(backend: Backend) -> str:
    """PEM of the trusted roots whose content the document has."""
    return "".join(each.root.pem for each in backend.trusted_roots if each.root is not None)


def unknown_roots(backend: Backend) -> list[BackendRoot]:
    """The trusted roots whose content the document does not have, or has no root in it."""
    return [each for each in backend.trusted_roots if each.root is None]


def _alternative_names(names: Sequence[str]) -> x509.SubjectAlternativeName:
    # nginx compares an address, too, with the domain names of a certificate.
    return x509.SubjectAlternativeName([x509.DNSName(name) for name in dict.fromkeys(names)])
