"""Writes the rules of the gateway document: which listener's requests go to which backend or redirect."""

from collections.abc import Iterator, Sequence
from typing import Any

from ..document.placeholder import Placeholder
from ..document.references import self_reference
from .http_redirects import HTTP_REDIRECT, HttpRedirect
from .identity_header_sets import DELETE_IDENTITY, SET_IDENTITY, rewrite_rule_set
from .implied import backend_of, leads_as_its_route, path_redirect_name, path_rules_of, profile_of, routes_of
from .origins import From, part, whole
from .route_settings import PathRule, Redirect, Route
from .settings import GatewaySettings


def route_collections(settings: GatewaySettings, from_http: Sequence[HttpRedirect]) -> dict[str, From]:
    """The collections of the document that routes make."""
    return {
        "rewriteRuleSets": From(
            "identityHeaders", [rewrite_rule_set(settings.identity_headers, identifies=each) for each in (True, False)]
        ),
        "redirectConfigurations": From("routes", list(_redirects(settings, from_http))),
        "urlPathMaps": From("routes", list(_path_maps(settings)) or None),
        "requestRoutingRules": From("routes", list(_rules(settings, from_http))),
    }


def _rules(settings: GatewaySettings, from_http: Sequence[HttpRedirect]) -> Iterator[From]:
    """The rule of each route, and of each listener without one, so that its headers can be judged all the same."""
    identifying = _identifying(settings)
    routes = routes_of(settings)
    routed = {route.listener for route in routes}
    for index, route in enumerate(routes):
        yield _rule(f"routes[{index}]", route, identifies=route.listener in identifying)
    for redirect in from_http:
        yield whole(_rule(HTTP_REDIRECT, redirect.route, identifies=False))
    for index, listener in enumerate(settings.listeners):
        if listener.name not in routed:
            yield part(
                listener.name,
                f"listeners[{index}]",
                httpListener=self_reference("httpListeners", listener.name),
                backendAddressPool=Placeholder("routes"),
                rewriteRuleSet=_rewrites(identifies=listener.name in identifying),
            )


def _identifying(settings: GatewaySettings) -> frozenset[str]:
    """The names of the listeners that ask clients for a certificate."""
    return frozenset(listener.name for listener in settings.listeners if profile_of(listener) is not None)


def _rule(setting: str, route: Route, *, identifies: bool) -> From:
    if route.paths:
        path_map = From(f"{setting}.paths", self_reference("urlPathMaps", route.name))
        rule_type, way = "PathBasedRouting", {"urlPathMap": path_map}
    else:
        rule_type, way = "Basic", _way(setting, route, identifies=identifies)
    return part(
        route.name,
        setting,
        ruleType=rule_type,
        priority=route.priority,
        httpListener=From(f"{setting}.listener", self_reference("httpListeners", route.listener)),
        **way,
    )


def _way(setting: str, route: Route, path_rule: PathRule | None = None, *, identifies: bool) -> dict[str, From]:
    """Where a route leads, or one of its path rules: a pool that gets rewritten requests, or a redirect."""
    if path_rule is None or leads_as_its_route(path_rule):
        backend, redirect, name = backend_of(route), route.redirect, route.name
    else:
        backend, redirect, name = path_rule.backend, path_rule.redirect, path_redirect_name(route, path_rule)
    way: dict[str, Any] = {}
    if backend is not None:
        way = {
            "backendAddressPool": From(f"{setting}.backend", self_reference("backendAddressPools", backend)),
            "backendHttpSettings": From(f"{setting}.backend", self_reference("backendHttpSettingsCollection", backend)),
            "rewriteRuleSet": From(setting, _rewrites(identifies=identifies)),
        }
    if redirect is not None:
        way["redirectConfiguration"] = From(f"{setting}.redirect", self_reference("redirectConfigurations", name))
    return way


def _path_maps(settings: GatewaySettings) -> Iterator[From]:
    """The path map of each route with paths: no path inherits a rewrite set, so each has that of its listener."""
    identifying = _identifying(settings)
    for index, route in enumerate(settings.routes):
        if route.paths:
            setting, identifies = f"routes[{index}]", route.listener in identifying
            default = _way(setting, route, identifies=identifies)
            path_rules = [
                _path_rule(f"{setting}.paths[{position}]", route, path_rule, identifies=identifies)
                for position, path_rule in enumerate(route.paths)
            ]
            yield part(
                route.name,
                setting,
                pathRules=From(f"{setting}.paths", path_rules),
                **{f"default{key[0].upper()}{key[1:]}": value for key, value in default.items()},
            )


def _path_rule(setting: str, route: Route, path_rule: PathRule, *, identifies: bool) -> From:
    policy = path_rule.waf_policy_id
    return part(
        path_rule.name,
        setting,
        paths=list(path_rule.paths),
        firewallPolicy=From(f"{setting}.wafPolicyId", {"id": policy} if policy is not None else None),
        **_way(setting, route, path_rule, identifies=identifies),
    )


def _redirects(settings: GatewaySettings, from_http: Sequence[HttpRedirect]) -> Iterator[From]:
    for index, route in enumerate(settings.routes):
        yield from _redirect(f"routes[{index}].redirect", route.name, route.redirect)
    for setting, route, path_rule in path_rules_of(settings):
        yield from _redirect(f"{setting}.redirect", path_redirect_name(route, path_rule), path_rule.redirect)
    for each in from_http:
        yield from map(whole, _redirect(HTTP_REDIRECT, each.name, each.route.redirect))


def _redirect(setting: str, name: str, redirect: Redirect | None) -> Iterator[From]:
    if redirect is not None:
        listener = self_reference("httpListeners", redirect.listener) if redirect.listener is not None else None
        yield part(
            name,
            setting,
            redirectType=From(f"{setting}.type", redirect.type.value),
            targetListener=From(f"{setting}.listener", listener),
            targetUrl=From(f"{setting}.url", redirect.url),
            # Always said: left out, both were seen to be on, where the documentation has them off.
            includePath=redirect.include_path,
            includeQueryString=redirect.include_query_string,
        )


def _rewrites(*, identifies: bool) -> dict[str, str]:
    return self_reference("rewriteRuleSets", SET_IDENTITY if identifies else DELETE_IDENTITY)
