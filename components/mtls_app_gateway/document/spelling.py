"""The two spellings of one property set: ARM's documents and Pulumi's inputs.

Pulumi's inputs are ARM's properties with every `properties` bag merged into the object that holds it, apart from
the name of the resource itself and the list of user-assigned identities. Only the type table knows which objects
have a bag, so both directions walk it, and a name it does not know stops here, before any provider drops it in
silence. Values are not judged: that is the work of whoever receives them.
"""

from abc import ABC, abstractmethod
from collections.abc import Mapping
from difflib import get_close_matches
from typing import Any

from ..problems import GatewayError, Problem
from .arm_types import Kind, ObjectType, Property, Shape, api_version_of, object_type, resource_types
from .place import below
from .problem_rows import (
    MISSING_NAME,
    READ_ONLY_PROPERTY,
    UNKNOWN_PROPERTY,
    UNKNOWN_TYPE,
    WRONG_API_VERSION,
    WRONG_FORM,
)

NAME_INPUTS: Mapping[str, str] = {
    "Microsoft.Authorization/locks": "lockName",
    "Microsoft.Network/ApplicationGatewayWebApplicationFirewallPolicies": "policyName",
    "Microsoft.Network/applicationGateways": "applicationGatewayName",
    "Microsoft.Network/networkSecurityGroups": "networkSecurityGroupName",
    "Microsoft.Network/networkSecurityGroups/securityRules": "securityRuleName",
    "Microsoft.Network/publicIPAddresses": "publicIpAddressName",
    "Microsoft.Network/virtualNetworks": "virtualNetworkName",
    "Microsoft.Network/virtualNetworks/subnets": "subnetName",
}
"""The input that holds a resource's own name: the last path parameter of its URL."""

_IDENTITIES = "userAssignedIdentities"
_ENVELOPE = ("type", "apiVersion", "name")


def flatten(document: Mapping[str, Any]) -> dict[str, Any]:
    """Pulumi's inputs for a document: the resource as ARM takes it, with `type`, `apiVersion` and `name`.

    A string where an object or a list belongs is passed through: a placeholder.

    Raises:
        GatewayError: with a problem for each name that is unknown or read-only and each value of the wrong form.
    """
    problems: list[Problem] = []
    type_name = _type_of(document, problems)
    if type_name is None:
        raise GatewayError(problems)
    body = {key: value for key, value in document.items() if key not in _ENVELOPE}
    inputs: dict[str, Any] = {NAME_INPUTS[type_name]: document.get("name")}
    inputs |= _Flattening(problems).object(body, object_type(type_name), "")
    _raise_if_any(problems)
    return inputs


def nest(inputs: Mapping[str, Any], type_name: str) -> dict[str, Any]:
    """The document for Pulumi's inputs, the inverse of `flatten`; parent names such as `resourceGroupName` stay out.

    A bag is written where there is something to put in it.

    Raises:
        GatewayError: with a problem for each name that is unknown or read-only and each value of the wrong form.
    """
    name_input = NAME_INPUTS[type_name]
    problems: list[Problem] = []
    if "name" in inputs:
        saw = "an input has no property 'name'"
        problems.append(UNKNOWN_PROPERTY.problem("name", saw, f"Did you mean {name_input!r}?"))
    document: dict[str, Any] = {
        "type": type_name,
        "apiVersion": api_version_of(type_name),
        "name": inputs.get(name_input),
    }
    body = {key: value for key, value in inputs.items() if key not in (name_input, "name")}
    document |= _Nesting(problems).object(body, object_type(type_name), "")
    _raise_if_any(problems)
    return document


def _type_of(document: Mapping[str, Any], problems: list[Problem]) -> str | None:
    type_name, version = document.get("type"), document.get("apiVersion")
    if type_name not in resource_types():
        known = ", ".join(resource_types())
        problems.append(UNKNOWN_TYPE.problem("type", f"{type_name!r}", f"The type table knows {known}."))
        return None
    known_at = api_version_of(str(type_name))
    if version != known_at:
        fix = f"Properties are known at {known_at} only, and another version may drop some in silence."
        problems.append(WRONG_API_VERSION.problem("apiVersion", f"{version!r}", fix))
    if not document.get("name"):
        problems.append(MISSING_NAME.problem("name", "the resource has no name"))
    return str(type_name)


def _raise_if_any(problems: list[Problem]) -> None:
    if problems:
        raise GatewayError(problems)


