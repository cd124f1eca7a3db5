"""One setting redirects from HTTP to HTTPS for every host name of the HTTPS listeners; a route may redirect instead."""

from typing import Any

import pytest
from mtls_app_gateway.document.placeholder import Placeholder
from mtls_app_gateway.document.references import check_references
from mtls_app_gateway.document.spelling import flatten, nest
from mtls_app_gateway.settings.enums import FrontendKind
from mtls_app_gateway.settings.http_redirects import http_redirects, ports_of
from mtls_app_gateway.settings.parsing import parse_settings
from mtls_app_gateway.settings.settings import GatewaySettings

from .settings_examples import SMALLEST, changed, judged
from .test_to_document import document, parts

TO_HTTPS: dict[str, Any] = {"redirectHttpToHttps": True}
AWAY = "https://www.example.com/new"


def settings(*listeners: dict[str, Any], **changes: Any) -> GatewaySettings:
    """Settings with these listeners, each with a route of its own in their order."""
    routes = [
        {"name": f"to-{at}", "listener": each.get("name", "https"), "priority": 1 + at}
        for at, each in enumerate(listeners)
    ]
    parsed = parse_settings(changed(SMALLEST, **TO_HTTPS, listeners=list(listeners), routes=routes, **changes))
    assert () == parsed.problems
    return parsed.settings


def redirects(given: GatewaySettings) -> list[tuple[str, tuple[str, ...]]]:
    """The target and the host names of each redirect, in the order in which the gateway tries them."""
    made = http_redirects(given)
    assert [each.route.priority for each in made] == sorted(each.route.priority for each in made)
    return [(each.of.name, each.listener.host_names) for each in made]


def test_one_setting_redirects_from_http_to_https() -> None:
    """Port 80 answers 301 with path and query; it shows no certificate, asks for none and reaches no backend."""
    built = document(changed(SMALLEST, **TO_HTTPS, listeners=[{"certificate": "listener", "profile": "default"}]))

    reference = {"id": "$self/httpListeners/redirect-https"}
    assert parts(built, "httpListeners")["redirect-https"] == {
        "frontendIPConfiguration": {"id": "$self/frontendIPConfigurations/public"},
        "frontendPort": {"id": "$self/frontendPorts/port-80"},
        "protocol": "Http",
    }
    assert {"port-443": {"port": 443}, "port-80": {"port": 80}} == parts(built, "frontendPorts")
    assert parts(built, "redirectConfigurations") == {
        "redirect-https": {
            "redirectType": "Permanent",
            "targetListener": {"id": "$self/httpListeners/https"},
            "includePath": True,
            "includeQueryString": True,
        }
    }
    assert parts(built, "requestRoutingRules")["redirect-https"] == {
        "ruleType": "Basic",
        "priority": 19_001,
        "httpListener": reference,
        "redirectConfiguration": {"id": "$self/redirectConfigurations/redirect-https"},
    }
    assert built == nest(flatten(built), built["type"])
    assert () == check_references(built)


def test_the_redirect_keeps_every_rule() -> None:
    """Beside a Strict listener too: a redirect is no way around the gateway's authentication."""
    given = changed(SMALLEST, **TO_HTTPS, mode="Strict", strict={"trustedCaChains": [{"data": "PEM"}]})

    assert [] == judged(parse_settings(given))


def test_without_the_setting_nothing_listens_on_port_80() -> None:
    """No listener, port, redirect or rule is added, and the document says nothing of redirects."""
    built = document(SMALLEST)

    assert ["https"] == list(parts(built, "httpListeners"))
    assert "redirectConfigurations" not in built["properties"]
    assert (443,) == ports_of(settings({}).model_copy(update={"redirect_http_to_https": False}))


@pytest.mark.parametrize(
    ("listeners", "expected"),
    [
        ([{}], [("https", ())]),
        ([{"name": "open", "profile": "none"}], [("open", ())]),
        ([{}, {"name": "more", "port": 8443}], [("https", ())]),
        ([{"name": "more", "port": 8443}, {}], [("https", ())]),
        ([{"name": "only", "port": 8443}], [("only", ())]),
        (
            [{"hostNames": ["a.com"]}, {"name": "more", "port": 8443, "hostNames": ["A.com", "b.com"]}],
            [("https", ("a.com",)), ("more", ("b.com",))],
        ),
        (
            [
                {},
                {"name": "wild", "hostNames": ["*.b.com"], "port": 444},
                {"name": "b", "hostNames": ["b.com"], "port": 445},
            ],
            [("b", ("b.com",)), ("wild", ("*.b.com",)), ("https", ())],
        ),
    ],
)
def test_each_host_name_is_redirected_once(
    listeners: list[dict[str, Any]], expected: list[tuple[str, tuple[str, ...]]]
) -> None:
    """To the listener on port 443 that has it, or else the first one; exact names come before patterns and the rest."""
    assert expected == redirects(settings(*listeners))


