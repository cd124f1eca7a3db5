"""Terminal output of `mtls-gateway verify`: a table for each listener, the changes while it watches, and progress."""

import threading
from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime
from types import TracebackType
from typing import Self

from rich.console import Console
from rich.table import Table

from ..verify.judge.evidence import Grade
from ..verify.judge.expectation import Expectation
from ..verify.judge.verdict import RowOutcome, Verdict, described
from ..verify.knock.observation import excerpt
from ..verify.promise.posture import posture
from ..verify.report.grouping import Group, grouped
from ..verify.report.report import Report, Section
from ..verify.report.shell_lines import shell_lines
from .console import Text, console

_STYLES = {
    RowOutcome.HOLDS: "green",
    RowOutcome.FAILS: "bold red",
    RowOutcome.UNANSWERED: "bold red",
    RowOutcome.NOT_ASKED: "dim",
    RowOutcome.NOT_JUDGED: "yellow",
}

Key = tuple[str, str]
"""A listener and a row."""


def print_report(report: Report, out: Console, *, explain: bool) -> None:
    """Print the whole report."""
    for section in report.sections:
        out.print(Text(f"{section.promise.listener} at {_where(section)}", "bold"))
        out.print(_facts(section, report.began), "")
        out.print(_table(section), "")
        if explain:
            _print_explained(section, out)
    _print_legend(report, out)
    style = _STYLES[RowOutcome.HOLDS if report.exit_code == 0 else RowOutcome.FAILS]
    out.print(Text(f"{report.summary} ({report.seconds:.1f} s)", style))


def print_changes(report: Report, before: Mapping[Key, Verdict], out: Console) -> dict[Key, Verdict]:
    """Print what changed since the verdicts before; returns the present ones."""
    now = {
        (section.promise.listener, verdict.row): verdict for section in report.sections for verdict in section.verdicts
    }
    for (listener, row), verdict in now.items():
        was = before.get((listener, row))
        if before and (was is None or (was.outcome, was.words) != (verdict.outcome, verdict.words)):
            line = Text.assemble(
                f"{report.began:%H:%M:%S} ", (listener, "bold"), f", {row}: {was.words if was else 'new'} -> "
            )
            out.print(
                line.append(verdict.words).append(f" ({verdict.outcome})", _STYLES[verdict.outcome]), soft_wrap=True
            )
    return now


class Waiting:
    """Shows the progress of a verification on a terminal once it has taken a second. Use as a context."""

    def __init__(self, *, after: float = 1.0) -> None:
        from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn

        screen = console(err=True)
        columns = (TextColumn("knocking"), BarColumn(), MofNCompleteColumn())
        self._bar = Progress(*columns, console=screen, transient=True, disable=not screen.is_terminal)
        self._task = self._bar.add_task("", total=None)
        self._lock = threading.Lock()
        self._is_shown = False
        self._is_over = False
        self._timer = threading.Timer(after, self._show)
        self._timer.daemon = True

    def __enter__(self) -> Self:
        self._timer.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._timer.cancel()
        with self._lock:
            self._is_over = True
            # rich prints a line at the end of a bar that was never shown, before its release 14.
            if self._is_shown:
                self._bar.stop()

    def update(self, done: int, total: int) -> None:
        """Show the number of answered knocks, and of all."""
        self._bar.update(self._task, completed=done, total=total)

    def _show(self) -> None:
        with self._lock:
            if not self._is_over and not self._bar.disable:
                self._is_shown = True
                self._bar.start()


def _where(section: Section) -> str:
    target = section.target
    if not target.host:
        return "no host"
    where = f"{target.host}:{target.port}"
    return where if target.endpoint == (target.host, target.port) else "{} ({}:{})".format(where, *target.endpoint)


def _facts(section: Section, now: datetime) -> Table:
    facts = Table.grid(padding=(0, 2))
    facts.add_column(style="dim", no_wrap=True)
    facts.add_column(overflow="fold")
    for name, fact in posture(section.promise, now=now):
        facts.add_row(name, Text(excerpt(fact, 400)))
    if section.server_certificate:
        facts.add_row("shows", Text(excerpt(described(section.server_certificate, now), 400)))
        facts.add_row("with", Text(", ".join(section.server_certificate.sent_along) or "no intermediate certificate"))
    if section.ca_names:
        facts.add_row("names CAs", Text(excerpt("; ".join(section.ca_names), 400)))
    if section.servers:
        facts.add_row("server", Text(", ".join(section.servers)))
    return facts


def _table(section: Section) -> Table:
    table = Table(show_edge=False, header_style="dim", pad_edge=False)
    for name in ("caller", "TLS", "expected", "", "observed", "verdict"):
        table.add_column(name, overflow="fold", no_wrap=name in {"TLS", ""})
    for group in grouped(section.verdicts):
        table.add_row(*_cells(group))
        asked = group.verdict.asked
        if group.verdict.outcome is RowOutcome.FAILS and isinstance(asked, Expectation) and asked.why:
            table.add_row("", "", Text(f"because: {asked.why}", "dim"))
    return table


def _cells(group: Group) -> Iterator[Text]:
    verdict, asked = group.verdict, group.verdict.asked
    is_asked = isinstance(asked, Expectation)
    yield Text(asked.about)
    yield Text(group.versions)
    yield Text(str(asked.expected) if isinstance(asked, Expectation) else "")
    yield Text(asked.evidence.grade if isinstance(asked, Expectation) else "")
    yield Text(verdict.words, "" if is_asked else "dim")
    yield Text(verdict.outcome, _STYLES[verdict.outcome])


def _print_explained(section: Section, out: Console) -> None:
    for verdict in section.verdicts:
        if isinstance(verdict.asked, Expectation):
            lines = shell_lines(verdict.asked.question, section.target)
            out.print(Text(f"# {verdict.row}: {verdict.asked.expected}", "dim"), soft_wrap=True)
            for line in filter(None, (lines.curl, lines.openssl)):
                out.print(Text(line), soft_wrap=True)
    out.print()


def _print_legend(report: Report, out: Console) -> None:
    used = {verdict.asked.evidence.grade for verdict in report.verdicts if isinstance(verdict.asked, Expectation)}
    for grade in Grade:
        if grade in used:
            out.print(Text(f"{grade}  {grade.description}", "dim"))
    for line in _unknowns(report.not_known):
        out.print(line)
    out.print()


def _unknowns(not_known: Iterable[str]) -> Iterator[Text]:
    for index, one in enumerate(not_known):
        yield Text(f"{'not known from here: ' if index == 0 else '                     '}{one}", "dim")
