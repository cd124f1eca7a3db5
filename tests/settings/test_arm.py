"""`arm`: what has no setting of its own, merged by name, checked like everything else, and no way around a rule."""

import base64
from typing import Any

import pytest
from mtls_app_gateway.document.placeholder import Placeholder
from mtls_app_gateway.document.spelling import flatten, nest
from mtls_app_gateway.problems import GatewayError, Problem, Severity
from mtls_app_gateway.rehearsal.authority import Authority, LeafUse

from .settings_examples import SMALLEST, SUBSCRIPTION, changed
from .test_planning import AT, plan

Arm = dict[str, Any]
POLICY = {
    "name": "even",
    "properties": {
        "loadDistributionAlgorithm": "RoundRobin",
        "loadDistributionTargets": [
            {
                "name": "one",
                "properties": {"weightPerServer": 1, "backendAddressPool": {"id": "$self/backendAddressPools/backend"}},
            }
        ],
    },
}
SPREAD: Arm = {
    "properties": {
        "loadDistributionPolicies": [POLICY],
        "requestRoutingRules": [
            {"name": "route", "properties": {"loadDistributionPolicy": {"id": "$self/loadDistributionPolicies/even"}}}
        ],
    }
}
DELETES: Arm = {"rewriteRuleSet": {"id": "$self/rewriteRuleSets/delete-identity-headers"}}
HIDES = {"headerName": "Server", "headerValue": ""}
SETS: Arm = {"rewriteRuleSet": {"id": "$self/rewriteRuleSets/set-identity-headers"}}


@pytest.fixture(scope="module")
def partners() -> Authority:
    """An authority that is valid when the plans are made."""
    return Authority.create("Example Partners Root", now=AT)


def properties(**collections: Any) -> Arm:
    return {"properties": collections}


def named(name: str, **properties: Any) -> dict[str, Any]:
    return {"name": name, "properties": properties}


def to(collection: str, name: str) -> dict[str, str]:
    return {"id": f"$self/{collection}/{name}"}


def listener(name: str = "extra", *, port: str = "extra", **more: Any) -> dict[str, Any]:
    frontend = to("frontendIPConfigurations", "public")
    return named(name, frontendIPConfiguration=frontend, frontendPort=to("frontendPorts", port), **more)


def routed(*, profile: str | None = None, listener_properties: Arm | None = None, **rule: Any) -> Arm:
    """A listener on a port of its own, and its rule to the only backend."""
    tls: Arm = {"protocol": "Https", "sslCertificate": to("sslCertificates", "listener")} if profile is not None else {}
    if profile:
        tls["sslProfile"] = to("sslProfiles", profile)
    return properties(
        frontendPorts=[named("extra", port=8080)],
        httpListeners=[listener(**({"protocol": "Http"} | tls | (listener_properties or {})))],
        requestRoutingRules=[
            named(
                "extra",
                ruleType="Basic",
                priority=900,
                httpListener=to("httpListeners", "extra"),
                backendAddressPool=to("backendAddressPools", "backend"),
                backendHttpSettings=to("backendHttpSettingsCollection", "backend"),
                **rule,
            )
        ],
    )


def problems(arm: Any, base: dict[str, Any] = SMALLEST, **changes: Any) -> list[Problem]:
    """Everything that a plan says of a gateway with this `arm`."""
    try:
        return list(plan(changed(base, arm=arm, **changes)).problems)
    except GatewayError as error:
        return list(error.problems)


def errors(arm: Any, base: dict[str, Any] = SMALLEST, **changes: Any) -> set[tuple[str, str]]:
    found = problems(arm, base, **changes)
    return {(problem.rule, problem.where) for problem in found if problem.severity is Severity.ERROR}


def test_entries_are_merged_by_name() -> None:
    """A new entry is added, and one that the settings write gets the properties that it lacks."""
    document = plan(changed(SMALLEST, arm=SPREAD)).document
    before = plan(SMALLEST).document

    assert [POLICY] == document["properties"].pop("loadDistributionPolicies")
    (rule,) = document["properties"]["requestRoutingRules"]
    assert to("loadDistributionPolicies", "even") == rule["properties"].pop("loadDistributionPolicy")
    assert before == document


