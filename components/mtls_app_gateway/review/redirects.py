"""The rules of redirects: one target each, a URL that clients can follow, and no circle.

A redirect sends no request to a backend and rewrites no header, so it carries no identity.
Sources: Microsoft, Application Gateway redirect overview; RFC 9110.
"""

import re
from collections.abc import Iterator, Mapping

from ..document.default_ports import DEFAULT_PORTS
from ..document.gateway import Gateway, Layer, Listener, Redirect, Route
from ..document.host_patterns import covers
from ..escaping import quoted
from ..problems import Finding, Rule, Severity
from .checks import for_each

_OVERVIEW = "Microsoft, Application Gateway redirect overview"
_URL = re.compile(
    r"(?=[!-~]+\Z)(?P<scheme>https?)://(?P<user>[^/?#]*@)?(?P<host>\[[0-9a-f:.]+\]|[^/?#@:\[\]]+)(:(?P<port>\d{1,5}))?"
    r"([/?#].*)?",
    re.IGNORECASE,
)
_LAST_PORT = 65_535


def _redirecting(gateway: Gateway) -> Iterator[tuple[Listener, Route, Redirect]]:
    """Each route that redirects, with its listener."""
    for listener in gateway.listeners:
        for route in listener.routes if listener.knows("routes") else ():
            if route.knows("redirect") and route.redirect is not None:
                yield listener, route, route.redirect


@for_each(_redirecting)
def _redirect_and_backend(_gateway: Gateway, found: tuple[Listener, Route, Redirect]) -> Iterator[Finding]:
    _, route, redirect = found
    if route.backend is not None:
        saw = f"{quoted(route.name)} has the redirect {quoted(redirect.name)} and the backend "
        yield Finding(route.place, f"{saw}{quoted(route.backend.pool.name)}")


@for_each(_redirecting)
def _redirect_target(_gateway: Gateway, found: tuple[Listener, Route, Redirect]) -> Iterator[Finding]:
    _, _, redirect = found
    if (redirect.target_listener is None) == (redirect.target_url is None):
        count = "no target" if redirect.target_url is None else "a listener and a URL as its targets"
        yield Finding(redirect.place, f"the redirect {quoted(redirect.name)} has {count}")


@for_each(_redirecting)
def _redirect_url(_gateway: Gateway, found: tuple[Listener, Route, Redirect]) -> Iterator[Finding]:
    _, _, redirect = found
    saw = _wrong_url(redirect.target_url) if redirect.target_url is not None else None
    if saw is not None:
        yield Finding(f"{redirect.place}.properties.targetUrl", saw)


def _wrong_url(url: str) -> str | None:
    parts = _parts(url)
    if parts is None:
        return f"{quoted(url)} is no absolute URL of http or https"
    # What precedes the host may be a password, so it is not shown.
    return "the URL has a user name or a password, which every client would get" if parts["user"] else None


def _parts(url: str) -> re.Match[str] | None:
    """The parts of an absolute URL of http or https; None for anything else."""
    parts = _URL.fullmatch(url)
    return parts if parts and 0 < _port(parts) <= _LAST_PORT else None


def _port(parts: re.Match[str]) -> int:
    return int(parts["port"] or DEFAULT_PORTS[parts["scheme"].lower()])


def _with_listeners(gateway: Gateway) -> Iterator[tuple[Listener, Route, Mapping[str, Listener]]]:
    """Each route that redirects, with its listener and with all listeners by name, in the order of their priorities."""
    listeners = {each.name: each for each in gateway.reachable if each.kind is Layer.HTTP}
    yield from ((listener, route, listeners) for listener, route, _ in _redirecting(gateway))


