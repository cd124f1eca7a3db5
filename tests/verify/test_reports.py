"""What a verification says: as data after its schema, to CI as JUnit, to a reviewer as one page with a drawing."""

import json
import re
from dataclasses import replace
from datetime import UTC, datetime
from html.parser import HTMLParser
from importlib.resources import files
from xml.etree import ElementTree as Xml

import jsonschema  # type: ignore[import-untyped]
import pytest
from mtls_app_gateway.document.azure import TlsVersion
from mtls_app_gateway.document.references import self_reference
from mtls_app_gateway.document.view import view
from mtls_app_gateway.rehearsal.local_gateway import LocalGateway
from mtls_app_gateway.verify.judge.expectation import Unasked
from mtls_app_gateway.verify.judge.verdict import RowOutcome, not_asked
from mtls_app_gateway.verify.knock.observation import KnockFault, Phrase, ReachedLayer
from mtls_app_gateway.verify.knock.question import Target
from mtls_app_gateway.verify.promise.posture import posture
from mtls_app_gateway.verify.promise.promise import promises_of
from mtls_app_gateway.verify.report.drawing import draw
from mtls_app_gateway.verify.report.grouping import grouped
from mtls_app_gateway.verify.report.html_report import html_report
from mtls_app_gateway.verify.report.junit import junit
from mtls_app_gateway.verify.report.report import Report, Section

from tests.rehearsal.documents import basic_rule, chain, document, listener, part, passthrough, strict

from .asking import Document, promise_of, target_of, verify
from .conftest import Pki

SCHEMA = json.loads(files("mtls_app_gateway.verify.report").joinpath("report.schema.json").read_text())
EVIL = '<script src="x">alert(1)<!--'


@pytest.fixture(scope="module")
def gateway(pki: Pki) -> Document:
    secure = part("secure", redirectType="Found", targetUrl="https://example.com/")
    return document(
        [
            listener("strict", 8751, "strict"),
            listener(EVIL, 8752, "lenient", hostNames=["app.example.com"]),
            listener("empty", 8753, "empty"),
            listener("plain", 8754, protocol="Http"),
            listener("spare", 8755),
        ],
        rules=[
            basic_rule("strict", 100),
            basic_rule(EVIL, 200, rewrite=None),
            basic_rule("empty", 300),
            basic_rule("plain", 400, redirectConfiguration=self_reference("redirectConfigurations", "secure")),
        ],
        redirectConfigurations=[secure],
        sslProfiles=[strict("strict", "a", issuer_dn=True, ocsp=True), passthrough("lenient"), strict("empty")],
        trustedClientCertificates=[chain("a", pki.bundle), chain("next", pki.root_b.bundle_pem)],
    )


@pytest.fixture(scope="module")
def report(gateway: Document, pki: Pki, tmp_path_factory: pytest.TempPathFactory) -> Report:
    """A report with every outcome: one listener that holds, one that fails, one that nobody answers at."""
    with LocalGateway(tmp_path_factory.mktemp("gateway")) as running:
        raised = running.show(gateway)
        sections = [verify(gateway, name, target_of(raised, name), pki.all_callers()) for name in ("strict", EVIL)]
    sections.append(verify(gateway, "strict", Target("no-such-host.invalid", 1), timeout=2.0))
    return Report(datetime.now(UTC), 1.5, "mtls-gateway 1", "a file", tuple(sections), "nginx", ("a thing",), gateway)


def parsed(text: str) -> Xml.Element:
    return Xml.fromstring(text)  # noqa: S314 - our own text


def empty_report(*sections: Section) -> Report:
    return Report(datetime.now(UTC), 0.0, "mtls-gateway 1", "a file", sections)


def test_the_report_has_every_outcome(report: Report) -> None:
    """
    What the tests below look at is not half a report.
    """
    assert set(RowOutcome) == set(report.counts)
    assert 1 == report.exit_code
    assert ("strict", "a file") == (report.sections[0].promise.listener, report.source)


