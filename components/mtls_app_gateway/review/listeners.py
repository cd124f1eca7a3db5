"""The rules of listeners: host names, and which listener takes a request where several could.

Sources: Microsoft, Application Gateway multi-site hosting; Application Gateway request routing rules.
"""

import re
from collections.abc import Iterator
from itertools import combinations

from ..document.gateway import Gateway, Listener, RoutingRule
from ..document.host_patterns import covers, has_wildcard
from ..escaping import quoted
from ..problems import Finding, Rule, Severity
from .checks import for_each, repeated

_HOST_NAME = re.compile(r"(?=.{1,253}$)([A-Za-z0-9*?]([A-Za-z0-9*?-]{0,61}[A-Za-z0-9*?])?)(\.[A-Za-z0-9*?-]{1,63})*")
_MOST_HOST_NAMES = 5
_MOST_STARS = 2
_MOST_WILDCARDS = 4
_HOSTING = "Microsoft, Application Gateway multi-site hosting"


def _host_name_place(listener: Listener, index: int) -> str:
    key = "hostName" if listener.has_single_host_name else f"hostNames[{index}]"
    return f"{listener.place}.properties.{key}"


@for_each(lambda gateway: gateway.listeners)
def _host_names(_gateway: Gateway, listener: Listener) -> Iterator[Finding]:
    names = listener.host_names
    if len(names) > _MOST_HOST_NAMES:
        place = f"{listener.place}.properties.hostNames"
        yield Finding(place, f"{len(names)} host names", f"Give at most {_MOST_HOST_NAMES} to one listener.")
    for index, name in enumerate(names):
        if not _HOST_NAME.fullmatch(name):
            yield Finding(_host_name_place(listener, index), f"{quoted(name)} is no host name")


@for_each(lambda gateway: gateway.listeners)
def _host_name_wildcards(_gateway: Gateway, listener: Listener) -> Iterator[Finding]:
    for index, name in enumerate(listener.host_names):
        saw = _wrong_wildcards(name)
        if saw is not None:
            yield Finding(_host_name_place(listener, index), f"{quoted(name)} has {saw}")


def _wrong_wildcards(name: str) -> str | None:
    stars, wildcards = name.count("*"), name.count("*") + name.count("?")
    if any(pair in name for pair in ("**", "*?", "?*")):
        return "two wildcards side by side, one of them *"
    if any(label.count("*") > 1 for label in name.split(".")):
        return "two * in a label"
    if stars > _MOST_STARS:
        return f"{stars} *"
    return f"{wildcards} wildcards" if wildcards > _MOST_WILDCARDS else None


@for_each(lambda gateway: gateway.listeners)
def _host_name_repeated(_gateway: Gateway, listener: Listener) -> Iterator[Finding]:
    for index, name in repeated(listener.host_names):
        yield Finding(_host_name_place(listener, index), f"{quoted(name)} is named already (case does not count)")


def _on_one_port(gateway: Gateway) -> Iterator[tuple[Listener, Listener]]:
    """Each two listeners on one port of one frontend, in the order of the document."""
    by_port: dict[object, list[Listener]] = {}
    for listener in gateway.listeners:
        if listener.knows("port", "frontend") and listener.port is not None:
            frontend = listener.frontend.place if listener.frontend else None
            by_port.setdefault((frontend, listener.port), []).append(listener)
    for listeners in by_port.values():
        yield from combinations(listeners, 2)


@for_each(_on_one_port)
def _port_clash(_gateway: Gateway, pair: tuple[Listener, Listener]) -> Iterator[Finding]:
    one, other = pair
    place, first = f"{other.place}.properties.frontendPort", quoted(one.name)
    if one.protocol != other.protocol:
        yield Finding(place, f"{first} speaks {one.protocol} on port {one.port} already", "Give it another port.")
    shared = {name.lower() for name in one.host_names} & {name.lower() for name in other.host_names}
    if shared or (not one.host_names and not other.host_names):
        on = f"for {quoted(min(shared))}" if shared else "for every host name"
        yield Finding(place, f"{first} listens on port {one.port} {on} already")


