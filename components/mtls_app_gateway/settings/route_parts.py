"""Writes the rules of the gateway document: which listener's requests go to which backend or redirect."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from ..document.placeholder import Placeholder
from ..document.references import self_reference
from .http_redirects import HTTP_REDIRECT, HttpRedirect
from .implied import path_redirect_name, path_rules_of, routes_of, settings_by_pool, way_of
from .origins import From, part, whole
from .rewrite_parts import RewriteSetContent, content_of, rewrite_sets
from .route_settings import PathRule, Redirect, Route
from .settings import GatewaySettings, Listener


def route_collections(settings: GatewaySettings, from_http: Sequence[HttpRedirect]) -> dict[str, From]:
    """The collections of the document that routes make."""
    lookup = _Lookup(settings)
    return {
        "rewriteRuleSets": rewrite_sets(settings, _rewrite_contents(lookup)),
        "redirectConfigurations": From("routes", list(_redirects(settings, from_http))),
        "urlPathMaps": From("routes", list(_path_maps(lookup)) or None),
        "requestRoutingRules": From("routes", list(_rules(lookup, from_http))),
    }


@dataclass(frozen=True)
class _Lookup:
    """The settings, and what the way of each request is looked up in."""

    settings: GatewaySettings

    @cached_property
    def listeners(self) -> dict[str, Listener]:
        return {listener.name: listener for listener in self.settings.listeners}

    @cached_property
    def settings_by_pool(self) -> dict[str, str]:
        return settings_by_pool(self.settings)

    def content(self, route: Route, path_rule: PathRule | None = None) -> RewriteSetContent:
        """What is in the rewrite rule set of a route, or of one of its path rules: no path inherits one."""
        return content_of(self.settings, self.listeners.get(route.listener), way_of(route, path_rule).rewrites)


def _rewrite_contents(lookup: _Lookup) -> Iterator[RewriteSetContent]:
    """What is in the rewrite rule set of each route and path rule that forwards requests."""
    for route in routes_of(lookup.settings):
        for path_rule in (None, *route.paths):
            if way_of(route, path_rule).backend is not None:
                yield lookup.content(route, path_rule)
    yield from (content_of(lookup.settings, listener) for listener in lookup.settings.listeners)


def _rules(lookup: _Lookup, from_http: Sequence[HttpRedirect]) -> Iterator[From]:
    """The rule of each route, and of each listener without one, so that its headers can be judged all the same."""
    routes = routes_of(lookup.settings)
    routed = {route.listener for route in routes}
    for index, route in enumerate(routes):
        yield _rule(f"routes[{index}]", route, lookup)
    for redirect in from_http:
        yield whole(_rule(HTTP_REDIRECT, redirect.route, lookup))
    for index, listener in enumerate(lookup.settings.listeners):
        if listener.name not in routed:
            yield part(
                listener.name,
                f"listeners[{index}]",
                httpListener=self_reference("httpListeners", listener.name),
                backendAddressPool=Placeholder("routes"),
                rewriteRuleSet=_rewrites(content_of(lookup.settings, listener)),
            )


def _rule(setting: str, route: Route, lookup: _Lookup) -> From:
    if route.paths:
        path_map = From(f"{setting}.paths", self_reference("urlPathMaps", route.name))
        rule_type, way = "PathBasedRouting", {"urlPathMap": path_map}
    else:
        rule_type, way = "Basic", _way(setting, lookup, route)
    return part(
        route.name,
        setting,
        ruleType=rule_type,
        priority=route.priority,
        httpListener=From(f"{setting}.listener", self_reference("httpListeners", route.listener)),
        **way,
    )


def _way(setting: str, lookup: _Lookup, route: Route, path_rule: PathRule | None = None) -> dict[str, From]:
    """Where a route leads, or one of its path rules: a pool that gets rewritten requests, or a redirect."""
    way, written = way_of(route, path_rule), {}
    if way.backend is not None:
        spoken_to = lookup.settings_by_pool.get(way.backend, way.backend)
        written = {
            "backendAddressPool": From(f"{setting}.backend", self_reference("backendAddressPools", way.backend)),
            "backendHttpSettings": From(
                f"{setting}.backend", self_reference("backendHttpSettingsCollection", spoken_to)
            ),
            "rewriteRuleSet": From(f"{setting}.rewrites", _rewrites(lookup.content(route, path_rule))),
        }
    if way.redirect is not None:
        redirect = self_reference("redirectConfigurations", way.redirect_name)
        written["redirectConfiguration"] = From(f"{setting}.redirect", redirect)
    return written


def _path_maps(lookup: _Lookup) -> Iterator[From]:
    """The path map of each route with paths."""
    for index, route in enumerate(lookup.settings.routes):
        if route.paths:
            setting = f"routes[{index}]"
            default = {f"default{key[0].upper()}{key[1:]}": each for key, each in _way(setting, lookup, route).items()}
            path_rules = [
                _path_rule(f"{setting}.paths[{position}]", lookup, route, path_rule)
                for position, path_rule in enumerate(route.paths)
            ]
            yield part(route.name, setting, pathRules=From(f"{setting}.paths", path_rules), **default)


def _path_rule(setting: str, lookup: _Lookup, route: Route, path_rule: PathRule) -> From:
    policy = path_rule.waf_policy_id
    return part(
        path_rule.name,
        setting,
        paths=list(path_rule.paths),
        firewallPolicy=From(f"{setting}.wafPolicyId", {"id": policy} if policy is not None else None),
        **_way(setting, lookup, route, path_rule),
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


def _rewrites(content: RewriteSetContent) -> dict[str, Any]:
    return self_reference("rewriteRuleSets", content.name)
