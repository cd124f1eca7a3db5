"""Reads the root certificate of a backend, which a gateway trusts beside the public ones."""

import base64
import hashlib
from dataclasses import dataclass
from datetime import datetime

from ..problems import Problem, errors_of
from .broken_rules import broken
from .certificate import Certificate
from .chain import slug
from .examination import Circumstances, GivenBundle, examine
from .trusted_root_rules import TRUSTED_ROOT_RULES, roots_in


@dataclass(frozen=True, slots=True)
class RootCertificate:
    """One entry of a gateway's `trustedRootCertificates`."""

    name: str
    certificate: Certificate

    @property
    def data(self) -> str:
        """Base64 of a Base-64 encoded X.509 (.CER) file: what Microsoft's pages and the Azure CLI upload."""
        return base64.b64encode(self.certificate.pem.encode("ascii")).decode("ascii")


def load_root(
    given: GivenBundle, *, now: datetime, expiry_warning_days: int = 30
) -> tuple[RootCertificate | None, tuple[Problem, ...]]:
    """Read a root in any form and check every rule. Never raises; with an error there is no root.

    Not verified: that any backend has a certificate under it.
    """
    examination = examine(given, Circumstances(now, expiry_warning_days))
    problems = broken(TRUSTED_ROOT_RULES, examination)
    if errors_of(problems):
        return None, problems
    (root,) = roots_in(examination)
    mark = hashlib.sha256(root.pem.encode("ascii")).hexdigest()[:8]
    return RootCertificate(given.name or f"{slug(root.label)}-{mark}", root), problems
