"""HTTPS to the backend: nginx accepts what the document makes Azure accept, and answers 502 to everything else."""

import ssl
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest
from cryptography import x509
from mtls_app_gateway.commands.rehearse_try import lines_to_try
from mtls_app_gateway.document.references import self_reference
from mtls_app_gateway.document.view import view
from mtls_app_gateway.rehearsal.authority import Authority, Credential, LeafUse, write_credential
from mtls_app_gateway.rehearsal.backend_certificates import BackendCertificate
from mtls_app_gateway.rehearsal.local_gateway import LocalGateway, RunningGateway
from mtls_app_gateway.rehearsal.local_rehearsal import LocalRehearsal
from mtls_app_gateway.rehearsal.nginx.backend_tls import TlsBackend, https_backends
from mtls_app_gateway.rehearsal.nginx.config import plan
from mtls_app_gateway.rehearsal.nginx.placement import Placement, endpoints
from mtls_app_gateway.rehearsal.session import Session

from .documents import basic_rule, chain, document, listener, part
from .knocking import knock

INSIDE = Authority.create("Inside Root")
NAME = "inside.example.com"
VALID, OTHER_CA, WRONG_NAME, EXPIRED = BackendCertificate
UNKNOWN_ISSUER = "upstream SSL certificate verify error: (2"
"""OpenSSL's errors 20 and 21, whose words are not the same in all its releases."""
NO_CHAIN, NO_NAME = {"validateCertChainAndExpiry": False}, {"validateSNI": False}


def gateway(settings: dict[str, Any], *, roots: list[dict[str, Any]] | None = None, **more: Any) -> dict[str, Any]:
    """A listener before a backend that is spoken to by these settings, over HTTPS and under a root of its own."""
    trusted = [chain("inside", INSIDE.certificate_pem)] if roots is None else roots
    references = [self_reference("trustedRootCertificates", each["name"]) for each in trusted]
    spoken = {"port": 443, "protocol": "Https", "requestTimeout": 20, "trustedRootCertificates": references}
    return document(
        [listener("edge", 8481, hostNames=["edge.example.com", "*.example.org"])],
        trustedRootCertificates=trusted,
        backendHttpSettingsCollection=[part("app", **spoken, **settings)],
        **more,
    )


def log_of(folder: Path) -> str:
    return (folder / "logs" / "error.log").read_text()


@pytest.mark.parametrize(
    ("certificate", "settings", "refusal"),
    [
        (VALID, {}, None),
        (OTHER_CA, {}, UNKNOWN_ISSUER),
        (WRONG_NAME, {}, "upstream SSL certificate does not match"),
        (EXPIRED, {}, "certificate has expired"),
        (VALID, NO_NAME, None),
        (OTHER_CA, NO_NAME, UNKNOWN_ISSUER),
        (WRONG_NAME, NO_NAME, None),
        (EXPIRED, NO_NAME, "certificate has expired"),
        *((each, NO_CHAIN | NO_NAME, None) for each in BackendCertificate),
    ],
)
def test_a_certificate_is_accepted_as_the_document_says(
    tmp_path: Path, certificate: BackendCertificate, settings: dict[str, Any], refusal: str | None
) -> None:
    """
    The right certificate is accepted; another CA, another name and expiry are refused for that very reason, as far as
    they are verified.
    """
    with LocalGateway(tmp_path, backend_certificate=certificate) as local:
        answer = knock(local.show(gateway({"hostName": NAME} | settings)), "edge")

    if refusal is None:
        assert (200, "https") == (answer.status, answer.forwarded["transport"])
    else:
        assert 502 == answer.status
        assert refusal in log_of(tmp_path)


