"""No property of Azure is out of reach: each that can be written goes through `arm`, or is refused for a reason."""

from collections.abc import Iterator
from typing import Any

import pytest
from mtls_app_gateway.document.arm_types import GATEWAY_TYPE, Kind, ObjectType, Property, Shape, object_type
from mtls_app_gateway.document.references import COLLECTIONS, TARGETS
from mtls_app_gateway.document.schema_walk import SECRETS, points_back
from mtls_app_gateway.document.spelling import flatten, nest
from mtls_app_gateway.settings.parsing import parse_settings
from mtls_app_gateway.settings.to_document import draft_document, finished

from .settings_examples import SMALLEST, changed

Path = tuple[str, ...]
"""Names from the gateway down; `*` is the entry of a list or a map."""
NAME = "extra"

REFUSED = {
    # The gateway itself: settings of its own.
    "location": "arm-clash",
    "name": "arm-clash",
    # What the settings of the smallest gateway write.
    "properties.autoscaleConfiguration.maxCapacity": "arm-clash",
    "properties.autoscaleConfiguration.minCapacity": "arm-clash",
    "properties.enableHttp2": "arm-clash",
    "properties.sku.name": "arm-clash",
    "properties.sku.tier": "arm-clash",
    "properties.sslPolicy.cipherSuites": "arm-clash",
    "properties.sslPolicy.disabledSslProtocols": "arm-clash",
    "properties.sslPolicy.minProtocolVersion": "arm-clash",
    "properties.sslPolicy.policyName": "arm-clash",
    "properties.sslPolicy.policyType": "arm-clash",
    # Secrets.
    "properties.sslCertificates.*.properties.data": "secret-given",
    "properties.sslCertificates.*.properties.password": "secret-given",
}
"""What cannot be given, and why; beside the ids of parts, which are their names, and lists of what points at a part."""


LACKING = {"listener-without-rule", "mode-missing", "header-name-malformed"}
"""What is said of a part that has one property alone."""


def writable(kind: ObjectType, path: Path = ()) -> Iterator[tuple[Path, Property]]:
    """Every property that can be written and holds a value."""
    for known in kind.properties.values():
        if known.read_only:
            continue
        here, shape = (*path, known.name), known.shape
        inner = shape.items if shape.items is not None and shape.items.of else shape
        steps = (*here, "*") if inner is not shape else here
        if inner.of is not None and inner.of != "SubResource":
            yield from writable(object_type(inner.of), steps)
        else:
            yield here, known


EVERY = list(writable(object_type(GATEWAY_TYPE)))


def value_of(known: Property) -> Any:
    """A value of the right type."""
    target = f"$self/{TARGETS[known.name]}/{NAME}" if known.name in TARGETS else "/subscriptions/s/other"
    return _shaped(known.shape, target, known.name)


def _shaped(shape: Shape, target: str, name: str) -> Any:
    if shape.of == "SubResource":
        return {"id": target}
    if shape.kind is Kind.ARRAY:
        assert shape.items is not None
        return [_shaped(shape.items, target, name)]
    if shape.kind in {Kind.MAP, Kind.OBJECT}:
        return {"key": _shaped(shape.items, target, name) if shape.items is not None else {}}
    if shape.kind is Kind.BOOLEAN:
        return True
    if shape.kind is Kind.INTEGER:
        return shape.minimum if shape.minimum is not None else 7
    return shape.enum[-1] if shape.enum else "/text" if name == "paths" else "text"


def at(path: Path, value: Any) -> Any:
    """The value below the names of a path; an entry of a list has a name, too, if it can have one."""
    if not path:
        return value
    if path[0] == "*":
        inner = at(path[1:], value)
        return [{"name": NAME, **inner}]
    return {path[0]: at(path[1:], value)}


def arm_for(path: Path, known: Property) -> dict[str, Any]:
    """The smallest `arm` with this property, and the part that it refers to."""
    arm: dict[str, Any] = at(path, value_of(known))
    target = TARGETS.get(known.name)
    if target is not None:
        arm["properties"].setdefault(target, []).append({"name": NAME}) if target not in arm["properties"] else None
    return arm


def without_names(arm: Any, kind: ObjectType | None) -> Any:
    """The same without the names of entries that have none, such as members of a pool."""
    if isinstance(arm, list):
        return [without_names(each, kind) for each in arm]
    if not isinstance(arm, dict) or kind is None:
        return arm
    made = {}
    for key, value in arm.items():
        if key not in kind.properties:
            assert key == "name"
            continue
        shape = kind.properties[key].shape
        inner = shape.items if shape.items is not None and shape.items.of else shape
        made[key] = without_names(value, object_type(inner.of) if inner.of else None)
    return made


@pytest.mark.parametrize(("path", "known"), EVERY, ids=[".".join(path) for path, _ in EVERY])
def test_every_property_goes_through_or_is_refused(path: Path, known: Property) -> None:
    """Into the document, into Pulumi's inputs and back it is unchanged; the table says what is refused and why."""
    arm = without_names(arm_for(path, known), object_type(GATEWAY_TYPE))
    draft = draft_document(parse_settings(changed(SMALLEST, gatewayName="edge", arm=arm)).settings, {})
    refused = REFUSED.get(".".join(path))
    if known.name == "id" or points_back(known):
        refused = "read-only-property"

    found = {problem.rule for problem in draft.problems} - LACKING
    assert found == ({refused} if refused else set())
    if refused is None:
        document = finished(draft)
        assert contains(document, arm)
        assert document == nest(flatten(document), document["type"])


def contains(document: Any, arm: Any) -> bool:
    """Whether everything of `arm` is in the document: entries by their names, other lists as a whole."""
    if isinstance(arm, dict):
        return isinstance(document, dict) and all(key in document and contains(document[key], arm[key]) for key in arm)
    if isinstance(arm, list) and any(isinstance(each, dict) and "name" in each for each in arm):
        named = {each.get("name"): each for each in document}
        return all(contains(named.get(each["name"]), each) for each in arm)
    return bool(document == arm)


def test_the_table_has_every_collection_and_secret() -> None:
    """What is tried reaches each collection of the gateway, and each property that the reader keeps secret."""
    tried = {path[1] for path, _ in EVERY if path[0] == "properties"}
    secret = {name for names in SECRETS.values() for name in names}

    assert COLLECTIONS <= tried
    assert secret == {key.rpartition(".")[2] for key, code in REFUSED.items() if code == "secret-given"}
    assert REFUSED.keys() <= {".".join(path) for path, _ in EVERY}
    assert len(EVERY) > 200
