"""The ARM deployment template of a gateway document, for `az deployment group create` in the place of Pulumi.

What the document does not hold, or not yet, becomes a parameter: the PFX and the password of each listener certificate
(secure, and never a value in the template), every placeholder, the gateway's name and its location. The neighbours
(subnet, public IP, identity) are named by their ids, not made.
"""

import re
from collections.abc import Mapping
from typing import Any

from ..problems import GatewayError, errors_of
from .arm_types import Kind, ObjectType, Shape, object_type
from .placeholder import Placeholder
from .references import check_references, parse_reference
from .spelling import flatten
from .template_reading import RESOURCE_GROUP

SCHEMA = "https://schema.management.azure.com/schemas/2019-04-01/deploymentTemplate.json#"

_NAME, _LOCATION = "gatewayName", "location"
_PARAMETER_TYPES = {
    Kind.STRING: "string",
    Kind.INTEGER: "int",
    Kind.BOOLEAN: "bool",
    Kind.ARRAY: "array",
    Kind.OBJECT: "object",
    Kind.MAP: "object",
}
_SUBSCRIPTION = RESOURCE_GROUP["id"].split("/")[2]
_OF_THE_DEPLOYMENT = re.compile(
    rf"/subscriptions/{_SUBSCRIPTION}/resourceGroups/(?P<group>[^/]+)/providers/(?P<namespace>[^/]+)/(?P<steps>[^/]+/.+)"
)


def template_of(document: Mapping[str, Any]) -> dict[str, Any]:
    """The deployment template of a canonical gateway document.

    Read back, each placeholder's parameter set to its value, it gives the same document, in the resource group's
    location where the document had none.

    Raises:
        GatewayError: with a problem for each name that Azure does not know at this version and for each reference that
            reaches nothing or name that two parts share: Azure would drop the one and refuse the other.
    """
    flatten(document)
    if problems := errors_of(check_references(document)):
        raise GatewayError(problems)
    writing = _Writing(document)
    resource = writing.resource()
    return {
        "$schema": SCHEMA,
        "contentVersion": "1.0.0.0",
        "parameters": writing.parameters,
        "resources": [resource],
    }


