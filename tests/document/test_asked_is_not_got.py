"""Asked is not got: any difference in client authentication between what was asked for and what came back is told."""

import base64
from copy import deepcopy
from typing import Any

import pytest
from mtls_app_gateway.document.asked_is_not_got import ReturnedGateway, check_returned
from mtls_app_gateway.rehearsal.authority import Authority

PARTNERS_ROOT = Authority.create("Example Partners Root")
PARTNERS, DEVICES = PARTNERS_ROOT.intermediate("Example Partners Issuing"), Authority.create("Example Devices Root")


def data(authority: Authority) -> str:
    """The data of a chain."""
    return base64.b64encode(authority.bundle_pem.encode()).decode()


ROOT = "/subscriptions/s/resourceGroups/rg/providers/Microsoft.Network/applicationGateways/agw"
ASKED: dict[str, Any] = {
    "trustedClientCertificates": [{"name": "partners", "data": data(PARTNERS)}],
    "sslProfiles": [
        {
            "name": "default",
            "clientAuthConfiguration": {
                "verifyClientAuthMode": "Strict",
                "verifyClientCertIssuerDN": True,
                "verifyClientRevocation": "OCSP",
            },
            "trustedClientCertificates": [{"id": "$self/trustedClientCertificates/partners"}],
        },
        {"name": "open", "clientAuthConfiguration": {"verifyClientAuthMode": "Passthrough"}},
    ],
    "httpListeners": [
        {"name": "https", "protocol": "Https", "sslProfile": {"id": "$self/sslProfiles/default"}},
        {"name": "open", "protocol": "Https", "sslProfile": {"id": "$self/sslProfiles/open"}},
        {"name": "plain", "protocol": "Http"},
    ],
    "rewriteRuleSets": [
        {
            "name": "identity",
            "rewriteRules": [
                {
                    "name": "identity",
                    "actionSet": {
                        "requestHeaderConfigurations": [
                            {"headerName": "X-Client-Cert", "headerValue": "{var_client_certificate}"},
                            {"headerName": "X-Subject", "headerValue": ""},
                        ],
                        "responseHeaderConfigurations": [
                            {"headerName": "Strict-Transport-Security", "headerValue": "max-age=600"}
                        ],
                    },
                }
            ],
        }
    ],
    "requestRoutingRules": [
        {
            "name": "route",
            "httpListener": {"id": "$self/httpListeners/https"},
            "rewriteRuleSet": {"id": "$self/rewriteRuleSets/identity"},
        }
    ],
    "urlPathMaps": [
        {
            "name": "paths",
            "defaultRewriteRuleSet": {"id": "$self/rewriteRuleSets/identity"},
            "defaultBackendAddressPool": {"id": "$self/backendAddressPools/app"},
            "pathRules": [
                {
                    "name": "api",
                    "paths": ["/api", "/api/*"],
                    "rewriteRuleSet": {"id": "$self/rewriteRuleSets/identity"},
                    "backendAddressPool": {"id": "$self/backendAddressPools/api"},
                    "firewallPolicy": {"id": "/subscriptions/s/policies/tight"},
                },
                {"name": "old", "paths": ["/old"], "redirectConfiguration": {"id": "$self/x/paths-old"}},
            ],
        }
    ],
    "trustedRootCertificates": [
        {"name": "inside", "data": data(PARTNERS_ROOT)},
        {"name": "vault", "keyVaultSecretId": "https://v.vault.azure.net/secrets/root"},
    ],
    "backendHttpSettingsCollection": [
        {
            "name": "app",
            "protocol": "Https",
            "sniName": "inside.example.com",
            "trustedRootCertificates": [{"id": "$self/trustedRootCertificates/inside"}],
        },
        {"name": "open", "protocol": "Https", "validateSNI": False},
    ],
}


