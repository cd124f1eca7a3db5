"""Reads CA bundles into the chains that a gateway trusts, and finds every rule that they break."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from ..problems import Problem, errors_of
from .broken_rules import broken
from .chain import CaChain
from .entry_rules import check_entries
from .examination import Circumstances, Examination, GivenBundle, lay_out
from .forms import read_contents
from .rules import BUNDLE_RULES


@dataclass(frozen=True, slots=True)
class CheckedBundle:
    """A bundle, its content, and its problems."""

    examination: Examination
    problems: tuple[Problem, ...]

    @property
    def chains(self) -> tuple[CaChain, ...]:
        """The chains that may go to a gateway: none where a problem is an error."""
        return () if errors_of(self.problems) else self.examination.chains


@dataclass(frozen=True, slots=True)
class LoadedChains:
    """The chains of all bundles without an error, in the order given, and all problems."""

    chains: tuple[CaChain, ...]
    problems: tuple[Problem, ...]
    bundles: tuple[CheckedBundle, ...] = field(repr=False)
    """Each bundle by itself, with or without problems."""


def load_chains(
    given: Sequence[GivenBundle], *, at: datetime, expiry_warning_days: int = 30, verify_issuer_dn: bool = False
) -> LoadedChains:
    """Read bundles in any form, find their chains and check every rule. Never raises.

    Args:
        given: the bundles.
        at: when validity is checked.
        expiry_warning_days: how many days before its end a CA certificate is reported.
        verify_issuer_dn: whether the gateway compares issuers. It takes one issuer DN from each chain, so more than
            one in a bundle is a problem.

    Returns:
        The chains and the problems; a bundle with an error has no chain.
    """
    circumstances = Circumstances(at, expiry_warning_days, verify_issuer_dn)
    # Read all, then verify all signatures, then check all rules: bundle by bundle takes a fifth longer.
    contents = [read_contents(bundle.data) for bundle in given]
    laid_out = [lay_out(bundle, inside, circumstances) for bundle, inside in zip(given, contents, strict=True)]
    bundles = tuple(CheckedBundle(examination, broken(BUNDLE_RULES, examination)) for examination in laid_out)
    chains = tuple(chain for bundle in bundles for chain in bundle.chains)
    problems = (problem for bundle in bundles for problem in bundle.problems)
    return LoadedChains(_each_once(chains), (*problems, *check_entries(chains, circumstances)), bundles)


def _each_once(chains: Iterable[CaChain]) -> tuple[CaChain, ...]:
    """The chains without those that are given twice under one name, which a rule reports."""
    return tuple({(chain.name.casefold(), chain.pem): chain for chain in reversed([*chains])}.values())[::-1]