@pytest.mark.parametrize("address", ["10.0.2.4", "fd00::4"])
@pytest.mark.parametrize(("certificate", "status"), [(VALID, 200), (WRONG_NAME, 502)])
def test_a_backend_that_is_named_by_its_address(
    tmp_path: Path, address: str, certificate: BackendCertificate, status: int
) -> None:
    """
    Where the name is a member's address, the certificate must bear it.
    """
    pool = part("app", backendAddresses=[{"ipAddress": address}])
    given = gateway({"pickHostNameFromBackendAddress": True}, backendAddressPools=[pool])
    with LocalGateway(tmp_path, backend_certificate=certificate) as local:
        assert status == knock(local.show(given), "edge").status


@pytest.mark.parametrize("name", ["a b\n;}", "ü.example.com", "$host", 'a"b'])
def test_a_name_that_no_certificate_bears(tmp_path: Path, name: str) -> None:
    """
    A name that is none starts a gateway that refuses the backend, and no text of it is read by nginx as anything else.
    """
    with LocalGateway(tmp_path) as local:
        assert 502 == knock(local.show(gateway({"sniName": name})), "edge").status


def test_a_name_alone_is_not_verified_here_and_that_is_said(tmp_path: Path) -> None:
    """
    nginx cannot verify the name without the chain, so nothing is verified, and the rehearsal says so.
    """
    with LocalGateway(tmp_path, backend_certificate=OTHER_CA) as local:
        running = local.show(gateway({"hostName": NAME} | NO_CHAIN))
        assert 200 == knock(running, "edge").status

    assert "backend settings app: they verify the name alone, which nginx cannot; here neither is" in (
        running.not_rehearsed
    )


@pytest.mark.parametrize(
    ("roots", "said"),
    [
        ([], "backend settings app: the public roots; a rehearsal CA stands for them"),
        (
            [part("vault", keyVaultSecretId="https://v.vault.azure.net/secrets/root")],
            "trusted root vault: its content is not known here; a rehearsal CA stands for it",
        ),
        ([chain("broken", "no certificate")], "trusted root broken: its content is not known here"),
    ],
)
def test_a_rehearsal_ca_stands_for_roots_that_are_not_known(
    tmp_path: Path, roots: list[dict[str, Any]], said: str
) -> None:
    """
    Public roots, and roots that the document does not have, are rehearsed with a CA made here, and that is said.
    """
    given = gateway({"hostName": NAME}, roots=roots)
    with LocalGateway(tmp_path) as local:
        running = local.show(given)
        assert 200 == knock(running, "edge").status
    assert any(each.startswith(said) for each in running.not_rehearsed)

    with LocalGateway(tmp_path, backend_certificate=OTHER_CA) as local:
        assert 502 == knock(local.show(given), "edge").status


def test_the_rehearsal_ca_has_the_name_of_the_trusted_root(tmp_path: Path) -> None:
    """
    What nginx trusts is the real root and its copy, both with the root's name; an expired root has an expired copy.
    """
    now = datetime.now(UTC)
    old = Authority.create("Old Root", not_before=now - timedelta(days=90), not_after=now - timedelta(days=1))
    with LocalGateway(tmp_path) as local:
        answer = knock(local.show(gateway({"hostName": NAME}, roots=[chain("old", old.certificate_pem)])), "edge")
        trusted = x509.load_pem_x509_certificates((tmp_path / "backend-0.trusted.pem").read_bytes())

    assert [old.certificate.subject] * 2 == [each.subject for each in trusted]
    assert (502, True) == (answer.status, "certificate has expired" in log_of(tmp_path))


def test_a_connection_is_not_used_for_another_name(tmp_path: Path) -> None:
    """
    Where the name is that of the request, a name that the backend's certificate lacks is refused after one that it has.
    """
    with LocalGateway(tmp_path) as local:
        running = local.show(gateway({}))
        answers = [
            knock(running, "edge", host=host, sni="edge.example.com").status
            for host in ("edge.example.com", "one.example.org", "a.b.example.org", "edge.example.com")
        ]

    assert [200, 200, 502, 200] == answers