def test_the_data_follow_the_schema(report: Report) -> None:
    """
    Every report is valid after the committed schema, which allows nothing it does not name.
    """
    validator = jsonschema.Draft202012Validator(SCHEMA)
    validator.check_schema(SCHEMA)

    for data in (report.as_data(), report.as_data(explain=True), empty_report().as_data()):
        assert [] == [error.message for error in validator.iter_errors(json.loads(json.dumps(data)))]
    assert "byHand" in report.as_data(explain=True)["listeners"][0]["rows"][0]
    assert [] != list(validator.iter_errors(report.as_data() | {"surplus": 1}))


def test_the_schema_knows_every_word() -> None:
    """
    The closed sets of the schema are those of the code.
    """
    row = SCHEMA["properties"]["listeners"]["items"]["properties"]["rows"]["items"]["properties"]
    met = row["met"]["properties"]

    assert [None, *KnockFault] == met["fault"]["enum"]
    assert [None, *Phrase] == met["phrase"]["enum"]
    assert list(ReachedLayer) == met["layer"]["enum"]
    assert [each.name for each in RowOutcome] == row["outcome"]["enum"]
    assert [*TlsVersion, None] == row["version"]["enum"]


def test_no_report_holds_a_certificate_or_a_key(report: Report) -> None:
    """
    Neither a caller's certificate nor a key is in any report: reports are kept and passed on.
    """
    for text in (json.dumps(report.as_data(explain=True)), junit(report), html_report(report)):
        assert "PRIVATE KEY" not in text
        assert "BEGIN CERTIFICATE" not in text
        assert "BEGIN%20CERTIFICATE" not in text


def test_junit(report: Report) -> None:
    """
    Each row is a case of its listener's suite; what fails is a failure, what nobody answered an error.
    """
    suites = list(parsed(junit(report)))
    cases = [case for suite in suites for case in suite]
    kinds = [next((child.tag for child in case), "passed") for case in cases]

    assert len(report.sections) == len(suites)
    assert len(report.verdicts) == len(cases)
    assert (
        report.counts[RowOutcome.FAILS]
        == kinds.count("failure")
        == sum(int(suite.get("failures", 0)) for suite in suites)
    )
    assert (
        report.counts[RowOutcome.UNANSWERED]
        == kinds.count("error")
        == sum(int(suite.get("errors", 0)) for suite in suites)
    )
    assert report.counts[RowOutcome.HOLDS] == kinds.count("passed")
    (failure,) = [
        case.find("failure")
        for case in cases
        if case.get("name") == "no certificate, spoofing headers at /, TLS 1.3" and case.find("failure") is not None
    ]
    assert failure is not None
    assert "reached the backend as the caller sent it" in failure.get("message", "")
    assert "expected: backend gets" in (failure.text or "")


def test_junit_of_nothing_is_an_error() -> None:
    """
    A verification without rows must not look green.
    """
    (suite,) = parsed(junit(empty_report()))

    assert "1" == suite.get("errors")


