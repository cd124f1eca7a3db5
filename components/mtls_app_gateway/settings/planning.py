"""Makes the plan of a gateway from its settings: the document, the CA chains, and every problem of both."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from ..certificates import NO_CLIENT_ADMITTED, CaChain, CheckedBundle, GivenBundle, check_chain_counts, load_chains
from ..document.placeholder import is_placeholder
from ..document.references import check_references
from ..problems import GatewayError, Problem, Severity, errors_of
from .implied import ClientAuthentication, profiles_of
from .parsing import parse_settings, top_level_key
from .problem_rows import CHAIN_NAME_CLASH, CHAIN_NAME_MISSING, CHAIN_SPLIT_LATER, CHAINS_STAGED
from .profile_parts import TrustedEntry
from .reviewing import check_arm_references, review_draft
from .rules import check_settings
from .settings import GatewaySettings, TrustedCaChain
from .to_document import Document, draft_document, finished
from .trusted_roots import plan_roots


@dataclass(frozen=True, slots=True)
class PlannedProfile:
    """A profile, the chains known for it now, and all its entries, those that are known only later among them."""

    authentication: ClientAuthentication
    chains: tuple[CaChain, ...]
    entries: tuple[TrustedEntry, ...]

    @property
    def name(self) -> str:
        """The profile's name."""
        return self.authentication.name

    @property
    def is_strict(self) -> bool:
        """Whether the chains are enforced, rather than staged."""
        return self.authentication.is_strict


@dataclass(frozen=True, slots=True)
class Plan:
    """A gateway that keeps every rule: its settings, its document, and what a reviewer would want to know."""

    settings: GatewaySettings
    document: Document
    profiles: tuple[PlannedProfile, ...]
    problems: tuple[Problem, ...]
    """Warnings and notes; a plan with errors does not exist."""


def plan_gateway(
    given: Mapping[str, Any],
    *,
    now: datetime,
    sources: Mapping[str, str] | None = None,
    others: Iterable[Problem] = (),
) -> Plan:
    """Plan a gateway from settings in camelCase.

    Args:
        given: the settings, as config files and programs give them.
        now: the time for which certificates are judged.
        sources: what to call the CA bundle with a path of the settings (`strict.trustedCaChains[0]`), a file's
            name, say; the path itself without one.
        others: problems found on the way here, to be reported together with those found here.

    Raises:
        GatewayError: with every problem, the warnings among them, if one of them is an error.
    """
    parsed = parse_settings(given)
    before = tuple(others)
    unread = parsed.unread | {top_level_key(problem.where) for problem in before if problem.rule == "not-known-yet"}
    problems = [*before, *parsed.problems, *check_settings(parsed.settings, unread)]
    profiles = tuple(_profiles(parsed.settings, now, sources or {}, problems))
    roots = plan_roots(parsed.settings, now=now, sources=sources or {})
    problems += roots.problems
    trusted = {profile.name: profile.entries for profile in profiles}
    draft = draft_document(parsed.settings, trusted, unread, roots.entries)
    problems += review_draft(draft, parsed.settings)
    problems += check_arm_references(draft)
    problems += _names_clash(profiles)
    problems += check_chain_counts(
        {profile.name: len(profile.entries) for profile in profiles},
        gateway=len({entry for profile in profiles for entry in profile.entries}),
    )
    if errors_of(problems):
        raise GatewayError(problems)
    document = finished(draft)
    problems += check_references(document)
    if errors_of(problems):
        raise GatewayError(problems)
    return Plan(parsed.settings, document, profiles, (*problems, *_staged(profiles)))


def _profiles(
    settings: GatewaySettings, now: datetime, sources: Mapping[str, str], problems: list[Problem]
) -> Iterator[PlannedProfile]:
    for profile in profiles_of(settings):
        given = tuple(_given_chains(profile))
        known = [
            GivenBundle(chain.data, sources.get(where, where), name=chain.name, split=chain.split)
            for where, chain in given
            if not is_placeholder(chain.data)
        ]
        loaded = load_chains(
            known,
            now=now,
            expiry_warning_days=settings.ca_expiry_warning_days,
            verify_issuer_dn=profile.verifies_issuer_dn,
        )
        problems += as_enforced(loaded.problems, profile, everything_known=len(known) == len(given))
        problems += (
            problem for where, chain in given if is_placeholder(chain.data) for problem in _later(where, chain)
        )
        # The same chain given twice is one entry; a rule of the certificates reports it.
        entries = tuple(dict.fromkeys(_entries(given, loaded.bundles)))
        yield PlannedProfile(profile, loaded.chains, entries)


def _given_chains(profile: ClientAuthentication) -> Iterator[tuple[str, TrustedCaChain]]:
    for position, chain in enumerate(profile.strict.trusted_ca_chains if profile.strict else ()):
        yield profile.at(f"strict.trustedCaChains[{position}]"), chain


def _entries(given: Iterable[tuple[str, TrustedCaChain]], bundles: Iterable[CheckedBundle]) -> Iterator[TrustedEntry]:
    """Each chain's entries in the order given; `bundles` are those whose data is known, in the same order."""
    known = iter(bundles)
    for _, chain in given:
        if is_placeholder(chain.data):
            yield TrustedEntry(chain.name or "", chain.data)
        else:
            yield from (TrustedEntry(found.name, found.data) for found in next(known).chains)


def as_enforced(
    problems: Iterable[Problem], profile: ClientAuthentication, *, everything_known: bool
) -> Iterator[Problem]:
    """The problems of a profile's chains; that none is valid is an error only where all are known and enforced."""
    accepted = not profile.is_strict or (profile.strict is not None and profile.strict.unsafe_no_valid_chain)
    for problem in problems:
        if problem.row != NO_CLIENT_ADMITTED:
            yield problem
        elif accepted or not everything_known:
            yield replace(problem, severity=Severity.WARNING)
        else:
            fix = f"{problem.fix} To do it all the same, say strict.unsafeNoValidChain: true."
            yield replace(problem, fix=fix)


def _later(where: str, chain: TrustedCaChain) -> Iterator[Problem]:
    if chain.name is None:
        saw = "the chain is known only later, so it cannot be named by its content"
        yield CHAIN_NAME_MISSING.problem(f"{where}.name", saw)
    if chain.split:
        saw = "the chain is known only later, and so is how many entries it makes"
        yield CHAIN_SPLIT_LATER.problem(f"{where}.split", saw)


def _names_clash(profiles: Iterable[PlannedProfile]) -> Iterator[Problem]:
    first: dict[str, tuple[TrustedEntry, str]] = {}
    for profile in profiles:
        for entry in profile.entries:
            other, where = first.setdefault(entry.name.lower(), (entry, profile.name))
            if other.data != entry.data and where != profile.name:
                yield CHAIN_NAME_CLASH.problem(
                    f"profile {profile.name}, chain {entry.name}", f"the profile {where} has another chain of that name"
                )


def _staged(profiles: Iterable[PlannedProfile]) -> Iterator[Problem]:
    for profile in profiles:
        if not profile.is_strict and profile.entries:
            count = len(profile.entries)
            saw = f"{count} chain{'s' if count > 1 else ''} staged, none enforced"
            yield CHAINS_STAGED.problem(f"profile {profile.name}", saw)
