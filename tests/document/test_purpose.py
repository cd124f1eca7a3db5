"""A document is checked the same way by every command, as seriously as what the command does with it demands."""

import copy
from typing import Any

import pytest
from mtls_app_gateway.document.placeholder import Placeholder
from mtls_app_gateway.document.purpose import Purpose, problems_for
from mtls_app_gateway.document.references import self_reference
from mtls_app_gateway.problems import Severity

ERROR, WARNING = Severity.ERROR, Severity.WARNING
SOUND: dict[str, Any] = {
    "type": "Microsoft.Network/applicationGateways",
    "name": "edge",
    "properties": {
        "sku": {"name": "Standard_v2", "tier": "WAF_v2"},
        "httpListeners": [{"name": "https"}, {"name": "spare"}],
        "requestRoutingRules": [
            {"name": name, "properties": {"httpListener": self_reference("httpListeners", name)}}
            for name in ("HTTPS", "spare")
        ],
    },
}


def changed(**properties: Any) -> dict[str, Any]:
    return SOUND | {"properties": copy.deepcopy(SOUND["properties"]) | properties}


def rule_for(listener: str) -> dict[str, Any]:
    return {"name": "r", "properties": {"httpListener": self_reference("httpListeners", listener)}}


@pytest.mark.parametrize("purpose", Purpose)
@pytest.mark.parametrize(
    "sku", [None, {"name": Placeholder("sku")}, {"name": "standard_V2"}, SOUND["properties"]["sku"]]
)
def test_a_sound_document_has_no_findings(purpose: Purpose, sku: Any) -> None:
    """
    Listeners with rules, names in any case, and a SKU that knows client certificates, or is not known, are no findings.
    """
    assert () == problems_for(changed(sku=sku), purpose)


@pytest.mark.parametrize(
    ("broken", "expected"),
    [
        (
            changed(requestRoutingRules=[rule_for("https"), rule_for("spare") | {"name": "R"}]),
            [("duplicate-name", "properties.requestRoutingRules[1]", (ERROR, ERROR, ERROR))],
        ),
        (
            changed(requestRoutingRules=[rule_for("https")]),
            [("listener-without-rule", "properties.httpListeners[1]", (WARNING, WARNING, WARNING))],
        ),
        (
            changed(httpListeners=[], requestRoutingRules=[]),
            [("no-listener", "properties.httpListeners", (WARNING, ERROR, ERROR))],
        ),
        (
            changed(
                httpListeners=[{"name": "https"}],
                requestRoutingRules=[rule_for("https"), rule_for("x") | {"name": "x"}],
            ),
            [
                (
                    "dangling-reference",
                    "properties.requestRoutingRules[1].properties.httpListener, of 'x'",
                    (ERROR, ERROR, ERROR),
                )
            ],
        ),
        (
            changed(sku={"name": "Standard_Medium", "tier": "Standard"}),
            [
                ("sku-without-client-authentication", "properties.sku.name", (ERROR, ERROR, WARNING)),
                ("sku-without-client-authentication", "properties.sku.tier", (ERROR, ERROR, WARNING)),
            ],
        ),
    ],
)
def test_a_finding_is_as_serious_as_the_purpose_demands(broken: dict[str, Any], expected: Any) -> None:
    """
    Each rule has its code, its place, and a severity for writing, rehearsing and reading.
    """
    found = [problems_for(broken, purpose) for purpose in (Purpose.WRITE, Purpose.REHEARSE, Purpose.READ)]

    assert expected == [
        (rule, where, tuple(each[index].severity for each in found))
        for index, (rule, where) in enumerate((problem.rule, problem.where) for problem in found[0])
    ]


@pytest.mark.parametrize(
    ("name", "said"),
    [
        (
            "WAF_Large",
            "'WAF_Large' is a V1 size, retired on 28 April 2026, which has no client certificate authentication",
        ),
        ("Basic", "'Basic' has no client certificate authentication"),
    ],
)
def test_a_sku_is_named_with_what_it_lacks(name: str, said: str) -> None:
    """
    The message says whether the SKU is of the retired generation.
    """
    (problem,) = problems_for(changed(sku={"name": name}), Purpose.READ)

    assert said == problem.saw
