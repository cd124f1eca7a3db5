"""Turns the engine's inputs into the request that azure-native would send to Azure."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from ..document.arm_types import Kind, Shape, object_type
from ..document.spelling import nest
from .kinds import ResourceKind

_REFERENCE = "SubResource"
"""The type whose `$self/...` ids azure-native resolves; it does so in no other."""


@dataclass(frozen=True, slots=True)
class Put:
    """A request to create or change a resource: its id and its document, PUT-only values included."""

    kind: ResourceKind
    id: str
    document: Mapping[str, Any]
    names: Mapping[str, str]
    """The names that make up the id, the resource's own last, by ARM's type."""


def put_of(kind: ResourceKind, inputs: Mapping[str, Any], subscription: str, drop: Iterable[str] = ()) -> Put:
    """The request for these inputs, which must all be known.

    Args:
        kind: the resource type; properties that its API version does not have are left out.
        inputs: the engine's inputs.
        subscription: the subscription of the provider.
        drop: paths to leave out too, such as `sslProfiles.clientAuthConfiguration.verifyClientAuthMode`; a step into a
            list means each of its items.

    Raises:
        GatewayError: for names and forms that Azure's schema does not know.
    """
    identity = kind.id_of(subscription, inputs)
    accepted = accepted_by_api(kind, inputs, drop)
    return Put(kind, identity, resolve_self(document_of(kind, accepted), identity), kind.names_in(inputs))


def document_of(kind: ResourceKind, inputs: Mapping[str, Any]) -> dict[str, Any]:
    """The inputs as ARM spells them."""
    parents = kind.path[:-1]
    body = {key: value for key, value in inputs.items() if key not in parents}
    if kind.strict:
        return nest(body, kind.arm_type)
    name = body.pop(kind.name_input)
    return {"type": kind.arm_type, "apiVersion": kind.api_version, "name": name, **body}


def accepted_by_api(kind: ResourceKind, properties: Mapping[str, Any], drop: Iterable[str]) -> dict[str, Any]:
    """The inputs or outputs without what the API version of their kind does not have, and without `drop`."""
    left: Any = _without_names(properties, kind.dropped) if kind.dropped else properties
    if kind.arm_type == "Microsoft.Network/applicationGateways":
        for path in drop:
            left = _without_path(left, path.split("."))
    return dict(left)


def resolve_self(document: Mapping[str, Any], identity: str) -> dict[str, Any]:
    """The document with `$self/...` replaced by the resource's id, in references and nowhere else."""
    top = Shape(Kind.OBJECT, of=str(document["type"]))
    try:
        object_type(str(document["type"]))
    except KeyError:
        return dict(document)
    resolved: dict[str, Any] = _resolve(document, top, identity)
    return resolved


def _resolve(value: Any, shape: Shape, identity: str) -> Any:
    if shape.items is not None and isinstance(value, list):
        return [_resolve(item, shape.items, identity) for item in value]
    if shape.of is None or not isinstance(value, Mapping):
        return value
    known = object_type(shape.of).properties
    made = {key: _resolve(item, known[key].shape, identity) if key in known else item for key, item in value.items()}
    if shape.of == _REFERENCE and isinstance(made.get("id"), str) and made["id"].startswith("$self/"):
        made["id"] = f"{identity}/{made['id'].removeprefix('$self/')}"
    return made


def _without_names(value: Any, names: frozenset[str]) -> Any:
    if isinstance(value, list):
        return [_without_names(item, names) for item in value]
    if isinstance(value, Mapping):
        return {key: _without_names(item, names) for key, item in value.items() if key not in names}
    return value


def _without_path(value: Any, path: list[str]) -> Any:
    if isinstance(value, list):
        return [_without_path(item, path) for item in value]
    if not isinstance(value, Mapping):
        return value
    step, *rest = path
    if not rest:
        return {key: item for key, item in value.items() if key != step}
    return {key: _without_path(item, rest) if key == step else item for key, item in value.items()}
