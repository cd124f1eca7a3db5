"""Pulumi's property values between protobuf and Python."""

from collections.abc import Mapping
from typing import Any

from google.protobuf.struct_pb2 import Struct, Value  # type: ignore[import-untyped]

UNKNOWN = "04da6b54-80e4-46f7-96ec-b56ff0331ba9"
"""The string that the engine sends in a preview for a value that is not known yet."""

_SIGNATURE = "4dabf18193072939515e22adb298388d"
_SECRET = "1b47061264138c4ac30d75fd1eb44270"  # noqa: S105 - the protocol's mark of a secret, itself none


def from_struct(struct: Struct) -> dict[str, Any]:
    """The properties as plain values: whole numbers as int, secrets unwrapped, nulls left out of objects."""
    return {key: _from_value(value) for key, value in struct.fields.items() if not value.HasField("null_value")}


def secret_keys(struct: Struct) -> frozenset[str]:
    """The names of the properties that are marked as secret."""
    return frozenset(key for key, value in struct.fields.items() if _is_secret(value))


def to_struct(properties: Mapping[str, Any]) -> Struct:
    """The properties for the engine; None is left out."""
    struct = Struct()
    struct.update(_without_none(properties))
    return struct


def is_unknown(value: Any) -> bool:
    """Whether this is the mark of a value that is not known yet."""
    return isinstance(value, str) and value == UNKNOWN


def _is_secret(value: Value) -> bool:
    fields = value.struct_value.fields
    return _SIGNATURE in fields and fields[_SIGNATURE].string_value == _SECRET


def _from_value(value: Value) -> Any:
    if _is_secret(value):
        return _from_value(value.struct_value.fields["value"])
    kind = value.WhichOneof("kind")
    if kind == "struct_value":
        return from_struct(value.struct_value)
    if kind == "list_value":
        return [_from_value(item) for item in value.list_value.values]
    if kind == "number_value" and value.number_value.is_integer():
        return int(value.number_value)
    return None if kind == "null_value" else getattr(value, kind)


def _without_none(value: Any) -> Any:
    if isinstance(value, Mapping):
        return {key: _without_none(item) for key, item in value.items() if item is not None}
    if isinstance(value, list | tuple):
        return [_without_none(item) for item in value]
    return value