@for_each(_on_one_port)
def _profiles_mixed(_gateway: Gateway, pair: tuple[Listener, Listener]) -> Iterator[Finding]:
    one, other = pair
    if one.protocol == other.protocol and one.profile is not other.profile:
        yield Finding(
            f"{other.place}.properties.sslProfile",
            f"{quoted(one.name)} and {quoted(other.name)} share port {one.port} and differ in how clients are "
            "authenticated; what Azure does when a client names one host in TLS and the other in HTTP is not "
            "documented",
        )


def _priority_clash(gateway: Gateway) -> Iterator[Finding]:
    first: dict[int, RoutingRule] = {}
    for rule in gateway.rules:
        if rule.knows("priority") and rule.priority is not None:
            earlier = first.setdefault(rule.priority, rule)
            if earlier is not rule:
                saw = f"{quoted(earlier.name)} has priority {rule.priority} already"
                yield Finding(f"{rule.place}.properties.priority", saw)


def _in_order(gateway: Gateway) -> Iterator[tuple[RoutingRule, Listener, RoutingRule, Listener]]:
    """Each two routing rules whose listeners share a port, the one that Azure tries first before the other."""
    listeners = {listener.place: listener for listener in gateway.listeners if listener.knows("port")}
    known = [rule for rule in gateway.rules if rule.knows("priority", "listener") and rule.listener in listeners]
    ordered = sorted((rule for rule in known if rule.priority is not None), key=lambda rule: rule.priority or 0)
    for one, other in combinations(ordered, 2):
        first, second = listeners[str(one.listener)], listeners[str(other.listener)]
        if first.port == second.port and first.frontend is second.frontend:
            yield one, first, other, second


@for_each(_in_order)
def _priority_order(_gateway: Gateway, pair: tuple[RoutingRule, Listener, RoutingRule, Listener]) -> Iterator[Finding]:
    one, first, other, second = pair
    taken = _taken(first, second)
    if taken is not None:
        saw = f"{quoted(one.name)} is tried first, and {taken[0]} takes {taken[1]} of {quoted(other.name)} too"
        yield Finding(f"{other.place}.properties.priority", saw)


def _taken(first: Listener, second: Listener) -> tuple[str, str] | None:
    """What of the first listener takes which host name of the second; None where the second keeps all of its own."""
    if not first.host_names:
        return ("every host name", quoted(second.host_names[0])) if second.host_names else None
    wide_names = tuple(filter(has_wildcard, first.host_names))
    for narrow in second.host_names:
        for wide in wide_names:
            if wide.lower() != narrow.lower() and covers(wide, narrow):
                return quoted(wide), quoted(narrow)
    return None


LISTENER_RULES = (
    Rule(
        code="host-names",
        demands="A listener has at most five well-formed host names.",
        source=_HOSTING,
        remedy="Write a name like app.example.com.",
        check=_host_names,
    ),
    Rule(
        code="host-name-wildcards",
        demands="A host name has few wildcards, and far apart.",
        source=f"{_HOSTING}, wildcard host names in listener",
        remedy="Use at most two * and four wildcards (* and ?) in a name, one * in a label, and no * next to a ?.",
        check=_host_name_wildcards,
    ),
    Rule(
        code="host-name-repeated",
        demands="A listener names each host once.",
        source=_HOSTING,
        remedy="Take it away.",
        check=_host_name_repeated,
    ),
    Rule(
        code="port-clash",
        demands="No two listeners take the same requests.",
        source="Microsoft, Application Gateway listener configuration",
        remedy="Change the port or the host names.",
        check=_port_clash,
    ),
    Rule(
        code="profiles-mixed-on-port",
        demands="Listeners on one port authenticate clients alike.",
        source="RFC 9110, section 7.4; Azure's documentation does not say what happens",
        remedy="Give them ports of their own, or the stricter profile to both.",
        severity=Severity.WARNING,
        check=_profiles_mixed,
    ),
    Rule(
        code="priority-clash",
        demands="Each route has a priority of its own.",
        source="Microsoft, Application Gateway request routing rules",
        remedy="Give each route its own.",
        check=_priority_clash,
    ),
    Rule(
        code="priority-order",
        demands="The more specific listener's route comes first.",
        source=f"{_HOSTING}; Application Gateway request routing rules",
        remedy="Give the more specific listener's route the smaller number.",
        severity=Severity.WARNING,
        check=_priority_order,
    ),
)