def test_without_arm_nothing_changes() -> None:
    """An empty one is none."""
    assert plan(SMALLEST).document == plan(changed(SMALLEST, arm={})).document


def test_null_is_not_given() -> None:
    """As Azure's tools write what a part does not have."""
    arm = properties(privateLinkConfigurations=None, probes=None, enableHttp2=None)

    assert plan(SMALLEST).document == plan(changed(SMALLEST, arm=arm)).document


def test_it_is_read_as_every_published_form_is() -> None:
    """Names in any case, `properties` left out, and the floats in which numbers reach a plugin."""
    spelled = {
        "LoadDistributionPolicies": [
            {
                "name": "even",
                "loadDistributionAlgorithm": "roundrobin",
                "loadDistributionTargets": [
                    {"name": "one", "weightPerServer": 1.0, "backendAddressPool": to("BACKENDADDRESSPOOLS", "Backend")}
                ],
            }
        ],
        "requestRoutingRules": [{"name": "ROUTE", "loadDistributionPolicy": to("loadDistributionPolicies", "even")}],
    }

    document = plan(changed(SMALLEST, arm=spelled)).document
    assert plan(changed(SMALLEST, arm=SPREAD)).document == document
    assert document == nest(flatten(document), document["type"])


def test_entries_without_properties_of_ours_beside_them_may_be_lists_of_values() -> None:
    """A list that the settings do not write is taken as it is."""
    arm = properties(entraJWTValidationConfigs=[named("jwt", tenantId="t", audiences=["a", "b"])])

    document = plan(changed(SMALLEST, arm=arm)).document
    assert arm["properties"]["entraJWTValidationConfigs"] == document["properties"]["entraJWTValidationConfigs"]


@pytest.mark.parametrize(
    ("arm", "setting"),
    [
        ({"name": "edge"}, "arm.name"),
        ({"location": "westeurope"}, "arm.location"),
        ({"type": "Microsoft.Network/applicationGateways"}, "arm.type"),
        ({"apiVersion": "2024-05-01"}, "arm.apiVersion"),
        (properties(enableHttp2=True), "http2"),
        (properties(sku={"capacity": 3, "name": "WAF_v2"}), "sku"),
        (properties(sslPolicy={"minProtocolVersion": "TLSv1_2"}), "tlsPolicy"),
        (properties(httpListeners=[named("HTTPS", protocol="Http")]), "listeners[0].protocol"),
        (properties(httpListeners=[named("https", frontendPort=to("frontendPorts", "x"))]), "listeners[0].port"),
        (
            properties(sslProfiles=[named("default", clientAuthConfiguration={"verifyClientCertIssuerDN": False})]),
            "mode",
        ),
        (properties(requestRoutingRules=[named("route", **DELETES)]), "routes[0].rewrites"),
        (
            properties(backendAddressPools=[named("backend", backendAddresses=[{"fqdn": "evil.example"}])]),
            "backends[0]",
        ),
        (
            properties(frontendIPConfigurations=[named("public", publicIPAddress={"id": "/other"})]),
            "publicIp.id",
        ),
    ],
)
def test_what_a_setting_writes_is_refused(arm: Arm, setting: str) -> None:
    """The problem is at the setting that writes it, and names the place in `arm`."""
    found = [problem for problem in problems(arm) if problem.rule == "arm-clash"]

    assert [setting] == [problem.where for problem in found]
    assert setting.startswith("arm.") or "arm.properties." in found[0].saw


