"""A rehearsal before an application that is no echo: nginx says what it sent on, and no row holds unasked."""

import io
import threading
from collections.abc import Iterator, Mapping
from dataclasses import replace
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import pytest
from mtls_app_gateway.commands.rehearse_matrix import knock
from mtls_app_gateway.commands.rehearse_report import print_matrix
from mtls_app_gateway.document.references import self_reference
from mtls_app_gateway.document.view import view
from mtls_app_gateway.problems import GatewayError
from mtls_app_gateway.rehearsal.authority import Authority
from mtls_app_gateway.rehearsal.backend_address import backend_address
from mtls_app_gateway.rehearsal.local_rehearsal import LocalRehearsal
from mtls_app_gateway.rehearsal.nginx import reports as nginx_reports
from mtls_app_gateway.rehearsal.session import Session
from mtls_app_gateway.verify.judge.verdict import RowOutcome, Verdict
from mtls_app_gateway.verify.knock import question
from mtls_app_gateway.verify.report.report import Report
from rich.console import Console

from .documents import basic_rule, chain, document, headers_set, listener, part, rewrite_set, strict


class Application(ThreadingHTTPServer):
    """Says hello to every client, and remembers the headers that it got."""

    daemon_threads = True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), Hello)
        self.received: list[Mapping[str, str]] = []
        threading.Thread(target=self.serve_forever, args=(0.05,), daemon=True).start()


class Hello(BaseHTTPRequestHandler):
    server: Application

    def do_GET(self) -> None:
        self.server.received.append(dict(self.headers.items()))
        self.send_response(200)
        self.send_header("Content-Length", "5")
        self.end_headers()
        self.wfile.write(b"hello")

    def log_message(self, *_: Any) -> None:
        pass


@pytest.fixture(scope="module")
def application() -> Iterator[Application]:
    with Application() as running:
        yield running
        running.shutdown()


def gateway() -> dict[str, Any]:
    """A Strict listener that sets its identity headers, and on one of its paths does not."""
    partners = Authority.create("Partners Root").intermediate("Partners Issuing")
    setting = headers_set(X_Client_Cert="{var_client_certificate}", X_Cost="a $5 {var_client_certificate_subject}")
    pool = {
        "backendAddressPool": self_reference("backendAddressPools", "app"),
        "backendHttpSettings": self_reference("backendHttpSettingsCollection", "app"),
    }
    paths = part(
        "paths",
        pathRules=[part("hole", paths=["/hole/*"], **pool)],
        defaultRewriteRuleSet=self_reference("rewriteRuleSets", "identity"),
        **{f"default{name[0].upper()}{name[1:]}": value for name, value in pool.items()},
    )
    return document(
        [listener("edge", 8471, "strict")],
        rules=[basic_rule("edge", rewrite=None, urlPathMap=self_reference("urlPathMaps", "paths"))],
        urlPathMaps=[paths],
        rewriteRuleSets=[rewrite_set("identity", {"actionSet": {"requestHeaderConfigurations": setting}})],
        sslProfiles=[strict("strict", "partners")],
        trustedClientCertificates=[chain("partners", partners.bundle_pem)],
    )


@pytest.fixture(scope="module")
def session(application: Application, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Session]:
    folder = tmp_path_factory.mktemp("real")
    with LocalRehearsal(folder, backend=str(application.server_port)) as rehearsal:
        rehearsal.show(gateway())
        yield Session.read(folder)


def asked(session: Session) -> Report:
    return knock(session, "test", progress=lambda _done, _all: None)


@pytest.fixture(scope="module")
def report(session: Session) -> Report:
    return asked(session)


def row(report: Report, name: str) -> Verdict:
    return next(verdict for verdict in report.verdicts if verdict.row == name)


