"""References between the parts of one gateway document: by collection and name, never a hand-written id.

A reference to something outside the gateway (subnet, public IP, WAF policy) is not looked at here.
"""

import difflib
import re
from collections.abc import Iterator, Mapping, Set
from dataclasses import dataclass
from typing import Any

from ..problems import Problem
from .problem_rows import DANGLING_REFERENCE, DUPLICATE_NAME

TARGETS: Mapping[str, str] = {
    "authenticationCertificates": "authenticationCertificates",
    "backendAddressPool": "backendAddressPools",
    "backendHttpSettings": "backendHttpSettingsCollection",
    "backendSettings": "backendSettingsCollection",
    "defaultBackendAddressPool": "backendAddressPools",
    "defaultBackendHttpSettings": "backendHttpSettingsCollection",
    "defaultLoadDistributionPolicy": "loadDistributionPolicies",
    "defaultRedirectConfiguration": "redirectConfigurations",
    "defaultRewriteRuleSet": "rewriteRuleSets",
    "entraJWTValidationConfig": "entraJWTValidationConfigs",
    "frontendIPConfiguration": "frontendIPConfigurations",
    "frontendPort": "frontendPorts",
    "httpListener": "httpListeners",
    "listener": "listeners",
    "loadDistributionPolicy": "loadDistributionPolicies",
    "privateLinkConfiguration": "privateLinkConfigurations",
    "probe": "probes",
    "redirectConfiguration": "redirectConfigurations",
    "rewriteRuleSet": "rewriteRuleSets",
    "sslCertificate": "sslCertificates",
    "sslProfile": "sslProfiles",
    "targetListener": "httpListeners",
    "trustedClientCertificates": "trustedClientCertificates",
    "trustedRootCertificates": "trustedRootCertificates",
    "urlPathMap": "urlPathMaps",
}
"""Each property that points inside the gateway, and the collection it points to (API 2025-03-01)."""


def default_of(key: str) -> str:
    """The property of a path map with which what no path rule takes goes the way that `key` names in a rule.

    >>> default_of("backendAddressPool")
    'defaultBackendAddressPool'
    """
    return f"default{key[0].upper()}{key[1:]}"


ROOTS = frozenset({"gatewayIPConfigurations", "requestRoutingRules", "routingRules"})
"""Collections that nothing points to: they are where a gateway begins."""

COLLECTIONS = frozenset(TARGETS.values()) | ROOTS

STAGED = frozenset({"trustedClientCertificates"})
"""Collections whose unused entries are a plan, not a slip: chains uploaded ahead of the change to Strict."""