@pytest.mark.parametrize(
    ("arm", "rule", "where"),
    [
        (properties(sslProfile=[]), "unknown-property", "arm.properties.sslProfile"),
        (properties(firewallPolicy="/policy"), "wrong-form", "arm.properties.firewallPolicy"),
        (properties(loadDistributionPolicies={}), "wrong-form", "arm.properties.loadDistributionPolicies"),
        (properties(enableFips="perhaps"), "wrong-form", "arm.properties.enableFips"),
        (properties(enableFips=3.5), "wrong-form", "arm.properties.enableFips"),
        ({"zones": [True]}, "wrong-form", "arm.zones[0]"),
        (properties(provisioningState="Succeeded"), "read-only-property", "arm.properties.provisioningState"),
        ({"etag": "x"}, "read-only-property", "arm.etag"),
        (properties(probes=[{"name": "a", "id": "/x"}]), "read-only-property", "arm.properties.probes[0].id"),
        (
            properties(redirectConfigurations=[named("a", requestRoutingRules=[to("requestRoutingRules", "route")])]),
            "read-only-property",
            "arm.properties.redirectConfigurations[0].properties.requestRoutingRules",
        ),
        (properties(probes=[named("", port=80)]), "missing-name", "arm.properties.probes[0].name"),
        (
            properties(loadDistributionPolicies=[named("a", loadDistributionAlgorithm="Random")]),
            "wrong-form",
            "arm.properties.loadDistributionPolicies[0].properties.loadDistributionAlgorithm",
        ),
        (
            properties(probes=[named("a", port=0)]),
            "wrong-form",
            "arm.properties.probes[0].properties.port",
        ),
        (
            properties(probes=[named("a", port=70000)]),
            "wrong-form",
            "arm.properties.probes[0].properties.port",
        ),
        (
            properties(firewallPolicy={"id": "[resourceId('Microsoft.Network/x', 'p')]"}),
            "not-understood",
            "arm.properties.firewallPolicy.id",
        ),
        (properties(probes=[{"copy": []}]), "not-understood", "arm.properties.probes[0].copy"),
        ("text", "wrong-value", "arm"),
        (
            properties(urlPathMaps=[named("a", defaultBackendAddressPool=to("backendAddressPools", "none"))]),
            "dangling-reference",
            "arm.properties.urlPathMaps[0].properties.defaultBackendAddressPool",
        ),
        (
            properties(sslProfiles=[named("p", trustedClientCertificates=[])]),
            "mode-missing",
            "arm.properties.sslProfiles[0]",
        ),
    ],
)
def test_what_azure_does_not_take_is_refused_at_its_place(arm: Any, rule: str, where: str) -> None:
    """Unknown names, wrong types, words and numbers, what only Azure writes, and references that reach nothing."""
    assert (rule, where) in errors(arm)


def test_what_is_refused_is_not_shown() -> None:
    """It may be a secret in the wrong place."""
    arm = properties(
        enableFips="hunter2", loadDistributionPolicies=[named("a", loadDistributionAlgorithm="hunter2")], sku="hunter2"
    )

    assert "hunter2" not in str([str(problem) for problem in problems(arm)])


def test_secrets_are_refused_wherever_they_are(partners: Authority) -> None:
    """A PFX and its password by their place, private keys by their content: plain, wrapped in base64, or inside PFX."""
    client = partners.issue("client", purpose=LeafUse.CLIENT)
    wrapped = base64.b64encode(client.key_pem.encode()).decode()
    pfx = base64.b64encode(client.pfx("Kz93mQx7Rv")).decode()
    bundle = base64.b64encode(f"{partners.bundle_pem}{client.key_pem}".encode()).decode()
    arm = properties(
        sslCertificates=[named("a", data=pfx, password="Kz93mQx7Rv")],
        trustedClientCertificates=[named(f"t{at}", data=data) for at, data in enumerate((wrapped, pfx, bundle))],
        probes=[named("p", path=client.key_pem)],
    )

    found = [problem for problem in problems(arm) if problem.rule == "secret-given"]
    assert {
        "arm.properties.sslCertificates[0].properties.data",
        "arm.properties.sslCertificates[0].properties.password",
        *(f"arm.properties.trustedClientCertificates[{at}].properties.data" for at in range(3)),
    } <= {problem.where for problem in found}
    shown = str([str(problem) for problem in problems(arm)])
    assert not any(secret in shown for secret in ("Kz93mQx7Rv", pfx[:40], client.key_pem[40:80]))
    allowed = properties(
        trustedClientCertificates=[named("t", data=base64.b64encode(partners.bundle_pem.encode()).decode())]
    )
    assert set() == errors(allowed)


def test_an_id_may_be_known_later() -> None:
    """A placeholder passes where a text does, and nowhere else."""
    later = Placeholder("arm.properties.firewallPolicy.id")
    document = plan(changed(SMALLEST, sku="WAF_v2", arm=properties(firewallPolicy={"id": later}))).document

    assert later is document["properties"]["firewallPolicy"]["id"]
    assert ("wrong-form", "arm.properties.enableFips") in errors(properties(enableFips=Placeholder("x")))


