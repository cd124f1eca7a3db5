"""What a hostile document or server says reaches terminals, files and CI only escaped."""

import io
import json
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime
from xml.etree import ElementTree as Xml

import pytest
from mtls_app_gateway.commands import console as consoles
from mtls_app_gateway.commands.console import Text, console
from mtls_app_gateway.commands.printing import say, say_json, say_problems
from mtls_app_gateway.commands.rehearse_report import print_matrix
from mtls_app_gateway.commands.verify_report import print_changes, print_report
from mtls_app_gateway.document.azure import TlsVersion
from mtls_app_gateway.processes.problem_rows import CANNOT_WRITE
from mtls_app_gateway.verify.judge import evidence
from mtls_app_gateway.verify.judge.expectation import Expectation
from mtls_app_gateway.verify.judge.expected import BackendReachedBy, PoolReached
from mtls_app_gateway.verify.judge.verdict import judge_observation
from mtls_app_gateway.verify.knock.observation import ForwardedRequest, Observation, ReachedLayer
from mtls_app_gateway.verify.knock.question import WITHOUT_CERTIFICATE, Question, Target
from mtls_app_gateway.verify.promise.promise import Promise
from mtls_app_gateway.verify.report.html_report import html_report
from mtls_app_gateway.verify.report.junit import junit
from mtls_app_gateway.verify.report.report import Report, Section
from rich.table import Table
from rich.tree import Tree

AT = datetime(2026, 3, 1, tzinfo=UTC)
HOSTILE = ("\x1b]0;x\x07", "\ud800", "a\x1b[31mb", "X-[/red]", "one\r\nok: all hold", "\u202etxt", ":smile: [bold]")


@pytest.fixture(params=HOSTILE, ids=ascii)
def text(request: pytest.FixtureRequest) -> str:
    given: str = request.param
    return given


def report(text: str) -> Report:
    """A report with a hostile text in every place that comes from outside."""
    question = Question(WITHOUT_CERTIFICATE, TlsVersion.V1_3, path=f"/{text}", spoofs=(text,))
    row = Expectation(f"row {text}", question, BackendReachedBy("http"), evidence.END_TO_END, text)
    received = ForwardedRequest({text: text}, text, text)
    met = Observation(
        "nobody", TlsVersion.V1_3, ReachedLayer.HTTP, status=200, server=text, location=text, forwarded=received
    )
    promise = Promise(text, is_tls=True, port=443, host_names=(text,), doubts=(text,), identity_headers=(text,))
    led = Expectation(f"pool {text}", question, PoolReached(text), evidence.PATHS, text)
    verdicts = tuple(judge_observation(each, met, now=AT, target=Target(text)) for each in (row, led))
    section = Section(promise, Target(text), verdicts)
    return Report(AT, 1.0, "mtls-gateway 1", text, (section,), served_by=text, not_known=(text,))


def printed(what: Report) -> Iterator[str]:
    """What each command shows of a report on a terminal of 300 columns, colours apart."""
    for is_rehearsal in (False, True):
        out = console(width=300)
        out.file = file = io.StringIO()
        if is_rehearsal:
            print_matrix(what, out)
        else:
            print_report(what, out, explain=True)
        yield file.getvalue()


def test_no_report_on_a_terminal_holds_a_control_character(text: str) -> None:
    """Neither the table of verify with its lines to type, nor that of rehearse, lets one through; both print."""
    for shown in printed(report(text)):
        assert all(line.isprintable() for line in shown.split("\n"))
        assert "\nok: all hold" not in shown
        shown.encode()
    assert all("X-[/red]" in shown for shown in printed(report("X-[/red]")))


def test_what_changes_is_escaped(text: str) -> None:
    """While verify watches, each changed row is one printable line."""
    out = console(width=300)
    out.file = io.StringIO()
    before = print_changes(report(text), {}, out)
    changed = replace(next(iter(before.values())), words=text * 2)
    print_changes(report(text), dict.fromkeys(before, changed), out)
    line, _ = out.file.getvalue().splitlines()
    assert line.isprintable()


def test_every_report_is_valid_junit(text: str) -> None:
    """JUnit is well-formed XML and UTF-8, whatever a server or a document says."""
    Xml.fromstring(junit(report(text)).encode())  # noqa: S314 - our own text


def test_every_report_is_a_page(text: str) -> None:
    """The page can be written as UTF-8 and holds no control character."""
    page = html_report(report(text))
    page.encode()
    assert all(line.isprintable() for line in page.split("\n"))


def test_every_report_is_json(text: str, capfd: pytest.CaptureFixture[str]) -> None:
    """JSON is ASCII that strict readers take."""
    say_json(report(text).as_data(explain=True))
    shown = capfd.readouterr().out
    assert shown.isascii()
    json.dumps(json.loads(shown), ensure_ascii=False).encode()


def test_a_line_stays_one_line(text: str, capfd: pytest.CaptureFixture[str]) -> None:
    """Lines and problems are printed one by one, to the stream that is asked for."""
    say(text, "two")
    say_problems([CANNOT_WRITE.problem(text, text, text)])
    shown = capfd.readouterr()
    assert (2, 1) == (shown.out.count("\n"), shown.err.count("\n"))
    assert all(line.isprintable() for line in (shown.out + shown.err).split("\n"))


def test_cells_and_trees_are_escaped_and_never_markup(text: str) -> None:
    """A plain text in a table's cell or a tree is printed as it stands, escaped."""
    out = console(width=300)
    out.file = io.StringIO()
    table = Table()
    table.add_column("name")
    table.add_row(text)
    tree = Tree(Text(text).append(text))
    tree.add(Text.assemble(text, (text, "bold")))
    out.print(table, tree, text)
    assert all(line.isprintable() for line in out.file.getvalue().split("\n"))


def test_a_log_is_wide(monkeypatch: pytest.MonkeyPatch) -> None:
    """Where there is no terminal a row is not folded after 80 columns; on a terminal, its width counts."""
    assert 160 == consoles.wide_console().width
    monkeypatch.setenv("FORCE_COLOR", "1")
    monkeypatch.setenv("COLUMNS", "61")
    assert 61 == consoles.wide_console().width
