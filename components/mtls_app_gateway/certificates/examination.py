"""The content of one CA bundle, for the rules to check."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime

from .certificate import Certificate
from .chain import CaChain, make_chain
from .forms import Contents, read_contents
from .paths import Links, Path, Paths, find_paths, link


@dataclass(frozen=True, slots=True)
class GivenBundle:
    """A CA bundle as given, in any form."""

    data: bytes | str = field(repr=False)
    source: str
    """The file or option that it comes from, as in a problem's place."""
    name: str | None = None
    """The chain's name on the gateway; made from the content unless given."""
    split: bool = False
    """Make one entry of each chain in the bundle, which repeats the certificates that chains share."""


@dataclass(frozen=True, slots=True)
class Circumstances:
    """What the rules need to know besides the bundle."""

    at: datetime
    expiry_warning_days: int = 30
    verify_issuer_dn: bool = False


@dataclass(frozen=True, slots=True)
class Examination:
    """What a bundle contains. It may break every rule."""

    given: GivenBundle
    circumstances: Circumstances
    contents: Contents
    authorities: tuple[Certificate, ...]
    leaves: tuple[Certificate, ...]
    roots: tuple[Certificate, ...]
    links: Links
    paths: Paths
    chains: tuple[CaChain, ...]

    @property
    def source(self) -> str:
        return self.given.source

    @property
    def loose_ends(self) -> tuple[Certificate, ...]:
        """CA certificates that are not roots and whose issuer is not in the bundle."""
        return tuple(
            certificate
            for certificate in self.authorities
            if not certificate.is_self_issued and not self.links.issuers[certificate.fingerprint]
        )


def examine(given: GivenBundle, circumstances: Circumstances) -> Examination:
    """Read a bundle and find its chains. Checks no rule. Never raises."""
    return lay_out(given, read_contents(given.data), circumstances)


def lay_out(given: GivenBundle, contents: Contents, circumstances: Circumstances) -> Examination:
    """Find the chains in the content of a bundle."""
    authorities = tuple(certificate for certificate in contents.certificates if certificate.is_authority)
    leaves = tuple(certificate for certificate in contents.certificates if not certificate.is_authority)
    links = link(authorities)
    paths = find_paths(authorities, links)
    chains = _chains(given, paths.found, links)
    roots = tuple(certificate for certificate in authorities if links.is_root(certificate))
    return Examination(given, circumstances, contents, authorities, leaves, roots, links, paths, chains)


def _chains(given: GivenBundle, paths: Sequence[Path], links: Links) -> tuple[CaChain, ...]:
    if given.split:
        rooted = [path for path in paths if links.reaches_a_root(path)]
        return tuple(make_chain(given.source, given.name, [path], links, is_part=True) for path in rooted)
    return (make_chain(given.source, given.name, paths, links),) if paths else ()
