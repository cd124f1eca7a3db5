"""A CA chain in the order of a gateway document: the issuer DN that Azure takes from it depends on that order."""

from dataclasses import dataclass, replace
from datetime import datetime
from functools import lru_cache

from .certificate import Certificate
from .chain import CaChain, extracted_issuer_dn
from .examination import Circumstances, GivenBundle, examine

_ANY_TIME = Circumstances(datetime.min)
"""Finding a chain needs no date."""


@dataclass(frozen=True, slots=True)
class ChainAsGiven:
    """The content of a `trustedClientCertificates` entry."""

    authorities: tuple[Certificate, ...] = ()
    """Every CA certificate, in the order of the file."""
    chain: CaChain | None = None
    """Azure takes the issuer DN of its first path; None where there is no CA certificate."""

    @property
    def issuer_dn(self) -> str | None:
        """The issuer DN that Azure takes from the file."""
        return self.chain.issuer_dn if self.chain else None


@lru_cache(maxsize=512)
def read_chain(data: bytes | str, name: str) -> ChainAsGiven:
    """Read an entry's data, or a CA file in any form. Never raises; judges nothing."""
    found = examine(GivenBundle(data, name, name), _ANY_TIME)
    if not found.chains:
        return ChainAsGiven(found.authorities)
    issuer = extracted_issuer_dn(found.paths.found)
    first = next(path for path in found.paths.found if path[0].subject == issuer)
    chain = found.chains[0]
    return ChainAsGiven(
        found.authorities, replace(chain, paths=(first, *(path for path in chain.paths if path != first)))
    )
