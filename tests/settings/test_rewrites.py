"""The user's rewrites, and those of settings of their own, are in one rewrite rule set with the identity headers."""

from typing import Any

import pytest
from mtls_app_gateway.settings.parsing import parse_settings
from mtls_app_gateway.settings.rewrite_parts import RewriteSetContent
from mtls_app_gateway.settings.to_document import draft_document, finished

from .settings_examples import SMALLEST, changed, judged

TENANT = {
    "name": "tenant",
    "conditions": [{"variable": "var_uri_path", "pattern": "^/t/([^/]+)(.*)$", "ignoreCase": True}],
    "requestHeaders": {"X-Tenant": "{var_uri_path_1}", "X-Debug": ""},
    "url": {"path": "{var_uri_path_2}", "queryString": ""},
}
ANSWERS = {"name": "answers", "responseHeaders": {"X-Frame-Options": "DENY"}}
PLAIN = {"name": "plain", "port": 80, "protocol": "Http"}
THREE = changed(
    SMALLEST,
    listeners=[{}, {"name": "open", "port": 8443, "profile": "none"}, PLAIN],
    rewrites=[TENANT, ANSWERS],
    routes=[
        {"priority": 1, "rewrites": ["tenant", "answers"]},
        {"name": "open", "listener": "open", "priority": 2, "rewrites": ["answers"]},
        {"name": "plain", "listener": "plain", "priority": 3},
    ],
)


def sets(given: dict[str, Any]) -> dict[str, list[Any]]:
    """The rewrite rules of each set of the document."""
    parsed = parse_settings(given)
    assert () == parsed.problems
    made = finished(draft_document(parsed.settings, {}))["properties"]["rewriteRuleSets"]
    return {each["name"]: each["properties"]["rewriteRules"] for each in made}


def used(given: dict[str, Any]) -> dict[str, str]:
    """The rewrite rule set of each rule of the document."""
    rules = finished(draft_document(parse_settings(given).settings, {}))["properties"]["requestRoutingRules"]
    return {each["name"]: each["properties"]["rewriteRuleSet"]["id"].rpartition("/")[2] for each in rules}


def order(rules: list[Any]) -> list[str]:
    """The names of the rules in the order in which they apply."""
    return [rule["name"] for rule in sorted(rules, key=lambda rule: rule["ruleSequence"])]


def test_a_rewrite_is_written_in_full() -> None:
    """Conditions, headers and URL arrive as they were given; what is not given is not there."""
    tenant, answers, _ = sets(THREE)["set-identity-headers.tenant.answers"]

    assert {
        "name": "tenant",
        "ruleSequence": 1,
        "conditions": [
            {"variable": "var_uri_path", "pattern": "^/t/([^/]+)(.*)$", "ignoreCase": True, "negate": False}
        ],
        "actionSet": {
            "requestHeaderConfigurations": [
                {"headerName": "X-Debug", "headerValue": ""},
                {"headerName": "X-Tenant", "headerValue": "{var_uri_path_1}"},
            ],
            "urlConfiguration": {"modifiedPath": "{var_uri_path_2}", "modifiedQueryString": ""},
        },
    } == tenant
    assert {
        "name": "answers",
        "ruleSequence": 2,
        "actionSet": {
            "responseHeaderConfigurations": [{"headerName": "X-Frame-Options", "headerValue": "DENY"}],
        },
    } == answers


def test_the_identity_headers_come_last_on_every_route() -> None:
    """Whatever else is rewritten, each set ends with the rule that sets or deletes them, without a condition."""
    identities = {name: rules[-1] for name, rules in sets(changed(THREE, hideServer=True)).items()}

    assert {"set-identity-headers.tenant.answers", "delete-identity-headers.answers", "delete-identity-headers"} == set(
        identities
    )
    for name, rule in identities.items():
        value = "{var_client_certificate}" if name.startswith("set-") else ""
        actions = {"requestHeaderConfigurations": [{"headerName": "X-Client-Cert", "headerValue": value}]}
        assert {"name": "identity", "ruleSequence": 100, "actionSet": actions} == rule
    for rules in sets(THREE).values():
        assert "identity" == order(rules)[-1]


def test_routes_with_the_same_rewrites_share_a_set() -> None:
    """There is one set for each list of rewrites that is used with the identity headers set, or deleted."""
    assert {
        "route": "set-identity-headers.tenant.answers",
        "open": "delete-identity-headers.answers",
        "plain": "delete-identity-headers",
    } == used(THREE)

    alike = changed(THREE, routes=[{**route, "rewrites": ["answers"]} for route in THREE["routes"]])
    assert ["set-identity-headers.answers", "delete-identity-headers.answers"] == list(sets(alike))


def test_browsers_are_asked_to_use_https_on_https_alone() -> None:
    """Strict-Transport-Security is on each route of an HTTPS listener, and on none of plain HTTP (RFC 6797, 7.2)."""
    wanted = {"maxAge": 600, "includeSubDomains": True, "preload": True}
    given = changed(THREE, strictTransportSecurity=wanted, hideServer=True)
    made = sets(given)

    assert {
        "route": "set-identity-headers.strict-transport-security.tenant.answers",
        "open": "delete-identity-headers.strict-transport-security.answers",
        "plain": "delete-identity-headers",
    } == used(given)
    written = made[used(given)["route"]]
    assert ["tenant", "answers", "hide-server", "strict-transport-security", "identity"] == order(written)
    assert {
        "responseHeaderConfigurations": [
            {"headerName": "Strict-Transport-Security", "headerValue": "max-age=600; includeSubDomains; preload"}
        ]
    } == written[3]["actionSet"]
    assert ["hide-server", "identity"] == order(made["delete-identity-headers"])


