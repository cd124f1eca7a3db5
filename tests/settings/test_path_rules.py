"""Paths of a route lead elsewhere: each to its own backend or redirect, its identity headers set or deleted."""

from typing import Any

import pytest
from mtls_app_gateway.document.placeholder import Placeholder
from mtls_app_gateway.document.references import check_references
from mtls_app_gateway.document.spelling import flatten, nest
from mtls_app_gateway.settings.parsing import parse_settings

from .settings_examples import SMALLEST, SUBSCRIPTION, changed, judged
from .test_to_document import document, parts

POLICY = f"{SUBSCRIPTION}/Microsoft.Network/ApplicationGatewayWebApplicationFirewallPolicies/tight"
BACKENDS = [{"fqdns": ["app.example.com"]}, {"name": "api", "fqdns": ["api.example.com"]}]
AWAY = {"url": "https://www.example.com/"}


def to(backend: str, rewrite: str = "set-identity-headers") -> dict[str, Any]:
    """The way to a backend."""
    return {
        "backendAddressPool": {"id": f"$self/backendAddressPools/{backend}"},
        "backendHttpSettings": {"id": f"$self/backendHttpSettingsCollection/{backend}"},
        "rewriteRuleSet": {"id": f"$self/rewriteRuleSets/{rewrite}"},
    }


def routed(*path_rules: dict[str, Any], listener: dict[str, Any] | None = None, **route: Any) -> dict[str, Any]:
    """Settings with two backends and one route, which has these path rules."""
    routes = [{"name": "main", "priority": 1, "paths": list(path_rules), **route}]
    return changed(SMALLEST, backends=BACKENDS, routes=routes, listeners=[listener or {}])


def path_map(given: dict[str, Any]) -> dict[str, Any]:
    """The path map of the route, each path rule by its name."""
    found: dict[str, Any] = parts(document(given), "urlPathMaps")["main"]
    return {**found, "pathRules": {rule["name"]: rule["properties"] for rule in found["pathRules"]}}


def test_a_route_with_paths_is_a_path_map() -> None:
    """
    The rule leads to the map, and the map's default to where the route itself leads.
    """
    given = routed(
        {"name": "api", "paths": ["/api", "/api/*"], "backend": "api", "wafPolicyId": POLICY},
        {"name": "old", "paths": ["/old*"], "redirect": AWAY},
    )
    built = document(given)

    rule = parts(built, "requestRoutingRules")["main"]
    assert ("PathBasedRouting", {"id": "$self/urlPathMaps/main"}) == (rule["ruleType"], rule["urlPathMap"])
    assert not {"backendAddressPool", "backendHttpSettings", "rewriteRuleSet"} & rule.keys()
    assert path_map(given) == {
        **{f"default{key[0].upper()}{key[1:]}": value for key, value in to("backend").items()},
        "pathRules": {
            "api": {"paths": ["/api", "/api/*"], "firewallPolicy": {"id": POLICY}, **to("api")},
            "old": {
                "paths": ["/old*"],
                "redirectConfiguration": {"id": "$self/redirectConfigurations/main-old"},
            },
        },
    }
    assert AWAY["url"] == parts(built, "redirectConfigurations")["main-old"]["targetUrl"]
    assert built == nest(flatten(built), built["type"])
    assert () == check_references(built)


@pytest.mark.parametrize(
    ("listener", "rewrite"),
    [({}, "set-identity-headers"), ({"profile": "none"}, "delete-identity-headers")],
    ids=["asks clients", "asks none"],
)
def test_no_path_passes_an_identity_header_on(listener: dict[str, Any], rewrite: str) -> None:
    """
    Each path rule that reaches a pool, and the default, sets or deletes the headers as its listener demands.
    """
    paths = ({"name": str(at), "paths": [f"/{at}"], "backend": "api" if at % 2 else "backend"} for at in range(9))
    found = path_map(routed(*paths, listener=listener))

    reference = {"id": f"$self/rewriteRuleSets/{rewrite}"}
    assert reference == found["defaultRewriteRuleSet"]
    assert [reference] * 9 == [rule["rewriteRuleSet"] for rule in found["pathRules"].values()]


def test_a_path_rule_without_a_target_leads_where_its_route_leads() -> None:
    """
    To the route's backend, rewritten like it, or to the route's redirect.
    """
    only_policy = {"name": "tight", "paths": ["/tight*"], "wafPolicyId": POLICY}

    assert {**to("api"), "paths": ["/tight*"], "firewallPolicy": {"id": POLICY}} == path_map(
        routed(only_policy, backend="api")
    )["pathRules"]["tight"]
    redirected = path_map(routed(only_policy, redirect=AWAY))
    reference = {"id": "$self/redirectConfigurations/main"}
    assert reference == redirected["defaultRedirectConfiguration"]
    assert reference == redirected["pathRules"]["tight"]["redirectConfiguration"]
    assert not to("api").keys() & redirected["pathRules"]["tight"].keys()


def test_a_route_without_paths_has_no_path_map() -> None:
    """
    The document says nothing of paths that nobody gave.
    """
    assert "urlPathMaps" not in document(SMALLEST)["properties"]


def test_a_policy_that_is_known_later_is_judged_by_its_sku() -> None:
    """
    Its id is not looked at, and that it needs WAF_v2 is said all the same.
    """
    later = Placeholder("routes[0].paths[0].wafPolicyId")
    given = routed({"name": "tight", "paths": ["/tight*"], "wafPolicyId": later})

    assert {"id": later} == path_map(given)["pathRules"]["tight"]["firewallPolicy"]
    found = [(each.rule, each.where) for each in judged(parse_settings(given)) if "policy" in each.rule]
    assert [("waf-policy-unusable", "routes[0].paths[0].wafPolicyId")] == found


def test_a_path_to_the_backend_of_a_strict_listener_is_a_way_around_it() -> None:
    """
    Each path counts: one path of a plain listener that leads to the pool of a Strict one, or the other way about.
    """
    plain = {"name": "plain", "port": 80, "protocol": "Http"}
    strict = changed(SMALLEST, mode="Strict", strict={"trustedCaChains": [{"data": "PEM"}]}, backends=BACKENDS)
    ways: list[list[dict[str, Any]]] = [
        [{"name": "a", "paths": ["/a"], "backend": "api"}],
        [{"name": "a", "paths": ["/a"], "backend": "backend"}],
    ]
    found = []
    for on_strict, on_plain in ((ways[0], []), ([], ways[1]), ([], ways[0])):
        routes = [
            {"priority": 1, "paths": on_strict},
            {"name": "plain", "listener": "plain", "priority": 2, "backend": "api", "paths": on_plain},
        ]
        parsed = parse_settings(changed(strict, listeners=[{}, plain], routes=routes))
        found.append("strict-bypassed" in {problem.rule for problem in judged(parsed)})

    assert [True, True, False] == found
