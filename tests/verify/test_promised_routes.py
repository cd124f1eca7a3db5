"""The routes of a listener and what they do to headers."""

from datetime import UTC, datetime
from typing import Any

import pytest
from mtls_app_gateway.document.references import self_reference
from mtls_app_gateway.document.view import view
from mtls_app_gateway.verify.promise.posture import posture
from mtls_app_gateway.verify.promise.promise import Promise, promises_of
from mtls_app_gateway.verify.promise.promised_redirect import PromisedRedirect
from mtls_app_gateway.verify.promise.promised_routes import NO_PATH, HeaderEffect, PromisedRoute, promised_routes

from tests.rehearsal.documents import (
    basic_rule,
    document,
    headers_set,
    listener,
    part,
    rewrite_set,
)

POOL = {
    "backendAddressPool": self_reference("backendAddressPools", "app"),
    "backendHttpSettings": self_reference("backendHttpSettingsCollection", "app"),
}


def routes_of(made: dict[str, Any]) -> tuple[PromisedRoute, ...]:
    """The routes of a gateway's first listener."""
    listeners = {each.name: each for each in view(made).listeners}
    return promised_routes(next(iter(listeners.values())), listeners).reached


def path_map(*path_rules: Any, **default: Any) -> dict[str, Any]:
    defaults = {f"default{name[0].upper()}{name[1:]}": value for name, value in (POOL | default).items()}
    return part("paths", pathRules=list(path_rules), **defaults)


def promise(*path_rules: Any, **collections: Any) -> Promise:
    """The promise of a listener with these path rules."""
    rule = basic_rule("edge", rewrite=None, urlPathMap=self_reference("urlPathMaps", "paths"))
    made = document([listener("edge", 443)], rules=[rule], urlPathMaps=[path_map(*path_rules)], **collections)
    return promises_of(view(made))[0]


def routes(*path_rules: Any, **collections: Any) -> tuple[PromisedRoute, ...]:
    return promise(*path_rules, **collections).routes


@pytest.mark.parametrize(
    ("settings", "is_verified"),
    [
        ({"protocol": "Https"}, True),
        ({"protocol": "Https", "validateSNI": False}, False),
        ({"protocol": "Https", "validateCertChainAndExpiry": False}, False),
        ({"protocol": "Http", "validateSNI": False}, True),
    ],
)
def test_a_route_says_whether_its_backend_is_verified(settings: dict[str, Any], is_verified: bool) -> None:
    """
    An HTTPS backend counts as verified unless its chain, its expiry or its name is not.
    """
    backend = part("app", port=443, **settings)
    made = document([listener("edge", 443)], rules=[basic_rule("edge")], backendHttpSettingsCollection=[backend])
    (promise,) = promises_of(view(made))

    assert [is_verified] == [route.is_verified for route in promise.routes]
    leads = dict(posture(promise, now=datetime.now(UTC)))["leads"]
    assert is_verified is not leads.endswith(", whose certificate is not fully verified")


def test_a_route_says_how_long_its_backend_may_take() -> None:
    """
    The seconds that the document gives the backend; nothing where Azure's own hold.
    """
    backend = part("app", port=443, protocol="Https", requestTimeout=45)
    made = document([listener("edge", 443)], rules=[basic_rule("edge")], backendHttpSettingsCollection=[backend])
    (promise,) = promises_of(view(made))

    leads = dict(posture(promise, now=datetime.now(UTC)))["leads"]
    assert "every path to app by HTTPS, which has 45 s to answer" == leads


def test_a_basic_rule_is_one_route() -> None:
    """
    A basic rule takes every path to its pool, by the protocol of its settings, with its rewrite set.
    """
    rule = basic_rule("edge")
    (route,) = routes_of(document([listener("edge", 443)], rules=[rule]))

    assert ("/", None, "app", "http") == (route.path, route.pattern, route.pool, route.transport)
    assert HeaderEffect("X-Client-Cert", "{var_client_certificate}") == route.action("x-client-cert")
    assert route.action("X-Other") is None
    assert route.takes("/anything")


def test_path_rules_come_before_the_rest() -> None:
    """
    Each pattern is a route with a path that takes it; upper and lower case do not matter.
    """
    first, second, rest = routes(part("api", paths=["/api/*"], **POOL), part("one", paths=["/One"], **POOL))

    assert ("/api/mtls-gateway-verify", "/One", "/") == (first.path, second.path, rest.path)
    assert ("paths/api", "paths/one", "paths") == (first.name, second.name, rest.name)
    assert first.takes("/API/x")
    assert not first.takes("/apix")
    assert not second.takes("/one/two")


def test_routes_that_no_path_reaches_are_hidden() -> None:
    """
    What stands behind a pattern for everything is named as hidden, and never among those that are knocked at.
    """
    everything = promise(part("all", paths=["/*"], **POOL), part("api", paths=["/api/*"], **POOL))

    assert ["/*"] == [route.pattern for route in everything.routes]
    assert [("paths/api", "/api/*"), ("paths", None)] == [
        (each.name, each.pattern) for each in everything.hidden_routes
    ]
    reported = [fact for name, fact in posture(everything, now=datetime.now(UTC)) if name == "not reached"]
    assert f"/api/* of paths/api: {NO_PATH}" == reported[0]
    assert f"every other path of paths: {NO_PATH}" == reported[1]


