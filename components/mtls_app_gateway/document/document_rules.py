"""What a document must be before anything is made of it: names, ports and texts that a gateway can have at all.

Checked in every document that is read, whatever it is read for; whether its parts fit together is not checked here.
"""

import re
from collections.abc import Iterator, Mapping
from typing import Any

from ..escaping import quoted
from ..problems import Problem
from .control_characters import control_characters
from .host_name import is_host_name, to_ascii
from .problem_rows import (
    HEADER_NAME_MALFORMED,
    HOST_NAME_CONVERTED,
    HOST_NAME_MALFORMED,
    MISSING_NAME,
    PATH_MALFORMED,
    PORT_OUT_OF_RANGE,
)
from .references import COLLECTIONS

Document = dict[str, Any]

PORTS = range(1, 65_536)

_HOST_PROPERTIES = frozenset({"hostName", "hostNames", "fqdn", "host", "sniName"})
_CERTIFICATES = frozenset({"data", "publicCert"})
"""Properties with certificates as text, which may be PEM of many lines."""

_HEADER_NAME = re.compile(r"[!#$%&'*+.^_`|~0-9A-Za-z-]+")
"""A token (RFC 9110 section 5.1)."""


def check_document(document: Document) -> Iterator[Problem]:
    """Convert international host names, and find what no gateway can have."""
    yield from control_characters(document, lines_in=_CERTIFICATES)
    yield from _ascii_hosts(document, "")
    bag = document.get("properties", {})
    for collection in sorted(COLLECTIONS & bag.keys()):
        for position, part in enumerate(bag[collection]):
            where = f"properties.{collection}[{position}]"
            yield from _nameless(part, where)
            yield from _PART_CHECKS.get(collection, _nothing)(part.get("properties", {}), f"{where}.properties")


def _ascii_hosts(value: Any, where: str, name: str = "") -> Iterator[Problem]:
    """Put each international host name as DNS has it."""
    entries = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for key, inner in list(entries):
        is_item = isinstance(key, int)
        place, inner_name = (f"{where}[{key}]", name) if is_item else (f"{where}.{key}" if where else key, key)
        if not isinstance(inner, str):
            yield from _ascii_hosts(inner, place, inner_name)
        elif inner_name in _HOST_PROPERTIES and (converted := to_ascii(inner)) != inner:
            value[key] = converted
            saw = f"{quoted(inner)} is {converted} in DNS, in certificates and in requests"
            yield HOST_NAME_CONVERTED.problem(place, saw)


def _nothing(_bag: Mapping[str, Any], _where: str) -> Iterator[Problem]:
    return iter(())


def _nameless(part: Mapping[str, Any], where: str) -> Iterator[Problem]:
    if not part.get("name"):
        yield MISSING_NAME.problem(f"{where}.name", "the part has no name")


def _listener(bag: Mapping[str, Any], where: str) -> Iterator[Problem]:
    names = [(f"hostNames[{position}]", name) for position, name in enumerate(bag.get("hostNames", ()))]
    names += [("hostName", bag["hostName"])] if bag.get("hostName") else []
    for place, name in names:
        if not is_host_name(name):
            saw = f"{quoted(name)} is no host name: labels have 1 to 63 letters, digits and hyphens, a name 253 at most"
            yield HOST_NAME_MALFORMED.problem(f"{where}.{place}", saw)


def _port(bag: Mapping[str, Any], where: str) -> Iterator[Problem]:
    if "port" in bag and bag["port"] not in PORTS:
        saw = f"{bag['port']} is no TCP port"
        yield PORT_OUT_OF_RANGE.problem(f"{where}.port", saw)


def _path_map(bag: Mapping[str, Any], where: str) -> Iterator[Problem]:
    for position, rule in enumerate(bag.get("pathRules", ())):
        place = f"{where}.pathRules[{position}]"
        yield from _nameless(rule, place)
        for index, path in enumerate(rule.get("properties", {}).get("paths", ())):
            if not path.startswith("/"):
                saw = f"{quoted(path)} does not begin with a slash, as every path of a request does"
                yield PATH_MALFORMED.problem(f"{place}.properties.paths[{index}]", saw)


def _rewrites(bag: Mapping[str, Any], where: str) -> Iterator[Problem]:
    for position, rule in enumerate(bag.get("rewriteRules", ())):
        actions = rule.get("actionSet", {})
        for key in ("requestHeaderConfigurations", "responseHeaderConfigurations"):
            for index, action in enumerate(actions.get(key, ())):
                name = action.get("headerName", "")
                if not _HEADER_NAME.fullmatch(name):
                    place = f"{where}.rewriteRules[{position}].actionSet.{key}[{index}].headerName"
                    saw = f"{quoted(name)} is no name of an HTTP header (RFC 9110 section 5.1)"
                    yield HEADER_NAME_MALFORMED.problem(place, saw)


_PART_CHECKS = {
    "httpListeners": _listener,
    "frontendPorts": _port,
    "backendHttpSettingsCollection": _port,
    "probes": _port,
    "urlPathMaps": _path_map,
    "rewriteRuleSets": _rewrites,
}
