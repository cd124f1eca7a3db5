"""Writes the rules of the gateway document: which listener's requests go to which backend or redirect."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from ..document.placeholder import Placeholder
from ..document.references import self_reference
from .http_redirects import HTTP_REDIRECT, HttpRedirect
from .implied import backend_of, routes_of, settings_by_pool
from .origins import From, part, whole
from .rewrite_parts import RewriteSetContent, content_of, rewrite_sets
from .route_settings import Route
from .settings import GatewaySettings


def route_collections(settings: GatewaySettings, from_http: Sequence[HttpRedirect]) -> dict[str, From]:
    """The collections of the document that routes make."""
    return {
        "rewriteRuleSets": rewrite_sets(settings, _rewrite_contents(settings)),
        "redirectConfigurations": From("routes", list(_redirects(settings, from_http))),
        "requestRoutingRules": From("routes", list(_rules(settings, from_http))),
    }


def _rewrite_contents(settings: GatewaySettings) -> Iterator[RewriteSetContent]:
    """What is in the rewrite rule set of each route that forwards requests."""
    listeners = {listener.name: listener for listener in settings.listeners}
    for route in routes_of(settings):
        if backend_of(route) is not None:
            yield content_of(settings, listeners.get(route.listener), route.rewrites)
    yield from (content_of(settings, listener) for listener in settings.listeners)


def _rules(settings: GatewaySettings, from_http: Sequence[HttpRedirect]) -> Iterator[From]:
    """The rule of each route, and of each listener without one, so that its headers can be judged all the same."""
    listeners = {listener.name: listener for listener in settings.listeners}
    routes = routes_of(settings)
    for index, route in enumerate(routes):
        content = content_of(settings, listeners.get(route.listener), route.rewrites)
        yield _rule(f"routes[{index}]", route, settings_by_pool(settings), content)
    for redirect in from_http:
        yield whole(_rule(HTTP_REDIRECT, redirect.route, {}, content_of(settings, None)))
    for index, listener in enumerate(settings.listeners):
        if listener.name not in {route.listener for route in routes}:
            yield part(
                listener.name,
                f"listeners[{index}]",
                httpListener=self_reference("httpListeners", listener.name),
                backendAddressPool=Placeholder("routes"),
                rewriteRuleSet=_rewrites(content_of(settings, listener)),
            )


def _rule(setting: str, route: Route, settings_by_pool: Mapping[str, str], content: RewriteSetContent) -> From:
    properties: dict[str, Any] = {}
    backend = backend_of(route)
    if backend is not None:
        properties = {
            "backendAddressPool": From(f"{setting}.backend", self_reference("backendAddressPools", backend)),
            "backendHttpSettings": From(
                f"{setting}.backend",
                self_reference("backendHttpSettingsCollection", settings_by_pool.get(backend, backend)),
            ),
            "rewriteRuleSet": From(f"{setting}.rewrites", _rewrites(content)),
        }
    if route.redirect is not None:
        redirect = self_reference("redirectConfigurations", route.name)
        properties["redirectConfiguration"] = From(f"{setting}.redirect", redirect)
    return part(
        route.name,
        setting,
        ruleType="Basic",
        priority=route.priority,
        httpListener=From(f"{setting}.listener", self_reference("httpListeners", route.listener)),
        **properties,
    )


def _redirects(settings: GatewaySettings, from_http: Sequence[HttpRedirect]) -> Iterator[From]:
    for index, route in enumerate(settings.routes):
        yield from _redirect(f"routes[{index}].redirect", route)
    for each in from_http:
        yield from map(whole, _redirect(HTTP_REDIRECT, each.route))


def _redirect(setting: str, route: Route) -> Iterator[From]:
    redirect = route.redirect
    if redirect is not None:
        listener = self_reference("httpListeners", redirect.listener) if redirect.listener is not None else None
        yield part(
            route.name,
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
