"""Expected against met, as tables: each kind of expectation, each layer."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from mtls_app_gateway.document.azure import TlsVersion
from mtls_app_gateway.verify.judge import evidence
from mtls_app_gateway.verify.judge.expectation import Expectation, Unasked
from mtls_app_gateway.verify.judge.expected import (
    Admitted,
    BackendReachedBy,
    BackendRefused,
    CertificateAsked,
    Expected,
    HeadersForwarded,
    NotKnown,
    PlainRefused,
    PoolReached,
    Redirected,
    Refused,
    ServerTrusted,
    VersionRefused,
)
from mtls_app_gateway.verify.judge.verdict import RowOutcome, Verdict, exit_code, judge_observation, not_asked
from mtls_app_gateway.verify.knock.observation import (
    ForwardedRequest,
    Handshake,
    KnockFault,
    Observation,
    Phrase,
    ReachedLayer,
    ServerCertificate,
)
from mtls_app_gateway.verify.knock.question import SPOOFED, WITHOUT_CERTIFICATE, Question, Target
from mtls_app_gateway.verify.promise.promised_redirect import PromisedRedirect

AT = datetime(2026, 6, 1, tzinfo=UTC)
DAY = timedelta(days=1)
AZURE = "Microsoft-Azure-Application-Gateway/v2"
HOLDS, FAILS, UNANSWERED = RowOutcome.HOLDS, RowOutcome.FAILS, RowOutcome.UNANSWERED
NOT_ASKED, NOT_JUDGED = RowOutcome.NOT_ASKED, RowOutcome.NOT_JUDGED

CERTIFICATE = ServerCertificate("CN=a", "CN=ca", ("a.example.com",), AT - DAY, AT + 30 * DAY, "00")


def http(status: int, **more: object) -> Observation:
    return Observation("x", TlsVersion.V1_3, ReachedLayer.HTTP, status=status, **more)  # type: ignore[arg-type]


def below(layer: ReachedLayer, fault: KnockFault, detail: str = "") -> Observation:
    return Observation("x", TlsVersion.V1_3, layer, fault, detail)


ECHO = http(200, forwarded=ForwardedRequest())
NO_CERTIFICATE = http(400, phrase=Phrase.NO_CERTIFICATE, server=AZURE)
CERTIFICATE_ERROR = http(400, phrase=Phrase.CERTIFICATE_ERROR, server=AZURE)
ALERT_FIRST = below(ReachedLayer.HANDSHAKE, KnockFault.ALERT, "handshake_failure")
ALERT_LATER = below(ReachedLayer.FIRST_READ, KnockFault.ALERT, "certificate_required")
GARBAGE = below(ReachedLayer.HTTP, KnockFault.INVALID_HTTP, "it begins with b'x'")
REFUSED_TCP = below(ReachedLayer.TCP, KnockFault.REFUSED)
HANGING = below(ReachedLayer.HANDSHAKE, KnockFault.TIMED_OUT)
OTHER_ALERT = below(ReachedLayer.HANDSHAKE, KnockFault.ALERT, "unrecognized_name")
SECURED = Redirected(PromisedRedirect(301, "listener https", "https", "https", (), 443))
OR_A_CERTIFICATE = "no connection, a failed probe, or a certificate that the gateway does not accept"
SEE_HEALTH = "see `az network application-gateway show-backend-health`"
REFUSAL = Refused((Phrase.NO_CERTIFICATE,))


def judged(expected: Expected, met: Observation) -> Verdict:
    expectation = Expectation("row", Question(WITHOUT_CERTIFICATE, met.asked_version), expected, evidence.LIVE_TESTS)
    return judge_observation(expectation, met, now=AT, target=Target("app.example.com"))


@pytest.mark.parametrize(
    ("expected", "met", "outcome", "words"),
    [
        (Admitted(), ECHO, HOLDS, "HTTP 200, from the backend"),
        (Admitted(), http(404), HOLDS, "HTTP 404"),
        (Admitted(), http(301, location="/x"), HOLDS, "HTTP 301, to /x"),
        (Admitted(), http(400), HOLDS, "HTTP 400"),
        (
            Admitted(or_own_400_page=True),
            http(400),
            NOT_JUDGED,
            "the page may be the gateway's custom page or the backend's; HTTP 400",
        ),
        (Admitted(or_own_400_page=True), http(404), HOLDS, "HTTP 404"),
        (Admitted(or_own_400_page=True), http(400, forwarded=ForwardedRequest()), HOLDS, "HTTP 400, from the backend"),
        (Admitted(), NO_CERTIFICATE, FAILS, 'refused by the gateway; HTTP 400, "No required SSL certificate was sent"'),
        (Admitted(), http(403, server=AZURE), FAILS, "refused by the gateway; HTTP 403"),
        (Admitted(), http(502), UNANSWERED, "no backend answered behind the gateway; HTTP 502"),
        (
            Admitted(),
            http(502, server=AZURE),
            UNANSWERED,
            f"no backend answered behind the gateway: no connection, or a failed probe; {SEE_HEALTH}; HTTP 502",
        ),
        (
            Admitted(over_https=True),
            http(502, server=AZURE),
            UNANSWERED,
            f"no backend answered behind the gateway: {OR_A_CERTIFICATE}; {SEE_HEALTH}; HTTP 502",
        ),
        (
            Admitted(over_https=True),
            http(504, server=AZURE),
            UNANSWERED,
            f"no backend answered behind the gateway: no connection, or a failed probe; {SEE_HEALTH}; HTTP 504",
        ),
        (Admitted(), http(502, forwarded=ForwardedRequest()), HOLDS, "HTTP 502, from the backend"),
        (Admitted(), ALERT_FIRST, FAILS, "turned away below HTTP; TLS handshake: alert (handshake_failure)"),
        (Admitted(), ALERT_LATER, FAILS, "turned away below HTTP; TLS first read: alert (certificate_required)"),
        (Admitted(), GARBAGE, FAILS, "the answer is not a gateway's; HTTP: not HTTP (it begins with b'x')"),
        (REFUSAL, NO_CERTIFICATE, HOLDS, 'HTTP 400, "No required SSL certificate was sent"'),
        (REFUSAL, CERTIFICATE_ERROR, FAILS, 'refused for another reason; HTTP 400, "The SSL certificate error"'),
        (Refused(()), http(400, server=AZURE), HOLDS, "HTTP 400"),
        (Refused(()), NO_CERTIFICATE, HOLDS, 'HTTP 400, "No required SSL certificate was sent"'),
        (
            Refused(()),
            http(400),
            NOT_JUDGED,
            "the page may be the gateway's custom page or the backend's; HTTP 400",
        ),
        (REFUSAL, http(400), FAILS, "HTTP 400, and not the gateway's page: another server refuses, or it was let in"),
        (REFUSAL, ECHO, FAILS, "let in; HTTP 200, from the backend"),
        (REFUSAL, http(302, location="/login"), FAILS, "let in; HTTP 302, to /login"),
        (REFUSAL, http(400, forwarded=ForwardedRequest()), FAILS, "let in; HTTP 400, from the backend"),
        (
            REFUSAL,
            http(403),
            FAILS,
            "not the gateway's HTTP 400: another server refuses, or it was let in; HTTP 403",
        ),
        (
            REFUSAL,
            ALERT_LATER,
            FAILS,
            f"{ALERT_LATER.words}, where the gateway finishes the handshake and answers HTTP 400",
        ),
        (REFUSAL, GARBAGE, FAILS, "the answer is not a gateway's; HTTP: not HTTP (it begins with b'x')"),
        (
            VersionRefused(),
            below(ReachedLayer.HANDSHAKE, KnockFault.ALERT, "protocol_version"),
            HOLDS,
            "TLS handshake: alert (protocol_version)",
        ),
        (
            VersionRefused(),
            below(ReachedLayer.HANDSHAKE, KnockFault.CLOSED),
            HOLDS,
            "TLS handshake: connection closed without an answer",
        ),
        (VersionRefused(), OTHER_ALERT, NOT_JUDGED, f"refused for another reason; {OTHER_ALERT.words}"),
        (
            VersionRefused(),
            below(ReachedLayer.HANDSHAKE, KnockFault.NO_TLS, "x"),
            FAILS,
            "the answer is not a gateway's; TLS handshake: not TLS (x)",
        ),
        (VersionRefused(), http(200), FAILS, "TLS 1.3 is spoken; HTTP 200"),
        (VersionRefused(), ALERT_LATER, FAILS, "TLS 1.3 is spoken; TLS first read: alert (certificate_required)"),
        (
            CertificateAsked(True),
            http(200, handshake=Handshake(is_certificate_requested=True)),
            HOLDS,
            "asked for a certificate",
        ),
        (
            CertificateAsked(True),
            http(200, handshake=Handshake(is_certificate_requested=False)),
            FAILS,
            "no certificate was asked for in the handshake",
        ),
        (
            CertificateAsked(False),
            http(200, handshake=Handshake(is_certificate_requested=True)),
            FAILS,
            "asked for a certificate",
        ),
        (
            CertificateAsked(True),
            http(200),
            NOT_JUDGED,
            "this Python does not show the handshake's certificate request",
        ),
        (CertificateAsked(True), ALERT_FIRST, FAILS, "no handshake; TLS handshake: alert (handshake_failure)"),
        (
            BackendReachedBy("https"),
            http(200, forwarded=ForwardedRequest({}, None, "https")),
            HOLDS,
            "the backend was reached by HTTPS",
        ),
        (
            BackendReachedBy("https"),
            http(200, forwarded=ForwardedRequest({}, None, "http")),
            FAILS,
            "the backend was reached by HTTP",
        ),
        (BackendReachedBy("https"), ECHO, NOT_ASKED, "the backend does not report how it was reached"),
        (BackendReachedBy("https"), http(200), NOT_ASKED, "the backend does not report how it was reached"),
        (PoolReached("app"), http(200, forwarded=ForwardedRequest({}, "app")), HOLDS, "led to app"),
        (PoolReached("app"), http(200, forwarded=ForwardedRequest({}, "other")), FAILS, "led to other"),
        (
            PoolReached("app"),
            http(200, forwarded=ForwardedRequest()),
            NOT_ASKED,
            "the backend does not report its pool",
        ),
        (PoolReached("app"), http(301), NOT_ASKED, "the backend does not report its pool"),
        (
            BackendReachedBy("https"),
            http(502, server=AZURE),
            UNANSWERED,
            f"no backend answered behind the gateway: {OR_A_CERTIFICATE}; {SEE_HEALTH}; HTTP 502",
        ),
        (BackendRefused("has expired"), http(502, server=AZURE), HOLDS, "HTTP 502"),
        (BackendRefused("has expired"), ECHO, FAILS, "HTTP 200, from the backend"),
        (BackendRefused("has expired"), http(502, forwarded=ForwardedRequest()), FAILS, "HTTP 502, from the backend"),
        (BackendRefused("has expired"), NO_CERTIFICATE, FAILS, 'HTTP 400, "No required SSL certificate was sent"'),
        (BackendRefused("has expired"), ALERT_FIRST, FAILS, "no HTTP 502; TLS handshake: alert (handshake_failure)"),
        (
            PlainRefused(),
            http(400, phrase=Phrase.PLAIN_HTTP),
            HOLDS,
            'HTTP 400, "The plain HTTP request was sent to HTTPS port"',
        ),
        (
            SECURED,
            http(301, location="https://app.example.com/"),
            RowOutcome.HOLDS,
            "HTTP 301, to https://app.example.com/",
        ),
        (SECURED, ECHO, RowOutcome.FAILS, "not the promised redirect; HTTP 200, from the backend"),
        (PlainRefused(), http(301, location="https://x/"), FAILS, "HTTP 301, to https://x/"),
        (PlainRefused(), http(400, forwarded=ForwardedRequest()), FAILS, "HTTP 400, from the backend"),
        (
            PlainRefused(),
            below(ReachedLayer.HTTP, KnockFault.CLOSED),
            FAILS,
            "HTTP: connection closed without an answer",
        ),
        (NotKnown("why"), NO_CERTIFICATE, NOT_JUDGED, 'HTTP 400, "No required SSL certificate was sent"'),
        (
            ServerTrusted(),
            http(200, handshake=Handshake(certificate=CERTIFICATE)),
            HOLDS,
            "CN=a for a.example.com, issued by CN=ca, 30 days left",
        ),
        (ServerTrusted(), http(200), HOLDS, "valid"),
        (ServerTrusted(), ALERT_FIRST, FAILS, "no handshake; TLS handshake: alert (handshake_failure)"),
        (
            ServerTrusted(),
            below(ReachedLayer.HANDSHAKE, KnockFault.UNTRUSTED, "self-signed certificate"),
            FAILS,
            "self-signed certificate",
        ),
        (
            ServerTrusted(),
            replace(
                below(ReachedLayer.HANDSHAKE, KnockFault.UNTRUSTED, "certificate has expired"),
                handshake=Handshake(certificate=replace(CERTIFICATE, not_after=AT - DAY, names=())),
            ),
            FAILS,
            "certificate has expired; CN=a for no names, issued by CN=ca, expired 2026-05-31",
        ),
    ],
)
def test_judge(expected: Expected, met: Observation, outcome: RowOutcome, words: str) -> None:
    """
    Each expectation against each kind of answer.
    """
    verdict = judged(expected, met)

    assert (outcome, words) == (verdict.outcome, verdict.words)


@pytest.mark.parametrize(
    "expected",
    [
        Admitted(),
        REFUSAL,
        VersionRefused(),
        CertificateAsked(False),
        ServerTrusted(),
        HeadersForwarded(()),
        BackendReachedBy("http"),
        PoolReached("app"),
        PlainRefused(),
        NotKnown(""),
    ],
)
@pytest.mark.parametrize(
    ("met", "words"), [(REFUSED_TCP, "TCP: connection refused"), (HANGING, "TLS handshake: no answer in time")]
)
def test_no_answer(expected: Expected, met: Observation, words: str) -> None:
    """
    Whatever was expected, a connection that was refused or left hanging is no answer to it.
    """
    verdict = judged(expected, met)

    assert (UNANSWERED, words) == (verdict.outcome, verdict.words)


LONG = "%2D" * 100


@pytest.mark.parametrize(
    ("wanted", "got", "outcome", "words"),
    [
        ("v", "v", HOLDS, "X from the gateway"),
        ("", None, HOLDS, "no X"),
        (None, "anything", HOLDS, "X not from the caller"),
        ("v", "w", FAILS, "X reached the backend with another value (w in place of v)"),
        ("v", None, FAILS, "X did not reach the backend"),
        ("v", "", FAILS, "X did not reach the backend"),
        ("", "w", FAILS, "X reached the backend, and should not be there"),
        ("v", SPOOFED, FAILS, "X reached the backend as the caller sent it"),
        (None, f"v, {SPOOFED}", FAILS, "X reached the backend as the caller sent it"),
        (LONG, "w", FAILS, f"X reached the backend with another value (w in place of {LONG[:23]}… of 300 characters)"),
    ],
)
def test_headers(wanted: str | None, got: str | None, outcome: RowOutcome, words: str) -> None:
    """
    A header is as promised, or the words say in which way it is not, without showing a certificate.
    """
    received = ForwardedRequest({} if got is None else {"x": got})
    verdict = judged(HeadersForwarded((("X", wanted),)), http(200, forwarded=received))

    assert (outcome, words) == (verdict.outcome, verdict.words)


def test_headers_that_cannot_be_seen() -> None:
    """
    A backend that does not echo, or that was not reached, says nothing about headers.
    """
    silent = judged(HeadersForwarded((("X", "v"),)), http(200))
    away = judged(HeadersForwarded((("X", "v"),)), ALERT_LATER)

    assert (NOT_ASKED, "the backend does not echo the request; HTTP 200") == (silent.outcome, silent.words)
    assert NOT_ASKED is away.outcome
    assert away.words.startswith("the caller did not reach the backend; TLS first read")


def test_what_is_wrong_in_one_way_is_reported_once() -> None:
    """
    Headers that are wrong in the same way are reported together.
    """
    values = (("A", "1"), ("B", "2"), ("C", ""))
    verdict = judged(HeadersForwarded(values), http(200, forwarded=ForwardedRequest({"c": "3"})))

    assert "A, B did not reach the backend; C reached the backend, and should not be there" == verdict.words


@pytest.mark.parametrize(
    ("outcomes", "code"),
    [
        ([], 2),
        ([NOT_ASKED], 2),
        ([NOT_JUDGED], 2),
        ([HOLDS], 0),
        ([HOLDS, NOT_ASKED, NOT_JUDGED], 0),
        ([HOLDS, FAILS], 1),
        ([HOLDS, UNANSWERED], 2),
        ([HOLDS, UNANSWERED, FAILS], 1),
    ],
)
def test_exit_code(outcomes: list[RowOutcome], code: int) -> None:
    """
    Nothing that held is no success; what fails counts most.
    """
    asked = Unasked("row", None, "why")

    assert code == exit_code([Verdict(asked, outcome, "") for outcome in outcomes])


def test_not_asked() -> None:
    """
    A row that was not asked is in the report with its reason.
    """
    verdict = not_asked(Unasked("row", TlsVersion.V1_2, "why"))

    assert ("row, TLS 1.2", NOT_ASKED, "why", None) == (
        verdict.row,
        verdict.outcome,
        verdict.words,
        verdict.observation,
    )


def test_an_expectation_without_a_judge() -> None:
    """
    A new kind of expectation that nobody judges is a mistake in the program, never a verdict.
    """
    with pytest.raises(TypeError, match="no judge"):
        judged("a new kind", ECHO)  # type: ignore[arg-type]
