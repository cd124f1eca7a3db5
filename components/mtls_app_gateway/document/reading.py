"""Any published form of an application gateway, read into the one canonical document.

The forms: our own document; the resource as ARM, the portal or `az resource show` give it; the flattened form of
`az network application-gateway show`; a deployment template with its parameters. Azure takes property names and enum
values in any case, so they are read in any case and written exactly. What only Azure writes is left out, and a private
key or a password is never kept. Whether the document makes sense is not asked here.
"""

import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any

from ..problems import GatewayError, Problem, errors_of
from .arm_types import GATEWAY_TYPE, Kind, ObjectType, Property, Shape, object_type
from .azure import API
from .document_rules import check_document
from .placeholder import is_placeholder
from .problem_rows import (
    API_VERSION_TOO_OLD,
    GIVEN_TWICE,
    MISSING_NAME,
    NO_GATEWAY,
    NOT_UNDERSTOOD,
    OTHER_NAME,
    SECRET_LEFT_OUT,
    SEVERAL_GATEWAYS,
    WRONG_FORM,
)
from .purpose import Purpose
from .references import COLLECTIONS, TARGETS, iter_parts, iter_references
from .template_reading import NotUnderstoodError, iter_resources, open_template
from .unknown_property import unknown_property

Document = dict[str, Any]

FIRST_VERSION_WITH_MODE = "2025-03-01"
"""The first API version with `verifyClientAuthMode`, whichever one the type table is of."""

_SECRETS = {"ApplicationGatewaySslCertificatePropertiesFormat": ("data", "password")}
"""Properties that are taken by Azure and never given back (PFX and its password): left out, unread."""

MAX_DEPTH = 64
"""How deep a document's objects and lists may stand in each other; a gateway's, in its template, reach 20."""

_LATER_AS_A_WHOLE = "ApplicationGatewayBackendAddress"
"""The members of a pool are the one list that may be known only later."""

_BEYOND = 10**18
"""What no number of a gateway reaches."""

_HINTS = 100
"""For so many problems a near name is looked for; that takes its time."""

_BESIDE_THE_GATEWAY = frozenset(
    {"apiversion", "comments", "condition", "copy", "dependson", "extendedlocation", "kind", "managedby", "metadata"}
    | {"plan", "resourcegroup", "scope", "systemdata"}
)
"""What stands beside a gateway in a template or in the answer of a tool and is no part of it."""


@dataclass(frozen=True, slots=True)
class Reading:
    """What was read, and what there is to say about it; with an error among the problems it is not to be used."""

    document: Document
    problems: tuple[Problem, ...]


