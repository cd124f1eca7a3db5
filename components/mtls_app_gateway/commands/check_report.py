"""The output of `mtls-gateway check`: trees and lines for people, JSON for programs."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from rich.console import Group, RenderableType
from rich.padding import Padding
from rich.table import Table
from rich.tree import Tree

from ..certificates import CaChain, Certificate, CheckedBundle, ClientVerdict, LoadedChains, Outcome
from ..certificates.chain_rules import MAX_CHAIN_BYTES
from ..certificates.rules import RULES
from ..problems import Problem, Severity
from .console import Text, console

_STYLE = {
    Severity.ERROR: "bold red",
    Severity.WARNING: "yellow",
    Severity.NOTE: "dim",
    Outcome.PASSED: "green",
    Outcome.FAILED: "bold red",
    Outcome.OPEN: "yellow",
    Outcome.NOT_ASKED: "dim",
}


_PATHS_DRAWN = 20
"""The most paths drawn of one chain: authorities that cross-sign each other have more than a person reads."""


@dataclass(frozen=True, slots=True)
class CheckReport:
    """The result of a check: the bundles, and the verdict on a client certificate if there was one."""

    loaded: LoadedChains
    now: datetime
    verdict: ClientVerdict | None
    client_source: str

    def print(self) -> None:
        """Print the report for people, in colour on a terminal."""
        screen = console()
        for bundle in self.loaded.bundles:
            screen.print(_bundle(bundle, self.now), "")
        of_one = {problem for bundle in self.loaded.bundles for problem in bundle.problems}
        if shared := [problem for problem in self.loaded.problems if problem not in of_one]:
            screen.print(Text("all bundles together", "bold"), _indented(_problems(shared, "")), "")
        if self.verdict:
            screen.print(_client(self.verdict, self.client_source), "")
        screen.print(self._summary())

    def _summary(self) -> Text:
        counts = Counter(problem.severity for problem in self.loaded.problems)
        found = ", ".join(_count(counts[severity], severity) for severity in Severity if counts[severity])
        bundles, chains = len(self.loaded.bundles), len(self.loaded.chains)
        text = f"{_count(bundles, 'bundle')}, {_count(chains, 'usable chain')}: {found or 'no problem'}"
        style = _STYLE[Severity.ERROR] if counts[Severity.ERROR] else "bold green"
        if not self.verdict:
            return Text(text, style)
        match self.verdict.is_admitted:
            case True:
                return Text(f"{text}; the client would be let in", style)
            case False:
                refused = f"{text}; the client would be refused ({_first(self.verdict, Outcome.FAILED)})"
                return Text(refused, _STYLE[Severity.ERROR])
            case None:
                step = _first(self.verdict, Outcome.OPEN)
                style = style if counts[Severity.ERROR] else _STYLE[Outcome.OPEN]
                return Text(f"{text}; whether the client would be let in is not known ({step})", style)

    def as_data(self) -> dict[str, Any]:
        """The report as JSON data. Its keys are part of the command's interface."""
        data: dict[str, Any] = {
            "at": self.now.isoformat(),
            "bundles": [_bundle_data(bundle) for bundle in self.loaded.bundles],
            "problems": [_problem_data(problem) for problem in self.loaded.problems],
        }
        if self.verdict:
            data["client"] = _verdict_data(self.verdict, self.client_source)
        return data


def print_rules() -> None:
    """Print every rule: its code, its severity, what it demands, and Azure's code or the source."""
    screen = console()
    for rule in RULES:
        screen.print(Text.assemble((rule.code, "bold"), "  ", (rule.severity, _STYLE[rule.severity])))
        screen.print(_indented(Text(rule.demands)))
        screen.print(_indented(Text(rule.azure_code or rule.source, "dim", overflow="fold")))


def _bundle(bundle: CheckedBundle, now: datetime) -> RenderableType:
    examination = bundle.examination
    counted = _count(len(examination.contents.certificates), "certificate")
    parts: list[RenderableType] = [Text.assemble((examination.source, "bold"), f" · {counted}")]
    for chain in examination.chains:
        parts += [_indented(tree) for tree in _trees(chain, now)]
        if (hidden := len(chain.paths) - _PATHS_DRAWN) > 0:
            parts.append(_indented(Text(f"and {_count(hidden, 'more path')}", "dim")))
        parts += [_indented(_facts(chain))] if bundle.chains else []
    parts += [_indented(_problems(bundle.problems, examination.source))] if bundle.problems else []
    return Group(*parts)


def _indented(content: RenderableType) -> Padding:
    return Padding(content, (0, 0, 0, 2), expand=False)


def _facts(chain: CaChain) -> RenderableType:
    share = 100 * chain.size / MAX_CHAIN_BYTES
    facts = Table.grid(padding=(0, 2))
    facts.add_column(style="dim", no_wrap=True)
    facts.add_column(overflow="fold")
    facts.add_row("entry", Text(chain.name))
    facts.add_row("issuer DN", Text(chain.issuer_dn))
    facts.add_row("size", Text(f"{chain.size:,} of {MAX_CHAIN_BYTES:,} bytes ({share:.0f} %)"))
    return facts