def answer() -> dict[str, Any]:
    """What Azure answers when it did what was asked: ids, its own case, checks that were not asked for."""
    got = deepcopy(ASKED)
    for collection, parts in got.items():
        for part in parts:
            part["id"] = f"{ROOT}/{collection}/{part['name']}"
    profile = got["sslProfiles"][0]
    profile["name"] = "Default"
    profile["trustedClientCertificates"][0]["id"] = f"{ROOT}/trustedClientCertificates/Partners"
    got["sslProfiles"][1]["clientAuthConfiguration"] |= {
        "verifyClientCertIssuerDN": False,
        "verifyClientRevocation": "None",
    }
    got["httpListeners"][0]["sslProfile"]["id"] = f"{ROOT}/sslProfiles/default"
    # Seen on a live gateway: the certificates without line breaks.
    got["trustedClientCertificates"][0]["validatedCertData"] = PARTNERS.bundle_pem.replace("\n", "")
    rewrite, ours = got["rewriteRuleSets"][0]["rewriteRules"][0], {"headerName": "X-Own", "headerValue": "1"}
    rewrite |= {"conditions": [], "ruleSequence": 100}
    rewrite["actionSet"]["requestHeaderConfigurations"][1]["headerName"] = "x-subject"
    del rewrite["actionSet"]["requestHeaderConfigurations"][1]["headerValue"]
    rewrite["actionSet"]["requestHeaderConfigurations"].append(ours)
    got["requestRoutingRules"][0]["rewriteRuleSet"]["id"] = f"{ROOT}/rewriteRuleSets/Identity"
    got["urlPathMaps"][0]["pathRules"][0]["name"] = "API"
    got["listeners"] = []
    got["trustedRootCertificates"][0]["data"] = base64.b64encode(PARTNERS_ROOT.bundle_pem.encode()).decode()
    backend = got["backendHttpSettingsCollection"][0]
    backend |= {"protocol": "https", "validateSNI": True, "validateCertChainAndExpiry": True}
    backend["trustedRootCertificates"][0]["id"] = f"{ROOT}/trustedRootCertificates/Inside"
    return got


def told(got: dict[str, Any]) -> list[str]:
    collections = ("sslProfiles", "trustedClientCertificates", "httpListeners", "listeners")
    rules = ("rewriteRuleSets", "requestRoutingRules", "urlPathMaps")
    backends = ("trustedRootCertificates", "backendHttpSettingsCollection")
    received = ReturnedGateway(*(got[name] for name in (*collections, *rules, *backends)))
    problems = check_returned(ASKED, received)
    assert {"asked-is-not-got"} >= {problem.rule for problem in problems}
    return [f"{problem.where}: {problem.saw}" for problem in problems]


def test_what_was_asked_for_came_back() -> None:
    """Ids, another case and checks that were left to Azure are no difference."""
    assert [] == told(answer())


def test_nothing_asked_nothing_got() -> None:
    """A gateway without client authentication has nothing to compare."""
    assert () == check_returned({}, ReturnedGateway())


def test_the_modes_are_those_that_came_back() -> None:
    """A profile that came back without a mode has none."""
    got = answer()
    del got["sslProfiles"][1]["clientAuthConfiguration"]

    assert {"Default": "Strict"} == ReturnedGateway(got["sslProfiles"]).modes


def drop(*path: str | int) -> Any:
    def change(got: Any) -> None:
        *steps, last = path
        for step in steps:
            got = got[step]
        del got[last]

    return change


def put(value: Any, *path: str | int) -> Any:
    def change(got: Any) -> None:
        *steps, last = path
        for step in steps:
            got = got[step]
        got[last] = value

    return change


def add(value: Any, *path: str | int) -> Any:
    def change(got: Any) -> None:
        for step in path:
            got = got[step]
        got.append(value)

    return change


CHECKS = ("sslProfiles", 0, "clientAuthConfiguration")
CHAIN = ("trustedClientCertificates", 0)
ROOTS = ("trustedRootCertificates", 0)
BACKEND = ("backendHttpSettingsCollection", 0)
REWRITE = ("rewriteRuleSets", 0, "rewriteRules", 0)
HEADERS = (*REWRITE, "actionSet", "requestHeaderConfigurations")
RESPONSES = (*REWRITE, "actionSet", "responseHeaderConfigurations")


PATH_RULE = ("urlPathMaps", 0, "pathRules", 0)
SET = "set to {var_client_certificate}"
STRICT_TRANSPORT = (
    "rewriteRuleSets/identity: the response header Strict-Transport-Security was to be set to max-age=600"
)
SWAPPED = "trustedClientCertificates/partners: the trusted CA chain holds other certificates"