_EXACT = {name.casefold(): name for name in COLLECTIONS}
_INSIDE = re.compile(
    r"(?:\$self|.*/providers/Microsoft\.Network/applicationGateways/(?P<gateway>[^/]+))/(?P<collection>[^/]+)/(?P<name>[^/]+)",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class Reference:
    """One part of a gateway, by its collection's exact ARM name and its own name."""

    collection: str
    name: str

    @property
    def id(self) -> str:
        """The id a gateway document holds for it."""
        return f"$self/{self.collection}/{self.name}"


@dataclass(frozen=True, slots=True)
class Pointer:
    """A place in a document that points inside the gateway: where it is, what it must reach, what it says."""

    path: str
    owner: Reference
    """The part of the gateway that points."""
    key: str
    says: Any
    """The value found there; in a sound document `{"id": "$self/<collection>/<name>"}`."""

    reference: Reference | None
    """What it points to, or nothing where it says something else."""

    @property
    def collection(self) -> str:
        """The collection this property must point to."""
        return TARGETS[self.key]


def self_reference(collection: str, name: str) -> dict[str, str]:
    """The value a document holds where one part points at another."""
    if collection not in COLLECTIONS:
        raise ValueError(f"no collection {collection!r} in an application gateway")
    return {"id": Reference(collection, name).id}


def parse_reference(identity: object, gateway: str | None = None) -> Reference | None:
    """The part of the gateway that an id names, or None where the id leads elsewhere.

    Understands `$self/<collection>/<name>` and a gateway's absolute ids, in any case, as ARM does.
    With `gateway`, an absolute id of a gateway of another name leads elsewhere.
    """
    match = _INSIDE.fullmatch(identity) if isinstance(identity, str) else None
    if match is None or match["collection"].casefold() not in _EXACT:
        return None
    if gateway and match["gateway"] and match["gateway"].casefold() != gateway.casefold():
        return None
    return Reference(_EXACT[match["collection"].casefold()], match["name"])


def iter_parts(document: Mapping[str, Any]) -> Iterator[tuple[str, Reference, Mapping[str, Any]]]:
    """Every named part of the gateway with its path and its reference, in the document's order."""
    for collection, entries in document.get("properties", {}).items():
        if collection in COLLECTIONS and isinstance(entries, list):
            for index, entry in enumerate(each for each in entries if isinstance(each, Mapping)):
                yield f"properties.{collection}[{index}]", Reference(collection, entry.get("name", "")), entry


def iter_references(document: Mapping[str, Any]) -> Iterator[Pointer]:
    """Every place that points inside the gateway, sound or not, in the document's order."""
    gateway = document.get("name")
    for path, owner, entry in iter_parts(document):
        for place, key, says in _pointers(entry, path):
            identity = says.get("id") if isinstance(says, Mapping) else None
            yield Pointer(place, owner, key, says, parse_reference(identity, gateway))


def _pointers(value: Any, path: str) -> Iterator[tuple[str, str, Any]]:
    if isinstance(value, list):
        for index, each in enumerate(value):
            yield from _pointers(each, f"{path}[{index}]")
    for key, inner in value.items() if isinstance(value, Mapping) else ():
        here = f"{path}.{key}"
        if key not in TARGETS:
            yield from _pointers(inner, here)
        elif isinstance(inner, list):
            yield from ((f"{here}[{index}]", key, each) for index, each in enumerate(inner))
        else:
            yield here, key, inner


class Parts:
    """The parts of one document, to be found by what points at them."""

    def __init__(self, document: Mapping[str, Any]) -> None:
        self._gateway = document.get("name")
        self._parts = {_key(part): (place, entry) for place, part, entry in iter_parts(document)}

    def find(self, says: Any) -> Mapping[str, Any] | None:
        """The part that a reference, `{"id": ...}`, reaches; None where it reaches nothing."""
        found = self._found(says)
        return found[1] if found else None

    def place_of(self, says: Any) -> str | None:
        """Where the part is that a reference reaches: `properties.sslProfiles[0]`."""
        found = self._found(says)
        return found[0] if found else None

    def of(self, collection: str) -> tuple[Mapping[str, Any], ...]:
        """All parts of one collection, in the document's order."""
        return tuple(entry for _, entry in self.placed(collection))

    def placed(self, collection: str) -> tuple[tuple[str, Mapping[str, Any]], ...]:
        """All parts of one collection with their places, in the document's order."""
        return tuple(found for (of, _), found in self._parts.items() if of == collection)

    def _found(self, says: Any) -> tuple[str, Mapping[str, Any]] | None:
        identity = says.get("id") if isinstance(says, Mapping) else None
        reference = parse_reference(identity, self._gateway)
        return self._parts.get(_key(reference)) if reference else None


def check_references(document: Mapping[str, Any]) -> tuple[Problem, ...]:
    """Every reference that reaches nothing, and every name that two parts of one collection share.

    Names are compared as ARM compares them, without regard to case.
    """
    return (*_duplicate_names(document), *_dangling(document))


def _duplicate_names(document: Mapping[str, Any]) -> Iterator[Problem]:
    first: dict[tuple[str, str], str] = {}
    for path, part, _ in iter_parts(document):
        earlier = first.setdefault(_key(part), path)
        if earlier != path:
            yield DUPLICATE_NAME.problem(path, f"the name {part.name!r} is already taken by {earlier}")


def _dangling(document: Mapping[str, Any]) -> Iterator[Problem]:
    names: dict[str, dict[str, str]] = {}
    for _, part, _ in iter_parts(document):
        names.setdefault(part.collection, {})[part.name.casefold()] = part.name
    for pointer in iter_references(document):
        there = names.get(pointer.collection, {})
        reference = pointer.reference
        if reference and reference.collection == pointer.collection and reference.name.casefold() in there:
            continue
        fix = _candidates(reference.name if reference else "", pointer.collection, list(there.values()))
        yield DANGLING_REFERENCE.problem(f"{pointer.path}, of {pointer.owner.name!r}", _what_it_says(pointer), fix)


def _what_it_says(pointer: Pointer) -> str:
    reference = pointer.reference
    if reference is None:
        return f"it does not say which entry of {pointer.collection} it means: {pointer.says!r}"
    if reference.collection != pointer.collection:
        return f"it points into {reference.collection}, where only {pointer.collection} will do"
    return f"there is no {reference.name!r} in {pointer.collection}"


def _candidates(wanted: str, collection: str, names: list[str]) -> str:
    if not names:
        return f"Add it to {collection}, which is empty, or take the reference away."
    close = difflib.get_close_matches(wanted, names, n=3) or names[:5]
    return f"Name one that exists: {', '.join(repr(name) for name in close)}."


def unused_parts(document: Mapping[str, Any]) -> tuple[tuple[str, Reference], ...] | None:
    """Every part that nothing points to, though something should, with its path.

    None where a reference reaches nothing, for what it was meant to reach is not unused.
    """
    parts = {_key(part): (path, part) for path, part, _ in iter_parts(document)}
    used = {_key(pointer.reference) if pointer.reference else None for pointer in iter_references(document)}
    if not used <= parts.keys():
        return None
    return tuple(
        (path, part) for key, (path, part) in parts.items() if part.collection not in ROOTS | STAGED and key not in used
    )


def _key(reference: Reference) -> tuple[str, str]:
    return reference.collection, reference.name.casefold()


def without_unused(document: Mapping[str, Any], collection: str, kept: Set[str]) -> dict[str, Any]:
    """The document without those parts of a collection that nothing points to; an empty collection is left out.

    Args:
        kept: the names, in small letters, of parts that are kept all the same.
    """
    used = {_key(pointer.reference) for pointer in iter_references(document) if pointer.reference}
    parts = document["properties"].get(collection, ())
    left = [each for each in parts if (key := _key(Reference(collection, each["name"])))[1] in kept or key in used]
    properties = {**document["properties"], collection: left}
    return {**document, "properties": {key: value for key, value in properties.items() if value != []}}
