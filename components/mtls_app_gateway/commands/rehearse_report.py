"""Terminal output of `mtls-gateway rehearse`: one row per caller with the expected and the observed result."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from cryptography import x509
from rich.console import Console
from rich.table import Table

from ..verify.judge.evidence import Grade
from ..verify.judge.expectation import Expectation
from ..verify.judge.expected import BackendRefused, HeadersForwarded
from ..verify.judge.verdict import RowOutcome, Verdict
from ..verify.knock.observation import Observation, excerpt
from ..verify.promise.posture import posture
from ..verify.report.grouping import version_of
from ..verify.report.report import Report, Section
from .console import Text
from .rehearse_matrix import BY_REHEARSAL_CA

_STYLES = {
    RowOutcome.HOLDS: "green",
    RowOutcome.FAILS: "bold red",
    RowOutcome.UNANSWERED: "bold red",
    RowOutcome.NOT_ASKED: "dim",
    RowOutcome.NOT_JUDGED: "yellow",
}


@dataclass(frozen=True, slots=True)
class _Row:
    """A line of the table, without the TLS version."""

    about: str
    expected: str
    grade: str
    observed: str
    backend: str
    outcome: RowOutcome
    why: str = ""
    """Why a row that does not hold should hold."""


def print_matrix(report: Report, out: Console) -> None:
    """Print a table for each listener, and under them what is not rehearsed."""
    for section in report.sections:
        where = f"{section.target.host}:{section.target.port}"
        out.print(Text(f"{section.promise.listener} at {where}", "bold"))
        out.print(_facts(section, report), "")
        out.print(_table(section), "")
    _print_legend(report, out)
    style = _STYLES[RowOutcome.HOLDS if report.exit_code == 0 else RowOutcome.FAILS]
    out.print(Text(f"{report.summary} ({report.seconds:.1f} s)", style))


def _facts(section: Section, report: Report) -> Table:
    facts = Table.grid(padding=(0, 2))
    facts.add_column(style="dim", no_wrap=True)
    facts.add_column(overflow="fold")
    for name, fact in posture(section.promise, now=report.began):
        facts.add_row(name, Text(excerpt(fact, 400)))
    facts.add_row("served by", Text(report.served_by or ""))
    return facts


def _table(section: Section) -> Table:
    table = Table(show_edge=False, header_style="dim", pad_edge=False)
    for name in ("caller", "TLS", "on Azure", "", "observed here", "reached the backend", ""):
        table.add_column(name, overflow="fold", no_wrap=name in {"TLS", ""})
    versions: dict[_Row, list[str]] = {}
    for verdict, row in _rows(section):
        versions.setdefault(row, []).append(version_of(verdict.asked))
    for row, spoken in versions.items():
        outcome = Text(row.outcome, _STYLES[row.outcome])
        table.add_row(row.about, ", ".join(spoken), row.expected, row.grade, row.observed, row.backend, outcome)
        if row.why:
            table.add_row("", "", Text(f"because: {row.why}", "dim"))
    return table


def _rows(section: Section) -> Iterator[tuple[Verdict, _Row]]:
    """The verdicts; what the backend gets from an admitted caller is part of that caller's row, if it was asked."""
    forwarded = {
        verdict.asked.question: verdict
        for verdict in section.verdicts
        if isinstance(verdict.asked, Expectation) and _is_forwarded(verdict.asked) and _is_answered(verdict)
    }
    for verdict in section.verdicts:
        asked = verdict.asked
        if not isinstance(asked, Expectation):
            yield verdict, _Row(asked.about, "", "", verdict.words, "", verdict.outcome)
        elif not _is_forwarded(asked) or not _is_answered(verdict):
            is_admission = asked.about.startswith(asked.question.caller.name)
            headers = forwarded.get(asked.question) if is_admission else None
            yield verdict, _row(verdict, asked, headers, section.promise.identity_headers)


def _is_answered(verdict: Verdict) -> bool:
    return verdict.outcome in {RowOutcome.HOLDS, RowOutcome.FAILS}


def _is_forwarded(asked: Expectation) -> bool:
    return isinstance(asked.expected, HeadersForwarded) and not asked.question.spoofs


def _row(verdict: Verdict, asked: Expectation, headers: Verdict | None, identity: Sequence[str]) -> _Row:
    expected, outcome, observed = str(asked.expected), verdict.outcome, verdict.words
    if headers is not None and isinstance(headers.asked, Expectation):
        expected = f"{expected}; {headers.asked.expected}"
        if headers.outcome is RowOutcome.FAILS:
            outcome, observed = headers.outcome, f"{observed}; {headers.words}"
    is_of_a_caller = asked.about.startswith(asked.question.caller.name)
    backend = _reached(verdict.observation, identity) if is_of_a_caller else ""
    if isinstance(asked.expected, BackendRefused) and outcome is RowOutcome.HOLDS:
        backend = "nothing"
    why = asked.why if outcome is RowOutcome.FAILS else ""
    observed = observed.removesuffix(", from the backend")
    return _Row(asked.about, expected, asked.evidence.grade, observed, backend, outcome, why)


def _reached(observed: Observation | None, identity: Sequence[str]) -> str:
    """What reached the backend, as its echo shows it."""
    if observed is None or observed.forwarded is None:
        return "nothing" if observed is None or observed.phrase else "not known"
    values = observed.forwarded.headers
    present = [f"{name}: {_shown(values[name.lower()])}" for name in identity if values.get(name.lower())]
    return "; ".join(present) or "the request, no identity header"


def _shown(value: str) -> str:
    """A header's value; of a certificate its subject."""
    if not value.startswith("-----BEGIN%20CERTIFICATE"):
        return excerpt(value, 40)
    from urllib.parse import unquote

    try:
        return x509.load_pem_x509_certificate(unquote(value).encode()).subject.rfc4514_string()
    except ValueError:
        return "a certificate that cannot be read"


def _print_legend(report: Report, out: Console) -> None:
    asked = [verdict.asked for verdict in report.verdicts if isinstance(verdict.asked, Expectation)]
    for grade in Grade:
        if grade in {each.evidence.grade for each in asked}:
            out.print(Text(f"{grade}  {grade.description}", "dim"))
    if any(BY_REHEARSAL_CA in each.about for each in asked):
        out.print(
            Text(
                f"{BY_REHEARSAL_CA.strip()}  issued by CAs that were minted here with the names and shape of the "
                "document's CAs; a Strict listener here trusts both",
                "dim",
            )
        )
    for index, one in enumerate(report.not_known):
        out.print(Text(f"{'not rehearsed: ' if index == 0 else '               '}{excerpt(one, 400)}", "dim"))
    out.print()