def test_two_settings_of_one_pool_are_two_backends(tmp_path: Path) -> None:
    """
    What one path accepts without verification is not accepted on the next: no connection is shared between them.
    """
    given = gateway({"hostName": NAME})
    lenient = part("lenient", port=443, protocol="Https", hostName=NAME, **NO_CHAIN, **NO_NAME)
    given["properties"]["backendHttpSettingsCollection"].append(lenient)
    pool = self_reference("backendAddressPools", "app")
    to = {name: self_reference("backendHttpSettingsCollection", name) for name in ("app", "lenient")}
    rule = part("lenient", paths=["/lenient"], backendAddressPool=pool, backendHttpSettings=to["lenient"])
    paths = part("paths", pathRules=[rule], defaultBackendAddressPool=pool, defaultBackendHttpSettings=to["app"])
    given["properties"]["urlPathMaps"] = [paths]
    given["properties"]["requestRoutingRules"] = [
        basic_rule("edge", rewrite=None, urlPathMap=self_reference("urlPathMaps", "paths"))
    ]
    with LocalGateway(tmp_path, backend_certificate=OTHER_CA) as local:
        running = local.show(given)
        answers = [knock(running, "edge", target=target).status for target in ("/lenient", "/", "/lenient", "/")]

    assert [200, 502, 200, 502] == answers


def test_a_change_of_the_root_reaches_what_runs(tmp_path: Path) -> None:
    """
    The document of a running gateway may get another root; it goes on answering, and a pool keeps its port.
    """
    with LocalGateway(tmp_path) as local:
        for root in (INSIDE, Authority.create("Next Root"), INSIDE):
            running = local.show(gateway({"hostName": NAME}, roots=[chain("inside", root.certificate_pem)]))
            assert 200 == knock(running, "edge").status


@pytest.mark.parametrize("certificate", BackendCertificate)
def test_who_tries_by_hand_is_warned(tmp_path: Path, certificate: BackendCertificate) -> None:
    """
    The lines to try say which bad certificate the backend shows, and nothing where it is the right one.
    """
    with LocalRehearsal(tmp_path, backend_certificate=certificate) as rehearsal:
        rehearsal.show(gateway({"hostName": NAME}))
        said = " ".join(lines_to_try(Session.read(tmp_path)))

    assert (f"a certificate of the kind {certificate}: expect HTTP 502" in said) is (certificate is not VALID)
    assert ("502" in said) is (certificate is not VALID)


class Application(ThreadingHTTPServer):
    """An application that speaks TLS itself, and keeps the server names that it was asked for."""

    daemon_threads = True

    def __init__(self, credential: Credential, folder: Path) -> None:
        super().__init__(("127.0.0.1", 0), _Hello)
        self.asked: list[str | None] = []
        self.tls = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        self.tls.load_cert_chain(*write_credential(credential, folder, "application"))
        self.tls.sni_callback = lambda _socket, name, _context: self.asked.append(name)
        self.socket = self.tls.wrap_socket(self.socket, server_side=True)

    def handle_error(self, *_: Any) -> None:
        pass


class _Hello(BaseHTTPRequestHandler):
    def do_GET(self) -> None:
        self.send_response(200)
        self.send_header("Content-Length", "5")
        self.end_headers()
        self.wfile.write(b"hello")

    def log_message(self, *_: Any) -> None:
        pass


@contextmanager
def application(credential: Credential, folder: Path) -> Iterator[Application]:
    with Application(credential, folder) as running:
        threading.Thread(target=running.serve_forever, args=(0.05,), daemon=True).start()
        yield running
        running.shutdown()


@contextmanager
def before(running: Application, folder: Path, given: dict[str, Any]) -> Iterator[RunningGateway]:
    with LocalGateway(folder, backend=f"https://{running.server_port}") as local:
        yield local.show(given)


def issued(authority: Authority, *names: str) -> Credential:
    return authority.issue("app", purpose=LeafUse.SERVER, host_names=names)


