"""Twelve gateways that do not do what their document says: each is caught, by the right row, in the right words."""

import dataclasses
import socket
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import pytest
from mtls_app_gateway.rehearsal import local_gateway
from mtls_app_gateway.rehearsal.authority import LeafUse, write_credential
from mtls_app_gateway.rehearsal.local_gateway import LocalGateway
from mtls_app_gateway.rehearsal.nginx import config as nginx_config
from mtls_app_gateway.rehearsal.nginx.config import Rehearsal
from mtls_app_gateway.verify.judge.verdict import RowOutcome, exit_code
from mtls_app_gateway.verify.knock.observation import ReachedLayer
from mtls_app_gateway.verify.knock.question import Target
from mtls_app_gateway.verify.report.report import Section

from tests.rehearsal.documents import basic_rule, chain, document, listener, part, passthrough, strict

from .asking import Document, failed, outcomes, row, target_of, verify
from .conftest import DAY, NOW, Pki
from .servers import echoing, over_tls, server_context, serving

VERSIONS = ("TLS 1.2", "TLS 1.3")
NO_CERTIFICATE, CERTIFICATE_ERROR = "No required SSL certificate was sent", "The SSL certificate error"


def gateway(pki: Pki, **changed: Any) -> dict[str, Any]:
    """A Strict listener with every check, and what is changed of it."""
    parts = {
        "sslProfiles": [strict("clients", "a", issuer_dn=True, ocsp=True)],
        "trustedClientCertificates": [chain("a", pki.bundle)],
    }
    return document([listener("edge", 8651, "clients")], **(parts | changed))


@pytest.fixture
def verified(tmp_path: Path, pki: Pki) -> Callable[..., Section]:
    """Raise one document, and judge it by another."""

    def run(raised: Document, promised: Document, backend: str | None = None) -> Section:
        with LocalGateway(tmp_path / "gateway", backend=backend) as running:
            shown = running.show(raised)
            return verify(promised, "edge", target_of(shown, "edge"), pki.all_callers())

    return run


@pytest.fixture
def edited(monkeypatch: pytest.MonkeyPatch) -> Callable[[Mapping[str, str]], None]:
    """Change nginx's configuration behind the document's back."""

    def edit(changes: Mapping[str, str]) -> None:
        def edited_plan(*arguments: Any) -> Rehearsal:
            rehearsal = nginx_config.plan(*arguments)
            config = rehearsal.config
            for old, new in changes.items():
                assert old in config
                config = config.replace(old, new)
            return dataclasses.replace(rehearsal, config=config)

        monkeypatch.setattr(local_gateway, "plan", edited_plan)

    return edit


def both(name: str, words: str) -> dict[str, str]:
    return {f"{name}, {version}": words for version in VERSIONS}


def test_strict_that_is_really_passthrough(verified: Callable[..., Section], pki: Pki) -> None:
    """
    1. Who should be refused is let in, and every such row says so; the rows of the valid callers hold.
    """
    section = verified(gateway(pki, sslProfiles=[passthrough("clients")]), gateway(pki))
    broken = failed(section)

    assert 1 == exit_code(section.verdicts)
    let_in = "let in; HTTP 200, from the backend"
    refused = ("no certificate", "expired", "sibling", "untrusted", "forged", "self-signed", "revoked", "no responder")
    assert {name: let_in for caller in refused for name in both(caller, "")}.items() <= broken.items()
    assert RowOutcome.HOLDS is outcomes(section)["valid, TLS 1.3"]
    assert (
        "X-Client-Verification reached the backend with another value"
        in broken["valid, what the backend gets, TLS 1.3"]
    )


def test_profile_not_attached(verified: Callable[..., Section], pki: Pki) -> None:
    """
    2. No client is asked for a certificate: the row about the handshake says it, and nothing else explains it away.
    """
    raised = gateway(pki)
    del raised["properties"]["httpListeners"][0]["properties"]["sslProfile"]
    promised = document([listener("edge", 8651, "clients")], sslProfiles=[passthrough("clients")])
    section = verified(raised, promised)
    broken = failed(section)

    assert both("certificate request", "no certificate was asked for in the handshake").items() <= broken.items()
    assert "did not reach the backend" in broken["valid, what the backend gets, TLS 1.2"]
    assert RowOutcome.HOLDS is outcomes(section)["no certificate, TLS 1.2"]


