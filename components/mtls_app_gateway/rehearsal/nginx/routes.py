"""Where a request goes once its listener has taken it: routing rules, path maps and redirects as nginx locations."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from ...document.references import Parts
from .pages import answer
from .reports import report
from .rewrites import Rewritten, rewrite
from .syntax import Directive, block, directive, literal

_REDIRECTS = {"Permanent": 301, "Found": 302, "SeeOther": 303, "Temporary": 307}


@dataclass(frozen=True, slots=True)
class Circumstances:
    """What the routes of one listener need to know: the document's parts, and where things are on this machine."""

    parts: Parts
    upstreams: Mapping[str, str]
    """nginx's name for each backend pool, by the pool's name."""
    local_urls: Mapping[str, str]
    """`scheme` and port of each listener as nginx text, by the listener's name."""
    literals: Mapping[str, str]
    """The server variables that the listener decides, as nginx text."""
    port: int
    """The listener's port on Azure."""
    prefix: str
    reported: tuple[str, ...] = ()
    """The request headers of which a caller with the token is told what was sent on."""


@dataclass(slots=True)
class Routes:
    """The locations of one listener, the maps they need, and what of them is not rehearsed."""

    locations: list[Directive] = field(default_factory=list)
    maps: list[Directive] = field(default_factory=list)
    not_rehearsed: list[str] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class _Destination:
    """What a routing rule, a path map's default or a path rule says: a pool with settings, or a redirect."""

    where: str
    pool: Any = None
    settings: Any = None
    rewrite_rule_set: Any = None
    redirect: Any = None
    path: str | None = None
    """The path pattern it is for; None for everything else."""


def routes(rule: Mapping[str, Any], circumstances: Circumstances) -> Routes:
    """The locations for one request routing rule."""
    made = Routes()
    for number, destination in enumerate(_destinations(rule, circumstances.parts)):
        inner = _location(destination, f"{circumstances.prefix}_{number}", circumstances, made)
        made.locations.append(block("location", *_matching(destination.path), inner=inner))
    return made


def _destinations(rule: Mapping[str, Any], parts: Parts) -> Iterator[_Destination]:
    bag = rule.get("properties", {})
    path_map = parts.find(bag.get("urlPathMap"))
    if path_map is None:
        yield _destination(bag, f"rule {rule['name']}")
        return
    inner = path_map.get("properties", {})
    for path_rule in inner.get("pathRules", ()):
        where = f"path rule {path_map['name']}/{path_rule['name']}"
        for path in path_rule.get("properties", {}).get("paths", ()):
            yield _destination(path_rule.get("properties", {}), where, path=path)
    defaults = {_without_default(name): value for name, value in inner.items() if name.startswith("default")}
    yield _destination(defaults, f"path map {path_map['name']}")


def _without_default(name: str) -> str:
    return name.removeprefix("default")[:1].lower() + name.removeprefix("default")[1:]


def _destination(bag: Mapping[str, Any], where: str, path: str | None = None) -> _Destination:
    return _Destination(
        where,
        pool=bag.get("backendAddressPool"),
        settings=bag.get("backendHttpSettings"),
        rewrite_rule_set=bag.get("rewriteRuleSet"),
        redirect=bag.get("redirectConfiguration"),
        path=path,
    )


def _matching(path: str | None) -> tuple[str, ...]:
    # Patterns of nginx are tried in their order, as path rules are, and before any plain prefix.
    return ("/",) if path is None else ("~*", _path_pattern(path))


def _path_pattern(path: str) -> str:
    escaped = re.sub(r"([^A-Za-z0-9/*])", r"\\\1", path)
    return f"^{escaped.replace('*', '.*')}\\z"


def _location(destination: _Destination, prefix: str, at: Circumstances, made: Routes) -> Iterator[Directive]:
    redirect = at.parts.find(destination.redirect)
    pool = at.parts.find(destination.pool)
    if redirect is not None:
        yield from _redirect(redirect, at)
    elif pool is None:
        made.not_rehearsed.append(f"{destination.where}: it leads to no backend pool")
        yield from answer(502, "Bad Gateway")
    else:
        yield from _proxy(destination, pool, prefix, at, made)