@pytest.mark.parametrize(
    ("settings", "asked"),
    [
        ({"sniName": NAME, "hostName": "host.example.com"}, NAME),
        ({"hostName": NAME, "pickHostNameFromBackendAddress": True}, NAME),
        ({"pickHostNameFromBackendAddress": True}, "app.example.com"),
        ({}, "edge.example.com"),
        ({"sniName": NAME} | NO_CHAIN | NO_NAME, NAME),
    ],
)
def test_the_name_in_the_handshake(tmp_path: Path, settings: dict[str, Any], asked: str) -> None:
    """
    A real application is asked for sniName, else the settings' host name, else the member's, else the client's.
    """
    (tmp_path / "gateway").mkdir(mode=0o700)
    with (
        application(issued(INSIDE, asked), tmp_path) as running,
        before(running, tmp_path / "gateway", gateway(settings)) as local,
    ):
        assert (200, "hello") == (knock(local, "edge").status, knock(local, "edge").text)

    assert {asked} == set(running.asked)


@pytest.mark.parametrize(
    ("credential", "roots", "said"),
    [
        (issued(Authority.create("Stranger"), NAME), None, UNKNOWN_ISSUER),
        (issued(INSIDE, "other.example.com"), None, "upstream SSL certificate does not match"),
        (issued(INSIDE, NAME), [], UNKNOWN_ISSUER),
        (
            issued(INSIDE, NAME),
            [part("vault", keyVaultSecretId="https://v.vault.azure.net/secrets/root")],
            UNKNOWN_ISSUER,
        ),
    ],
)
def test_a_real_application_is_refused(
    tmp_path: Path, credential: Credential, roots: list[dict[str, Any]] | None, said: str
) -> None:
    """
    A real application is verified by the document's own roots, or by this machine's public ones, not by rehearsal CAs.
    """
    (tmp_path / "gateway").mkdir(mode=0o700)
    with (
        application(credential, tmp_path) as running,
        before(running, tmp_path / "gateway", gateway({"hostName": NAME}, roots=roots)) as local,
    ):
        assert 502 == knock(local, "edge").status

    assert said in log_of(tmp_path / "gateway")
    if roots:
        assert any("trusted root vault: its content is not known here" in each for each in local.not_rehearsed)


def test_a_machine_without_public_roots_says_so(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """
    Where there is no file of public roots, nothing is accepted in their name, and that is said.
    """
    monkeypatch.setattr("mtls_app_gateway.rehearsal.rehearsed_backends._public_roots", lambda: "")
    (tmp_path / "gateway").mkdir(mode=0o700)
    with (
        application(issued(INSIDE, NAME), tmp_path) as running,
        before(running, tmp_path / "gateway", gateway({"hostName": NAME}, roots=[])) as local,
    ):
        assert 502 == knock(local, "edge").status

    assert "backend settings app: the public roots, of which this machine has no file" in local.not_rehearsed


def test_a_plain_application_is_named(tmp_path: Path) -> None:
    """
    An application on plain HTTP takes the place of one on HTTPS, and the rehearsal says that TLS is left out.
    """
    with LocalGateway(tmp_path, backend="9") as local:
        running = local.show(gateway({"hostName": NAME}))

    assert "TLS to the backend: the application here is reached over plain HTTP" in running.not_rehearsed


def test_an_older_nginx_keeps_no_connection_anyway() -> None:
    """
    `keepalive 0` is said only to an nginx that would keep connections without it; older ones refuse to start with it.
    """
    given = view(gateway({"hostName": NAME}))
    over_tls = {key: TlsBackend("127.0.0.1:1", "PEM") for key in https_backends(given)}
    ports = dict.fromkeys(endpoints(given), 9000)
    texts = {
        version: plan(given, Placement(ports, {"app": "127.0.0.1:2"}, 9200, version, tls_backends=over_tls)).config
        for version in ((1, 29, 6), (1, 29, 7))
    }

    assert ["keepalive 0;" in text for text in texts.values()] == [False, True]
