"""What Azure's schema says about the gateway and its neighbours, as values one can ask.

The table beside this module (`arm_types.json`) is derived from Azure's published types by
`tools/derive_arm_types.py`; it ships inside the package and is read once, when it is first asked. It knows names,
types, bounds and enums. What it does not know: rules between properties, and which values Azure never gives back.
The lock on a gateway is of another API: its few properties are in `lock_types.json`, written by hand.
"""

import json
from collections import ChainMap
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from functools import cache
from importlib.resources import files
from types import MappingProxyType
from typing import Any

GATEWAY_TYPE = "Microsoft.Network/applicationGateways"


class Kind(StrEnum):
    """The form a value has in JSON."""

    STRING = "string"
    INTEGER = "integer"
    BOOLEAN = "boolean"
    OBJECT = "object"
    ARRAY = "array"
    MAP = "map"


@dataclass(frozen=True, slots=True)
class Shape:
    """What a value looks like.

    `of` names the type of an object, `items` is the shape of an array's or a map's values. `enum` holds the known
    values; unless `closed`, Azure may accept more of them without a new API version. Bounds are inclusive.
    """

    kind: Kind
    of: str | None = None
    items: "Shape | None" = None
    enum: tuple[str, ...] = ()
    closed: bool = False
    minimum: int | None = None
    maximum: int | None = None
    max_length: int | None = None
    pattern: str | None = None


@dataclass(frozen=True, slots=True)
class Property:
    """One property of an object type. `bag` marks the `properties` object whose content Pulumi merges upward.

    The shape of a read-only property is its kind alone: what is below it is never sent.
    """

    name: str
    shape: Shape
    required: bool = False
    read_only: bool = False
    bag: bool = False


@dataclass(frozen=True, slots=True)
class ObjectType:
    """An object type with its properties by name, in ARM's exact spelling."""

    name: str
    properties: Mapping[str, Property]

    @property
    def bag(self) -> "ObjectType | None":
        """The type of the `properties` object, for the types that have one."""
        for found in self.properties.values():
            if found.bag and found.shape.of is not None:
                return object_type(found.shape.of)
        return None


def resource_types() -> tuple[str, ...]:
    """The resource types the tables describe, such as `Microsoft.Network/applicationGateways`."""
    return tuple(name for table in _tables() for name in table["resources"])


def api_version_of(resource_type: str) -> str:
    """The API version at which a resource type is described."""
    return str(next(table["api_version"] for table in _tables() if resource_type in table["resources"]))


@cache
def object_type(name: str) -> ObjectType:
    """The object or resource type of this name; KeyError if the table has none."""
    found = ChainMap(*(table["types"] for table in _tables()))[name]
    return ObjectType(name, MappingProxyType({key: _property(key, given) for key, given in found.items()}))


@cache
def _tables() -> tuple[Mapping[str, Any], ...]:
    folder = files(__package__)
    return tuple(json.loads(folder.joinpath(name).read_bytes()) for name in ("arm_types.json", "lock_types.json"))


def _property(name: str, given: Mapping[str, Any]) -> Property:
    flags = {flag: bool(given.get(flag)) for flag in ("required", "read_only", "bag")}
    return Property(name, _shape(given), **flags)


def _shape(given: Mapping[str, Any]) -> Shape:
    return Shape(
        kind=Kind(given["type"]),
        of=given.get("of"),
        items=_shape(given["items"]) if "items" in given else None,
        enum=tuple(given.get("enum", ())),
        closed=bool(given.get("closed")),
        minimum=given.get("minimum"),
        maximum=given.get("maximum"),
        max_length=given.get("max_length"),
        pattern=given.get("pattern"),
    )
