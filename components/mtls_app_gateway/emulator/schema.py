"""The schema of the packages that the emulator serves: the tokens and property names of a program in YAML.

Types are left to the check of the inputs, which is stricter than a schema.
"""

import base64
import json
from typing import Any

from ..document.arm_types import object_type
from ..document.azure import API
from .engine_properties import writable_properties
from .kinds import BASE_PACKAGE, GATEWAY_PACKAGE, KINDS, ResourceKind

_ANY = {"$ref": "pulumi.json#/Any"}
PARAMETER = {"module": "network", "version": API.module}
"""The parameter of the gateway's package: one module at one API version."""


def encoded_parameter() -> bytes:
    """The parameter as azure-native writes it: base64 text of JSON."""
    return base64.b64encode(json.dumps(PARAMETER, separators=(",", ":")).encode())


def package_schema(package: str, version: str) -> str:
    """The schema of a package as JSON."""
    schema: dict[str, Any] = {
        "name": package,
        "version": version,
        "provider": {"inputProperties": dict.fromkeys(("location", "subscriptionId", "tenantId"), _ANY)},
        "resources": {
            token: _resource(kind) for token, kind in KINDS.items() if token.split(":", maxsplit=1)[0] == package
        },
    }
    if package == GATEWAY_PACKAGE:
        parameter = base64.b64encode(encoded_parameter()).decode()
        schema["parameterization"] = {
            "baseProvider": {"name": BASE_PACKAGE, "version": version},
            "parameter": parameter,
        }
    return json.dumps(schema)


def _resource(kind: ResourceKind) -> dict[str, Any]:
    names = set(kind.path) | {"location", "tags"}
    if kind.strict:
        flat = {found.name for found in writable_properties(object_type(kind.arm_type))} - {"name"}
        names = set(kind.path) | flat
    names -= kind.dropped
    inputs = dict.fromkeys(sorted(names), _ANY)
    outputs = dict.fromkeys(sorted(names - set(kind.path) | {"name", "type", "etag", "provisioningState"}), _ANY)
    return {
        "inputProperties": inputs,
        "requiredInputs": list(kind.path[:-1]),
        "properties": outputs,
        "required": ["name"],
    }
