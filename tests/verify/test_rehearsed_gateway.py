"""A gateway that does what its document says is found to do so: modes, checks, callers, TLS versions."""

from collections.abc import Iterator

import pytest
from mtls_app_gateway.document.references import self_reference
from mtls_app_gateway.rehearsal.local_gateway import LocalGateway, RunningGateway
from mtls_app_gateway.verify.judge.verdict import RowOutcome, exit_code

from tests.rehearsal.documents import (
    basic_rule,
    chain,
    document,
    headers_set,
    listener,
    part,
    passthrough,
    rewrite_set,
    strict,
)

from .asking import Document, outcomes, row, target_of, verify
from .conftest import Pki

LISTENERS = ("passthrough", "strict", "issuer", "ocsp", "everything", "nobody", "plain", "named", "redirected")


@pytest.fixture(scope="module")
def gateway(pki: Pki) -> Document:
    listeners = [
        listener("passthrough", 8551, "passthrough"),
        listener("strict", 8552, "strict"),
        listener("issuer", 8553, "issuer"),
        listener("ocsp", 8554, "ocsp"),
        listener("everything", 8555, "everything"),
        listener("nobody", 8556),
        listener("plain", 8557, protocol="Http"),
        listener("named", 8558, "passthrough", hostNames=["app.example.com"]),
        listener("redirected", 8559, protocol="Http"),
    ]
    removing = {name.replace("-", "_"): "" for name in ("X-Client-Cert", "X-Client-Verification")}
    deleting = rewrite_set("deleting", {"actionSet": {"requestHeaderConfigurations": headers_set(**removing)}})
    setting = rewrite_set(
        "setting",
        {
            "actionSet": {
                "requestHeaderConfigurations": headers_set(
                    X_Client_Cert="{var_client_certificate}",
                    X_Client_Verification="{var_client_certificate_verification}",
                )
            }
        },
    )
    rules = [
        basic_rule(each["name"], 100 + at, "deleting" if each["name"] in {"nobody", "plain"} else "setting")
        for at, each in enumerate(listeners[:-1])
    ]
    redirect = part(
        "secure", redirectType="Permanent", targetListener=self_reference("httpListeners", "named"), includePath=True
    )
    rules.append(
        basic_rule("redirected", 300, None, redirectConfiguration=self_reference("redirectConfigurations", "secure"))
    )
    return document(
        listeners,
        rules=rules,
        rewriteRuleSets=[setting, deleting],
        redirectConfigurations=[redirect],
        sslProfiles=[
            passthrough(),
            strict("strict", "a"),
            strict("issuer", "a", issuer_dn=True),
            strict("ocsp", "a", ocsp=True),
            strict("everything", "a", issuer_dn=True, ocsp=True),
        ],
        trustedClientCertificates=[chain("a", pki.bundle)],
    )


@pytest.fixture(scope="module")
def local(gateway: Document, tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningGateway]:
    with LocalGateway(tmp_path_factory.mktemp("gateway")) as running:
        yield running.show(gateway)


@pytest.mark.parametrize("name", LISTENERS)
def test_every_verdict_holds(name: str, gateway: Document, local: RunningGateway, pki: Pki) -> None:
    """
    Against a gateway that keeps its promise no row fails, none is left unanswered, and most are judged.
    """
    section = verify(gateway, name, target_of(local, name), pki.all_callers())
    found = list(outcomes(section).values())

    assert [] == [
        (each.row, each.words) for each in section.verdicts if each.outcome in {RowOutcome.FAILS, RowOutcome.UNANSWERED}
    ]
    assert 0 == exit_code(section.verdicts)
    assert found.count(RowOutcome.HOLDS) > found.count(RowOutcome.NOT_JUDGED) + found.count(RowOutcome.NOT_ASKED)


@pytest.mark.parametrize("version", ["TLS 1.2", "TLS 1.3"])
def test_strict_judges_each_caller(version: str, gateway: Document, local: RunningGateway, pki: Pki) -> None:
    """
    With every check on, exactly the valid callers are let in; who is not known about is reported and not judged.
    """
    section = verify(gateway, "everything", target_of(local, "everything"), pki.all_callers())
    met = {name: row(section, f"{name}, {version}") for name in pki.callers}
    admitted = {name for name, verdict in met.items() if verdict.observation and verdict.observation.status == 200}

    assert {"valid", "valid RSA", "valid, odd name", "no purpose"} == admitted
    assert {"no purpose", "weak key"} == {
        name for name, verdict in met.items() if verdict.outcome is RowOutcome.NOT_JUDGED
    }


@pytest.mark.parametrize("version", ["TLS 1.2", "TLS 1.3"])
def test_the_handshake_is_observed(version: str, gateway: Document, local: RunningGateway) -> None:
    """
    An observation tells the protocol, the cipher, the server certificate, the wish for a certificate and the CA names.
    """
    section = verify(gateway, "strict", target_of(local, "strict"))
    observation = row(section, f"no certificate, {version}").observation

    assert observation is not None
    handshake = observation.handshake
    assert (version.replace(" ", "v"), True) == (handshake.protocol, handshake.is_certificate_requested)
    assert handshake.cipher is not None
    assert "AES_256_GCM" in handshake.cipher.replace("-", "_").replace("AES256", "AES_256")
    assert ("CN=Issuing A1", "CN=Root A") == handshake.ca_names
    assert handshake.certificate is not None
    assert "localhost" in handshake.certificate.names
    assert "CN=Rehearsal Server CA" == handshake.certificate.issuer
    timings = observation.timings
    phases = [each for each in (timings.connect, timings.handshake, timings.answer) if each]
    assert 3 == len(phases)
    assert timings.total >= sum(phases)


def test_one_question_is_asked_once(gateway: Document, local: RunningGateway, pki: Pki) -> None:
    """
    Rows that the same knock settles share its observation; nobody is knocked at twice for it.
    """
    section = verify(gateway, "passthrough", target_of(local, "passthrough"), pki.all_callers())
    met = row(section, "certificate request, TLS 1.2").observation

    assert met is row(section, "no certificate, TLS 1.2").observation
    assert met is row(section, "no certificate, what the backend gets, TLS 1.2").observation
