"""The routes of a listener, and what each does to the headers that tell the backend who the client is. Pure."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any
from urllib.parse import quote, unquote

from ...document.references import Parts
from ...document.wildcard import matches

_VARIABLE = re.compile(r"\{var_client_certificate(?:_[a-z_]+)?\}")
_SENT = "!#$%&'()+,/:;=?@[]|\"<>\\^`{}"
"""Printable ASCII is sent as it stands in the pattern, the blank apart."""
_TRIED = ("/", "/mtls-gateway-verify")


@dataclass(frozen=True, slots=True)
class HeaderAction:
    """What a route does to one request header."""

    name: str
    value: str
    """A template such as `{var_client_certificate}`; empty deletes."""
    is_conditional: bool = False


@dataclass(frozen=True, slots=True)
class Route:
    """A way through the gateway, by a path that takes it."""

    path: str
    name: str = ""
    pattern: str | None = None
    """Azure's path pattern; None takes what no pattern takes."""
    headers: tuple[HeaderAction, ...] = ()
    pool: str | None = None
    transport: str | None = None
    """`http` or `https` to the backend; None where the route leads to none."""
    is_redirect: bool = False

    def takes(self, path: str) -> bool:
        return self.pattern is None or _matches(self.pattern, path)

    def action(self, header: str) -> HeaderAction | None:
        """What happens to a header in the end: the last action counts."""
        found = [action for action in self.headers if action.name.lower() == header.lower()]
        conditional = any(action.is_conditional for action in found)
        return replace(found[-1], is_conditional=conditional) if found else None


def routes_of(rule: Mapping[str, Any], parts: Parts) -> tuple[Route, ...]:
    """The routes of a routing rule in the order they are tried, each with a path that takes it.

    A route that no path takes, because others before it take everything, is left out.
    """
    made = list(_routes(rule, parts))
    patterns = [route.pattern for route in made if route.pattern is not None]
    reachable = []
    for at, route in enumerate(made):
        before = [pattern for pattern in patterns[:at] if pattern]
        tried = _TRIED if route.pattern is None else (_sample(route.pattern),)
        path = next((path for path in tried if not any(_matches(pattern, path) for pattern in before)), None)
        if path is not None:
            reachable.append(replace(route, path=path))
    return tuple(reachable)


def identity_headers_of(parts: Parts) -> tuple[str, ...]:
    """The headers that carry a fact of a client's certificate on any route of the gateway, in their order."""
    names: dict[str, str] = {}
    for rule_set in parts.of("rewriteRuleSets"):
        for action in _actions(rule_set):
            if _VARIABLE.search(action.value):
                names.setdefault(action.name.lower(), action.name)
    return tuple(names.values())


def _routes(rule: Mapping[str, Any], parts: Parts) -> Iterator[Route]:
    bag = _bag(rule)
    path_map = parts.find(bag.get("urlPathMap"))
    if path_map is None:
        yield _route(bag, parts, rule["name"], None)
        return
    inner = _bag(path_map)
    for path_rule in inner.get("pathRules") or ():
        for pattern in _bag(path_rule).get("paths") or ():
            yield _route(_bag(path_rule), parts, f"{path_map['name']}/{path_rule['name']}", pattern)
    names = ("backendAddressPool", "backendHttpSettings", "rewriteRuleSet", "redirectConfiguration")
    default = {name: inner.get(f"default{name[0].upper()}{name[1:]}") for name in names}
    yield _route(default, parts, path_map["name"], None)


def _route(bag: Mapping[str, Any], parts: Parts, name: str, pattern: str | None) -> Route:
    pool = parts.find(bag.get("backendAddressPool"))
    settings = _bag(parts.find(bag.get("backendHttpSettings")))
    rule_set = parts.find(bag.get("rewriteRuleSet"))
    redirect = parts.find(bag.get("redirectConfiguration"))
    return Route(
        path="/",
        name=name,
        pattern=pattern,
        headers=tuple(_actions(rule_set)) if rule_set and not redirect else (),
        pool=pool["name"] if pool else None,
        transport=str(settings.get("protocol", "Http")).lower() if pool else None,
        is_redirect=redirect is not None,
    )


def _actions(rule_set: Mapping[str, Any]) -> Iterator[HeaderAction]:
    rules = _bag(rule_set).get("rewriteRules") or ()
    for rule in sorted(rules, key=lambda rule: rule.get("ruleSequence", 0)):
        for action in (rule.get("actionSet") or {}).get("requestHeaderConfigurations") or ():
            is_conditional = bool(rule.get("conditions")) or "headerValueMatcher" in action
            yield HeaderAction(str(action.get("headerName", "")), str(action.get("headerValue", "")), is_conditional)


def _matches(pattern: str, path: str) -> bool:
    """Whether a path, percent-encoded as it is sent, fits a pattern; Azure compares without regard to case."""
    return any(matches(pattern, each) for each in {path, unquote(path)})


def _sample(pattern: str) -> str:
    """A path that fits a pattern, as it is sent: what no request line can hold is percent-encoded (RFC 3986)."""
    return quote(pattern.replace("*", ""), safe=_SENT)


def _bag(part: Mapping[str, Any] | None) -> Mapping[str, Any]:
    return (part or {}).get("properties") or {}