class Page(HTMLParser):
    """The tags, links and text of a page."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.tags: list[str] = []
        self.links: list[str] = []
        self.words: list[str] = []
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        self.links += [value or "" for name, value in attrs if name in {"href", "src", "srcset", "action"}]

    def handle_data(self, data: str) -> None:
        self.words.append(data)


def test_the_page_stands_alone(report: Report) -> None:
    """
    One file: no script, nothing loaded, and a listener's name is text whatever it is.
    """
    text = html_report(report)
    page = Page(text)

    assert [] == page.links
    assert not {"script", "link", "img", "iframe"} & set(page.tags)
    assert EVIL not in text
    assert not re.search(r"url\(|@import", text)
    said = " ".join(page.words)
    for words in (
        "does not hold",
        "could not be asked",
        "mtls-gateway 1",
        "nginx",
        "a thing",
        "seen on a live gateway",
    ):
        assert words in said


def test_the_page_of_nothing() -> None:
    """
    A report without a listener says that nothing was asked.
    """
    assert "nothing was asked" in html_report(empty_report())


def test_the_page_without_a_document(report: Report) -> None:
    """
    Without a document the drawing shows the listeners that were asked.
    """
    text = html_report(replace(report, document=None, served_by=None, not_known=()))

    assert "<svg" in text
    assert "spare" not in text


def test_the_drawing(gateway: Document) -> None:
    """
    Every part of the gateway is drawn, lines join those that belong together, and what is not used is dashed.
    """
    drawing = parsed(draw(promises_of(view(gateway)), view(gateway)))
    boxes = {(box.findtext("title") or "").split(":")[0]: box.get("class", "") for box in drawing.iter("g")}
    lines = [path for path in drawing.iter("path") if path.get("class") == "line"]

    assert {"a", "next", "strict", "lenient", "empty", EVIL, "plain", "spare", "to-strict", "to-plain", "app"} <= set(
        boxes
    )
    assert {"next", "spare"} == {name for name, kind in boxes.items() if "unused" in kind}
    assert 11 == len(lines)
    assert "passes headers through" in "".join(drawing.itertext())
    assert "redirects to https://example.com/" in "".join(drawing.itertext())


def test_the_drawing_of_nothing() -> None:
    """
    A gateway without parts is an empty drawing, not a failure.
    """
    assert [] == list(parsed(draw((), None)))


def test_the_drawing_without_identity_headers(gateway: Document) -> None:
    """
    Where no header tells who the client is, the drawing says so.
    """
    promises = [replace(promise, identity_headers=()) for promise in promises_of(view(gateway))]

    assert "no identity headers" in draw(promises, None)


def test_the_drawing_of_a_backend_that_is_not_verified(gateway: Document) -> None:
    """
    A backend whose certificate is not fully verified is drawn as such.
    """
    promise = promise_of(gateway, "strict")
    routes = tuple(replace(route, transport="https", verifies_name=False) for route in promise.routes)

    assert "by HTTPS, not fully verified" in draw([replace(promise, routes=routes)], None)
    assert "not fully verified" not in draw([promise], None)


def test_posture(gateway: Document) -> None:
    """
    The posture names the mode, the checks, the trust and the doubts.
    """
    now = datetime.now(UTC)
    strict_facts = dict(posture(promise_of(gateway, "strict"), now=now))
    empty_facts = dict(posture(promise_of(gateway, "empty"), now=now))
    plain_facts = dict(posture(promise_of(gateway, "plain"), now=now))

    assert strict_facts["client certificates"].startswith("Strict")
    assert ("compared", "checked by OCSP") == (strict_facts["issuer names"], strict_facts["revocation"])
    assert strict_facts["trusts"].startswith("a: CN=Issuing A1, ")
    assert "clients are not asked" in empty_facts["doubt"]
    assert "plain HTTP on port 8754 for every host name" == plain_facts["listens"]
    assert "every path to https://example.com/ (302)" == plain_facts["redirects"]
    assert "leads" not in plain_facts


def test_versions_are_grouped() -> None:
    """
    Rows that are alike but for the version are one; others are not.
    """
    verdicts = [not_asked(Unasked("x", version, "why")) for version in (TlsVersion.V1_2, TlsVersion.V1_3)]
    other = not_asked(Unasked("x", None, "another"))

    assert ["1.2, 1.3", "plain"] == [group.versions for group in grouped([*verdicts, other])]


@pytest.mark.parametrize(("codes", "code"), [((), 2), ((0,), 0), ((0, 2), 2), ((0, 1, 2), 1)])
def test_the_worst_listener_counts(codes: tuple[int, ...], code: int, report: Report) -> None:
    """
    A listener that could not be asked is not made good by one that held.
    """
    by_code: dict[int, Section] = {}
    for section in report.sections:
        by_code.setdefault(empty_report(section).exit_code, section)

    assert code == empty_report(*(by_code[each] for each in codes)).exit_code
