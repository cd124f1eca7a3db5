"""Whether inputs are what Azure's schema describes: names, forms, types, enum values, bounds, required properties.

Azure ignores the case of property names and enum values, and most of its enums are open; the stand-in takes the
exact spelling of a known value and nothing else. A reason names a place and what was expected there, never a value
other than a misspelt enum's.
"""

import re
from collections.abc import Iterator, Mapping
from typing import Any

from ..document.arm_types import Kind, ObjectType, Shape, object_type
from ..problems import GatewayError
from .kinds import ResourceKind
from .requests import document_of
from .spelling import writable_properties
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
    """Everything that is wrong with the inputs of a resource, unknown values taken as right."""
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


def _object(given: Mapping[str, Any], kind: ObjectType, where: str, *, top: bool = False) -> Iterator[str]:
    for found in writable_properties(kind):
        place = f"{where}.{found.name}".lstrip(".")
        if found.name in given:
            yield from _value(given[found.name], found.shape, place)
        elif found.required and not (top and found.name == "name"):
            yield f"{place}: {_named(kind)} requires it"


def _named(kind: ObjectType) -> str:
    return kind.name.removesuffix("PropertiesFormat")


def _value(given: Any, shape: Shape, where: str) -> Iterator[str]:
    if is_unknown(given):
        return
    if not isinstance(given, _TYPES[shape.kind]) or (isinstance(given, bool) and shape.kind is Kind.INTEGER):
        yield f"{where}: {_FORMS[shape.kind]} is expected, a {type(given).__name__} was given"
    elif shape.of is not None:
        yield from _object(given, object_type(shape.of), where)
    elif shape.items is not None:
        yield from _items(given, shape.items, where)
    else:
        yield from _scalar(given, shape, where)


def _items(given: Any, shape: Shape, where: str) -> Iterator[str]:
    if isinstance(given, Mapping):
        for key, item in given.items():
            yield from _value(item, shape, f"{where}[{key!r}]")
    elif shape.of is None or shape.kind is not Kind.OBJECT or not all(isinstance(item, str) for item in given):
        for at, item in enumerate(given):
            yield from _value(item, shape, f"{where}[{at}]")


def _scalar(given: Any, shape: Shape, where: str) -> Iterator[str]:
    if shape.enum and given not in shape.enum:
        yield f"{where}: {given!r} is none of {', '.join(map(repr, shape.enum))}"
    if shape.minimum is not None and given < shape.minimum:
        yield f"{where}: {given} is less than {shape.minimum}"
    if shape.maximum is not None and given > shape.maximum:
        yield f"{where}: {given} is more than {shape.maximum}"
    if shape.max_length is not None and len(given) > shape.max_length:
        yield f"{where}: longer than {shape.max_length} characters"
    if shape.pattern is not None and not re.search(shape.pattern, given):
        yield f"{where}: not of the form {shape.pattern}"
