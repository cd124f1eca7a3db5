"""Rules about the CA chains of one gateway together, and Azure's limits of their number."""

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from ..escaping import quoted
from ..problems import Finding, Problem, Rule, Severity
from .broken_rules import broken
from .chain import CaChain
from .examination import Circumstances

MAX_CHAINS_PER_PROFILE = 100
MAX_CHAINS_PER_GATEWAY = 200

_OVERVIEW = "https://learn.microsoft.com/azure/application-gateway/mutual-authentication-overview"
_NAME = re.compile(r"[A-Za-z0-9]([A-Za-z0-9._-]{0,78}[A-Za-z0-9_])?")


@dataclass(frozen=True, slots=True)
class Entries:
    """The chains of a gateway, or of one profile."""

    source: str
    chains: tuple[CaChain, ...]
    circumstances: Circumstances


@dataclass(frozen=True, slots=True)
class ChainCounts:
    """How many chains each profile and the whole gateway trust."""

    source: str
    profiles: Mapping[str, int]
    gateway: int


def _name_invalid(entries: Entries) -> Iterator[Finding]:
    for chain in entries.chains:
        if not _NAME.fullmatch(chain.name):
            yield Finding(chain.source, f"the name {quoted(chain.name, 100)}")


def _name_not_unique(entries: Entries) -> Iterator[Finding]:
    first: dict[str, CaChain] = {}
    for chain in entries.chains:
        earlier = first.setdefault(chain.name.casefold(), chain)
        if earlier.pem != chain.pem:
            yield Finding(chain.source, f"the name {chain.name!r}, which {earlier.source} has too")


def _chain_repeated(entries: Entries) -> Iterator[Finding]:
    first: dict[str, CaChain] = {}
    for chain in entries.chains:
        earlier = first.setdefault(chain.pem, chain)
        if earlier is not chain:
            yield Finding(chain.source, f"the same certificates as in {earlier.source}")


def _no_client_admitted(entries: Entries) -> Iterator[Finding]:
    at, verify = entries.circumstances.at, entries.circumstances.verify_issuer_dn
    if entries.chains and not any(chain.can_admit(at, verify_issuer_dn=verify) for chain in entries.chains):
        names = ", ".join(repr(chain.root.label) for chain in entries.chains[:3])
        sources = ", ".join(dict.fromkeys(chain.source for chain in entries.chains[:3]))
        yield Finding(sources, f"no chain is valid on {at.date().isoformat()}; roots: {names}")


def _too_many_in_profile(counts: ChainCounts) -> Iterator[Finding]:
    for profile, count in counts.profiles.items():
        if count > MAX_CHAINS_PER_PROFILE:
            yield Finding(f"profile {profile!r}", f"{count} chains")


def _too_many_on_gateway(counts: ChainCounts) -> Iterator[Finding]:
    if counts.gateway > MAX_CHAINS_PER_GATEWAY:
        yield Finding("", f"{counts.gateway} chains")


NO_CLIENT_ADMITTED: Rule[Entries] = Rule(
    code="nobody-admitted",
    demands="At least one chain is valid; where the issuer DN is verified, from the accepted issuer to the root.",
    remedy="Add the CA's new certificate. Without it every client would be refused.",
    source="RFC 5280 section 6.1.3 (a)(2)",
    check=_no_client_admitted,
)
"""A plan changes its severity: only the plan knows whether the chains are enforced."""

ENTRY_RULES: tuple[Rule[Entries], ...] = (
    Rule(
        code="chain-name-invalid",
        demands="An entry's name has 1 to 80 letters, digits, '.', '_' or '-', begins with a letter or digit and ends "
        "with one or with '_'.",
        remedy="Give another name, or none: then it is made from the certificates.",
        source="https://learn.microsoft.com/azure/azure-resource-manager/management/resource-name-rules",
        check=_name_invalid,
    ),
    Rule(
        code="chain-name-not-unique",
        demands="No two chains have the same name; Azure ignores case.",
        remedy="Give each entry its own name, or none: then it is made from the certificates.",
        source="https://learn.microsoft.com/azure/azure-resource-manager/management/resource-name-rules",
        check=_name_not_unique,
    ),
    Rule(
        code="chain-repeated",
        severity=Severity.WARNING,
        demands="No two entries have the same certificates.",
        remedy="Remove one of them.",
        source="an observation: a live gateway accepted such entries on 2026-09-18",
        check=_chain_repeated,
    ),
    NO_CLIENT_ADMITTED,
)

COUNT_RULES: tuple[Rule[ChainCounts], ...] = (
    Rule(
        code="too-many-chains-in-profile",
        demands=f"A profile trusts at most {MAX_CHAINS_PER_PROFILE} chains.",
        remedy="Divide the clients between listeners with a profile each, or use a CA above several of them.",
        source=_OVERVIEW,
        check=_too_many_in_profile,
    ),
    Rule(
        code="too-many-chains-on-gateway",
        demands=f"A gateway trusts at most {MAX_CHAINS_PER_GATEWAY} chains.",
        remedy="Use a second gateway, or use a CA above several of them.",
        source=_OVERVIEW,
        check=_too_many_on_gateway,
    ),
)


def check_entries(chains: Iterable[CaChain], circumstances: Circumstances) -> tuple[Problem, ...]:
    """The problems of the chains of one gateway, or of one profile, taken together."""
    return broken(ENTRY_RULES, Entries("", tuple(chains), circumstances))


def check_chain_counts(
    profiles: Mapping[str, int], *, gateway: int | None = None, where: str = "trusted CA chains"
) -> tuple[Problem, ...]:
    """Azure's limits: `profiles` says how many chains each profile trusts, `gateway` how many entries there are in all.

    Without `gateway` it is the sum of the profiles: fewer where profiles share chains, more where some are unused.
    """
    total = sum(profiles.values()) if gateway is None else gateway
    return broken(COUNT_RULES, ChainCounts(where, profiles, total))