class _Writing:
    """One walk over a document along the type table; parameters are declared as they are met."""

    def __init__(self, document: Mapping[str, Any]) -> None:
        self.document = document
        self.parameters: dict[str, dict[str, Any]] = {}
        self._of: dict[str, str] = {}
        self._name = self._setting(_NAME, str(document["name"]), _literal(str(document["name"])))

    def resource(self) -> dict[str, Any]:
        document = self.document
        location = str(document.get("location") or RESOURCE_GROUP["location"])
        is_the_groups = location == RESOURCE_GROUP["location"]
        here = "[resourceGroup().location]" if is_the_groups else _literal(location)
        written = {
            "type": document["type"],
            "apiVersion": document["apiVersion"],
            "name": f"[{self._name}]",
            "location": f"[{self._setting(_LOCATION, location, here)}]",
        }
        rest = {key: value for key, value in document.items() if key not in written}
        return written | self._object(rest, object_type(str(document["type"])))

    def _setting(self, name: str, value: str, default: str) -> str:
        """What whoever deploys may want to say otherwise: a parameter with a default, or none for a placeholder."""
        if isinstance(value, Placeholder):
            return self._later(value, Kind.STRING)
        return self._declare(name, {"type": "string", "defaultValue": default})

    def _later(self, placeholder: Placeholder, kind: Kind) -> str:
        if placeholder not in self._of:
            declared = _told(_PARAMETER_TYPES[kind], f"The value of {placeholder.path} in the gateway's settings.")
            self._of[placeholder] = self._declare(_one_word(placeholder.path), declared)
        return self._of[placeholder]

    def _declare(self, wanted: str, declared: Mapping[str, Any]) -> str:
        """A new parameter, and the call that gives its value. Azure does not tell names apart by their case."""
        taken = {name.casefold() for name in self.parameters}
        names = (wanted if not number else f"{wanted}{number + 1}" for number in range(len(taken) + 1))
        name = next(name for name in names if name.casefold() not in taken)
        self.parameters[name] = dict(declared)
        return f"parameters('{name}')"

    def _object(self, given: Mapping[str, Any], kind: ObjectType) -> dict[str, Any]:
        return {name: self._value(value, kind.properties[name].shape) for name, value in given.items()}

    def _value(self, given: Any, shape: Shape) -> Any:
        if isinstance(given, str):
            return f"[{self._later(given, shape.kind)}]" if isinstance(given, Placeholder) else _literal(given)
        if shape.of is not None and isinstance(given, Mapping):
            return self._known_object(given, object_type(shape.of))
        if shape.kind is Kind.MAP and isinstance(given, Mapping):
            items, key = shape.items or Shape(Kind.STRING), Shape(Kind.STRING)
            return {self._value(name, key): self._value(value, items) for name, value in given.items()}
        if isinstance(given, list) and shape.items is not None:
            return [self._value(each, shape.items) for each in given]
        return given

    def _known_object(self, given: Mapping[str, Any], kind: ObjectType) -> dict[str, Any]:
        if kind.name == "SubResource" and (reference := parse_reference(given.get("id"), self.document["name"])):
            part = f"{self.document['type']}/{reference.collection}"
            return {"id": f"[resourceId({_quoted(part)}, {self._name}, {_quoted(reference.name)})]"}
        written = self._object(given, kind)
        return self._with_secrets(written) if kind.name == "ApplicationGatewaySslCertificate" else written

    def _with_secrets(self, certificate: Mapping[str, Any]) -> dict[str, Any]:
        """A listener certificate with parameters for its PFX and password, unless it comes from a Key Vault."""
        properties = certificate.get("properties", {})
        if "keyVaultSecretId" in properties:
            return dict(certificate)
        name = certificate["name"]
        data = self._declare(_one_word(f"{name} pfx"), _told("securestring", f"The PFX of {name}, base64."))
        # A PFX without a password is sent without one: an empty text would be a wrong password.
        told = _told("securestring", f"The password of {name}'s PFX, letters and digits; empty if it has none.")
        password = self._declare(_one_word(f"{name} password"), told | {"defaultValue": ""})
        secrets = {"data": f"[{data}]", "password": f"[if(empty({password}), null(), {password})]"}
        return {**certificate, "properties": {**properties, **secrets}}


def _told(kind: str, description: str) -> dict[str, Any]:
    return {"type": kind, "metadata": {"description": description}}


def _one_word(text: str) -> str:
    """A name that a template's parameter may have, made of a text's letters and digits."""
    first, *rest = re.findall(r"[A-Za-z0-9]+", text) or ["value"]
    start = f"_{first}" if first[0].isdigit() else first
    return start + "".join(word[0].upper() + word[1:] for word in rest)


def _literal(text: str) -> str:
    """A text that a template gives back as it is."""
    if (found := _OF_THE_DEPLOYMENT.fullmatch(text)) and (call := _resource_id(found)):
        return f"[{call}]"
    # How Azure escapes a leading bracket depends on how the text ends; within an expression it does not.
    return f"[concat({_quoted(text)})]" if text.startswith("[") else text


def _resource_id(found: re.Match[str]) -> str | None:
    """The call for an id that a template's reader made up for the resource group deployed to."""
    steps = found["steps"].split("/")
    if len(steps) % 2:
        return None
    kind = "/".join([found["namespace"], *steps[::2]])
    group = [] if found["group"] == RESOURCE_GROUP["name"] else [found["group"]]
    return f"resourceId({', '.join(map(_quoted, [*group, kind, *steps[1::2]]))})"


def _quoted(text: str) -> str:
    return "'" + text.replace("'", "''") + "'"