class _Walk(ABC):
    """One pass over a value along the type table, into the other spelling; problems are gathered on the way."""

    def __init__(self, problems: list[Problem]) -> None:
        self.problems = problems

    @abstractmethod
    def object(self, given: Mapping[str, Any], kind: ObjectType, where: str) -> dict[str, Any]:
        """The object in the other spelling."""

    @abstractmethod
    def identities(self, given: Any, known: Property, where: str) -> Any:
        """The user-assigned identities in the other spelling: the one place where a map turns into a list."""

    def value(self, given: Any, known: Property, where: str) -> Any:
        """The value of a property in the other spelling."""
        if known.name == _IDENTITIES and not isinstance(given, str):
            return self.identities(given, known, where)
        return self.shaped(given, known.shape, where)

    def known(self, name: str, kind: ObjectType, where: str) -> Property | None:
        """What the table says about a name one wants to send; None, with a problem, when it cannot be sent."""
        found = kind.properties.get(name)
        if found is None:
            self.problems.append(
                UNKNOWN_PROPERTY.problem(where, f"{kind.name} has no property {name!r}", _hint(name, kind))
            )
        elif found.read_only:
            self.problems.append(READ_ONLY_PROPERTY.problem(where, f"{name!r} is read-only in {kind.name}"))
            return None
        return found

    def has_form(self, given: Any, kind: Kind, where: str) -> bool:
        """Whether the value has the form of an object, a list or a map; a problem is noted when it has not."""
        if isinstance(given, list if kind is Kind.ARRAY else Mapping):
            return True
        # The value itself stays out of the text: it may be a secret in the wrong place.
        saw = f"a {type(given).__name__} where Azure takes {_FORMS[kind]}"
        self.problems.append(WRONG_FORM.problem(where, saw))
        return False

    def shaped(self, given: Any, shape: Shape, where: str) -> Any:
        """A value of this shape in the other spelling; a string may stand for anything."""
        if isinstance(given, str) or (shape.kind in _FORMS and not self.has_form(given, shape.kind, where)):
            return given
        if shape.of is not None:
            return self.object(given, object_type(shape.of), where)
        if shape.items is None:
            return given
        if isinstance(given, list):
            return [self.shaped(item, shape.items, f"{where}[{at}]") for at, item in enumerate(given)]
        return {key: self.shaped(item, shape.items, f"{where}[{key!r}]") for key, item in given.items()}


class _Flattening(_Walk):
    """ARM to Pulumi: what is in the bag moves up."""

    def object(self, given: Mapping[str, Any], kind: ObjectType, where: str) -> dict[str, Any]:
        made: dict[str, Any] = {}
        for name, value in given.items():
            place = below(where, name)
            known = self.known(name, kind, place)
            if known is None:
                continue
            if not known.bag or kind.bag is None:
                made[name] = self.value(value, known, place)
            elif self.has_form(value, Kind.OBJECT, place):
                made |= self.object(value, kind.bag, place)
        return made

    def identities(self, given: Any, known: Property, where: str) -> Any:
        return list(self.shaped(given, known.shape, where)) if self.has_form(given, known.shape.kind, where) else given


class _Nesting(_Walk):
    """Pulumi to ARM: what the object itself does not own goes into its bag."""

    def object(self, given: Mapping[str, Any], kind: ObjectType, where: str) -> dict[str, Any]:
        own: dict[str, Any] = {}
        bagged: dict[str, Any] = {}
        bag = kind.bag
        for name, value in given.items():
            is_own = bag is None or (name in kind.properties and not kind.properties[name].bag)
            owner, made = (kind, own) if is_own or bag is None else (bag, bagged)
            known = self.known(name, owner, below(where, name))
            if known is not None:
                made[name] = self.value(value, known, below(where, name))
        return own | ({"properties": bagged} if bagged else {})

    def identities(self, given: Any, known: Property, where: str) -> Any:  # noqa: ARG002 - the input is no map yet
        return {identity: {} for identity in given} if self.has_form(given, Kind.ARRAY, where) else given


_FORMS = {Kind.OBJECT: "an object", Kind.ARRAY: "a list", Kind.MAP: "a map"}


def _hint(name: str, kind: ObjectType) -> str:
    names = [known for owner in (kind, kind.bag) if owner for known, found in owner.properties.items() if not found.bag]
    by_case = [known for known in names if known.lower() == name.lower().replace("_", "")]
    close = by_case or get_close_matches(name, names, n=1)
    return f"Did you mean {close[0]!r}?" if close else f"It knows {', '.join(sorted(names))}."