def read_document(
    data: Mapping[str, Any], parameters: Mapping[str, Any] | None = None, *, later: str | None = None
) -> Document:
    """The gateway document in `data`; what is a warning stays unsaid, `read` tells it.

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
    if _is_deeper([data, parameters], MAX_DEPTH + 1):
        saw = f"its objects and lists stand more than {MAX_DEPTH} deep in each other"
        return Reading({}, (_no_gateway("the document", saw),))
    if isinstance(data, Mapping) and "resources" in data:
        return _read_template(data, parameters, purpose, name)
    if not isinstance(data, Mapping) or not _looks_like_a_gateway(data):
        return Reading({}, (_no_gateway("the document", "this is not the JSON of an application gateway"),))
    return _read_resource(data, "", _Walk(lambda value: value, purpose, later=later), name)


def _read_template(
    data: Mapping[str, Any], parameters: Mapping[str, Any] | None, purpose: Purpose, name: str | None
) -> Reading:
    found = [(path, each) for path, each in iter_resources(data) if _is_gateway_type(each.get("type"))]
    if not found:
        return Reading({}, (_no_gateway("resources", "the template holds no application gateway"),))
    if len(found) > 1:
        saw = f"the template holds {len(found)} application gateways: {', '.join(path for path, _ in found)}"
        return Reading({}, (SEVERAL_GATEWAYS.problem("resources", saw),))
    (path, resource) = found[0]
    return _read_resource(resource, path, _Walk(open_template(data, parameters).resolve, purpose), name)


def _read_resource(resource: Mapping[str, Any], where: str, walk: "_Walk", name: str | None) -> Reading:
    version = walk.resolved(_value_of(resource, "apiVersion"), _below(where, "apiVersion"))
    walk.refuse_unread(resource, where)
    inner = {key: value for key, value in resource.items() if key.casefold() not in _BESIDE_THE_GATEWAY}
    body = walk.object(inner, object_type(GATEWAY_TYPE), where)
    own_name = body.pop("name", None)
    document: Document = {"type": GATEWAY_TYPE, "apiVersion": API.version, "name": own_name or name, **body}
    walk.problems.extend(_name_problems(own_name, name, _below(where, "name")))
    if not errors_of(walk.problems):
        walk.problems.extend(check_document(document) if walk.later is None else ())
        _point_at_parts(document)
    walk.problems.extend(_version_problems(document, version, _below(where, "apiVersion")))
    return Reading(document, tuple(walk.problems))


def _point_at_parts(document: Document) -> None:
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
    return [
        API_VERSION_TOO_OLD.problem(
            where, f"{version} does not know verifyClientAuthMode, and Azure drops it there without an error"
        )
    ]


def _says_a_mode(document: Document) -> bool:
    bags = (entry.get("properties", {}) for entry in document.get("properties", {}).get("sslProfiles", []))
    return any("verifyClientAuthMode" in bag.get("clientAuthConfiguration", {}) for bag in bags)


class _Walk:
    """One pass along the type table: exact names, exact enum values, bags where ARM has them."""

    def __init__(
        self,
        resolve: Callable[[Any], Any],
        purpose: Purpose,
        problems: list[Problem] | None = None,
        later: str | None = None,
    ) -> None:
        self.resolve = resolve
        self.purpose = purpose
        self.later = later
        self.problems: list[Problem] = [] if problems is None else problems

    def refuse_unread(self, resource: Mapping[str, Any], where: str) -> None:
        """Say so where a template's loop or condition decides what the gateway is: neither is worked out here."""
        for name in ("copy", "condition"):
            value = _value_of(resource, name)
            if value is not None and value is not True:
                self._not_understood(f"{name!r} on a resource is not worked out by this reader", _below(where, name))

    def resolved(self, value: Any, where: str) -> Any:
        """The value with its expressions worked out; None, with a problem, where one is not understood."""
        try:
            return self.resolve(value)
        except NotUnderstoodError as error:
            self._not_understood(str(error), where)
            return None

    def object(self, given: Mapping[str, Any], kind: ObjectType, where: str) -> dict[str, Any]:
        """The object in canonical form, whether its bag was written out, merged upward, or both."""
        own: dict[str, Any] = {}
        bagged: dict[str, Any] = {}
        for name, value in given.items():
            place = _below(where, name)
            known, owner = _find(name, kind)
            if known is None or owner is None:
                self._unknown(name, value, kind, place)
            elif known.bag and kind.bag is not None:
                content = self._shaped(value, Shape(Kind.OBJECT, of=kind.bag.name), place)
                bagged |= content if isinstance(content, dict) else {}
            elif (read := self._property(value, known, owner, place)) is not None:
                made = own if owner is kind else bagged
                self._refuse_second(known.name in made, known.name, place)
                made[known.name] = read
        return own | ({"properties": bagged} if bagged else {})

    def _property(self, value: Any, known: Property, owner: ObjectType, where: str) -> Any:
        if known.name in _SECRETS.get(owner.name, ()):
            self._left_out(value, known, where)
            return None
        if known.read_only or _points_back(known) or _names_itself(known, owner):
            return None
        return self._shaped(_as_map(value) if known.name == "userAssignedIdentities" else value, known.shape, where)

    def _shaped(self, given: Any, shape: Shape, where: str) -> Any:
        value = self.resolved(given, where) if isinstance(given, str) else given
        if value is not given and isinstance(value, list | Mapping):
            return _Walk(lambda settled: settled, self.purpose, self.problems)._shaped(value, shape, where)
        if value is None or self._comes_later(value, shape):
            return value
        if shape.kind is Kind.ARRAY and isinstance(value, list):
            return self._list(value, shape.items, where)
        if shape.kind in {Kind.OBJECT, Kind.MAP} and isinstance(value, Mapping):
            return (
                self.object(value, object_type(shape.of), where) if shape.of else self._map(value, shape.items, where)
            )
        return self._scalar(value, shape, where)

    def _comes_later(self, value: Any, shape: Shape) -> bool:
        """Whether this is a placeholder where one may stand; anywhere else it is a text of the wrong form."""
        may = (shape.kind is Kind.STRING and not shape.enum) or (shape.items and shape.items.of == _LATER_AS_A_WHOLE)
        return is_placeholder(value) and (bool(may) or value == self.later)

    def _list(self, values: list[Any], items: Shape | None, where: str) -> list[Any]:
        read = (self._shaped(each, items, f"{where}[{at}]") if items else each for at, each in enumerate(values))
        return [each for each in read if each is not None]

    def _map(self, values: Mapping[str, Any], items: Shape | None, where: str) -> dict[str, Any]:
        read = {
            self.resolved(key, where): self._shaped(each, items, f"{where}[{key!r}]") if items else each
            for key, each in values.items()
        }
        return {key: value for key, value in read.items() if key is not None and value is not None}

    def _scalar(self, value: Any, shape: Shape, where: str) -> Any:
        if shape.kind is Kind.STRING and isinstance(value, str):
            return next((word for word in shape.enum if word.casefold() == value.casefold()), value)
        if isinstance(value, int | float) and not abs(value) < _BEYOND:
            return self._too_large(where)
        if shape.kind is Kind.STRING and isinstance(value, int | float):
            return str(value)
        # Azure reads 443 from "443" and true from "True".
        if shape.kind is Kind.INTEGER and re.fullmatch(r"-?[0-9]{1,18}(\.0)?", str(value)):
            return int(str(value).removesuffix(".0"))
        if shape.kind is Kind.BOOLEAN and str(value).casefold() in {"true", "false"}:
            return str(value).casefold() == "true"
        return self._wrong_form(value, shape, where)

    def _wrong_form(self, value: Any, shape: Shape, where: str) -> None:
        # The value itself stays out of the text: it may be a secret in the wrong place.
        saw = f"a {type(value).__name__} where Azure takes a {shape.kind.value}"
        self.problems.append(WRONG_FORM.problem(where, saw))

    def _too_large(self, where: str) -> None:
        saw = "a number of more than 18 digits, or none at all"
        self.problems.append(WRONG_FORM.problem(where, saw, "Give a smaller one."))

    def _refuse_second(self, taken: bool, name: str, where: str) -> None:
        if taken:
            saw = f"{name!r} is given twice, in two spellings that are one name to Azure"
            self.problems.append(GIVEN_TWICE.problem(where, saw))

    def _unknown(self, name: str, value: Any, kind: ObjectType, where: str) -> None:
        if value is None or _was_added_by_a_tool(name, value):
            return
        if name.casefold() == "copy":
            self._not_understood("'copy' is not worked out by this reader", where)
            return
        self.problems.append(unknown_property(name, kind, where, self.purpose, len(self.problems)))

    def _left_out(self, value: Any, known: Property, where: str) -> None:
        if value is not None:
            saw = f"{known.name!r} holds a private key or its password, which a gateway document never does"
            self.problems.append(SECRET_LEFT_OUT.problem(where, saw))

    def _not_understood(self, saw: str, where: str) -> None:
        self.problems.append(NOT_UNDERSTOOD.problem(where, saw))