@pytest.mark.parametrize(
    ("change", "expected"),
    [
        (
            put({"id": f"{ROOT}/backendAddressPools/other"}, "requestRoutingRules", 0, "backendAddressPool"),
            "requestRoutingRules/route: its pool was to be none and is other",
        ),
        (
            put({"id": f"{ROOT}/loadDistributionPolicies/even"}, "requestRoutingRules", 0, "loadDistributionPolicy"),
            "requestRoutingRules/route: its load distribution policy was to be none and is even",
        ),
        (
            drop("urlPathMaps", 0, "pathRules", 1, "redirectConfiguration"),
            "urlPathMaps/paths/pathRules/old: its redirect was to be paths-old and is none",
        ),
        (
            put({"id": f"{ROOT}/redirectConfigurations/away"}, "urlPathMaps", 0, "defaultRedirectConfiguration"),
            "urlPathMaps/paths: its redirect was to be none and is away",
        ),
        (
            drop(*CHECKS, "verifyClientAuthMode"),
            "sslProfiles/default: verifyClientAuthMode was to be Strict and is not there",
        ),
        (
            put("Passthrough", *CHECKS, "verifyClientAuthMode"),
            "sslProfiles/default: verifyClientAuthMode was to be Strict and is Passthrough",
        ),
        (
            put("Strict", "sslProfiles", 1, "clientAuthConfiguration", "verifyClientAuthMode"),
            "sslProfiles/open: verifyClientAuthMode was to be Passthrough and is Strict",
        ),
        (
            put(False, *CHECKS, "verifyClientCertIssuerDN"),
            "sslProfiles/default: verifyClientCertIssuerDN was to be True and is False",
        ),
        (
            put("None", *CHECKS, "verifyClientRevocation"),
            "sslProfiles/default: verifyClientRevocation was to be OCSP and is None",
        ),
        (
            drop("sslProfiles", 0, "trustedClientCertificates"),
            "sslProfiles/default: the CA chains were to be partners and are none",
        ),
        (
            put([{"id": f"{ROOT}/trustedClientCertificates/partners"}], "sslProfiles", 1, "trustedClientCertificates"),
            "sslProfiles/open: the CA chains were to be none and are partners",
        ),
        (drop("sslProfiles", 0), "sslProfiles/default: the profile is not there"),
        (drop("sslProfiles", 0, "id"), "sslProfiles/default: the profile is not there"),
        (
            drop("trustedClientCertificates", 0),
            "trustedClientCertificates/partners: the trusted CA chain is not there",
        ),
        (
            drop("trustedClientCertificates", 0, "id"),
            "trustedClientCertificates/partners: the trusted CA chain is not there",
        ),
        (drop("httpListeners", 0), "httpListeners/https: its profile was to be default and is none"),
        (drop("httpListeners", 0, "id"), "httpListeners/https: its profile was to be default and is none"),
        (drop("httpListeners", 0, "sslProfile"), "httpListeners/https: its profile was to be default and is none"),
        (
            put({"id": f"{ROOT}/sslProfiles/open"}, "httpListeners", 0, "sslProfile"),
            "httpListeners/https: its profile was to be default and is open",
        ),
        (
            put({"id": f"{ROOT}/sslProfiles/open"}, "httpListeners", 2, "sslProfile"),
            "httpListeners/plain: its profile was to be none and is open",
        ),
        (
            put("Http", "httpListeners", 0, "protocol"),
            "httpListeners/https: its protocol was to be Https and is Http",
        ),
        (
            add({"name": "door", "id": "id"}, "httpListeners"),
            "httpListeners/door: the listener was not asked for",
        ),
        (add({"name": "tcp", "id": "id"}, "listeners"), "listeners/tcp: the listener was not asked for"),
        (put(data(DEVICES), *CHAIN, "data"), SWAPPED),
        (put(data(PARTNERS_ROOT), *CHAIN, "data"), SWAPPED),
        (put(DEVICES.bundle_pem, *CHAIN, "validatedCertData"), SWAPPED),
        (
            drop("rewriteRuleSets", 0, "id"),
            [
                f"rewriteRuleSets/identity: X-Client-Cert was to be {SET} and is left alone",
                "rewriteRuleSets/identity: X-Subject was to be deleted and is left alone",
                f"{STRICT_TRANSPORT} and is left alone",
            ],
        ),
        (
            drop(*REWRITE, "actionSet"),
            [
                f"rewriteRuleSets/identity: X-Client-Cert was to be {SET} and is left alone",
                "rewriteRuleSets/identity: X-Subject was to be deleted and is left alone",
                f"{STRICT_TRANSPORT} and is left alone",
            ],
        ),
        (drop(*RESPONSES, 0), f"{STRICT_TRANSPORT} and is left alone"),
        (put("max-age=0", *RESPONSES, 0, "headerValue"), f"{STRICT_TRANSPORT} and is set to max-age=0"),
        (drop(*HEADERS, 0), f"rewriteRuleSets/identity: X-Client-Cert was to be {SET} and is left alone"),
        (
            put("me", *HEADERS, 1, "headerValue"),
            "rewriteRuleSets/identity: X-Subject was to be deleted and is set to me",
        ),
        (
            put({"pattern": "x"}, *HEADERS, 0, "headerValueMatcher"),
            f"rewriteRuleSets/identity: X-Client-Cert was to be {SET} and is {SET} under a condition",
        ),
        (
            put([{"variable": "var_host"}], *REWRITE, "conditions"),
            [
                f"rewriteRuleSets/identity: X-Client-Cert was to be {SET} and is {SET} under a condition",
                "rewriteRuleSets/identity: X-Subject was to be deleted and is deleted under a condition",
                f"{STRICT_TRANSPORT} and is set to max-age=600 under a condition",
            ],
        ),
        (
            add({"headerName": "X-CLIENT-CERT", "headerValue": ""}, *HEADERS),
            f"rewriteRuleSets/identity: X-Client-Cert was to be {SET} and is deleted and {SET}",
        ),
        (drop("requestRoutingRules", 0, "id"), "requestRoutingRules/route: the rule is not there"),
        (drop(*ROOTS, "id"), "trustedRootCertificates/inside: the trusted root is not there"),
        (
            put(data(DEVICES), *ROOTS, "data"),
            "trustedRootCertificates/inside: the trusted root holds another certificate",
        ),
        (
            put(data(DEVICES), "trustedRootCertificates", 1, "data"),
            "trustedRootCertificates/vault: the trusted root holds another certificate",
        ),
        (
            put("https://v.vault.azure.net/secrets/other", "trustedRootCertificates", 1, "keyVaultSecretId"),
            "trustedRootCertificates/vault: it was to be https://v.vault.azure.net/secrets/root and is "
            "https://v.vault.azure.net/secrets/other",
        ),
        (
            put("https://v.vault.azure.net/secrets/root", *ROOTS, "keyVaultSecretId"),
            "trustedRootCertificates/inside: it was to be given as data and is https://v.vault.azure.net/secrets/root",
        ),
        (drop(*BACKEND, "id"), "backendHttpSettingsCollection/app: the settings are not there"),
        (drop(*BACKEND, "protocol"), "backendHttpSettingsCollection/app: protocol was to be Https and is not there"),
        (put("Http", *BACKEND, "protocol"), "backendHttpSettingsCollection/app: protocol was to be Https and is Http"),
        (
            drop(*BACKEND, "sniName"),
            "backendHttpSettingsCollection/app: the name that is verified, sniName, is not the requested one",
        ),
        (
            put(False, *BACKEND, "validateCertChainAndExpiry"),
            "backendHttpSettingsCollection/app: validateCertChainAndExpiry was to be True and is False",
        ),
        (
            drop("backendHttpSettingsCollection", 1, "validateSNI"),
            "backendHttpSettingsCollection/open: validateSNI was to be False and is True",
        ),
        (
            drop(*BACKEND, "trustedRootCertificates"),
            "backendHttpSettingsCollection/app: the trusted roots were to be inside and are none",
        ),
        (
            drop("requestRoutingRules", 0, "rewriteRuleSet"),
            "requestRoutingRules/route: its rewrite set was to be identity and is none",
        ),
        (
            put({"id": f"{ROOT}/httpListeners/plain"}, "requestRoutingRules", 0, "httpListener"),
            "requestRoutingRules/route: its listener was to be https and is plain",
        ),
        (
            put({"id": f"{ROOT}/urlPathMaps/map"}, "requestRoutingRules", 0, "urlPathMap"),
            "requestRoutingRules/route: its path map was to be none and is map",
        ),
        (drop("urlPathMaps", 0, "id"), "urlPathMaps/paths: the path map is not there"),
        (
            drop("urlPathMaps", 0, "defaultRewriteRuleSet"),
            "urlPathMaps/paths: its rewrite set was to be identity and is none",
        ),
        (
            put({"id": f"{ROOT}/backendAddressPools/api"}, "urlPathMaps", 0, "defaultBackendAddressPool"),
            "urlPathMaps/paths: its pool was to be app and is api",
        ),
        (
            drop("urlPathMaps", 0, "pathRules"),
            "urlPathMaps/paths: its path rules were to be api, old and are none",
        ),
        (
            add({"name": "more", "paths": ["/"]}, "urlPathMaps", 0, "pathRules"),
            "urlPathMaps/paths: its path rules were to be api, old and are API, old, more",
        ),
        (
            put(["/*"], *PATH_RULE, "paths"),
            "urlPathMaps/paths/pathRules/api: its paths were to be /api, /api/* and are /*",
        ),
        (drop(*PATH_RULE, "paths"), "urlPathMaps/paths/pathRules/api: its paths were to be /api, /api/* and are none"),
        (
            drop(*PATH_RULE, "rewriteRuleSet"),
            "urlPathMaps/paths/pathRules/api: its rewrite set was to be identity and is none",
        ),
        (
            put({"id": f"{ROOT}/backendAddressPools/app"}, *PATH_RULE, "backendAddressPool"),
            "urlPathMaps/paths/pathRules/api: its pool was to be api and is app",
        ),
        (
            drop(*PATH_RULE, "firewallPolicy"),
            "urlPathMaps/paths/pathRules/api: its WAF policy was to be tight and is none",
        ),
    ],
)
def test_a_difference_is_told(change: Any, expected: str | list[str]) -> None:
    """What is missing, altered or attached unasked is told at its place, and nothing else is."""
    got = answer()
    change(got)

    assert ([expected] if isinstance(expected, str) else expected) == told(got)


