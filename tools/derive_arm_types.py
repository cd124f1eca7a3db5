"""Derive the type table of the gateway and its neighbours from Azure's published Bicep types.

The source is one file of the repository Azure/bicep-types-az (MIT), named in ORIGIN below by path, commit and
digest. The table keeps what the source says about each property one may send; descriptions are left out, and so
is everything below a read-only property, because it is never sent.

    python tools/derive_arm_types.py PATH/TO/types.json > components/mtls_app_gateway/document/arm_types.json
"""

import hashlib
import json
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from mtls_app_gateway.document.azure import API

ORIGIN = {
    "repository": "https://github.com/Azure/bicep-types-az",
    "path": f"generated/network/microsoft.network/{API.version}/types.json",
    "commit": "1f896de2db966ad91e8f7d7d981e11d32e4f5d8d",
    "sha256": "53a88062091a0c9ea146baea21dcb62acd4427e2b522c10d400841214a66d9c1",
    "licence": "MIT, see arm_types.LICENSE.txt",
    "derived_by": "tools/derive_arm_types.py",
}
RESOURCES = (
    "Microsoft.Network/ApplicationGatewayWebApplicationFirewallPolicies",
    "Microsoft.Network/applicationGateways",
    "Microsoft.Network/networkSecurityGroups",
    "Microsoft.Network/networkSecurityGroups/securityRules",
    "Microsoft.Network/publicIPAddresses",
    "Microsoft.Network/virtualNetworks",
    "Microsoft.Network/virtualNetworks/subnets",
)

REQUIRED, READ_ONLY, WRITE_ONLY, DEPLOY_TIME = 1, 2, 4, 8
SCALARS = {"StringType": "string", "IntegerType": "integer", "BooleanType": "boolean"}
BOUNDS = {"minValue": "minimum", "maxValue": "maximum", "maxLength": "max_length", "pattern": "pattern"}

Json = dict[str, Any]


class BicepTypes:
    """The source file: an array in which `{"$ref": "#/N"}` points at element N."""

    def __init__(self, elements: list[Json]) -> None:
        self.elements = elements

    def at(self, reference: Json) -> Json:
        """The element a reference points at."""
        return self.elements[int(reference["$ref"].removeprefix("#/"))]

    def resource(self, name: str) -> Json:
        """The body of a resource type."""
        wanted = f"{name}@{API.version}"
        return self.at(next(e["body"] for e in self.elements if e["$type"] == "ResourceType" and e["name"] == wanted))

    def shape(self, element: Json) -> Json:
        """What a value of this type looks like."""
        kind = element["$type"]
        if kind in SCALARS:
            return {"type": SCALARS[kind]} | {
                ours: element[theirs] for theirs, ours in BOUNDS.items() if theirs in element
            }
        if kind == "StringLiteralType":
            return {"type": "string", "enum": [element["value"]], "closed": True}
        if kind == "UnionType":
            return self._enum(element)
        if kind == "ArrayType":
            return {"type": "array", "items": self.shape(self.at(element["itemType"]))}
        if kind == "ObjectType" and "additionalProperties" in element:
            return {"type": "map", "items": self.shape(self.at(element["additionalProperties"]))}
        if kind == "ObjectType":
            return {"type": "object", "of": element["name"]}
        raise SystemExit(f"a kind of type this script does not know: {kind}")

    def _enum(self, element: Json) -> Json:
        options = [self.at(option) for option in element["elements"]]
        values = [option["value"] for option in options if option["$type"] == "StringLiteralType"]
        # A bare string at the end means that Azure may add values without a new API version.
        is_open = options[-1]["$type"] == "StringType"
        if len(values) + is_open != len(options):
            raise SystemExit(f"a union that is not an enum of strings: {element}")
        return {"type": "string", "enum": values} | ({} if is_open else {"closed": True})

    def properties(self, element: Json) -> Json:
        """The properties of an object type, by name."""
        return {name: self._property(name, given) for name, given in element["properties"].items()}

    def _property(self, name: str, given: Json) -> Json:
        flags = given["flags"]
        if flags & WRITE_ONLY:
            raise SystemExit(f"{name} is marked write-only, which no earlier source did: teach the table about it")
        shape = self.shape(self.at(given["type"]))
        if flags & READ_ONLY:
            return {"type": shape["type"], "read_only": True}
        required = {"required": True} if flags & REQUIRED else {}
        bag = {"bag": True} if name == "properties" else {}
        return shape | required | bag


def _object_types_below(properties: Json, source: BicepTypes, element: Json) -> Iterator[Json]:
    for name, ours in properties.items():
        if ours.get("read_only"):
            continue
        below = source.at(element["properties"][name]["type"])
        while "itemType" in below or "additionalProperties" in below:
            below = source.at(below.get("itemType") or below["additionalProperties"])
        if below["$type"] == "ObjectType":
            yield below


def derive(types_json: bytes) -> Json:
    """The type table, from the bytes of the source file."""
    digest = hashlib.sha256(types_json).hexdigest()
    if digest != ORIGIN["sha256"]:
        raise SystemExit(f"this is not the file ORIGIN names: its SHA-256 is {digest}")
    source = BicepTypes(json.loads(types_json))
    types: Json = {}
    waiting = [source.resource(name) for name in RESOURCES]
    while waiting:
        element = waiting.pop()
        properties = source.properties(element)
        if types.setdefault(element["name"], properties) != properties:
            raise SystemExit(f"two different types share the name {element['name']}")
        waiting += (e for e in _object_types_below(properties, source, element) if e["name"] not in types)
    return {"origin": ORIGIN, "api_version": API.version, "resources": list(RESOURCES), "types": types}


def render(table: Json) -> str:
    """The table as JSON with one property on a line, so that a change reads well in a diff."""
    head = {name: value for name, value in table.items() if name != "types"}
    blocks = []
    for name, properties in sorted(table["types"].items()):
        lines = [f"   {json.dumps(key)}: {json.dumps(value)}" for key, value in sorted(properties.items())]
        blocks.append(f"  {json.dumps(name)}: {{\n" + ",\n".join(lines) + "\n  }")
    opening = json.dumps(head, indent=1).removesuffix("\n}")
    return f'{opening},\n "types": {{\n' + ",\n".join(blocks) + "\n }\n}\n"


if __name__ == "__main__":
    sys.stdout.write(render(derive(Path(sys.argv[1]).read_bytes())))
