"""Between ARM's documents and what azure-native hands to the engine: outputs, previews, and outputs read as inputs.

Inputs are turned into documents by `gateway.flattening.nest`; this module goes the other way on its own, so that the
component's flattener is judged by something that does not share its mistakes.
"""

from collections.abc import Iterator, Mapping
from typing import Any

from ..document.arm_types import Kind, ObjectType, Property, Shape, object_type
from .kinds import ResourceKind
from .put_only import is_put_only
from .wire import UNKNOWN, is_unknown

Properties = dict[str, Any]


def outputs_of(kind: ResourceKind, document: Mapping[str, Any]) -> Properties:
    """The outputs for the answer of a GET: bags merged upward, without the id, which the engine keeps apart."""
    merged = _merge_bags(document)
    return {key: value for key, value in merged.items() if key not in ("id", "apiVersion")} | {
        "azureApiVersion": kind.api_version
    }


def preview_outputs(kind: ResourceKind, inputs: Mapping[str, Any]) -> Properties:
    """The outputs of a resource that is not made yet: what was asked, and everything else unknown."""
    asked = {key: value for key, value in inputs.items() if key not in kind.path}
    if not kind.strict:
        return asked | {"name": inputs[kind.name_input], "type": kind.arm_type, "azureApiVersion": kind.api_version}
    known = {"name": inputs[kind.name_input], "type": kind.arm_type, "azureApiVersion": kind.api_version}
    return _preview_object(asked, object_type(kind.arm_type)) | known


def inputs_of(kind: ResourceKind, identity: str, outputs: Mapping[str, Any]) -> Properties:
    """The inputs that would ask for these outputs, as an import needs them; PUT-only values are not among them."""
    path: Properties = dict(kind.path_of(identity))
    if not kind.strict:
        return path | {key: outputs[key] for key in ("location", "tags") if key in outputs}
    return _writable(outputs, object_type(kind.arm_type), top=True) | path


def writable_properties(kind: ObjectType) -> Iterator[Property]:
    """What one can send of an object in Pulumi's spelling: its own properties and those of its bag."""
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


def _preview_object(given: Mapping[str, Any], kind: ObjectType) -> Properties:
    return {
        found.name: _preview_value(given[found.name], found.shape) if found.name in given else UNKNOWN
        for found in _flat_properties(kind)
        if found.name != "id" and not is_put_only(kind, found)
    }


def _preview_value(given: Any, shape: Shape) -> Any:
    if shape.kind is Kind.ARRAY and isinstance(given, list) and shape.items is not None:
        return [_preview_value(item, shape.items) for item in given]
    if shape.of is not None and isinstance(given, Mapping):
        made = _preview_object(given, object_type(shape.of))
        return made | ({"id": given["id"]} if "id" in given else {})
    if shape.kind is Kind.MAP and isinstance(given, list):
        # Identities: a list of ids as input, a map by id as output.
        return UNKNOWN if any(map(is_unknown, given)) else dict.fromkeys(given, UNKNOWN)
    return given


def _writable(given: Mapping[str, Any], kind: ObjectType, *, top: bool = False) -> Properties:
    return {
        found.name: _writable_value(given[found.name], found)
        for found in writable_properties(kind)
        if found.name in given and not (top and found.name == "name")
    }


def _writable_value(given: Any, found: Property) -> Any:
    if found.name == "userAssignedIdentities" and isinstance(given, Mapping):
        return list(given)
    return _writable_shape(given, found.shape)


def _writable_shape(given: Any, shape: Shape) -> Any:
    if shape.items is not None and isinstance(given, list):
        return [_writable_shape(item, shape.items) for item in given]
    if shape.of is not None and isinstance(given, Mapping):
        return _writable(given, object_type(shape.of))
    return given
