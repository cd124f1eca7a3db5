"""Why a row should hold that does not, and one word about a host that is nowhere."""

import io
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from xml.etree import ElementTree as Xml

import pytest
from mtls_app_gateway.commands.rehearse_report import print_matrix
from mtls_app_gateway.commands.verify_report import print_report
from mtls_app_gateway.document.azure import Mode, TlsVersion
from mtls_app_gateway.rehearsal.authority import Authority
from mtls_app_gateway.rehearsal.minted_callers import Minting, RsaKeys
from mtls_app_gateway.rehearsal.rehearsal_chain import default_rehearsal_chain
from mtls_app_gateway.verify.judge.evidence import LIVE_TESTS
from mtls_app_gateway.verify.judge.expectation import Expectation
from mtls_app_gateway.verify.judge.expected import Refused
from mtls_app_gateway.verify.judge.verdict import RowOutcome, judge_observation
from mtls_app_gateway.verify.knock.observation import Observation, Phrase, ReachedLayer
from mtls_app_gateway.verify.knock.question import WITHOUT_CERTIFICATE, Question, Target
from mtls_app_gateway.verify.promise.promise import promise_by_hand
from mtls_app_gateway.verify.report.grouping import version_of
from mtls_app_gateway.verify.report.junit import junit
from mtls_app_gateway.verify.report.report import Report, Section
from mtls_app_gateway.verify.verification import Asking, verify_listeners
from rich.console import Console

NOW = datetime.now(UTC)
WHY = "Strict: no certificate is sent"
BROKEN = Observation("no certificate", TlsVersion.V1_3, ReachedLayer.HTTP, status=200)
KEPT = replace(BROKEN, status=400, phrase=Phrase.NO_CERTIFICATE)


def report(*observations: Observation) -> Report:
    """A report with a row for each, all of which should be refused."""
    verdicts = tuple(
        judge_observation(
            Expectation(
                f"row {number}",
                Question(WITHOUT_CERTIFICATE, TlsVersion.V1_3),
                Refused((Phrase.NO_CERTIFICATE,)),
                LIVE_TESTS,
                WHY,
            ),
            observation,
            now=NOW,
            target=Target("edge.example.com"),
        )
        for number, observation in enumerate(observations)
    )
    section = Section(promise_by_hand(Mode.STRICT), Target("edge.example.com"), verdicts)
    return Report(NOW, 1.0, "mtls-gateway 1", "a file", (section,))


def in_a_terminal(found: Report) -> list[str]:
    shown = io.StringIO()
    print_report(found, Console(file=shown, width=300), explain=False)
    return shown.getvalue().splitlines()


def in_a_rehearsal(found: Report) -> list[str]:
    shown = io.StringIO()
    print_matrix(found, Console(file=shown, width=300))
    return shown.getvalue().splitlines()


@pytest.mark.parametrize("lines_of", [in_a_terminal, in_a_rehearsal])
def test_the_reason_stands_under_the_row(lines_of: Callable[[Report], list[str]]) -> None:
    """
    On a terminal the reason follows the row that does not hold, and no row that does.
    """
    lines = lines_of(report(BROKEN, KEPT))
    (place,) = [number for number, line in enumerate(lines) if f"because: {WHY}" in line]

    assert "row 0" in lines[place - 1]
    assert "does not hold" in lines[place - 1]


def test_the_reason_stands_in_junit() -> None:
    """
    A failure says what was expected, why, and how that is known.
    """
    (suite,) = Xml.fromstring(junit(report(BROKEN, KEPT)))  # noqa: S314 - our own text
    (failure,) = suite.iter("failure")

    assert failure.text is not None
    assert failure.text.splitlines() == [
        'expected: HTTP 400, "No required SSL certificate was sent"',
        f"because: {WHY}",
        f"known: {LIVE_TESTS.grade.description} ({LIVE_TESTS.citation})",
    ]


@pytest.mark.parametrize(
    ("target", "words"),
    [
        (Target("no-such-host.invalid"), "TCP: name not found (no-such-host.invalid)"),
        (Target("127.0.0.1", 70_000), "TCP: there is no port 70000"),
        (Target("a.example.com", 443, "127.0.0.1", 10**400), f"TCP: there is no port 1{'0' * 200}"),
    ],
)
def test_a_host_that_is_nowhere_is_one_line(target: Target, words: str) -> None:
    """
    What cannot be asked because the host is nowhere is reported once, and is no success.
    """
    (section,) = verify_listeners(
        [(promise_by_hand(Mode.STRICT), target)], lambda _promise: (), now=NOW, asking=Asking(timeout=5.0)
    )
    (nowhere, *rest) = section.verdicts

    assert (RowOutcome.UNANSWERED, "every caller", "all") == (nowhere.outcome, nowhere.row, version_of(nowhere.asked))
    assert nowhere.words.startswith(words)
    assert len(nowhere.words) < 310
    assert {RowOutcome.NOT_ASKED} == {each.outcome for each in rest}
    assert 2 == Report(NOW, 1.0, "tool", "source", (section,)).exit_code


def test_a_caller_from_the_future_stays_one() -> None:
    """
    In a rehearsal that is kept for a year, "not yet valid" still is.
    """
    trusted = default_rehearsal_chain(now=NOW)
    minted = Minting("http://127.0.0.1:1/", RsaKeys()).callers([trusted], asks_ocsp=False)
    (early,) = [each for each in minted if each.name == "not yet valid"]

    assert early.credential.certificate.not_valid_before_utc > NOW + timedelta(days=366)
    assert isinstance(trusted.issuer, Authority)