def test_plain_listeners_are_redirected_nowhere() -> None:
    """Only HTTPS listeners have a redirect; a plain one keeps what its own route says."""
    plain = {"name": "plain", "port": 8080, "protocol": "Http"}

    assert [("https", ())] == redirects(settings({}, plain))
    assert (443, 8080, 80) == ports_of(settings({}, plain))


def test_a_priority_is_never_given_twice() -> None:
    """A route that has the number of a redirect keeps it."""
    routes = [{"priority": 19_001}]
    parsed = parse_settings(changed(SMALLEST, **TO_HTTPS, routes=routes))

    assert [19_002] == [each.route.priority for each in http_redirects(parsed.settings)]


@pytest.mark.parametrize(
    ("redirect", "expected"),
    [
        (
            {"url": AWAY},
            {"redirectType": "Permanent", "targetUrl": AWAY, "includePath": True, "includeQueryString": True},
        ),
        (
            {"url": AWAY, "type": "SeeOther", "includePath": False, "includeQueryString": False},
            {"redirectType": "SeeOther", "targetUrl": AWAY, "includePath": False, "includeQueryString": False},
        ),
        (
            {"listener": "https", "type": "Temporary"},
            {
                "redirectType": "Temporary",
                "targetListener": {"id": "$self/httpListeners/https"},
                "includePath": True,
                "includeQueryString": True,
            },
        ),
    ],
)
def test_a_route_may_redirect(redirect: dict[str, Any], expected: dict[str, Any]) -> None:
    """Its rule has no pool, no settings and no rewrites; path and query are kept unless it says otherwise."""
    listeners = [{}, {"name": "old", "port": 8443, "profile": "none"}]
    routes = [{"priority": 1}, {"name": "old", "listener": "old", "priority": 2, "redirect": redirect}]
    built = document(changed(SMALLEST, listeners=listeners, routes=routes))

    assert {"old": expected} == parts(built, "redirectConfigurations")
    assert parts(built, "requestRoutingRules")["old"] == {
        "ruleType": "Basic",
        "priority": 2,
        "httpListener": {"id": "$self/httpListeners/old"},
        "redirectConfiguration": {"id": "$self/redirectConfigurations/old"},
    }
    assert () == check_references(built)


def test_a_url_may_be_known_later() -> None:
    """The document has its placeholder, and no rule of redirects judges it."""
    later = Placeholder("routes[1].redirect.url")
    listeners = [{}, {"name": "old", "port": 8443, "profile": "none"}]
    routes = [{"priority": 1}, {"name": "old", "listener": "old", "priority": 2, "redirect": {"url": later}}]
    given = changed(SMALLEST, listeners=listeners, routes=routes)

    assert later == parts(document(given), "redirectConfigurations")["old"]["targetUrl"]
    assert [] == [each.rule for each in judged(parse_settings(given)) if each.rule.startswith("redirect")]


def test_a_listener_that_is_not_there_is_one_mistake() -> None:
    """The redirect has a target, though it cannot be reached: only the name is reported."""
    parsed = parse_settings(changed(SMALLEST, routes=[{"priority": 1, "redirect": {"listener": "x"}}]))

    found = [(each.rule, each.where) for each in judged(parsed) if each.rule != "unused-part"]
    assert [("route-unknown", "routes[0].redirect.listener")] == found


@pytest.mark.parametrize(
    ("key", "value"), [("redirectHttpToHttps", "yes"), ("listeners", [{"port": 0}]), ("routes", [{"priority": 0}])]
)
def test_what_could_not_be_read_is_not_judged(key: str, value: Any) -> None:
    """A mistake of form is reported alone."""
    parsed = parse_settings(changed(SMALLEST, **(TO_HTTPS | {key: value})))

    assert [key] == list(parsed.unread)
    assert [] == judged(parsed)


def test_each_frontend_has_its_own_redirects() -> None:
    """One host name on both frontends is redirected on both; each redirect is on the frontend of its target."""
    inside = {"name": "inside", "frontend": "Private", "hostNames": ["app.example.com"]}
    given = settings({"hostNames": ["app.example.com"]}, inside, privateIp={"address": "10.0.0.250"})

    assert [("https", ("app.example.com",)), ("inside", ("app.example.com",))] == redirects(given)
    assert ["Public", "Private"] == [each.listener.frontend for each in http_redirects(given)]
    for frontend in FrontendKind:
        assert (443, 80) == ports_of(given, frontend)