def strict_base(partners: Authority) -> dict[str, Any]:
    return changed(SMALLEST, mode="Strict", strict={"trustedCaChains": [{"data": partners.bundle_pem}]})


@pytest.mark.parametrize(
    ("arm", "rule", "where"),
    [
        # A way to the Strict listener's backend: plain, without a profile, on layer 4, by another pool, by weight.
        (routed(**DELETES), "strict-bypassed", "arm.properties.httpListeners[0].properties.protocol"),
        (routed(profile="", **DELETES), "strict-bypassed", "arm.properties.httpListeners[0].properties.sslProfile"),
        (
            properties(
                listeners=[listener("l4", port="port-443", protocol="Tcp")],
                backendSettingsCollection=[named("l4", port=443, protocol="Tcp")],
                routingRules=[
                    named(
                        "l4",
                        ruleType="Basic",
                        priority=900,
                        listener=to("listeners", "l4"),
                        backendAddressPool=to("backendAddressPools", "backend"),
                        backendSettings=to("backendSettingsCollection", "l4"),
                    )
                ],
            ),
            "strict-bypassed",
            "arm.properties.listeners[0].properties.protocol",
        ),
        (
            properties(
                **(
                    routed(**DELETES)["properties"]
                    | {
                        "backendAddressPools": [named("same", backendAddresses=[{"fqdn": "APP.example.com."}])],
                        "requestRoutingRules": [
                            named(
                                "extra",
                                priority=900,
                                httpListener=to("httpListeners", "extra"),
                                backendAddressPool=to("backendAddressPools", "same"),
                                **DELETES,
                            )
                        ],
                    }
                )
            ),
            "strict-bypassed",
            "arm.properties.httpListeners[0].properties.protocol",
        ),
        # A way for a client's own identity header: no rewrites, a path without them, a rule after ours, before it.
        (routed(profile="default"), "identity-header-passed-on", "arm.properties.requestRoutingRules[0]"),
        (
            properties(
                urlPathMaps=[
                    named(
                        "paths",
                        defaultBackendAddressPool=to("backendAddressPools", "backend"),
                        defaultBackendHttpSettings=to("backendHttpSettingsCollection", "backend"),
                        defaultRewriteRuleSet=SETS["rewriteRuleSet"],
                        pathRules=[
                            named(
                                "open",
                                paths=["/open"],
                                backendAddressPool=to("backendAddressPools", "backend"),
                                backendHttpSettings=to("backendHttpSettingsCollection", "backend"),
                            )
                        ],
                    )
                ],
                requestRoutingRules=[named("route", urlPathMap=to("urlPathMaps", "paths"))],
            ),
            "identity-header-passed-on",
            "arm.properties.urlPathMaps[0].properties.pathRules[0]",
        ),
        (
            properties(
                rewriteRuleSets=[
                    named(
                        "set-identity-headers",
                        rewriteRules=[
                            {
                                "name": "mine",
                                "ruleSequence": 200,
                                "actionSet": {
                                    "requestHeaderConfigurations": [
                                        {"headerName": "x-client-CERT", "headerValue": "{http_req_X-Client-Cert}"}
                                    ]
                                },
                            }
                        ],
                    )
                ]
            ),
            "arm-clash",
            "identityHeaders.certificate",
        ),
        # A profile that asks nobody, and one whose mode is left to Azure.
        (
            routed(profile="open")
            | properties(sslProfiles=[named("open", clientAuthConfiguration={"verifyClientAuthMode": "Strict"})]),
            "strict-without-chain",
            "arm.properties.sslProfiles[0].properties.trustedClientCertificates",
        ),
    ],
)
def test_no_bypass_comes_in_through_arm(arm: Arm, rule: str, where: str, partners: Authority) -> None:
    """What arm adds is judged like the rest: each way around client authentication is an error at its place."""
    assert (rule, where) in errors(arm, strict_base(partners))


