"""Checks inputs against Azure's schema: names, forms, types, enum values, bounds, required properties.

Azure ignores the case of property names and enum values, and most of its enums are open; the emulator accepts only the
exact spelling of a known value. A message names a place and what is expected there, never a value other than that of
a misspelt enum.
"""

import re
from collections.abc import Iterator, Mapping
from typing import Any

from ..document.arm_types import Kind, ObjectType, Shape, object_type
from ..problems import GatewayError
from .engine_properties import writable_properties
from .kinds import ResourceKind
from .put import document_of
from .wire import is_unknown

_TYPES: Mapping[Kind, tuple[type[Any], ...]] = {
    Kind.STRING: (str,),
    Kind.INTEGER: (int,),
    Kind.BOOLEAN: (bool,),
    Kind.OBJECT: (Mapping,),
    Kind.ARRAY: (list,),
    Kind.MAP: (Mapping, list),
}


_FORMS: Mapping[Kind, str] = {
    Kind.STRING: "a string",
    Kind.INTEGER: "an integer",
    Kind.BOOLEAN: "a boolean",
    Kind.OBJECT: "an object",
    Kind.ARRAY: "a list",
    Kind.MAP: "a map",
}


def failures(kind: ResourceKind, inputs: Mapping[str, Any]) -> list[str]:
    """Everything that is wrong with the inputs of a resource; values that are not known yet pass."""
    missing = [f"Missing required property {step!r}" for step in kind.path if not inputs.get(step)]
    if kind.located and not inputs.get("location"):
        missing.append("Missing required property 'location'")
    if missing or not kind.strict:
        return missing
    try:
        document_of(kind, inputs)
    except GatewayError as error:
        return [f"{problem.where}: {problem.saw}. {problem.fix}" for problem in error.problems]
    body = {key: value for key, value in inputs.items() if key not in kind.path}
    return list(_object(body, object_type(kind.arm_type), "", top=True))


def _object(value: Mapping[str, Any], kind: ObjectType, where: str, *, top: bool = False) -> Iterator[str]:
    for found in writable_properties(kind):
        place = f"{where}.{found.name}".lstrip(".")
        if found.name in value:
            yield from _value(value[found.name], found.shape, place)
        elif found.required and not (top and found.name == "name"):
            yield f"{place}: {_named(kind)} requires it"


def _named(kind: ObjectType) -> str:
    return kind.name.removesuffix("PropertiesFormat")


def _value(value: Any, shape: Shape, where: str) -> Iterator[str]:
    if is_unknown(value):
        return
    if not isinstance(value, _TYPES[shape.kind]) or (isinstance(value, bool) and shape.kind is Kind.INTEGER):
        yield f"{where}: {_FORMS[shape.kind]} is expected, not a {type(value).__name__}"
    elif shape.of is not None:
        yield from _object(value, object_type(shape.of), where)
    elif shape.items is not None:
        yield from _items(value, shape.items, where)
    else:
        yield from _scalar(value, shape, where)


def _items(value: Any, shape: Shape, where: str) -> Iterator[str]:
    if isinstance(value, Mapping):
        for key, item in value.items():
            yield from _value(item, shape, f"{where}[{key!r}]")
    elif shape.of is None or shape.kind is not Kind.OBJECT or not all(isinstance(item, str) for item in value):
        for index, item in enumerate(value):
            yield from _value(item, shape, f"{where}[{index}]")


def _scalar(value: Any, shape: Shape, where: str) -> Iterator[str]:
    if shape.enum and value not in shape.enum:
        yield f"{where}: {value!r} is not one of {', '.join(map(repr, shape.enum))}"
    if shape.minimum is not None and value < shape.minimum:
        yield f"{where}: {value} is less than {shape.minimum}"
    if shape.maximum is not None and value > shape.maximum:
        yield f"{where}: {value} is more than {shape.maximum}"
    if shape.max_length is not None and len(value) > shape.max_length:
        yield f"{where}: longer than {shape.max_length} characters"
    if shape.pattern is not None and not re.search(shape.pattern, value):
        yield f"{where}: not of the form {shape.pattern}"
