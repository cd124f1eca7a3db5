"""The rules that the entries of one gateway keep together, and Azure's limits of their number."""

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from ..escaping import quoted
from ..problems import Problem, Severity
from .chain import CaChain
from .examination import Circumstances
from .forms import Sighting
from .rule import Rule, broken

MAX_CHAINS_PER_PROFILE = 100
MAX_CHAINS_PER_GATEWAY = 200

NOBODY_ADMITTED = "nobody-admitted"
"""The code that a plan weighs again: only it knows whether the chains are enforced."""

_OVERVIEW = "https://learn.microsoft.com/azure/application-gateway/mutual-authentication-overview"
_NAME = re.compile(r"[A-Za-z0-9]([A-Za-z0-9._-]{0,78}[A-Za-z0-9_])?")


@dataclass(frozen=True, slots=True)
class Entries:
    """The chains that stand side by side."""

    source: str
    chains: tuple[CaChain, ...]
    circumstances: Circumstances


@dataclass(frozen=True, slots=True)
class ChainCounts:
    """How many chains each profile and the whole gateway trust."""

    source: str
    profiles: Mapping[str, int]
    gateway: int


def _name_invalid(entries: Entries) -> Iterator[Sighting]:
    for chain in entries.chains:
        if not _NAME.fullmatch(chain.name):
            yield Sighting(chain.source, f"the name {quoted(chain.name, 100)}")


def _name_not_unique(entries: Entries) -> Iterator[Sighting]:
    first: dict[str, CaChain] = {}
    for chain in entries.chains:
        earlier = first.setdefault(chain.name.casefold(), chain)
        if earlier.pem != chain.pem:
            yield Sighting(chain.source, f"the name {chain.name!r}, which {earlier.source} has too")


def _chain_repeated(entries: Entries) -> Iterator[Sighting]:
    first: dict[str, CaChain] = {}
    for chain in entries.chains:
        earlier = first.setdefault(chain.pem, chain)
        if earlier is not chain:
            yield Sighting(chain.source, f"the same certificates as in {earlier.source}")


def _nobody_admitted(entries: Entries) -> Iterator[Sighting]:
    at, verify = entries.circumstances.at, entries.circumstances.verify_issuer_dn
    if entries.chains and not any(chain.can_admit(at, verify_issuer_dn=verify) for chain in entries.chains):
        names = ", ".join(repr(chain.root.label) for chain in entries.chains[:3])
        sources = ", ".join(dict.fromkeys(chain.source for chain in entries.chains[:3]))
        yield Sighting(sources, f"no chain is valid on {at.date().isoformat()}; roots: {names}")


def _too_many_in_profile(counts: ChainCounts) -> Iterator[Sighting]:
    for profile, count in counts.profiles.items():
        if count > MAX_CHAINS_PER_PROFILE:
            yield Sighting(f"profile {profile!r}", f"{count} chains")


def _too_many_on_gateway(counts: ChainCounts) -> Iterator[Sighting]:
    if counts.gateway > MAX_CHAINS_PER_GATEWAY:
        yield Sighting("", f"{counts.gateway} chains")


ENTRY_RULES: tuple[Rule[Entries], ...] = (
    Rule(
        code="chain-name-invalid",
        severity=Severity.ERROR,
        demands="An entry's name has 1 to 80 letters, digits, '.', '_' or '-', begins with a letter or digit and ends "
        "with one or with '_'.",
        fix="Give another name, or none: then it is made from the certificates.",
        citation="https://learn.microsoft.com/azure/azure-resource-manager/management/resource-name-rules",
        check=_name_invalid,
    ),
    Rule(
        code="chain-name-not-unique",
        severity=Severity.ERROR,
        demands="No two chains have one name; Azure does not tell upper from lower case.",
        fix="Give each entry a name of its own, or none: then it is made from the certificates.",
        citation="https://learn.microsoft.com/azure/azure-resource-manager/management/resource-name-rules",
        check=_name_not_unique,
    ),
    Rule(
        code="chain-repeated",
        severity=Severity.WARNING,
        demands="No two entries hold the same certificates.",
        fix="Leave one of them out.",
        citation="a live gateway took such entries on 2026-09-18",
        check=_chain_repeated,
    ),
    Rule(
        code=NOBODY_ADMITTED,
        severity=Severity.ERROR,
        demands="At least one chain is valid; where issuers are verified, from the admitted issuer up to the root.",
        fix="Add the authority's new certificate: as it stands, every client would be refused.",
        citation="RFC 5280 section 6.1.3 (a)(2)",
        check=_nobody_admitted,
    ),
)

COUNT_RULES: tuple[Rule[ChainCounts], ...] = (
    Rule(
        code="too-many-chains-in-profile",
        severity=Severity.ERROR,
        demands=f"A profile trusts at most {MAX_CHAINS_PER_PROFILE} chains.",
        fix="Divide the clients between listeners with a profile each, or let an authority above several issue them.",
        citation=_OVERVIEW,
        check=_too_many_in_profile,
    ),
    Rule(
        code="too-many-chains-on-gateway",
        severity=Severity.ERROR,
        demands=f"A gateway trusts at most {MAX_CHAINS_PER_GATEWAY} chains.",
        fix="Use a second gateway, or let an authority above several issue the clients.",
        citation=_OVERVIEW,
        check=_too_many_on_gateway,
    ),
)


def check_entries(chains: Iterable[CaChain], circumstances: Circumstances) -> tuple[Problem, ...]:
    """What is wrong with chains that stand side by side: on a gateway, or in one profile."""
    return broken(ENTRY_RULES, Entries("", tuple(chains), circumstances))


def check_chain_counts(
    profiles: Mapping[str, int], *, gateway: int | None = None, where: str = "trusted CA chains"
) -> tuple[Problem, ...]:
    """Azure's limits: `profiles` says how many chains each profile trusts, `gateway` how many entries there are in all.

    The gateway has the sum of its profiles unless told: fewer where profiles share chains, more where some are unused.
    """
    total = sum(profiles.values()) if gateway is None else gateway
    return broken(COUNT_RULES, ChainCounts(where, profiles, total))