def _trees(chain: CaChain, now: datetime) -> Iterable[Tree]:
    """The paths from the root down; a beginning that several paths share is drawn once."""
    tops: dict[str, Tree] = {}
    nodes: dict[tuple[str, ...], Tree] = {}
    for path in chain.paths[:_PATHS_DRAWN]:
        position: tuple[str, ...] = ()
        for certificate in reversed(path):
            above, position = nodes.get(position), (*position, certificate.fingerprint)
            if position not in nodes:
                drawn = _certificate(certificate, now)
                nodes[position] = above.add(drawn) if above else tops.setdefault(certificate.fingerprint, Tree(drawn))
    return tops.values()


def _certificate(certificate: Certificate, now: datetime) -> RenderableType:
    days = (certificate.not_after - now).days
    when = f"until {certificate.not_after:%Y-%m-%d}" if days >= 0 else f"expired {certificate.not_after:%Y-%m-%d}"
    facts = f" · {certificate.key_kind} · {when} · {certificate.fingerprint[:16]}"
    return Text.assemble((certificate.label, "bold"), (facts, "" if days >= 0 else "yellow"))


def _problems(problems: Iterable[Problem], source: str) -> RenderableType:
    table = Table.grid(padding=(0, 2))
    table.add_column(no_wrap=True)
    table.add_column(overflow="fold")
    for problem in problems:
        where = problem.where.removeprefix(source).removeprefix(", ")
        code = f" [{problem.azure_code}]" if problem.azure_code else ""
        head = Text.assemble((problem.rule, "bold"), f"  {where}" if where else "")
        text = Text.assemble(f"{problem.saw}. ", (f"{problem.fix}{code}", "dim"))
        table.add_row(Text(problem.severity, _STYLE[problem.severity]), Group(head, text))
    return table


def _client(verdict: ClientVerdict, source: str) -> RenderableType:
    table = Table.grid(padding=(0, 2))
    table.add_column(no_wrap=True)
    table.add_column(no_wrap=True)
    table.add_column(overflow="fold")
    for step in verdict.steps:
        table.add_row(Text(step.outcome, _STYLE[step.outcome]), step.name, Text(step.saw))
    answer, style = {
        True: ("lets it in", _STYLE[Outcome.PASSED]),
        False: ("answers 400", _STYLE[Outcome.FAILED]),
        None: ("lets it in or answers 400: not known from here", _STYLE[Outcome.OPEN]),
    }[verdict.is_admitted]
    logged = f" · sslClientVerify {verdict.ssl_client_verify}" if verdict.ssl_client_verify else ""
    outcome = Text.assemble(("a Strict gateway ", ""), (answer, style), logged)
    return Group(Text.assemble((source, "bold"), " as a client"), _indented(Group(table, outcome)))


def _first(verdict: ClientVerdict, outcome: Outcome) -> str:
    """The name of the first step with this outcome."""
    return next(step.name for step in verdict.steps if step.outcome is outcome)


def _count(number: int, noun: str) -> str:
    return f"{number} {noun}{'' if number == 1 else 's'}"


def _bundle_data(bundle: CheckedBundle) -> dict[str, Any]:
    examination = bundle.examination
    return {
        "source": examination.source,
        "chains": [_chain_data(chain) for chain in examination.chains],
        "leftOut": [_certificate_data(leaf) for leaf in examination.leaves],
        "problems": [_problem_data(problem) for problem in bundle.problems],
    }


def _chain_data(chain: CaChain) -> dict[str, Any]:
    return {
        "name": chain.name,
        "issuerDn": chain.issuer_dn,
        "expires": chain.expires.isoformat(),
        "size": chain.size,
        "sizeLimit": MAX_CHAIN_BYTES,
        "certificates": [_certificate_data(certificate) for certificate in chain.certificates],
    }


def _certificate_data(certificate: Certificate) -> dict[str, Any]:
    return {
        "subject": certificate.subject,
        "issuer": certificate.issuer,
        "key": certificate.key_kind,
        "notBefore": certificate.not_before.isoformat(),
        "notAfter": certificate.not_after.isoformat(),
        "sha256": certificate.fingerprint,
    }


def _problem_data(problem: Problem) -> dict[str, Any]:
    return {
        "rule": problem.rule,
        "severity": problem.severity,
        "where": problem.where,
        "saw": problem.saw,
        "fix": problem.fix,
        "azureCode": problem.azure_code,
    }


def _verdict_data(verdict: ClientVerdict, source: str) -> dict[str, Any]:
    return {
        "source": source,
        "admitted": verdict.is_admitted,
        "sslClientVerify": verdict.ssl_client_verify,
        "steps": [{"name": step.name, "outcome": step.outcome, "saw": step.saw} for step in verdict.steps],
    }
