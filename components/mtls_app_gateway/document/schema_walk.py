"""One pass over a gateway along the type table: exact names, exact enum values, bags where ARM has them."""

import re
from collections.abc import Callable, Mapping
from functools import cache
from typing import Any

from ..problems import Problem
from .arm_types import Kind, ObjectType, Property, Shape, object_type
from .place import below
from .placeholder import is_placeholder
from .problem_rows import GIVEN_TWICE, NOT_UNDERSTOOD, SECRET_LEFT_OUT, WRONG_FORM
from .purpose import Purpose
from .references import COLLECTIONS, TARGETS
from .template_reading import NotUnderstoodError
from .unknown_property import unknown_property

SECRETS = {"ApplicationGatewaySslCertificatePropertiesFormat": ("data", "password")}
"""Properties that are taken by Azure and never given back (PFX and its password): left out, unread."""

_LATER_AS_A_WHOLE = "ApplicationGatewayBackendAddress"
"""The members of a pool are the one list that may be known only later."""

_BEYOND = 10**18
"""What no number of a gateway reaches."""


class Walk:
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
            value = value_of(resource, name)
            if value is not None and value is not True:
                self._not_understood(f"{name!r} on a resource is not worked out by this reader", below(where, name))

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
            place = below(where, name)
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
        if known.name in SECRETS.get(owner.name, ()):
            self._left_out(value, known, where)
            return None
        if known.read_only or points_back(known) or names_itself(known, owner):
            return None
        return self._shaped(_as_map(value) if known.name == "userAssignedIdentities" else value, known.shape, where)

    def _shaped(self, given: Any, shape: Shape, where: str) -> Any:
        value = self.resolved(given, where) if isinstance(given, str) else given
        if value is not given and isinstance(value, list | Mapping):
            return Walk(lambda settled: settled, self.purpose, self.problems)._shaped(value, shape, where)
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
        """Whether this is a placeholder where one is allowed; anywhere else it is a text of the wrong form."""
        may = (shape.kind is Kind.STRING and not shape.enum) or (shape.items and shape.items.of == _LATER_AS_A_WHOLE)
        return is_placeholder(value) and (bool(may) or value == self.later)

    def _list(self, values: list[Any], items: Shape | None, where: str) -> list[Any]:
        read = (self._shaped(each, items, f"{where}[{index}]") if items else each for index, each in enumerate(values))
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


def points_back(known: Property) -> bool:
    """Whether Azure fills this in to say who points here, as in a redirect's list of rules."""
    items = known.shape.items
    return items is not None and items.of == "SubResource" and known.name not in TARGETS


def names_itself(known: Property, owner: ObjectType) -> bool:
    # A part is known by its name; its id is only another spelling of that.
    return known.name == "id" and owner.name != "SubResource"


def _was_added_by_a_tool(name: str, value: Any) -> bool:
    # The command line writes the resource group beside every id; Azure adds who points at a part, and what it is.
    if name.casefold() == "resourcegroup" or (name.casefold() in _WRITTEN_BY_AZURE and isinstance(value, str)):
        return True
    points_back = name.casefold() in _BACK_POINTERS and isinstance(value, list)
    return points_back and all(isinstance(each, Mapping) and "id" in map(str.casefold, each) for each in value)


_WRITTEN_BY_AZURE = frozenset({"etag", "provisioningstate", "type"})
"""On any part, though the schema has them on some kinds of parts only. They cannot be set."""
_BACK_POINTERS = frozenset(name.casefold() for name in (*COLLECTIONS, "pathRules"))


def value_of(data: Mapping[str, Any], name: str) -> Any:
    """The value of a property, whose name may be in any case."""
    return next((value for key, value in data.items() if key.casefold() == name.casefold()), None)
