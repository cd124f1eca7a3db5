"""Routing rules, path maps and redirects of a listener as nginx locations."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from ...document.azure import REDIRECT_STATUSES
from ...document.backend_view import Backend
from ...document.gateway import Listener, Redirect, Route
from .backend_tls import BackendKey, TlsUpstream, backend_key, tls_directives, unverified_here
from .pages import answer
from .reports import report
from .rewrites import Rewritten, rewrite
from .syntax import Directive, block, directive, literal


@dataclass(frozen=True, slots=True)
class ListenerContext:
    """What the locations of one listener need: addresses on this machine, and the listener's own values."""

    upstreams: Mapping[str, str]
    """nginx's name for each backend pool, by the pool's name."""
    local_urls: Mapping[str, str]
    """`scheme` and port of each listener as nginx text, by the listener's name."""
    literals: Mapping[str, str]
    """The server variables with a value of the listener, as nginx text."""
    port: int
    """The listener's port on Azure."""
    prefix: str
    tls_upstreams: Mapping[BackendKey, TlsUpstream] = field(default_factory=dict)
    """The backends that are reached over HTTPS."""
    reported: tuple[str, ...] = ()
    """The request headers whose sent values are reported to a caller with the token."""


@dataclass(slots=True)
class Locations:
    """The locations of one listener, the maps they need, and what of them is not rehearsed."""

    directives: list[Directive] = field(default_factory=list)
    maps: list[Directive] = field(default_factory=list)
    not_rehearsed: list[str] = field(default_factory=list)


def locations_of(listener: Listener, context: ListenerContext) -> Locations:
    """The locations of one listener, one for each path of a route, in the order in which Azure tries them."""
    made = Locations()
    paths = ((route, path) for route in listener.routes for path in ((None,) if route.paths is None else route.paths))
    for number, (route, path) in enumerate(paths):
        inner = _location(route, path, f"{context.prefix}_{number}", context, made)
        made.directives.append(block("location", *_matching(path), inner=inner))
    return made


def _matching(path: str | None) -> tuple[str, ...]:
    # nginx tries patterns in their order, as Azure tries path rules, and before any plain prefix.
    return ("/",) if path is None else ("~*", _path_pattern(path))


def _path_pattern(path: str) -> str:
    escaped = re.sub(r"([^A-Za-z0-9/*])", r"\\\1", path)
    return f"^{escaped.replace('*', '.*')}\\z"


def _location(
    route: Route, path: str | None, prefix: str, context: ListenerContext, made: Locations
) -> Iterator[Directive]:
    if route.redirect is not None:
        yield from _redirect(route.redirect, context)
    elif route.backend is None:
        made.not_rehearsed.append(f"{_called(route)}: it has no backend pool")
        yield from answer(502, "Bad Gateway")
    else:
        yield from _proxy(route, route.backend, path, prefix, context, made)


def _called(route: Route) -> str:
    if route.path_map is None:
        return f"rule {route.name}"
    return f"path map {route.path_map}" if route.paths is None else f"path rule {route.path_map}/{route.name}"


def _redirect(redirect: Redirect, context: ListenerContext) -> Iterator[Directive]:
    listener = redirect.target_listener
    target = context.local_urls[listener] if listener is not None else literal(redirect.target_url or "")
    if redirect.include_path:
        target = target.rstrip("/") + "${request_path}"
    if redirect.include_query:
        target += "${query_with_mark}"
    yield directive("return", REDIRECT_STATUSES.get(redirect.kind or "", 302), target)


def _proxy(  # noqa: PLR0917 - one place calls it
    route: Route, backend: Backend, path: str | None, prefix: str, context: ListenerContext, made: Locations
) -> Iterator[Directive]:
    start = Rewritten(_headers(backend, context), path="${request_path}")
    if backend.path:
        _override_path(backend.path, path, prefix, start)
    rewritten = rewrite(route.rewrite, start, prefix=prefix, literals=context.literals)
    made.maps += rewritten.maps
    made.not_rehearsed += rewritten.not_rehearsed
    yield from _pass(backend, rewritten.target, context, made)
    for name, value in rewritten.request_headers.values():
        yield directive("proxy_set_header", name, value)
    yield from rewritten.response_directives()
    if context.reported:
        maps, directives = report(rewritten.request_headers, context.reported, prefix=prefix)
        made.maps += maps
        yield from directives
    if backend.request_timeout is not None:
        yield directive("proxy_read_timeout", f"{backend.request_timeout}s")


def _pass(backend: Backend, target: str, context: ListenerContext, made: Locations) -> Iterator[Directive]:
    upstream = context.tls_upstreams.get(backend_key(backend))
    if upstream is not None:
        made.not_rehearsed += unverified_here(backend, upstream)
        yield directive("proxy_pass", f"https://{upstream.name}{target}")
        yield from tls_directives(backend, upstream)
        return
    if backend.protocol == "Https":
        made.not_rehearsed.append("TLS to the backend: the application here is reached over plain HTTP")
    yield directive("proxy_pass", f"http://{context.upstreams[backend.pool.name]}{target}")


def _headers(backend: Backend, context: ListenerContext) -> dict[str, tuple[str, str]]:
    """The headers that the gateway always sends to the backend (Microsoft, How Application Gateway works)."""
    headers = {
        "Host": _host(backend),
        "Upgrade": "$http_upgrade",
        "Connection": "$backend_connection",
        "X-Forwarded-For": "$forwarded_for_with_port",
        "X-Forwarded-Proto": "$scheme",
        "X-Forwarded-Port": str(context.port),
        "X-Original-Host": "$http_host",
        "X-Original-Url": "$request_uri",
        "X-Appgw-Trace-Id": "$request_id",
    }
    return {name.lower(): (name, value) for name, value in headers.items()}


def _host(backend: Backend) -> str:
    if backend.host_name:
        return literal(backend.host_name)
    if backend.host_name_from_member and backend.pool.members:
        return literal(backend.pool.members[0])
    return "$http_host"


def _override_path(override: str, pattern: str | None, prefix: str, start: Rewritten) -> None:
    """Put the settings' path before the client's or, in a path rule, in place of its pattern's literal part."""
    literal_part = (pattern or "/").partition("*")[0]
    escaped = re.sub(r"([^A-Za-z0-9/])", r"\\\1", literal_part)
    name = f"{prefix}_override"
    # Without its slash it would become part of the backend's address.
    replaced = f"/{literal(override).strip('/')}/${{{name}_rest}}".replace("//", "/")
    cases = [directive("default", "${request_path}"), directive(f"~*^{escaped}(?<{name}_rest>.*)\\z", replaced)]
    start.maps.append(block("map", "${request_path}", f"${name}", inner=cases))
    start.path, start.query = f"${{{name}}}", "${query_with_mark}"