@pytest.mark.parametrize(
    ("patterns", "paths"),
    [
        (["/"], ["/", "/mtls-gateway-verify"]),
        (["/", "/m*"], ["/", "/mmtls-gateway-verify", "/0-mtls-gateway-verify"]),
        (["/a/mtls*", "/a/*"], ["/a/mtlsmtls-gateway-verify", "/a/", "/"]),
        (["/a/", "/a/*"], ["/a/", "/a/mtls-gateway-verify", "/"]),
        (["/ü*"], ["/%C3%BCmtls-gateway-verify", "/"]),
    ],
)
def test_each_route_has_a_path_that_reaches_it(patterns: list[str], paths: list[str]) -> None:
    """
    A wildcard stands for a word that no earlier pattern takes; so does the rest.
    """
    assert paths == [route.path for route in routes(part("some", paths=patterns, **POOL))]


def test_paths_that_differ_in_case_alone_are_not_certain() -> None:
    """
    The second of such a pair is knocked at in its own spelling, and what it should do there is not promised.
    """
    found = promise(part("upper", paths=["/API/*"], **POOL), part("lower", paths=["/api/*"], **POOL))

    assert [("/API/mtls-gateway-verify", True), ("/api/mtls-gateway-verify", False), ("/", True)] == [
        (route.path, route.is_certain) for route in found.routes
    ]
    assert [True, False, False, True] == [
        found.route_for(path).is_certain for path in ("/API/x", "/api/x", "/Api/x", "/other")
    ]


def test_redirects_lead_to_no_pool_and_rewrite_nothing() -> None:
    """
    A redirect is known as one; rewrites do not run on it.
    """
    secure = part("secure", redirectType="Permanent", targetUrl="https://example.com/")
    rule = basic_rule("edge", redirectConfiguration=self_reference("redirectConfigurations", "secure"))
    made = document([listener("edge", 443)], rules=[rule], redirectConfigurations=[secure])
    (route,) = routes_of(made)

    assert (True, None, None, ()) == (route.is_redirect, route.pool, route.transport, route.headers)


HTTPS = listener("secured", 8443, hostNames=["app.example.com"])


@pytest.mark.parametrize(
    ("redirect", "expected"),
    [
        (
            {"redirectType": "Permanent", "targetListener": self_reference("httpListeners", "secured")},
            PromisedRedirect(301, "listener secured", "secured", "https", ("app.example.com",), 8443),
        ),
        (
            {"redirectType": "Found", "targetListener": self_reference("httpListeners", "edge"), "includePath": False},
            PromisedRedirect(302, "listener edge", "edge", "http", (), 80, keeps_path=False),
        ),
        (
            {"redirectType": "SeeOther", "targetUrl": "https://example.com:8443/new"},
            PromisedRedirect(303, "https://example.com:8443/new", None, "https", ("example.com",), 8443, "/new"),
        ),
        ({"targetUrl": "http://a"}, PromisedRedirect(None, "http://a", None, "http", ("a",), 80)),
        ({"redirectType": "Temporary", "targetUrl": "/new"}, PromisedRedirect(307, "/new")),
        ({"redirectType": "Temporary", "targetUrl": "http://a:0"}, PromisedRedirect(307, "http://a:0")),
        ({"redirectType": "Temporary", "targetUrl": "http://a:b"}, PromisedRedirect(307, "http://a:b")),
        ({"targetListener": self_reference("httpListeners", "gone")}, PromisedRedirect(None, "an unknown place")),
    ],
)  # fmt: skip
def test_a_redirect_promises_a_place(redirect: dict[str, Any], expected: PromisedRedirect) -> None:
    """
    A listener's scheme, names and port, or those of an absolute URL; of anything else the place is not known.
    """
    rule = basic_rule("edge", rewrite=None, redirectConfiguration=self_reference("redirectConfigurations", "away"))
    made = document(
        [listener("edge", 80, protocol="Http"), HTTPS],
        rules=[rule, basic_rule("secured", 200)],
        redirectConfigurations=[part("away", **redirect)],
    )
    (route,) = routes_of(made)

    assert expected == route.redirect
    assert str(route.redirect).startswith(expected.to)


def test_the_last_action_counts() -> None:
    """
    Rules run in the order of their sequence; one with a condition makes the outcome conditional.
    """
    condition = {"variable": "var_host", "pattern": "a"}
    sets = rewrite_set(
        "identity",
        {"ruleSequence": 300, "actionSet": {"requestHeaderConfigurations": headers_set(X_A="last", X_B="b")}},
        {"ruleSequence": 200, "actionSet": {"requestHeaderConfigurations": headers_set(X_A="first")}},
        {"conditions": [condition], "actionSet": {"requestHeaderConfigurations": headers_set(X_B="c")}},
        {},
    )  # fmt: skip
    rule = basic_rule("edge")
    (route,) = routes_of(document([listener("edge", 443)], rules=[rule], rewriteRuleSets=[sets]))

    assert HeaderEffect("X-A", "last") == route.action("X-A")
    assert HeaderEffect("X-B", "b", is_conditional=True) == route.action("X-B")


def test_identity_headers_are_those_that_tell_of_the_certificate() -> None:
    """
    Any header that carries a client-certificate variable on any rewrite set counts, once, in its first spelling.
    """
    one = rewrite_set(
        "one",
        {
            "actionSet": {
                "requestHeaderConfigurations": headers_set(X_Cert="{var_client_certificate}", X_Ip="{var_client_ip}")
            }
        },
    )
    two = rewrite_set(
        "two",
        {
            "actionSet": {
                "requestHeaderConfigurations": headers_set(x_cert="", X_Who="cn={var_client_certificate_subject}")
            }
        },
    )

    assert ("X-Cert", "X-Who") == view(document([listener("edge", 443)], rewriteRuleSets=[one, two])).identity_headers
