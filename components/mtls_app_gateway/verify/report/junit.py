"""A verification as JUnit XML for CI systems: a suite for each listener, a case for each row. Pure."""

from collections.abc import Iterator
from xml.etree import ElementTree as Xml

from ...escaping import xml_text
from ..judge.expectation import Expectation
from ..judge.verdict import RowOutcome, Verdict
from .report import Report, Section

_ELEMENTS = {
    RowOutcome.FAILS: "failure",
    RowOutcome.UNANSWERED: "error",
    RowOutcome.NOT_ASKED: "skipped",
    RowOutcome.NOT_JUDGED: "skipped",
}


def junit(report: Report) -> str:
    """The XML. A verification without rows is a failing case: silence must not look like success."""
    suites = Xml.Element("testsuites", name=report.tool)
    for section in report.sections:
        suites.append(_suite(section, report))
    if not report.verdicts:
        suite = Xml.SubElement(suites, "testsuite", name="nothing was asked", tests="1", errors="1")
        case = Xml.SubElement(suite, "testcase", classname="mtls-gateway verify", name="nothing was asked")
        Xml.SubElement(case, "error", message="there was no row to ask")
    for element in suites.iter():
        element.attrib = {name: xml_text(value) for name, value in element.attrib.items()}
        element.text = xml_text(element.text) if element.text else None
    Xml.indent(suites)
    return Xml.tostring(suites, encoding="unicode", xml_declaration=True) + "\n"


def _suite(section: Section, report: Report) -> Xml.Element:
    found = [_ELEMENTS.get(verdict.outcome) for verdict in section.verdicts]
    suite = Xml.Element(
        "testsuite",
        name=f"{section.promise.listener} at {section.target.host}:{section.target.port}",
        tests=str(len(found)),
        failures=str(found.count("failure")),
        errors=str(found.count("error")),
        skipped=str(found.count("skipped")),
        timestamp=report.began.isoformat(timespec="seconds"),
        time=f"{report.seconds:.3f}",
    )
    for verdict in section.verdicts:
        suite.append(_case(verdict, section))
    return suite


def _case(verdict: Verdict, section: Section) -> Xml.Element:
    took = verdict.observation.timings.total if verdict.observation else 0.0
    case = Xml.Element("testcase", classname=section.promise.listener, name=verdict.row, time=f"{took:.3f}")
    kind = _ELEMENTS.get(verdict.outcome)
    if kind:
        element = Xml.SubElement(case, kind, message=f"{verdict.outcome}: {verdict.words}")
        if isinstance(verdict.asked, Expectation):
            element.text = "\n".join(_background(verdict.asked))
    return case


def _background(asked: Expectation) -> Iterator[str]:
    yield f"expected: {asked.expected}"
    if asked.why:
        yield f"because: {asked.why}"
    yield f"known: {asked.evidence.grade.description} ({asked.evidence.citation})"
