"""Writes the rules of the gateway document: which listener's requests go to which backend or redirect."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from ..document.placeholder import Placeholder
from ..document.references import default_of, self_reference
from .http_redirects import HTTP_REDIRECT, HttpRedirect
from .implied import (
    lead_of,
    path_redirect_name,
    path_rules_of,
    rewrites_of,
    routes_of,
    settings_by_pool,
)
from .origins import From, part, whole
from .rewrite_parts import RewriteSetContent, content_of, rewrite_sets
from .route_settings import PathRule, Redirect, Route
from .settings import GatewaySettings, Listener


def route_collections(settings: GatewaySettings, from_http: Sequence[HttpRedirect]) -> dict[str, From]:
    """The collections of the document that routes make."""
    ways = _Ways(settings, {listener.name: listener for listener in settings.listeners}, settings_by_pool(settings))
    return {
        "rewriteRuleSets": rewrite_sets(settings, _rewrite_contents(settings, ways)),
        "redirectConfigurations": From("routes", list(_redirects(settings, from_http))),
        "urlPathMaps": From("routes", list(_path_maps(settings, ways)) or None),
        "requestRoutingRules": From("routes", list(_rules(settings, from_http, ways))),
    }


@dataclass(frozen=True, slots=True)
class _Ways:
    """Writes where routes and their path rules lead: a pool that gets rewritten requests, or a redirect."""

    settings: GatewaySettings
    listeners: Mapping[str, Listener]
    settings_by_pool: Mapping[str, str]

    def of(self, setting: str, route: Route, path_rule: PathRule | None = None) -> dict[str, From]:
        """The properties of a route, or of one of its path rules."""
        backend, redirect, name = lead_of(route, path_rule)
        way: dict[str, From] = {}
        if backend is not None:
            with_settings = self.settings_by_pool.get(backend, backend)
            spoken_to = self_reference("backendHttpSettingsCollection", with_settings)
            way = {
                "backendAddressPool": From(f"{setting}.backend", self_reference("backendAddressPools", backend)),
                "backendHttpSettings": From(f"{setting}.backend", spoken_to),
                "rewriteRuleSet": From(f"{setting}.rewrites", _rewrites(self.content(route, path_rule))),
            }
        if redirect is not None:
            way["redirectConfiguration"] = From(f"{setting}.redirect", self_reference("redirectConfigurations", name))
        return way

    def content(self, route: Route, path_rule: PathRule | None = None) -> RewriteSetContent:
        """What is in the rewrite rule set of a route, or of one of its path rules, which inherits none from Azure."""
        return content_of(self.settings, self.listeners.get(route.listener), rewrites_of(route, path_rule))


def _rewrite_contents(settings: GatewaySettings, ways: _Ways) -> Iterator[RewriteSetContent]:
    """What is in the rewrite rule set of each route and path rule that forwards requests."""
    for route in routes_of(settings):
        for path_rule in (None, *route.paths):
            backend, _, _ = lead_of(route, path_rule)
            if backend is not None:
                yield ways.content(route, path_rule)
    yield from (content_of(settings, listener) for listener in settings.listeners)


def _rules(settings: GatewaySettings, from_http: Sequence[HttpRedirect], ways: _Ways) -> Iterator[From]:
    """The rule of each route, and of each listener without one, so that its headers can be judged all the same."""
    routes = routes_of(settings)
    routed = {route.listener for route in routes}
    for index, route in enumerate(routes):
        yield _rule(f"routes[{index}]", route, ways)
    for redirect in from_http:
        yield whole(_rule(HTTP_REDIRECT, redirect.route, ways))
    for index, listener in enumerate(settings.listeners):
        if listener.name not in routed:
            yield part(
                listener.name,
                f"listeners[{index}]",
                httpListener=self_reference("httpListeners", listener.name),
                backendAddressPool=Placeholder("routes"),
                rewriteRuleSet=_rewrites(content_of(settings, listener)),
            )


def _rule(setting: str, route: Route, ways: _Ways) -> From:
    if route.paths:
        path_map = From(f"{setting}.paths", self_reference("urlPathMaps", route.name))
        rule_type, way = "PathBasedRouting", {"urlPathMap": path_map}
    else:
        rule_type, way = "Basic", ways.of(setting, route)
    return part(
        route.name,
        setting,
        ruleType=rule_type,
        priority=route.priority,
        httpListener=From(f"{setting}.listener", self_reference("httpListeners", route.listener)),
        **way,
    )


def _path_maps(settings: GatewaySettings, ways: _Ways) -> Iterator[From]:
    """The path map of each route with paths: no path inherits a rewrite set, so each refers to one."""
    for index, route in enumerate(settings.routes):
        if route.paths:
            setting = f"routes[{index}]"
            path_rules = [
                _path_rule(f"{setting}.paths[{position}]", route, path_rule, ways)
                for position, path_rule in enumerate(route.paths)
            ]
            yield part(
                route.name,
                setting,
                pathRules=From(f"{setting}.paths", path_rules),
                **{default_of(key): value for key, value in ways.of(setting, route).items()},
            )


def _path_rule(setting: str, route: Route, path_rule: PathRule, ways: _Ways) -> From:
    policy = path_rule.waf_policy_id
    return part(
        path_rule.name,
        setting,
        paths=list(path_rule.paths),
        firewallPolicy=From(f"{setting}.wafPolicyId", {"id": policy} if policy is not None else None),
        **ways.of(setting, route, path_rule),
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


def _rewrites(content: RewriteSetContent) -> dict[str, str]:
    return self_reference("rewriteRuleSets", content.name)
