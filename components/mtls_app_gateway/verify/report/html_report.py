"""A verification as one HTML file for a reviewer: no script, and nothing loaded from elsewhere."""

from collections.abc import Iterable, Iterator
from importlib.resources import files

from ...document.view import view
from ...escaping import html_text as _text
from ..judge.evidence import Grade
from ..judge.expectation import Expectation
from ..judge.verdict import RowOutcome, described
from ..promise.posture import posture
from ..promise.promise import Promise, promises_of
from .drawing import draw
from .grouping import Group, grouped
from .report import Report, Section

_CLASSES = {
    RowOutcome.HOLDS: "good",
    RowOutcome.FAILS: "bad",
    RowOutcome.UNANSWERED: "bad",
    RowOutcome.NOT_ASKED: "dim",
    RowOutcome.NOT_JUDGED: "odd",
}


def html_report(report: Report) -> str:
    """The page."""
    style = files(__package__).joinpath("html_report.css").read_text(encoding="utf-8")
    return "".join(
        (
            "<!doctype html><html lang=en><meta charset=utf-8>"
            '<meta name=viewport content="width=device-width,initial-scale=1">'
            f"<title>{_text(_title(report))}</title><style>{style}</style>",
            *_head(report),
            *(part for section in report.sections for part in _section(section, report)),
            *_foot(report),
            "</html>\n",
        )
    )


def _title(report: Report) -> str:
    hosts = dict.fromkeys(section.target.host for section in report.sections)
    return f"Verification of {', '.join(hosts) or 'nothing'}"


def _head(report: Report) -> Iterator[str]:
    yield f"<h1>{_text(_title(report))}</h1>"
    kind = {0: "good", 1: "bad", 2: "bad"}[report.exit_code]
    yield f'<p class="sum {kind}">{_text(report.summary)}</p>'
    servers = dict.fromkeys(server for section in report.sections for server in section.servers)
    yield _facts(
        (
            ("when", f"{report.began:%Y-%m-%d %H:%M:%S} UTC, in {report.seconds:.1f} s"),
            ("promised by", report.source),
            ("tool", report.tool),
            ("gateway", report.served_by or ", ".join(servers) or "unknown"),
        )
    )
    yield from _broken(report)
    if report.sections:
        gateway = view(report.document) if report.document else None
        promises = promises_of(gateway) if gateway else _promises(report)
        yield f'<div class="scroll">{draw(promises, gateway)}</div>'


def _broken(report: Report) -> Iterator[str]:
    """The failures, which a reviewer must see first."""
    broken = [
        f"<li>{_text(section.promise.listener)}, {_text(verdict.row)}: {_text(verdict.words)}"
        for section in report.sections
        for verdict in section.verdicts
        if verdict.outcome is RowOutcome.FAILS
    ]
    if broken:
        yield f'<h3 class="bad">What does not hold</h3><ul>{"".join(broken)}</ul>'


def _promises(report: Report) -> tuple[Promise, ...]:
    return tuple(section.promise for section in report.sections)


def _section(section: Section, report: Report) -> Iterator[str]:
    promise, target = section.promise, section.target
    yield f"<h2>{_text(promise.listener)}</h2>"
    where = f"{target.host}:{target.port}"
    if target.endpoint != (target.host, target.port):
        where += ", reached at {}:{}".format(*target.endpoint)
    yield f'<p class="dim">{_text(where)}</p>'
    facts = list(posture(promise, now=report.began))
    if section.server_certificate:
        facts.append(("shows", described(section.server_certificate, report.began)))
        sent = ", ".join(section.server_certificate.sent_along)
        facts.append(("with", sent or "no intermediate certificate"))
    yield _facts(facts)
    yield "<table><thead><tr><th>Caller<th>TLS<th>Expected<th>Known<th>Observed<th>Verdict</thead><tbody>"
    yield from (_row(group) for group in grouped(section.verdicts))
    yield "</tbody></table>"


def _row(group: Group) -> str:
    verdict = group.verdict
    asked = verdict.asked
    expected, grade, why = "", "", ""
    if isinstance(asked, Expectation):
        expected, why = str(asked.expected), asked.why
        citation = _text(asked.evidence.citation)
        grade = f'<span class="grade" title="{citation}">{_text(asked.evidence.grade)}</span>'
    note = f"<br><small>{_text(why)}</small>" if why else ""
    cells = (
        ("about", "", _text(asked.about)),
        ("short", "TLS", _text(group.versions)),
        ("", "expected", _text(expected) + note),
        ("short", "known", grade),
        ("", "observed", _text(verdict.words)),
        (f"outcome {_CLASSES[verdict.outcome]}", "", _text(verdict.outcome)),
    )
    drawn = (f'<td class="{kind}" data-name="{name}">{content}</td>' for kind, name, content in cells)
    return f"<tr>{''.join(drawn)}</tr>"


def _foot(report: Report) -> Iterator[str]:
    yield "<h2>How well each expectation is known</h2>"
    yield _facts((grade.value, grade.description) for grade in Grade)
    cited = dict.fromkeys(
        asked.evidence.citation for verdict in report.verdicts if isinstance(asked := verdict.asked, Expectation)
    )
    yield f"<h3>Sources</h3><ul>{''.join(f'<li>{_text(source)}' for source in cited)}</ul>"
    if report.not_known:
        yield f"<h3>Not known from here</h3><ul>{''.join(f'<li>{_text(one)}' for one in report.not_known)}</ul>"


def _facts(facts: Iterable[tuple[str, str]]) -> str:
    return f"<dl>{''.join(f'<dt>{_text(name)}<dd>{_text(fact)}' for name, fact in facts)}</dl>"
