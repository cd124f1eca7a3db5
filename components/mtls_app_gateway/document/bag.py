"""Reads the `properties` of one part of a document, and notes what reading them showed."""

from collections.abc import Iterator, Mapping
from typing import Any, TypedDict, TypeVar

from .placeholder import is_placeholder

Json = Mapping[str, Any]
_Value = TypeVar("_Value", str, int, bool)


def object_in(value: Any) -> Json:
    """The value where it is an object, else an empty one."""
    return value if isinstance(value, Mapping) else {}


def list_in(value: Any) -> list[Any]:
    """The value where it is a list, else an empty one."""
    return value if isinstance(value, list) else []


def objects(value: Any) -> Iterator[Json]:
    """The objects in a list."""
    return (each for each in list_in(value) if isinstance(each, Mapping))


class _Identity(TypedDict):
    name: str
    place: str
    defaults: frozenset[str]
    unknown: frozenset[str]


class Bag:
    """The `properties` of one part, and what reading them showed: defaults taken, values that are not known yet."""

    def __init__(self, place: str, entry: Json) -> None:
        found = entry.get("properties")
        self.name = str(entry.get("name", ""))
        self.place = place
        self.values: Json = found if isinstance(found, Mapping) else {}
        self._defaults: set[str] = set()
        self._unknown: set[str] = set()

    def read(self, attribute: str, key: str, default: _Value, inside: Json | None = None) -> _Value:
        """A value of the default's type; the default where it is left out, is a placeholder or is of another type."""
        value = (self.values if inside is None else inside).get(key)
        if type(value) is type(default) and not is_placeholder(value):
            return value
        (self._defaults if value is None else self._unknown).add(attribute)
        return default

    def optional(self, attribute: str, key: str, kind: type[_Value]) -> _Value | None:
        """A value of this type, or None where there is none or it is not known."""
        value = self.values.get(key)
        if value is None:
            return None
        if isinstance(value, kind) and not is_placeholder(value):
            return value
        self._unknown.add(attribute)
        return None

    def texts(self, attribute: str, key: str) -> tuple[str, ...]:
        """The texts of a list; a placeholder among them is left out and makes the attribute unknown."""
        values = list_in(self.values.get(key))
        known = tuple(value for value in values if isinstance(value, str) and not is_placeholder(value))
        if len(known) < len(values):
            self._unknown.add(attribute)
        return known

    def object(self, key: str) -> Json:
        return object_in(self.values.get(key))

    def defaulted(self, attribute: str) -> None:
        """Say that Azure's default was taken."""
        self._defaults.add(attribute)

    def is_unknown(self, attribute: str) -> None:
        """Say that a value cannot be known."""
        self._unknown.add(attribute)

    @property
    def identity(self) -> _Identity:
        """What `Part` has, once everything was read."""
        return {
            "name": self.name,
            "place": self.place,
            "defaults": frozenset(self._defaults),
            "unknown": frozenset(self._unknown),
        }