def _as_map(identities: Any) -> Any:
    """Identities as ARM has them, of Pulumi's list of ids."""
    if isinstance(identities, list) and all(isinstance(each, str) for each in identities):
        return {each: {} for each in identities}
    return identities


def _find(name: str, kind: ObjectType) -> tuple[Property | None, ObjectType | None]:
    for owner in (kind, kind.bag):
        if owner is not None and (known := _folded(owner.name).get(name.casefold())):
            return known, owner
    return None, None


@cache
def _folded(type_name: str) -> Mapping[str, Property]:
    return {name.casefold(): known for name, known in object_type(type_name).properties.items()}


def _points_back(known: Property) -> bool:
    """Whether Azure fills this in to say who points here, as in a redirect's list of rules."""
    items = known.shape.items
    return items is not None and items.of == "SubResource" and known.name not in TARGETS


def _names_itself(known: Property, owner: ObjectType) -> bool:
    # A part is known by its name; its id is only another spelling of that.
    return known.name == "id" and owner.name != "SubResource"


def _was_added_by_a_tool(name: str, value: Any) -> bool:
    # The command line writes the resource group beside every id; Azure writes, unasked, who points at a part.
    if name.casefold() == "resourcegroup":
        return True
    points_back = name.casefold() in _BACK_POINTERS and isinstance(value, list)
    return points_back and all(isinstance(each, Mapping) and "id" in map(str.casefold, each) for each in value)


_BACK_POINTERS = frozenset(name.casefold() for name in (*COLLECTIONS, "pathRules"))


def _looks_like_a_gateway(data: Mapping[str, Any]) -> bool:
    kind = _value_of(data, "type")
    if kind is not None:
        return _is_gateway_type(kind)
    bag = _value_of(data, "properties")
    names = {name.casefold() for name in (*data, *(bag if isinstance(bag, Mapping) else ()))}
    return bool(names & _COLLECTION_NAMES)


_COLLECTION_NAMES = frozenset(name.casefold() for name in COLLECTIONS)


def _is_gateway_type(kind: Any) -> bool:
    return isinstance(kind, str) and kind.casefold() == GATEWAY_TYPE.casefold()


def _value_of(data: Mapping[str, Any], name: str) -> Any:
    return next((value for key, value in data.items() if key.casefold() == name.casefold()), None)


def _no_gateway(where: str, saw: str) -> Problem:
    return NO_GATEWAY.problem(where, saw)


def _is_deeper(values: Iterable[Any], depth: int) -> bool:
    """Whether anything stands deeper in these values; level by level, for what is deep has no other end."""
    level = list(values)
    for _ in range(depth):
        level = [inner for value in level if isinstance(value, Mapping | list) for inner in _inside(value)]
    return bool(level)


def _inside(value: Mapping[str, Any] | list[Any]) -> Iterable[Any]:
    return value.values() if isinstance(value, Mapping) else value


def _below(where: str, name: str) -> str:
    return f"{where}.{name}" if where else name
