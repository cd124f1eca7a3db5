"""Every path of a listener is knocked at: a gateway that treats one otherwise is found by the rows of that path."""

from collections.abc import Iterator
from copy import deepcopy
from typing import Any

import pytest
from mtls_app_gateway.document.references import self_reference
from mtls_app_gateway.rehearsal.local_gateway import LocalGateway, RunningGateway
from mtls_app_gateway.verify.judge.verdict import RowOutcome, exit_code
from mtls_app_gateway.verify.report.report import Section

from tests.rehearsal.documents import (
    basic_rule,
    chain,
    document,
    listener,
    part,
    passthrough,
    strict,
)

from .asking import Document, failed, outcomes, target_of, verify
from .conftest import Pki

API, EXACT = "/api/mtls-gateway-verify", "/api/"
CASE = "whether Azure distinguishes upper from lower case in paths; here they are one"
LISTENERS = ("strict", "passthrough", "open", "plain")


def backend(pool: str) -> dict[str, Any]:
    return {
        "backendAddressPool": self_reference("backendAddressPools", pool),
        "backendHttpSettings": self_reference("backendHttpSettingsCollection", "app"),
        "rewriteRuleSet": self_reference("rewriteRuleSets", "identity"),
    }


def gateway(pki: Pki) -> dict[str, Any]:
    """Listeners of every kind with one path map: exact and wildcard paths, a pair in case, a redirect, and pools."""
    redirect = {"redirectConfiguration": self_reference("redirectConfigurations", "moved")}
    path_rules = [
        part("exact", paths=[EXACT], **backend("exact")),
        part("api", paths=["/api/*"], **backend("api")),
        part("lower", paths=["/report"], **backend("api")),
        part("upper", paths=["/REPORT"], **backend("exact")),
        part("moved", paths=["/moved/*"], **redirect),
        part("again", paths=["/api/*"], **backend("exact")),
    ]
    rest = {f"default{name[0].upper()}{name[1:]}": value for name, value in backend("app").items()}
    listeners = [
        listener("strict", 8571, "strict"),
        listener("passthrough", 8572, "passthrough"),
        listener("open", 8573),
        listener("plain", 8574, protocol="Http"),
    ]
    paths = self_reference("urlPathMaps", "paths")
    return document(
        listeners,
        rules=[basic_rule(each["name"], 100 + at, None, urlPathMap=paths) for at, each in enumerate(listeners)],
        urlPathMaps=[part("paths", pathRules=path_rules, **rest)],
        redirectConfigurations=[part("moved", redirectType="Found", targetUrl="https://new.example.com/")],
        backendAddressPools=[part(name, backendAddresses=[{"fqdn": "a.example"}]) for name in ("app", "api", "exact")],
        sslProfiles=[passthrough(), strict("strict", "a")],
        trustedClientCertificates=[chain("a", pki.bundle)],
    )


@pytest.fixture(scope="module")
def running(tmp_path_factory: pytest.TempPathFactory) -> Iterator[LocalGateway]:
    with LocalGateway(tmp_path_factory.mktemp("gateway")) as raised:
        yield raised


@pytest.fixture(scope="module")
def promised(pki: Pki) -> Document:
    return gateway(pki)


def judged(raised: RunningGateway, promised: Document, name: str, pki: Pki) -> Section:
    return verify(promised, name, target_of(raised, name), pki.all_callers())


def test_a_gateway_that_keeps_its_promise_on_every_path(running: LocalGateway, promised: Document, pki: Pki) -> None:
    """
    On each listener no row fails, each path has rows that hold, and what no path reaches or case decides never holds.
    """
    raised = running.show(promised)
    assert {f"listener {name}: {CASE}" for name in LISTENERS} <= set(raised.not_rehearsed)
    for name in LISTENERS:
        section = judged(raised, promised, name, pki)
        found = outcomes(section)
        version = "plain HTTP" if name == "plain" else "TLS 1.3"

        assert {} == failed(section)
        assert 0 == exit_code(section.verdicts)
        for path in ("/", API, EXACT, "/report"):
            assert RowOutcome.HOLDS is found[f"backend pool at {path}, {version}"]
            assert RowOutcome.HOLDS is found[f"no certificate, spoofing headers at {path}, {version}"]
        assert RowOutcome.HOLDS is found[f"redirect at /moved/mtls-gateway-verify, {version}"]
        assert RowOutcome.NOT_JUDGED is found[f"backend pool at /REPORT, {version}"]
        assert RowOutcome.NOT_ASKED is found["path /api/* of paths/again"]


def broken(promised: Document, name: str, **changed: Any) -> dict[str, Any]:
    """The document with other properties on one path rule; None leaves one out."""
    made = deepcopy(dict(promised))
    (rule,) = [each for each in made["properties"]["urlPathMaps"][0]["properties"]["pathRules"] if each["name"] == name]
    properties = {**rule["properties"], **changed}
    rule["properties"] = {key: value for key, value in properties.items() if value is not None}
    return made


def test_a_path_that_passes_headers_on_is_found(running: LocalGateway, promised: Document, pki: Pki) -> None:
    """
    Without its rewrite set one path passes the caller's own header on: its rows say so, with and without a certificate.
    """
    raised = running.show(broken(promised, "api", rewriteRuleSet=None))
    words = "X-Client-Cert and 7 others reached the backend as the caller sent it"
    rows = {f"valid, spoofing headers at {API}, TLS 1.3": words, f"valid, spoofing headers at {API}, TLS 1.2": words}

    found = failed(judged(raised, promised, "strict", pki))
    assert rows == {row: said for row, said in found.items() if "spoofing" in row}
    found = failed(judged(raised, promised, "passthrough", pki))
    assert words == found[f"no certificate, spoofing headers at {API}, TLS 1.3"]


def test_a_path_that_only_case_tells_apart_passes_nothing_on(
    running: LocalGateway, promised: Document, pki: Pki
) -> None:
    """
    Although its values are not judged, the caller's own header is found on such a path too.
    """
    raised = running.show(broken(broken(promised, "lower", rewriteRuleSet=None), "upper", rewriteRuleSet=None))
    found = failed(judged(raised, promised, "passthrough", pki))

    assert "no certificate, spoofing headers at /REPORT, TLS 1.3" in found


def test_a_path_that_leads_elsewhere_is_found(running: LocalGateway, promised: Document, pki: Pki) -> None:
    """
    Another pool, a redirect in place of a pool and a pool in place of a redirect are each found at their path.
    """
    raised = running.show(broken(promised, "exact", **backend("app")))
    assert {f"backend pool at {EXACT}, {version}": "led to app" for version in ("TLS 1.2", "TLS 1.3")} == failed(
        judged(raised, promised, "passthrough", pki)
    )
    raised = running.show(broken(promised, "moved", redirectConfiguration=None, **backend("app")))
    found = failed(judged(raised, promised, "open", pki))
    assert "not the promised redirect" in found["redirect at /moved/mtls-gateway-verify, TLS 1.3"]
    assert (
        "not the promised redirect" in found["no certificate, spoofing headers at /moved/mtls-gateway-verify, TLS 1.3"]
    )
