"""A rehearsal judges no TLS policy as something that it is not."""

from collections.abc import Mapping
from typing import Any

import pytest
from mtls_app_gateway.commands.rehearse_matrix import knock
from mtls_app_gateway.rehearsal.authority import Authority
from mtls_app_gateway.rehearsal.local_rehearsal import LocalRehearsal
from mtls_app_gateway.verify.judge.verdict import RowOutcome
from mtls_app_gateway.verify.report.report import Section

from .documents import basic_rule, chain, document, listener, strict

OLD_SUITES = ["TLS_ECDHE_RSA_WITH_AES_256_GCM_SHA384", "TLS_RSA_WITH_AES_128_CBC_SHA"]
POLICIES: Mapping[str, dict[str, Any]] = {
    **{
        name: {"policyType": "Predefined", "policyName": f"AppGwSslPolicy{name}"}
        for name in ("20150501", "20170401", "20170401S", "20990101")
    },
    "custom": {"policyType": "Custom", "minProtocolVersion": "TLSv1_0", "cipherSuites": OLD_SUITES},
    "custom-3des": {"policyType": "Custom", "cipherSuites": ["TLS_RSA_WITH_3DES_EDE_CBC_SHA"]},
    "custom-v2": {
        "policyType": "CustomV2",
        "minProtocolVersion": "TLSv1_2",
        "cipherSuites": ["TLS_AES_128_GCM_SHA256"],
    },
}


@pytest.fixture(scope="module")
def sections(tmp_path_factory: pytest.TempPathFactory) -> Mapping[str, Section]:
    """What comes of a Strict listener with each of the policies."""
    partners = Authority.create("Partners")
    gateway = document(
        [listener(name, 8471 + at, name) for at, name in enumerate(POLICIES)],
        rules=[basic_rule(name, 100 + at) for at, name in enumerate(POLICIES)],
        sslProfiles=[strict(name, "partners", sslPolicy=policy) for name, policy in POLICIES.items()],
        trustedClientCertificates=[chain("partners", partners.bundle_pem)],
    )
    with LocalRehearsal(tmp_path_factory.mktemp("policies")) as rehearsal:
        report = knock(rehearsal.show(gateway), "test", progress=lambda _done, _all: None)
    return {section.promise.listener: section for section in report.sections}


@pytest.mark.parametrize("name", POLICIES)
def test_nothing_fails(name: str, sections: Mapping[str, Section]) -> None:
    """
    Under each policy the matrix is asked, and no row is said not to hold that only a different policy would break.
    """
    outcomes = {verdict.row: verdict.outcome for verdict in sections[name].verdicts}

    assert [] == [row for row, outcome in outcomes.items() if outcome in {RowOutcome.FAILS, RowOutcome.UNANSWERED}]
    assert len(outcomes) > 20


@pytest.mark.parametrize("name", ["20170401S", "20170401", "20150501", "custom"])
def test_what_is_served_is_judged(name: str, sections: Mapping[str, Section]) -> None:
    """
    A policy that can be served is: its rows over TLS 1.2 hold, and TLS 1.3 is refused.
    """
    outcomes = {verdict.row: verdict.outcome for verdict in sections[name].verdicts}

    assert RowOutcome.HOLDS is outcomes["valid (rehearsal CA), TLS 1.2"]
    assert RowOutcome.HOLDS is outcomes["protocol version, TLS 1.3"]


@pytest.mark.parametrize(
    ("name", "version"),
    [("20990101", "TLS 1.2"), ("20990101", "TLS 1.3"), ("custom-3des", "TLS 1.2"), ("custom-v2", "TLS 1.2")],
)
def test_what_is_not_served_is_not_judged(name: str, version: str, sections: Mapping[str, Section]) -> None:
    """
    Where the policy's own suites are not served, what is met says nothing about Azure, and why is reported.
    """
    (verdict,) = [each for each in sections[name].verdicts if each.row == f"valid (rehearsal CA), {version}"]

    assert RowOutcome.NOT_JUDGED is verdict.outcome
    assert "are not served here" in str(getattr(verdict.asked, "expected", ""))


def test_what_azure_retired_is_not_judged(sections: Mapping[str, Section]) -> None:
    """
    TLS 1.0 and 1.1 under a policy that allows them: the policy says one thing, the retirement another.
    """
    outcomes = {
        (name, verdict.row): verdict.outcome for name, section in sections.items() for verdict in section.verdicts
    }

    for name, version in (("20150501", "1.0"), ("20150501", "1.1"), ("20170401", "1.1"), ("custom", "1.0")):
        assert RowOutcome.NOT_JUDGED is outcomes[name, f"protocol version, TLS {version}"]
    assert RowOutcome.HOLDS is outcomes["20170401", "protocol version, TLS 1.0"]