def test_a_way_through_a_passthrough_listener_is_a_warning(partners: Authority) -> None:
    """As it is where settings make it; and a port that the security group keeps closed is one."""
    profile = named("lenient", clientAuthConfiguration={"verifyClientAuthMode": "Passthrough"})
    arm = routed(profile="lenient", **SETS)
    arm["properties"]["sslProfiles"] = [profile]

    found = {(problem.rule, problem.where) for problem in problems(arm, strict_base(partners))}
    assert set() == errors(arm, strict_base(partners))
    assert {
        ("strict-bypassed-passthrough", "arm.properties.httpListeners[0].properties.sslProfile"),
        ("arm-port-closed", "arm.properties.httpListeners[0]"),
    } <= found
    own_subnet = {"subnetId": f"{SUBSCRIPTION}/Microsoft.Network/virtualNetworks/v/subnets/s"}
    own_group = {"securityGroupId": f"{SUBSCRIPTION}/Microsoft.Network/networkSecurityGroups/g"}
    for network in (own_subnet, own_group):
        assert "arm-port-closed" not in {
            problem.rule for problem in problems(arm, strict_base(partners), network=network)
        }


def test_what_settings_accept_is_not_accepted_for_arm() -> None:
    """A setting with `unsafe` in its name is about the part that it is written at."""
    headers = {"subject": "X-Subject", "unsafeUnverifiedFacts": True}
    action = {"headerName": "X-More", "headerValue": "{var_client_certificate_subject}"}
    rule = {"name": "mine", "ruleSequence": 50, "actionSet": {"requestHeaderConfigurations": [action]}}
    arm = properties(rewriteRuleSets=[named("set-identity-headers", rewriteRules=[rule])])

    assert {"facts-unverified"} == {rule for rule, _ in errors(arm, identityHeaders=headers)}
    assert {("listener-without-profile", "arm.properties.httpListeners[0]")} <= {
        (problem.rule, problem.where) for problem in problems(routed(profile="", **DELETES))
    }


def test_the_redirect_of_a_listener_stays_one(partners: Authority) -> None:
    """A rule of arm that leads the listener of `redirectHttpToHttps` to a backend is a way around Strict."""
    arm = routed(**DELETES)
    arm["properties"] = {"requestRoutingRules": arm["properties"]["requestRoutingRules"]}
    arm["properties"]["requestRoutingRules"][0]["properties"] |= {
        "httpListener": to("httpListeners", "redirect-https"),
        "priority": 1,
    }

    found = errors(arm, strict_base(partners), redirectHttpToHttps=True)
    assert ("strict-bypassed", "redirectHttpToHttps") in found


def test_what_is_added_and_not_used_is_reported() -> None:
    """A listener without a rule, a part that nothing refers to, and a rewrite rule set that no route uses."""
    rule = {"name": "mine", "ruleSequence": 50, "actionSet": {"responseHeaderConfigurations": [HIDES]}}
    arm = properties(
        frontendPorts=[named("extra", port=8080)],
        httpListeners=[listener(protocol="Http")],
        loadDistributionPolicies=[POLICY],
        rewriteRuleSets=[named("delete-identity-headers", rewriteRules=[rule])],
    )
    result = plan(changed(SMALLEST, arm=arm))

    assert {
        ("listener-without-rule", "arm.properties.httpListeners[0]"),
        ("unused-part", "arm.properties.loadDistributionPolicies[0]"),
        ("unused-part", "identityHeaders"),
    } <= {(problem.rule, problem.where) for problem in result.problems}
    assert ["set-identity-headers", "delete-identity-headers"] == [
        each["name"] for each in result.document["properties"]["rewriteRuleSets"]
    ]


def test_a_setting_that_cannot_be_read_hides_no_mistake_of_arm() -> None:
    """And makes no clash of its own."""
    arm = properties(
        httpListeners=[listener()],
        firewallPolice={},
        probes=[named("a", protocol="Http")],
        sku={"family": "Generation_2"},
    )
    found = errors(arm, listeners=[{"port": "https"}], identityHeaders={"certificate": 7})

    assert {"wrong-value", "unknown-property"} == {rule for rule, _ in found}


def test_a_reference_that_settings_miss_is_reported_by_their_rule_alone() -> None:
    """A route to no listener is one mistake, with `arm` or without."""
    found = errors(SPREAD, routes=[{"priority": 1, "listener": "none"}])

    assert "route-unknown" in {rule for rule, _ in found}
    assert "dangling-reference" not in {rule for rule, _ in found}