def test_a_year_is_the_default_and_nothing_more_is_said() -> None:
    """Neither subdomains nor preload lists are included unless they are asked for."""
    (rules,) = sets(changed(SMALLEST, strictTransportSecurity={})).values()

    (action,) = rules[0]["actionSet"]["responseHeaderConfigurations"]
    assert "max-age=31536000" == action["headerValue"]


def test_the_server_is_hidden_everywhere() -> None:
    """The headers that name the backend's software are deleted from every response."""
    for rules in sets(changed(THREE, hideServer=True)).values():
        (hide,) = (rule["actionSet"] for rule in rules if rule["name"] == "hide-server")
        names = [action["headerName"] for action in hide["responseHeaderConfigurations"] if not action["headerValue"]]
        assert ["Server", "X-Powered-By"] == names


def test_settings_without_rewrites_keep_their_sets() -> None:
    """What was there before rewrites could be asked for has its name still."""
    plain = changed(THREE, rewrites=None, routes=[{**route, "rewrites": []} for route in THREE["routes"]])

    assert ["set-identity-headers", "delete-identity-headers"] == list(sets(plain))
    assert all(["identity"] == order(rules) for rules in sets(plain).values())


LONG = "a" * 80


@pytest.mark.parametrize(
    "names", [("a.b",), ("a", LONG), (LONG,), tuple(f"rewrite-{number}" for number in range(40))], ids=len
)
def test_the_name_of_a_set_fits_and_is_its_own(names: tuple[str, ...]) -> None:
    """A name that would be too long, or could be that of others, ends in a digest: 80 characters, and unlike any."""
    name = RewriteSetContent(identifies=True, rewrites=names).name

    assert len(name) <= 80
    assert name.startswith("set-identity-headers.")
    others = [(*names, "x"), names[:-1], tuple("-".join(names)), tuple(".".join(names).split("."))]
    assert name not in {RewriteSetContent(True, rewrites=other).name for other in others if other != names}
    assert name == RewriteSetContent(identifies=True, rewrites=names).name


def test_an_edit_of_a_rewrite_renames_nothing() -> None:
    """The sets have the same names whatever is in a rewrite: what refers to them stays."""
    edited = changed(THREE, rewrites=[{**TENANT, "conditions": []}, {**ANSWERS, "responseHeaders": {"X-A": "b"}}])

    assert list(sets(THREE)) == list(sets(edited))


def test_what_is_wrong_in_a_rewrite_is_reported_once_at_its_setting() -> None:
    """A rewrite in two sets is one mistake, at the path of the setting; one that no route names is judged too."""
    wrong = {
        "name": "wrong",
        "conditions": [{"variable": "var_uri_path", "pattern": "("}],
        "responseHeaders": {"A": ""},
    }
    routes = [{**route, "rewrites": ["wrong"]} for route in THREE["routes"]]
    for given in (changed(THREE, rewrites=[wrong], routes=routes), changed(SMALLEST, rewrites=[wrong])):
        found = [problem.where for problem in judged(parse_settings(given)) if problem.rule == "rewrite-pattern"]
        assert ["rewrites[0].conditions[0].pattern"] == found


def test_a_header_may_have_any_name_of_a_setting() -> None:
    """The keys below the headers are the user's own: none is taken for a key of ours."""
    parsed = parse_settings(
        changed(SMALLEST, rewrites=[{"name": "a", "requestHeaders": {"password": "1", "Mode": "2"}}])
    )

    assert () == parsed.problems
    assert {"password": "1", "Mode": "2"} == parsed.settings.rewrites[0].request_headers


PATHS = changed(
    THREE,
    backends=[{"fqdns": ["app.example.com"]}, {"name": "other", "fqdns": ["other.example.com"]}],
    routes=[
        {
            "priority": 1,
            "rewrites": ["tenant"],
            "paths": [
                {"name": "same", "paths": ["/a"], "backend": "other"},
                {"name": "own", "paths": ["/b"], "rewrites": ["answers"]},
                {"name": "none", "paths": ["/c"], "rewrites": []},
                {"name": "away", "paths": ["/d"], "redirect": {"url": "https://b.example/"}},
            ],
        },
        *THREE["routes"][1:],
    ],
)


def test_a_path_rule_has_its_own_rewrites_or_those_of_its_route() -> None:
    """Azure passes no set on to a path rule, so each that forwards has one, and the identity headers are in it."""
    (path_map,) = finished(draft_document(parse_settings(PATHS).settings, {}))["properties"]["urlPathMaps"]
    named = {
        each["name"]: each["properties"].get("rewriteRuleSet", {"id": "none"})["id"].rpartition("/")[2]
        for each in path_map["properties"]["pathRules"]
    }

    assert {
        "same": "set-identity-headers.tenant",
        "own": "set-identity-headers.answers",
        "none": "set-identity-headers",
        "away": "none",
    } == named
    assert path_map["properties"]["defaultRewriteRuleSet"]["id"].endswith("/set-identity-headers.tenant")
    assert all("identity" == order(rules)[-1] for rules in sets(PATHS).values())


def test_the_path_rule_is_chosen_once_more_where_it_is_asked_for() -> None:
    """What is not said is left out, so that Azure's default decides."""
    moved = {"name": "tenant", "url": {"path": "/b", "reroute": True}}
    (rule, _) = sets(changed(PATHS, rewrites=[moved, ANSWERS]))["set-identity-headers.tenant"]

    assert {"urlConfiguration": {"modifiedPath": "/b", "reroute": True}} == rule["actionSet"]