@for_each(_with_listeners)
def _redirect_loop(_gateway: Gateway, found: tuple[Listener, Route, Mapping[str, Listener]]) -> Iterator[Finding]:
    listener, route, listeners = found
    by_way_of: list[str] = []
    target = _target(route, listeners)
    while target is not None and target is not listener and target.name not in by_way_of:
        by_way_of.append(target.name)
        onward = target.routes[0]
        # Which route of a path map is taken depends on the path.
        target = _target(onward, listeners) if onward.path_map is None else None
    # With paths of its own, a route is known to be taken again only where nothing lies between.
    if target is listener and route.redirect is not None and (route.path_map is None or not by_way_of):
        key = "targetUrl" if route.redirect.target_listener is None else "targetListener"
        through = f" through {', '.join(map(quoted, by_way_of))}" if by_way_of else ""
        yield Finding(f"{route.redirect.place}.properties.{key}", f"{quoted(listener.name)} leads to itself{through}")


@for_each(_with_listeners)
def _redirect_to_plain(_gateway: Gateway, found: tuple[Listener, Route, Mapping[str, Listener]]) -> Iterator[Finding]:
    listener, route, listeners = found
    redirect = route.redirect
    if not listener.is_tls or redirect is None:
        return
    target = listeners.get(redirect.target_listener or "")
    parts = _parts(redirect.target_url or "")
    if target is not None and not target.is_tls:
        saw = f"clients of {quoted(listener.name)} are sent to plain HTTP, at {quoted(target.name)}"
        yield Finding(f"{redirect.place}.properties.targetListener", saw)
    if parts is not None and parts["scheme"].lower() == "http":
        saw = f"clients of {quoted(listener.name)} are sent to plain HTTP"
        yield Finding(f"{redirect.place}.properties.targetUrl", saw)


def _target(route: Route, listeners: Mapping[str, Listener]) -> Listener | None:
    """The listener to which a route surely redirects; None where it has no redirect, or one to another server.

    A route of a path map is judged only where it keeps the path: another path may take another route.
    """
    redirect = route.redirect
    if redirect is None or (route.path_map is not None and not redirect.include_path):
        return None
    if redirect.target_listener is not None:
        return listeners.get(redirect.target_listener)
    parts = _parts(redirect.target_url or "")
    return next((each for each in listeners.values() if _takes(each, parts)), None) if parts else None


def _takes(listener: Listener, url: re.Match[str]) -> bool:
    """Whether a listener takes the requests for a URL by a host name of its own."""
    is_there = listener.protocol.lower() == url["scheme"].lower() and listener.port == _port(url)
    return is_there and any(covers(name, url["host"]) for name in listener.host_names)


REDIRECT_RULES = (
    Rule(
        code="redirect-and-backend",
        demands="A route leads to a backend or to a redirect, not to both.",
        source="Azure REST API 2025-03-01, applicationGateways: requestRoutingRules",
        remedy="Take one of them away.",
        check=_redirect_and_backend,
    ),
    Rule(
        code="redirect-target",
        demands="A redirect has one target, a listener or a URL.",
        source="Azure REST API 2025-03-01, applicationGateways: redirectConfigurations",
        remedy="Give it a listener or a URL.",
        check=_redirect_target,
    ),
    Rule(
        code="redirect-url",
        demands="A redirect's URL is absolute, and any client may see it.",
        source="RFC 9110, sections 4.2 and 10.2.2; RFC 3986",
        remedy="Write a URL like https://www.example.com/, with other characters percent-encoded.",
        check=_redirect_url,
    ),
    Rule(
        code="redirect-loop",
        demands="A redirect does not lead back to where it came from.",
        source="RFC 9110, section 15.4: clients detect such loops and give up",
        remedy="Name another listener, or a URL that this gateway does not redirect.",
        check=_redirect_loop,
    ),
    Rule(
        code="redirect-to-plain-http",
        demands="A client that came over HTTPS is redirected to HTTPS.",
        source="RFC 9110, section 17.1: what plain HTTP carries, every node on the way can read and change",
        remedy="Redirect to an HTTPS listener, or to a URL that begins with https.",
        severity=Severity.WARNING,
        check=_redirect_to_plain,
    ),
)