def test_header_not_stripped(verified: Callable[..., Section], pki: Pki) -> None:
    """
    3. A header that the caller wrote reaches the backend: the spoofing rows fail, with the header's name.
    """
    profile = [passthrough("clients")]
    raised = gateway(pki, sslProfiles=profile, requestRoutingRules=[basic_rule("edge", rewrite=None)])
    section = verified(raised, gateway(pki, sslProfiles=profile))
    broken = failed(section)

    words = "X-Client-Cert and 7 others reached the backend as the caller sent it"
    assert both("no certificate, spoofing headers at /", words).items() <= broken.items()
    assert both("valid, spoofing headers at /", words).items() <= broken.items()


def test_wrong_ca(verified: Callable[..., Section], pki: Pki) -> None:
    """
    4. Another CA is trusted: the valid caller is refused, and the stranger of that CA is let in.
    """
    plain = [strict("clients", "a")]
    raised = gateway(pki, sslProfiles=plain, trustedClientCertificates=[chain("a", pki.root_b.bundle_pem)])
    section = verified(raised, gateway(pki, sslProfiles=plain))
    broken = failed(section)

    assert both("valid", f'refused by the gateway; HTTP 400, "{CERTIFICATE_ERROR}"').items() <= broken.items()
    assert both("untrusted", "let in; HTTP 200, from the backend").items() <= broken.items()
    assert RowOutcome.HOLDS is outcomes(section)["no certificate, TLS 1.3"]


@pytest.mark.parametrize(
    ("switched_off", "caller"),
    [("issuer_dn", "sibling"), ("ocsp", "revoked")],
)
def test_a_check_switched_off(switched_off: str, caller: str, verified: Callable[..., Section], pki: Pki) -> None:
    """
    5 and 6. Without the issuer's name the sibling is let in, without OCSP the revoked one; each is the row that fails.
    """
    checks = {"issuer_dn": True, "ocsp": True} | {switched_off: False}
    section = verified(gateway(pki, sslProfiles=[strict("clients", "a", **checks)]), gateway(pki))
    broken = failed(section)

    assert both(caller, "let in; HTTP 200, from the backend").items() <= broken.items()
    assert not {name for name in broken if name.startswith(("no certificate", "valid", "expired", "untrusted"))}


def test_tls_1_0_on(verified: Callable[..., Section], pki: Pki, edited: Callable[[Mapping[str, str]], None]) -> None:
    """
    7. An old protocol version is spoken: that row alone fails.
    """
    edited(
        {
            "ssl_protocols TLSv1.2 TLSv1.3;": "ssl_protocols TLSv1 TLSv1.2 TLSv1.3;",
            "ssl_ciphers ": "ssl_ciphers DEFAULT@SECLEVEL=0:",
        }
    )
    section = verified(gateway(pki), gateway(pki))

    assert {"protocol version, TLS 1.0": f'TLS 1.0 is spoken; HTTP 400, "{NO_CERTIFICATE}"'} == failed(section)


def test_plain_backend(verified: Callable[..., Section], pki: Pki) -> None:
    """
    8. The identity travels to the backend in the clear where HTTPS was promised: seen where the backend tells.
    """
    settings = [part("app", port=443, protocol="Https", requestTimeout=20)]
    profile = [passthrough("clients")]
    promised = gateway(pki, sslProfiles=profile, backendHttpSettingsCollection=settings)
    with serving(echoing(transport="http")) as backend:
        section = verified(gateway(pki, sslProfiles=profile), promised, backend=f"127.0.0.1:{backend.port}")

    assert both("transport to the backend", "the backend was reached by HTTP") == failed(section)


