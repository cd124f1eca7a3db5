"""What differs between two gateway documents, part by part as a person speaks of them: by name, in whatever order.

A part that is gone, and one that is new and has the same content, are one part that has another name.
"""

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from .references import COLLECTIONS


class Change(StrEnum):
    """What became of a value; the mark is the one Pulumi shows."""

    NEW = "+"
    GONE = "-"
    OTHER = "~"


@dataclass(frozen=True, slots=True)
class Difference:
    """One value that differs: of the part `part` (`sslProfiles/partners`, empty for the gateway itself), at `path`.

    An empty `path` is the whole part. `before` and `after` are the values, None where there is none.
    """

    change: Change
    part: str
    path: str
    before: Any
    after: Any

    def __str__(self) -> str:
        where = ": ".join(filter(None, (self.part, self.path)))
        values = " -> ".join(_shown(value) for value in (self.before, self.after) if value is not None)
        return f"{self.change} {where}: {values}"


def differences(before: Mapping[str, Any], after: Mapping[str, Any]) -> tuple[Difference, ...]:
    """Every difference between two canonical documents: of the gateway itself, then of its parts by collection."""
    return (*_values("", _itself(before), _itself(after), ""), *_parts(before, after))


def _itself(document: Mapping[str, Any]) -> dict[str, Any]:
    properties = document.get("properties", {})
    return {**document, "properties": {key: value for key, value in properties.items() if key not in COLLECTIONS}}


def _parts(before: Mapping[str, Any], after: Mapping[str, Any]) -> Iterator[Difference]:
    old, new = _collections(before), _collections(after)
    for collection in dict.fromkeys((*old, *new)):
        there, wanted = old.get(collection, {}), new.get(collection, {})
        renamed = dict(_renamed(there, wanted))
        for name in dict.fromkeys((*there, *wanted)):
            if name in renamed:
                yield Difference(Change.OTHER, f"{collection}/{name}", "name", name, renamed[name])
            elif name not in renamed.values():
                yield from _values(f"{collection}/{name}", there.get(name), wanted.get(name), "")


def _renamed(there: Mapping[str, Any], wanted: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    new = [name for name in wanted if name not in there]
    for name, content in there.items():
        # A part without content, such as a certificate whose PFX is never shown, cannot be recognised.
        same = [other for other in new if wanted[other] == content != {}]
        if name not in wanted and same:
            new.remove(same[0])
            yield name, same[0]


def _collections(document: Mapping[str, Any]) -> dict[str, dict[str, Any]]:
    return {
        collection: {entry["name"]: entry.get("properties", {}) for entry in entries}
        for collection, entries in document.get("properties", {}).items()
        if collection in COLLECTIONS
    }


def _values(part: str, before: Any, after: Any, path: str) -> Iterator[Difference]:
    if isinstance(before, Mapping) and isinstance(after, Mapping):
        for key in dict.fromkeys((*before, *after)):
            yield from _values(part, before.get(key), after.get(key), f"{path}.{key}".lstrip("."))
    elif before != after:
        change = Change.NEW if before is None else Change.GONE if after is None else Change.OTHER
        yield Difference(change, part, path.removeprefix("properties."), before, after)


def _shown(value: Any) -> str:
    if isinstance(value, Mapping) and value.keys() == {"id"}:
        return str(value["id"])
    return value if isinstance(value, str) else json.dumps(value)