@pytest.mark.parametrize("version", ["TLS 1.2", "TLS 1.3"])
def test_what_was_sent_on_is_judged(report: Report, version: str) -> None:
    """
    The application tells nothing, and yet each header that nginx sent on is compared with what Azure would send.
    """
    sent = row(report, f"valid (rehearsal CA), what the backend gets, {version}")

    assert (RowOutcome.HOLDS, "X-Client-Cert, X-Cost from the gateway") == (sent.outcome, sent.words)
    assert RowOutcome.HOLDS is row(report, f"valid (rehearsal CA), spoofing headers at /, {version}").outcome


def test_a_hole_is_seen(report: Report) -> None:
    """
    Where a route passes the client's own header on, nginx says that it did.
    """
    spoofed = row(report, "valid (rehearsal CA), spoofing headers at /hole/mtls-gateway-verify, TLS 1.3")

    assert RowOutcome.FAILS is spoofed.outcome
    assert "X-Client-Cert, X-Cost reached the backend as the caller sent it" == spoofed.words


@pytest.mark.usefixtures("report")
def test_the_application_never_sees_the_token(application: Application) -> None:
    """
    What is asked of nginx stays between it and whoever knocks.
    """
    assert application.received
    assert not [name for headers in application.received for name in headers if "rehearsal" in name.lower()]


def test_only_the_token_gets_a_report(session: Session) -> None:
    """
    An answer to a client without the token is the application's, with nothing added; what was not said does not hold.
    """
    unasked = asked(replace(session, report_token="of another rehearsal"))
    shown = io.StringIO()
    print_matrix(unasked, Console(file=shown, width=300))
    lines = shown.getvalue().splitlines()

    met = row(unasked, "valid (rehearsal CA), TLS 1.3").observation
    assert met is not None
    assert met.forwarded is None
    assert RowOutcome.NOT_ASKED is row(unasked, "valid (rehearsal CA), what the backend gets, TLS 1.3").outcome
    assert not [line for line in lines if "backend gets" in line and "holds" in line]
    assert [line for line in lines if "valid (rehearsal CA), what the backend gets" in line and "not asked" in line]


def test_two_rooms_have_one_name() -> None:
    """
    The names of the headers stand in the rehearsal and in the verifier, which do not know each other.
    """
    assert (nginx_reports.TOKEN_HEADER, nginx_reports.REPORT_HEADER) == (question.TOKEN_HEADER, question.REPORT_HEADER)


def test_only_what_is_a_header_is_reported() -> None:
    """
    Each header that a rewrite sets is reported once; what nginx has no variable for is left out.
    """
    actions = [{"headerName": name, "headerValue": ""} for name in ("X-A", "x-a", "X_B", "X-Ü", "X-C")]
    sets = [rewrite_set("one", {"actionSet": {"requestHeaderConfigurations": actions}}), rewrite_set("none", {})]

    assert ["X-A", "X-C"] == list(nginx_reports.reported_names(view(document([], rewriteRuleSets=sets))))


def test_an_echo_speaks_for_itself(tmp_path: Any) -> None:
    """
    Without an application of one's own no answer is added to.
    """
    with LocalRehearsal(tmp_path) as rehearsal:
        assert rehearsal.show(gateway()).report_token is None
    assert "Rehearsal" not in (tmp_path / "nginx.conf").read_text()


@pytest.mark.parametrize(
    ("written", "address"),
    [
        ("8000", "127.0.0.1:8000"),
        (":8000", "127.0.0.1:8000"),
        ("app:08000", "app:8000"),
        ("127.0.0.1:80", "127.0.0.1:80"),
        ("[::1]:80", "[::1]:80"),
        ("https://app:8443", "https://app:8443"),
        ("https://8443", "https://127.0.0.1:8443"),
    ],
)
def test_a_backend_is_understood(written: str, address: str) -> None:
    """
    A port alone is one of this machine.
    """
    assert address == backend_address(written)


@pytest.mark.parametrize("written", ["", "app", "app:", "0", "65536", "a;b:80", "http://app:80", "-1", "999999"])
def test_a_backend_that_is_none(written: str) -> None:
    """
    What is no address is reported with what one looks like.
    """
    with pytest.raises(GatewayError, match=r"backend-malformed: .*127.0.0.1:8000"):
        backend_address(written)
