"""The way in: CA bundles as given become the chains a gateway trusts, with every rule they break."""

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
    """A bundle, what was found in it, and the rules it breaks."""

    examination: Examination
    problems: tuple[Problem, ...]

    @property
    def chains(self) -> tuple[CaChain, ...]:
        """The chains that may go to a gateway: none if a rule is broken with an error."""
        return () if errors_of(self.problems) else self.examination.chains


@dataclass(frozen=True, slots=True)
class LoadedChains:
    """The chains of all bundles that broke no rule with an error, in the order given, and all the problems."""

    chains: tuple[CaChain, ...]
    problems: tuple[Problem, ...]
    bundles: tuple[CheckedBundle, ...] = field(repr=False)
    """Each bundle by itself, broken or not."""


def load_chains(
    given: Sequence[GivenBundle], *, at: datetime, expiry_warning_days: int = 30, verify_issuer_dn: bool = False
) -> LoadedChains:
    """Read bundles in any form, find their chains and check every rule. Never raises.

    A bundle with an error gives no chain. `at` is the moment that validity is judged at, `verify_issuer_dn` whether the
    gateway will compare issuers: it takes one issuer from each chain, so more is a problem.
    """
    circumstances = Circumstances(at, expiry_warning_days, verify_issuer_dn)
    # All the reading, all the signatures, all the rules: bundle by bundle it would take a fifth longer.
    contents = [read_contents(bundle.data) for bundle in given]
    laid_out = [lay_out(bundle, inside, circumstances) for bundle, inside in zip(given, contents, strict=True)]
    bundles = tuple(CheckedBundle(examination, broken(BUNDLE_RULES, examination)) for examination in laid_out)
    chains = tuple(chain for bundle in bundles for chain in bundle.chains)
    problems = (problem for bundle in bundles for problem in bundle.problems)
    return LoadedChains(_each_once(chains), (*problems, *check_entries(chains, circumstances)), bundles)


def _each_once(chains: Iterable[CaChain]) -> tuple[CaChain, ...]:
    """Without the chains that were given twice under one name, of which the rules have told."""
    return tuple({(chain.name.casefold(), chain.pem): chain for chain in reversed([*chains])}.values())[::-1]