def _redirect(redirect: Mapping[str, Any], at: Circumstances) -> Iterator[Directive]:
    bag = redirect.get("properties", {})
    listener = at.parts.find(bag.get("targetListener"))
    target = at.local_urls[listener["name"]] if listener else literal(str(bag.get("targetUrl", "")))
    if bag.get("includePath", True):
        target = target.rstrip("/") + "${request_path}"
    if bag.get("includeQueryString", True):
        target += "${query_with_mark}"
    yield directive("return", _REDIRECTS.get(bag.get("redirectType", ""), 302), target)


def _proxy(
    destination: _Destination, pool: Mapping[str, Any], prefix: str, at: Circumstances, made: Routes
) -> Iterator[Directive]:
    settings = (at.parts.find(destination.settings) or {}).get("properties", {})
    start = Rewritten(_headers(settings, pool, at), path="${request_path}")
    if settings.get("path"):
        _override_path(str(settings["path"]), destination.path, prefix, start)
    rewritten = rewrite(at.parts.find(destination.rewrite_rule_set), start, prefix=prefix, literals=at.literals)
    made.maps += rewritten.maps
    made.not_rehearsed += rewritten.not_rehearsed
    yield directive("proxy_pass", f"http://{at.upstreams[pool['name']]}{rewritten.target}")
    for name, value in rewritten.request_headers.values():
        yield directive("proxy_set_header", name, value)
    yield from rewritten.response_directives()
    if at.reported:
        maps, directives = report(rewritten.request_headers, at.reported, prefix=prefix)
        made.maps += maps
        yield from directives
    if "requestTimeout" in settings:
        yield directive("proxy_read_timeout", f"{settings['requestTimeout']}s")


def _headers(settings: Mapping[str, Any], pool: Mapping[str, Any], at: Circumstances) -> dict[str, tuple[str, str]]:
    """What the gateway sends on whether asked to or not (Microsoft, How Application Gateway works)."""
    headers = {
        "Host": _host(settings, pool),
        "Upgrade": "$http_upgrade",
        "Connection": "$backend_connection",
        "X-Forwarded-For": "$forwarded_for_with_port",
        "X-Forwarded-Proto": "$scheme",
        "X-Forwarded-Port": str(at.port),
        "X-Original-Host": "$http_host",
        "X-Original-Url": "$request_uri",
        "X-Appgw-Trace-Id": "$request_id",
    }
    return {name.lower(): (name, value) for name, value in headers.items()}


def _host(settings: Mapping[str, Any], pool: Mapping[str, Any]) -> str:
    members = pool.get("properties", {}).get("backendAddresses", ())
    if settings.get("hostName"):
        return literal(str(settings["hostName"]))
    if settings.get("pickHostNameFromBackendAddress") and isinstance(members, list) and members:
        return literal(str(members[0].get("fqdn") or members[0].get("ipAddress") or ""))
    return "$http_host"


def _override_path(override: str, pattern: str | None, prefix: str, start: Rewritten) -> None:
    """Put the settings' path before the client's, or, in a path rule, in place of the part its pattern spells out."""
    spelt_out = (pattern or "/").partition("*")[0]
    escaped = re.sub(r"([^A-Za-z0-9/])", r"\\\1", spelt_out)
    name = f"{prefix}_override"
    # Without its slash it would become part of the backend's address.
    replaced = f"/{literal(override).strip('/')}/${{{name}_rest}}".replace("//", "/")
    cases = [directive("default", "${request_path}"), directive(f"~*^{escaped}(?<{name}_rest>.*)\\z", replaced)]
    start.maps.append(block("map", "${request_path}", f"${name}", inner=cases))
    start.path, start.query = f"${{{name}}}", "${query_with_mark}"
