"""The output of `mtls-gateway review`: what each gateway does about client identity, and what is wrong with it."""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from rich.table import Table

from ..certificates import GivenBundle, load_chains
from ..document.gateway import Gateway
from ..document.placeholder import is_placeholder
from ..document.purpose import Purpose, problems_for
from ..document.reading import Reading
from ..document.view import view
from ..problems import GatewayError, Problem, Severity, errors_of
from ..review import review
from ..review.backend_roots import review_validity
from ..verify.promise.posture import posture
from ..verify.promise.promise import Promise, promises_of
from .console import Text, console

_STYLES = {Severity.ERROR: "bold red", Severity.WARNING: "yellow", Severity.NOTE: "dim"}


@dataclass(frozen=True, slots=True)
class ReviewedGateway:
    """One gateway, and everything that was found."""

    source: str
    """The file, and the place in it where it holds several."""
    name: str
    is_read: bool
    """Whether it could be read: without that there is nothing to judge."""
    promises: tuple[Promise, ...]
    problems: tuple[Problem, ...]
    """The most serious first."""


def reviewed(reading: Reading, source: str, *, now: datetime, expiry_warning_days: int) -> ReviewedGateway:
    """Judge one gateway by every rule, and its trusted CA chains and roots by those of certificates.

    Args:
        reading: the gateway.
        source: what to call it.
        now: when validity is judged.
        expiry_warning_days: how many days before its end a CA certificate is reported.
    """
    problems = list(reading.problems)
    promises: tuple[Promise, ...] = ()
    is_read = not errors_of(problems)
    if is_read:
        gateway = view(reading.document)
        problems += problems_for(reading.document, Purpose.READ)
        problems += review(gateway)
        problems += review_validity(gateway, now=now, expiry_warning_days=expiry_warning_days)
        problems += _chain_problems(gateway, now, expiry_warning_days)
        try:
            promises = promises_of(gateway)
        except GatewayError as error:
            # A mode that Azure does not have: what such a gateway does cannot be said.
            problems += error.problems
    order = list(Severity)
    in_order = sorted(dict.fromkeys(problems), key=lambda problem: order.index(problem.severity))
    return ReviewedGateway(source, str(reading.document.get("name") or "?"), is_read, promises, tuple(in_order))


def _chain_problems(gateway: Gateway, now: datetime, expiry_warning_days: int) -> Iterator[Problem]:
    """What is wrong with the chains of profiles; those that no profile has are staged, and judged as well."""
    comparing = {chain.place for profile in gateway.profiles if profile.verify_issuer_dn for chain in profile.chains}
    for verifies in (True, False):
        given = [
            GivenBundle(chain.data, f"{chain.place} ({chain.name})", name=chain.name)
            for chain in gateway.trusted_chains
            if (chain.place in comparing) is verifies and chain.data and not is_placeholder(chain.data)
        ]
        loaded = load_chains(given, now=now, expiry_warning_days=expiry_warning_days, verify_issuer_dn=verifies)
        yield from (problem for bundle in loaded.bundles for problem in bundle.problems)


def as_data(found: Sequence[ReviewedGateway]) -> dict[str, Any]:
    """The review for programs."""
    return {
        "gateways": [
            {
                "source": each.source,
                "name": each.name,
                "isRead": each.is_read,
                "listeners": [_listener(promise) for promise in each.promises],
                "findings": [_finding(problem) for problem in each.problems],
            }
            for each in found
        ]
    }


def _listener(promise: Promise) -> dict[str, Any]:
    return {
        "name": promise.listener,
        "port": promise.port,
        "isTls": promise.is_tls,
        "hostNames": list(promise.host_names),
        "mode": promise.mode and promise.mode.value,
        "identityHeaders": list(promise.identity_headers),
        "trustedChains": [
            {"name": chain.name, "issuer": chain.issuer_dn, "expires": chain.expires.isoformat()}
            for chain in promise.chains
        ],
        "verifiesIssuerDn": promise.verify_issuer_dn,
        "verifiesRevocation": promise.verify_revocation,
    }


def _finding(problem: Problem) -> dict[str, Any]:
    return {
        "code": problem.rule,
        "severity": problem.severity.value,
        "where": problem.where,
        "saw": problem.saw,
        "fix": problem.fix,
        "demands": problem.row.demands,
        "source": problem.row.source,
        "azureCode": problem.azure_code,
    }


def print_review(found: Sequence[ReviewedGateway], now: datetime) -> None:
    """Print the review for people: each gateway, and a table where there are several."""
    screen = console()
    for each in found:
        screen.print(Text(f"{each.name}  ({each.source})", "bold"))
        for promise in each.promises:
            screen.print(_posture(promise, now))
        screen.print(_findings(each.problems))
        screen.print("")
    if len(found) > 1:
        screen.print(_overview(found), "")
    screen.print(_summary(found))


def _posture(promise: Promise, now: datetime) -> Table:
    table = Table.grid(padding=(0, 2))
    table.add_row(Text(f"  {promise.listener}", "bold"), "")
    for name, fact in posture(promise, now=now):
        table.add_row(f"    {name}", fact)
    return table


def _findings(problems: Sequence[Problem]) -> Table:
    table = Table.grid(padding=(0, 1))
    for problem in problems:
        table.add_row(Text(f"  {problem.severity}", _STYLES[problem.severity]), str(problem))
    return table


def _overview(found: Sequence[ReviewedGateway]) -> Table:
    table = Table(box=None, padding=(0, 2, 0, 0))
    for heading in ("gateway", "listeners", "first CA expiry", *(f"{severity}s" for severity in Severity)):
        table.add_column(heading)
    for each in found:
        counts = Counter(problem.severity for problem in each.problems)
        ends = [chain.expires for promise in each.promises for chain in promise.chains]
        table.add_row(
            each.name,
            _modes(each.promises) if each.is_read else "not read",
            f"{min(ends):%Y-%m-%d}" if ends else "-",
            *(str(counts[severity]) for severity in Severity),
        )
    return table


def _modes(promises: Sequence[Promise]) -> str:
    counts: Mapping[str, int] = Counter(promise.mode.value if promise.mode else "no mTLS" for promise in promises)
    return ", ".join(f"{count} {mode}" for mode, count in sorted(counts.items())) or "none"


def _summary(found: Sequence[ReviewedGateway]) -> Text:
    counts = Counter(problem.severity for each in found for problem in each.problems)
    problems = ", ".join(_count(counts[severity], severity.value) for severity in Severity if counts[severity])
    return Text(f"{_count(len(found), 'gateway')}: {problems or 'no finding'}", "bold")


def _count(number: int, noun: str) -> str:
    return f"{number} {noun}{'' if number == 1 else 's'}"
