"""The rules of path maps: paths that the gateway takes, each in one path rule, and each reached.

The gateway tries the paths of a map in their order and takes the first that matches; `*` is any end. Whether case
counts, Microsoft's pages contradict each other: so paths that differ in case alone may be one, and may be two.
Source: Microsoft, URL path-based routing overview.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property

from ..document.azure_limits import PATH_RULES
from ..document.gateway import Gateway, Route
from ..document.problem_rows import PATH_MALFORMED
from ..escaping import quoted
from ..problems import Finding, Rule, Severity, rule_of
from .checks import for_each

_OVERVIEW = "Microsoft, URL path-based routing overview"


@dataclass(frozen=True, slots=True)
class _Path:
    """A path of a path rule, and its place in the document."""

    text: str
    rule: Route
    place: str
    order: int
    """How many paths the gateway tries before it."""


@dataclass(frozen=True)
class _PathMap:
    """A path map that a listener uses."""

    path_rules: tuple[Route, ...]
    default: Route

    @cached_property
    def paths(self) -> tuple[_Path, ...]:
        """The paths in the order in which the gateway tries them."""
        found = (
            (text, rule, f"{rule.place}.properties.paths[{index}]")
            for rule in self.path_rules
            for index, text in enumerate(rule.paths or () if rule.knows("paths") else ())
        )
        return tuple(_Path(*each, order) for order, each in enumerate(found))

    @cached_property
    def by_text(self) -> dict[str, _Path]:
        """The first path of each text, whatever its case."""
        return {path.text.lower(): path for path in reversed(self.paths)}

    def wider(self, text: str) -> _Path | None:
        """The first path with a `*` that takes everything that this text takes, whatever its case, and more."""
        beginning = text.lower().removesuffix("*")
        wider = (f"{beginning[:length]}*" for length in range(1, len(beginning) + 1))
        found = (self.by_text[each] for each in wider if each in self.by_text and each != text.lower())
        return min(found, key=lambda path: path.order, default=None)

    def taker(self, path: str) -> Route:
        """The path rule that takes the requests for a path, or the default; whatever their case."""
        found = [each for each in (self.by_text.get(path.lower()), self.wider(path)) if each is not None]
        return min(found, key=lambda each: each.order).rule if found else self.default


def _path_maps(gateway: Gateway) -> Iterator[_PathMap]:
    """Each path map once, though several listeners may use it."""
    seen: set[str] = set()
    for listener in gateway.listeners:
        routes = listener.routes if listener.knows("routes") else ()
        if routes and routes[-1].path_map is not None and routes[-1].place not in seen:
            seen.add(routes[-1].place)
            yield _PathMap(routes[:-1], routes[-1])


@for_each(_path_maps)
def _malformed(_gateway: Gateway, path_map: _PathMap) -> Iterator[Finding]:
    for rule in path_map.path_rules:
        if rule.knows("paths") and not rule.paths:
            yield Finding(f"{rule.place}.properties.paths", f"{quoted(rule.name)} has no path")
    for path in path_map.paths:
        saw = _what_is_wrong(path.text)
        if saw is not None:
            yield Finding(path.place, f"{quoted(path.text)} has {saw}")


def _what_is_wrong(path: str) -> str | None:
    if not path.startswith("/"):
        return "no slash at its beginning, as every path of a request has"
    if "*" in path[:-1]:
        return "a * that is not its end"
    return "a query or a fragment, which no path rule looks at" if set(path) & set("?#") else None


@for_each(_path_maps)
def _repeated(_gateway: Gateway, path_map: _PathMap) -> Iterator[Finding]:
    for path in path_map.paths:
        first = path_map.by_text[path.text.lower()]
        if first is not path and first.text == path.text:
            yield Finding(path.place, f"{quoted(path.text)} is a path of {quoted(first.rule.name)} already")
        elif first.text != path.text and first.rule is not path.rule:
            saw = f"{quoted(path.text)} and {quoted(first.text)} of {quoted(first.rule.name)} differ in case alone"
            yield Finding(path.place, saw)


@for_each(_path_maps)
def _unreachable(_gateway: Gateway, path_map: _PathMap) -> Iterator[Finding]:
    for path in path_map.paths:
        wider = path_map.wider(path.text)
        if wider is not None and wider.order < path.order and wider.rule is not path.rule:
            is_sure = path.text.startswith(wider.text.removesuffix("*"))
            unsure = "" if is_sure else ", where case does not count"
            saw = f"{quoted(wider.text)} of {quoted(wider.rule.name)} is tried first and takes it too{unsure}"
            yield Finding(path.place, saw)


@for_each(_path_maps)
def _slash_left_out(_gateway: Gateway, path_map: _PathMap) -> Iterator[Finding]:
    for path in path_map.paths:
        stem = path.text.removesuffix("*").rstrip("/")
        is_judged = stem and _what_is_wrong(path.text) is None and _forwards(path.rule)
        for spelling in (stem, f"{stem}/") if is_judged else ():
            if _goes(path_map.taker(spelling)) != _goes(path.rule):
                saw = f"{quoted(spelling)} is none of the paths of {quoted(path.rule.name)} and goes another way"
                yield Finding(path.place, saw)


def _forwards(rule: Route) -> bool:
    return rule.knows("backend") and rule.backend is not None


def _goes(route: Route) -> tuple[object, ...]:
    """To which pool a route leads, and past which firewall policy."""
    pool = route.backend.pool.place if route.knows("backend") and route.backend else None
    return pool, route.firewall_policy_id


@for_each(_path_maps)
def _too_many(_gateway: Gateway, path_map: _PathMap) -> Iterator[Finding]:
    count = len(path_map.path_rules)
    if count > PATH_RULES:
        yield Finding(f"{path_map.default.place}.properties.pathRules", f"{count} path rules")


PATH_MAP_RULES = (
    rule_of(PATH_MALFORMED, _malformed),
    Rule(
        code="path-repeated",
        demands="A path is in one path rule of its map, whatever its case.",
        source=f"{_OVERVIEW}, whose versions contradict each other on whether case counts",
        remedy="Take one of them away, or give both to one path rule.",
        check=_repeated,
    ),
    Rule(
        code="path-unreachable",
        demands="A narrow path comes before a wide one that takes it too.",
        source=f"{_OVERVIEW}: paths are tried in their order",
        remedy="Put the narrower path's rule first, or take the path away.",
        severity=Severity.WARNING,
        check=_unreachable,
    ),
    Rule(
        code="path-without-slash",
        demands="A path rule with a backend or a WAF policy of its own has its path with and without a slash at the "
        "end.",
        source=f"{_OVERVIEW}: /a does not take /a/",
        remedy="Give the path rule both, if both are one thing: /PATH and /PATH/*.",
        severity=Severity.NOTE,
        check=_slash_left_out,
    ),
    Rule(
        code="path-rules",
        demands="A path map keeps to Azure's limit.",
        source="Microsoft, Azure subscription and service limits, Application Gateway limits",
        remedy=f"A path map takes at most {PATH_RULES} path rules.",
        check=_too_many,
    ),
)