@pytest.mark.parametrize(
    "change",
    [
        put(PARTNERS.bundle_pem.replace("\n", "\r\n"), *CHAIN, "data"),
        put("", *CHAIN, "data"),
        drop(*CHAIN, "data"),
        drop(*CHAIN, "validatedCertData"),
    ],
    ids=["written anew", "empty", "no data", "no validated data"],
)
def test_the_same_certificates_are_no_difference(change: Any) -> None:
    """Certificates count, not their text, and a text that did not come back is not compared."""
    got = answer()
    change(got)

    assert [] == told(got)


def test_the_fix_says_the_way_back() -> None:
    """A plain update sends nothing, because no input changed."""
    for problem in check_returned(ASKED, ReturnedGateway()):
        assert "`pulumi up --refresh`" in problem.fix


def test_a_profile_that_lost_everything_is_told_of_each() -> None:
    """Without its clientAuthConfiguration a profile differs in each check."""
    got = answer()
    got["sslProfiles"][0]["clientAuthConfiguration"] = None

    assert 3 == len(told(got))


def test_a_listener_on_another_frontend_is_a_difference() -> None:
    """A private listener that came back on the public address is told; the id before the name does not count."""
    inside = {"name": "in", "protocol": "Http", "frontendIPConfiguration": {"id": "$self/frontendIPConfigurations/in"}}
    asked = {"httpListeners": [inside]}

    def got(frontend: str) -> ReturnedGateway:
        where = {"id": f"{ROOT}/frontendIPConfigurations/{frontend}"}
        return ReturnedGateway(
            http_listeners=[{**inside, "id": f"{ROOT}/httpListeners/in", "frontendIPConfiguration": where}]
        )

    assert () == check_returned(asked, got("In"))
    (problem,) = check_returned(asked, got("public"))
    assert ("httpListeners/in", "its frontend was to be in and is public") == (problem.where, problem.saw)
