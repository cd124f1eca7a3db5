"""Turns ARM documents into what azure-native returns to the engine: outputs, previews, and the inputs of an import.

Inputs become documents by `document.spelling.nest`. This module goes the other way with code of its own, so that it
does not share the mistakes of the component's `flatten`, which it has to judge.
"""

from collections.abc import Iterator, Mapping
from typing import Any

from ..document.arm_types import Kind, ObjectType, Property, Shape, object_type
from .kinds import ResourceKind
from .put_only import is_put_only
from .wire import UNKNOWN, is_unknown

Properties = dict[str, Any]


def outputs_of(kind: ResourceKind, document: Mapping[str, Any]) -> Properties:
    """The outputs for the answer of a GET: `properties` merged upward, without the id, which the engine keeps apart."""
    merged = _merge_bags(document)
    return {key: value for key, value in merged.items() if key not in ("id", "apiVersion")} | {
        "azureApiVersion": kind.api_version
    }


def preview_outputs(kind: ResourceKind, inputs: Mapping[str, Any]) -> Properties:
    """The outputs of a resource that does not exist yet: its inputs, and everything else unknown."""
    requested = {key: value for key, value in inputs.items() if key not in kind.path}
    if not kind.strict:
        return requested | {"name": inputs[kind.name_input], "type": kind.arm_type, "azureApiVersion": kind.api_version}
    known = {"name": inputs[kind.name_input], "type": kind.arm_type, "azureApiVersion": kind.api_version}
    return _preview_object(requested, object_type(kind.arm_type)) | known


def inputs_of(kind: ResourceKind, identity: str, outputs: Mapping[str, Any]) -> Properties:
    """The inputs that request these outputs, as an import needs them; PUT-only values are missing."""
    path: Properties = dict(kind.path_of(identity))
    if not kind.strict:
        return path | {key: outputs[key] for key in ("location", "tags") if key in outputs}
    return _writable(outputs, object_type(kind.arm_type), top=True) | path


def writable_properties(kind: ObjectType) -> Iterator[Property]:
    """The properties of an object that can be sent, in Pulumi's spelling: its own and those below `properties`."""
    for found in _flat_properties(kind):
        if not found.read_only:
            yield found


def _flat_properties(kind: ObjectType) -> Iterator[Property]:
    for owner in filter(None, (kind, kind.bag)):
        yield from (found for found in owner.properties.values() if not found.bag)


def _merge_bags(value: Any) -> Any:
    if isinstance(value, list):
        return [_merge_bags(item) for item in value]
    if not isinstance(value, Mapping):
        return value
    merged = {key: _merge_bags(item) for key, item in value.items() if key != "properties"}
    bag = value.get("properties")
    # A tag may be called `properties` too, but its value is a string.
    return merged | (_merge_bags(bag) if isinstance(bag, Mapping) else {"properties": bag} if bag is not None else {})


def _preview_object(value: Mapping[str, Any], kind: ObjectType) -> Properties:
    return {
        found.name: _preview_value(value[found.name], found.shape) if found.name in value else UNKNOWN
        for found in _flat_properties(kind)
        if found.name != "id" and not is_put_only(kind, found)
    }


def _preview_value(value: Any, shape: Shape) -> Any:
    if shape.kind is Kind.ARRAY and isinstance(value, list) and shape.items is not None:
        return [_preview_value(item, shape.items) for item in value]
    if shape.of is not None and isinstance(value, Mapping):
        made = _preview_object(value, object_type(shape.of))
        return made | ({"id": value["id"]} if "id" in value else {})
    if shape.kind is Kind.MAP and isinstance(value, list):
        # Identities: a list of ids as input, a map by id as output.
        return UNKNOWN if any(map(is_unknown, value)) else dict.fromkeys(value, UNKNOWN)
    return value


def _writable(value: Mapping[str, Any], kind: ObjectType, *, top: bool = False) -> Properties:
    return {
        found.name: _writable_value(value[found.name], found)
        for found in writable_properties(kind)
        if found.name in value and not (top and found.name == "name")
    }


def _writable_value(value: Any, found: Property) -> Any:
    if found.name == "userAssignedIdentities" and isinstance(value, Mapping):
        return list(value)
    return _writable_shape(value, found.shape)


def _writable_shape(value: Any, shape: Shape) -> Any:
    if shape.items is not None and isinstance(value, list):
        return [_writable_shape(item, shape.items) for item in value]
    if shape.of is not None and isinstance(value, Mapping):
        return _writable(value, object_type(shape.of))
    return value
