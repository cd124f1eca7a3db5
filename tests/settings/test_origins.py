"""Each place of a document leads back to the setting that made it, and what could not be read makes no findings."""

import json
import re
from typing import Any

import pytest
from mtls_app_gateway.problems import GatewayError, Problem
from mtls_app_gateway.settings.frontend_parts import PUBLIC_IP_PLACEHOLDER, SUBNET_PLACEHOLDER
from mtls_app_gateway.settings.origins import From, Origins
from mtls_app_gateway.settings.parsing import parse_settings, top_level_key
from mtls_app_gateway.settings.planning import plan_gateway
from mtls_app_gateway.settings.settings import GatewaySettings
from mtls_app_gateway.settings.to_document import (
    NAME_PLACEHOLDER,
    draft_document,
)

from .settings_examples import SMALLEST, changed
from .test_planning import AT
from .test_rules import IDENTITY, POLICY, VAULT

RICH = changed(
    SMALLEST,
    profiles=[{"name": "partners", "mode": "Passthrough", "tlsPolicy": {"policyName": "AppGwSslPolicy20220101"}}],
    listenerCertificates=[VAULT],
    listeners=[
        {"hostNames": ["a.example.com", "b.example.com"]},
        {"name": "partners", "port": 8443, "profile": "partners"},
        {"name": "plain", "port": 80, "protocol": "Http"},
    ],
    backends=[
        {"fqdns": ["a.example.com"], "ipAddresses": ["10.0.2.4"], "hostName": "a.example.com"},
        {"name": "other", "fqdns": ["b.example.com"]},
    ],
    routes=[
        {"priority": 1},
        {"name": "partners", "listener": "partners", "backend": "other", "priority": 2},
        {"name": "plain", "listener": "plain", "backend": "other", "priority": 3},
    ],
    identityHeaders={"verification": "X-Client-Verify"},
    autoscale={"minCapacity": 3},
    zones=["1", "2"],
    sku="WAF_v2",
    wafPolicyId=POLICY,
    identityId=IDENTITY,
)


@pytest.mark.parametrize(
    ("place", "setting"),
    [
        ("properties.httpListeners[0].properties.hostNames[1]", "listeners[0].hostNames[1]"),
        ("properties.httpListeners[1].properties.frontendPort", "listeners[1].port"),
        ("properties.httpListeners[1].properties.sslProfile.id", "listeners[1].profile"),
        ("properties.httpListeners[2].properties.sslProfile", "listeners[2].profile"),
        ("properties.httpListeners[1]", "listeners[1]"),
        ("properties.sslProfiles[0]", "mode"),
        ("properties.sslProfiles[1].properties.clientAuthConfiguration.verifyClientAuthMode", "profiles[0].mode"),
        ("properties.sslProfiles[1].properties.sslPolicy.policyName", "profiles[0].tlsPolicy.policyName"),
        ("properties.sslCertificates[0].properties.keyVaultSecretId", "listenerCertificates[0].keyVaultSecretId"),
        ("properties.backendAddressPools[1]", "backends[1]"),
        ("properties.backendHttpSettingsCollection[0].properties.hostName", "backends[0].hostName"),
        ("properties.probes[0].properties.interval", "backends[0].probe.interval"),
        ("properties.requestRoutingRules[2].properties.priority", "routes[2].priority"),
        (
            "properties.rewriteRuleSets[0].properties.rewriteRules[0].actionSet.requestHeaderConfigurations[1]",
            "identityHeaders.verification",
        ),
        ("properties.autoscaleConfiguration.minCapacity", "autoscale.minCapacity"),
        ("properties.firewallPolicy", "wafPolicyId"),
        ("zones", "zones"),
        ("identity.type", "identityId"),
        ("apiVersion", "apiVersion"),
    ],
)
def test_a_place_leads_to_its_setting(place: str, setting: str) -> None:
    """The nearest setting that made the place or the part around it; a place that no setting made stays itself."""
    draft = draft_document(parse_settings(RICH).settings, {})

    assert setting == draft.origins.setting(place)


def test_what_is_left_out_has_its_origin() -> None:
    """A value that no setting gives is not in the document, and a finding about that leads to its setting."""
    origins = Origins()

    assert {"a": [1]} == origins.settle({"a": [From("x", 1)], "b": From("y", None), "properties": {}})
    assert ("x", "y") == (origins.setting("a[0]"), origins.setting("b"))


def problems_of(given: dict[str, Any]) -> tuple[Problem, ...]:
    try:
        return plan_gateway(given, now=AT).problems
    except GatewayError as error:
        return error.problems


def test_no_placeholder_is_left_that_was_not_given() -> None:
    """A draft's placeholders for what is missing never reach a document."""
    text = json.dumps(plan_gateway(RICH, now=AT).document)

    assert {NAME_PLACEHOLDER, SUBNET_PLACEHOLDER, PUBLIC_IP_PLACEHOLDER} == set(re.findall(r'"(\$input/[^"]*)"', text))


@pytest.mark.parametrize("key", [str(field.alias) for field in GatewaySettings.model_fields.values()])
def test_what_could_not_be_read_makes_no_false_finding(key: str) -> None:
    """A setting of the wrong form is named for its form, and nothing is said of what it would have been."""
    usual = {(problem.rule, problem.where) for problem in problems_of(RICH)}
    found = problems_of({**RICH, key: 5 if key == "zones" else ["x"]})

    assert key in {top_level_key(problem.where) for problem in found}
    assert [] == [
        problem
        for problem in found
        if top_level_key(problem.where) != key and (problem.rule, problem.where) not in usual
    ]


@pytest.mark.parametrize("key", ["mode", "backends", "routes", "listenerCertificates", "network"])
def test_what_could_not_be_read_hides_no_other_finding(key: str) -> None:
    """A header and a cipher suite are judged whatever else could not be read."""
    policy = {"minProtocolVersion": "TLSv1_2", "cipherSuites": ["TLS_X"]}
    found = problems_of({**RICH, key: ["x"], "tlsPolicy": policy, "identityHeaders": {"certificate": "Host"}})

    assert {"header-name-reserved", "cipher-suite-unknown"} <= {problem.rule for problem in found}