def test_expired_server_certificate(
    pki: Pki,
    edited: Callable[[Mapping[str, str]], None],
    tmp_path: Path,
) -> None:
    """
    9. The listener's own certificate is over: the server certificate's row alone fails, with the day.
    """
    old = pki.servers.issue(
        "localhost",
        purpose=LeafUse.SERVER,
        host_names=["localhost"],
        not_before=NOW - 9 * DAY,
        not_after=NOW - DAY,
    )
    certificate, key = write_credential(old, tmp_path, "old")
    edited(
        {
            "ssl_certificate listener-0.pem": f"ssl_certificate {certificate}",
            "ssl_certificate_key listener-0.key.pem": f"ssl_certificate_key {key}",
        }
    )
    (tmp_path / "servers.pem").write_text(pki.servers.bundle_pem)
    with LocalGateway(tmp_path / "gateway") as running:
        shown = running.show(gateway(pki))
        target = dataclasses.replace(target_of(shown, "edge"), server_ca=tmp_path / "servers.pem")
        section = verify(gateway(pki), "edge", target, pki.all_callers())
    (words,) = failed(section).values()

    assert ["server certificate, TLS 1.3"] == list(failed(section))
    assert words.startswith("certificate has expired; CN=localhost for localhost, issued by CN=Servers, expired ")
    assert f"{NOW - DAY:%Y-%m-%d}" in words


def test_a_proxy_answers_403(
    verified: Callable[..., Section], pki: Pki, edited: Callable[[Mapping[str, str]], None]
) -> None:
    """
    10. Another server before the gateway refuses: HTTP 403 is not taken for the gateway's refusal.
    """
    edited({'return 400 "<html>\\r\\n<head><title>400': 'return 403 "<html>\\r\\n<head><title>403'})
    section = verified(gateway(pki), gateway(pki))
    broken = failed(section)

    words = "not the gateway's HTTP 400: another server refuses, or it was let in; HTTP 403"
    assert (both("no certificate", words) | both("expired", words)).items() <= broken.items()
    assert RowOutcome.HOLDS is outcomes(section)["valid, TLS 1.2"]


def test_a_tls_alert_in_place_of_http_400(pki: Pki, tmp_path: Path) -> None:
    """
    11. A server that refuses within TLS is no Application Gateway: told with the layer, which depends on the version.
    """
    context = server_context(pki.servers, tmp_path, trusted=pki.bundle)
    with serving(over_tls(context, echoing())) as target:
        section = verify(gateway(pki, sslProfiles=[strict("clients", "a")]), "edge", target, pki.all_callers())
    broken = failed(section)
    ending = ", where the gateway finishes the handshake and answers HTTP 400"

    assert f"TLS handshake: alert (handshake_failure){ending}" == broken["no certificate, TLS 1.2"]
    assert f"TLS first read: alert (certificate_required){ending}" == broken["no certificate, TLS 1.3"]
    assert f"TLS handshake: alert (unknown_ca){ending}" == broken["self-signed, TLS 1.2"]
    assert f"TLS first read: alert (unknown_ca){ending}" == broken["self-signed, TLS 1.3"]
    assert RowOutcome.HOLDS is outcomes(section)["certificate request, TLS 1.2"]


def test_hanging_socket(pki: Pki) -> None:
    """
    12. Whoever takes the connection and says nothing has refused nobody: no row could be asked, in the time given.
    """

    def hang(connection: socket.socket) -> None:
        while connection.recv(65_536):
            pass

    with serving(hang) as target:
        section = verify(gateway(pki), "edge", target, pki.all_callers()[:2], timeout=0.5)
    met = row(section, "no certificate, TLS 1.3")

    assert 2 == exit_code(section.verdicts)
    assert "TLS handshake: no answer in time" == met.words
    assert {RowOutcome.UNANSWERED, RowOutcome.NOT_ASKED} == set(outcomes(section).values())


def test_a_closed_port_has_refused_no_client(pki: Pki) -> None:
    """
    A refused TCP connection is never a refusal for lack of a certificate, not even where a refusal was expected.
    """
    with socket.create_server(("127.0.0.1", 0)) as closing:
        port = closing.getsockname()[1]
    section = verify(gateway(pki), "edge", Target("localhost", port, "127.0.0.1"), pki.all_callers())
    asked = [each for each in section.verdicts if each.observation]

    assert {(RowOutcome.UNANSWERED, "TCP: connection refused")} == {(each.outcome, each.words) for each in asked}
    assert {ReachedLayer.TCP} == {each.observation.layer for each in asked if each.observation}
    assert 2 == exit_code(section.verdicts)


def test_an_unknown_name(pki: Pki) -> None:
    """
    A host without an address could not be asked, and the words say why.
    """
    section = verify(gateway(pki), "edge", Target("no-such-host.invalid", 443), timeout=2.0)

    assert "TCP: name not found (no-such-host.invalid)" == row(section, "every caller").words
    assert 2 == exit_code(section.verdicts)
