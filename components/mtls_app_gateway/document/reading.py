"""Any published form of an application gateway, read into the one canonical document.

The forms: our own document; the resource as ARM, the portal or `az resource show` give it; the flattened form of
`az network application-gateway show`; a deployment template with its parameters. Azure takes property names and enum
values in any case, so they are read in any case and written exactly. What only Azure writes is left out, and a private
key or a password is never kept. Whether the document makes sense is not checked here.
"""

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from ..problems import GatewayError, Problem, errors_of
from .arm_types import GATEWAY_TYPE, object_type
from .azure import API
from .document_rules import check_document
from .place import below
from .problem_rows import API_VERSION_TOO_OLD, MISSING_NAME, NO_GATEWAY, OTHER_NAME, SEVERAL_GATEWAYS
from .purpose import Purpose
from .references import COLLECTIONS, iter_parts, iter_references
from .schema_walk import Walk, value_of
from .template_reading import iter_resources, open_template

Document = dict[str, Any]

FIRST_VERSION_WITH_MODE = "2025-03-01"
"""The first API version with `verifyClientAuthMode`, whichever one the type table is of."""

MAX_DEPTH = 64
"""How deep a document's objects and lists may be nested; a gateway's, in its template, reach 20."""

_BESIDE_THE_GATEWAY = frozenset(
    {"apiversion", "comments", "condition", "copy", "dependson", "extendedlocation", "kind", "managedby", "metadata"}
    | {"plan", "resourcegroup", "scope", "subscriptionid", "systemdata", "tenantid"}
)
"""What is beside a gateway in a template or in the answer of a tool such as Resource Graph, and no part of it."""


@dataclass(frozen=True, slots=True)
class Reading:
    """What was read, and what there is to say about it; with an error among the problems it is not to be used."""

    document: Document
    problems: tuple[Problem, ...]


def read_document(
    data: Mapping[str, Any], parameters: Mapping[str, Any] | None = None, *, later: str | None = None
) -> Document:
    """The gateway document in `data`, without the warnings that `read` gives.

    `later` is a text that stands for a value of any kind which is not known yet.

    Raises:
        GatewayError: with everything that could not be read.
    """
    reading = read(data, parameters, later=later)
    if errors := errors_of(reading.problems):
        raise GatewayError(errors)
    return reading.document


def read(
    data: Mapping[str, Any],
    parameters: Mapping[str, Any] | None = None,
    *,
    purpose: Purpose = Purpose.READ,
    name: str | None = None,
    later: str | None = None,
) -> Reading:
    """The gateway document in `data`, and everything noticed on the way.

    Args:
        data: The gateway in any published form, as JSON.
        parameters: The parameter file of a deployment template, as JSON.
        purpose: What the document is for. It decides whether a name that Azure does not know is an error.
        name: The gateway's name, where `data` is the body of a PUT request, whose URL has the name.
        later: As in `read_document`.
    """
    if _is_too_deep(data, parameters):
        return _TOO_DEEP
    if isinstance(data, Mapping) and "resources" in data:
        found = _read_template(data, parameters, purpose, name)
        if len(found) > 1:
            saw = f"the template holds {len(found)} application gateways: {', '.join(found)}"
            return Reading({}, (SEVERAL_GATEWAYS.problem("resources", saw),))
        return next(iter(found.values()))
    return _read_one(data, purpose, name, later)


def read_all(
    data: Any, parameters: Mapping[str, Any] | None = None, *, purpose: Purpose = Purpose.READ
) -> dict[str, Reading]:
    """Every gateway in `data`, by its place there; what is no gateway in a list is left out.

    Args:
        data: as in `read`; or a list of gateways, as `az network application-gateway list` and `az resource list` give
            it, or the answer of Resource Graph (`data`) or of ARM (`value`) that holds one; or a template of several.
        parameters: as in `read`.
        purpose: as in `read`.
    """
    if isinstance(data, Mapping) and "resources" in data:
        return {"": _TOO_DEEP} if _is_too_deep(data, parameters) else _read_template(data, parameters, purpose, None)
    key = next((key for key in ("data", "value") if isinstance(data, Mapping) and isinstance(data.get(key), list)), "")
    rows = data[key] if key else data
    if not isinstance(rows, list):
        return {"": read(data, parameters, purpose=purpose)}
    found = {
        f"{key}[{index}]": _TOO_DEEP if _is_too_deep(row) else _read_one(row, purpose)
        for index, row in enumerate(rows)
        if isinstance(row, Mapping) and _looks_like_a_gateway(row)
    }
    return found or {"": Reading({}, (_no_gateway(key or "the list", "it holds no application gateway"),))}


def _read_one(data: Any, purpose: Purpose, name: str | None = None, later: str | None = None) -> Reading:
    if not isinstance(data, Mapping) or not _looks_like_a_gateway(data):
        return Reading({}, (_no_gateway("the document", "this is not the JSON of an application gateway"),))
    return _read_resource(data, "", Walk(lambda value: value, purpose, later=later), name)


def _read_template(
    data: Mapping[str, Any], parameters: Mapping[str, Any] | None, purpose: Purpose, name: str | None
) -> dict[str, Reading]:
    """Each gateway of a template by its path; what is wrong with a template that has none."""
    found = {path: each for path, each in iter_resources(data) if _is_gateway_type(each.get("type"))}
    if not found:
        return {"resources": Reading({}, (_no_gateway("resources", "the template holds no application gateway"),))}
    return {
        path: _read_resource(each, path, Walk(open_template(data, parameters).resolve, purpose), name)
        for path, each in found.items()
    }


def _read_resource(resource: Mapping[str, Any], where: str, walk: Walk, name: str | None) -> Reading:
    version = walk.resolved(value_of(resource, "apiVersion"), below(where, "apiVersion"))
    walk.refuse_unread(resource, where)
    inner = {key: value for key, value in resource.items() if key.casefold() not in _BESIDE_THE_GATEWAY}
    body = walk.object(inner, object_type(GATEWAY_TYPE), where)
    own_name = body.pop("name", None)
    document: Document = {"type": GATEWAY_TYPE, "apiVersion": API.version, "name": own_name or name, **body}
    walk.problems.extend(_name_problems(own_name, name, below(where, "name")))
    if not errors_of(walk.problems):
        walk.problems.extend(check_document(document) if walk.later is None else ())
        point_at_parts(document)
    walk.problems.extend(_version_problems(document, version, below(where, "apiVersion")))
    return Reading(document, tuple(walk.problems))


def point_at_parts(document: Document) -> None:
    """Turn the gateway's own absolute ids into `$self` ones, spelt as the parts they name are spelt."""
    exact = {(part.collection, part.name.casefold()): part for _, part, _ in iter_parts(document)}
    for pointer in iter_references(document):
        if (reference := pointer.reference) is not None:
            pointer.says["id"] = exact.get((reference.collection, reference.name.casefold()), reference).id


def _name_problems(own: Any, name: str | None, where: str) -> Iterator[Problem]:
    if not own and not name:
        fix = "Add it; the body of a PUT request, which has it in its URL, needs --name."
        yield MISSING_NAME.problem(where, "the gateway has no name", fix)
    if own and name and str(own).casefold() != name.casefold():
        saw = f"the gateway is called {own!r}, and --name is {name!r}"
        yield OTHER_NAME.problem(where, saw)


def _version_problems(document: Document, version: Any, where: str) -> list[Problem]:
    given = re.match(r"\d{4}-\d{2}-\d{2}", version) if isinstance(version, str) else None
    if given is None or given[0] >= FIRST_VERSION_WITH_MODE or not _says_a_mode(document):
        return []
    saw = f"{version} does not know verifyClientAuthMode, and Azure drops it there in silence"
    return [API_VERSION_TOO_OLD.problem(where, saw)]


def _says_a_mode(document: Document) -> bool:
    bags = (entry.get("properties", {}) for entry in document.get("properties", {}).get("sslProfiles", []))
    return any("verifyClientAuthMode" in bag.get("clientAuthConfiguration", {}) for bag in bags)


def _looks_like_a_gateway(data: Mapping[str, Any]) -> bool:
    kind = value_of(data, "type")
    if kind is not None:
        return _is_gateway_type(kind)
    bag = value_of(data, "properties")
    names = {name.casefold() for name in (*data, *(bag if isinstance(bag, Mapping) else ()))}
    return bool(names & _COLLECTION_NAMES)


_COLLECTION_NAMES = frozenset(name.casefold() for name in COLLECTIONS)


def _is_gateway_type(kind: Any) -> bool:
    return isinstance(kind, str) and kind.casefold() == GATEWAY_TYPE.casefold()


def _no_gateway(where: str, saw: str) -> Problem:
    return NO_GATEWAY.problem(where, saw)


def _is_too_deep(*values: Any) -> bool:
    return _is_deeper(values, MAX_DEPTH + 1)


_TOO_DEEP = Reading({}, (_no_gateway("the document", f"its objects and lists are nested more than {MAX_DEPTH} deep"),))


def _is_deeper(values: Iterable[Any], depth: int) -> bool:
    """Whether anything is nested deeper in these values; level by level, for what is deep has no other end."""
    level = list(values)
    for _ in range(depth):
        level = [inner for value in level if isinstance(value, Mapping | list) for inner in _inside(value)]
    return bool(level)


def _inside(value: Mapping[str, Any] | list[Any]) -> Iterable[Any]:
    return value.values() if isinstance(value, Mapping) else value
